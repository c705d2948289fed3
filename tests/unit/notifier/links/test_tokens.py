"""Links in mails: what they say, that nobody else can make one, and how often they may be used."""

import base64

import pytest

from onlooker_notifier.following.limits import Limits
from onlooker_notifier.links.tokens import LASTING, ExpiredError, ForgedError, Said, Signer

NOW = 1_800_000_000.0
RULE, MESSAGE, DELIVERY = "ann-at-the-door-1a2b3c4d", "1800000000000-0123456789abcdef", "1800000001000-fedcba9876543210"
SIGNER = Signer(b"s" * 32)


def a_token(message: str | None = MESSAGE) -> str:
    return SIGNER.token(RULE, message, DELIVERY, NOW)


def test_a_link_says_which_rule_and_message_it_is_about() -> None:
    said = SIGNER.read(a_token(), NOW)
    assert said == Said(SIGNER.rule(RULE), int(NOW) + LASTING, MESSAGE, DELIVERY)
    assert SIGNER.meant(said, ["another", RULE]) == RULE
    assert SIGNER.meant(said, ["another"]) is None, "the rule is gone"
    assert SIGNER.read(a_token(None), NOW) == Said(SIGNER.rule(RULE), int(NOW) + LASTING)


def test_a_link_names_nobody() -> None:
    token = a_token()
    told = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"ann" not in told
    assert b"door" not in told
    assert "ann" not in token.lower()


def test_a_link_is_good_for_a_week() -> None:
    token = a_token()
    assert SIGNER.read(token, NOW + LASTING - 1)
    with pytest.raises(ExpiredError):
        SIGNER.read(token, NOW + LASTING)


def test_no_bit_of_a_link_can_be_changed() -> None:
    token = a_token()
    told = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    for place in range(len(told) * 8):
        changed = bytearray(told)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(ForgedError):
            SIGNER.read(base64.urlsafe_b64encode(changed).decode().rstrip("="), NOW)


@pytest.mark.parametrize(
    "token", ["", "x", "%20", "ä" * 20, "A" * 44, "A" * 10_000, a_token()[:-1], a_token() + "AAAA", a_token(None)[:-4]]
)
def test_what_is_no_link_is_told_from_one(token: str) -> None:
    with pytest.raises(ForgedError):
        SIGNER.read(token, NOW)


def test_a_link_of_another_installation_is_none_here() -> None:
    with pytest.raises(ForgedError):
        Signer(b"t" * 32).read(a_token(), NOW)


def test_so_many_at_once_then_one_in_so_many_seconds_for_each_key() -> None:
    limits = Limits(burst=3, every=2.0)
    assert [limits.wait(b"a", 100.0) for _ in range(4)] == [0, 0, 0, 2]
    assert limits.wait(b"b", 100.0) == 0
    assert limits.wait(b"a", 101.5) == 0.5
    assert limits.wait(b"a", 102.0) == 0
    assert limits.wait(b"a", 102.0) == 2
    assert [limits.wait(b"a", 200.0) for _ in range(4)] == [0, 0, 0, 2], "what is saved up is no more than that"


def test_of_very_many_keys_those_are_forgotten_that_asked_longest_ago() -> None:
    limits = Limits(burst=1, every=60.0, most=2)
    for key in (b"a", b"b", b"c"):
        assert limits.wait(key, 0.0) == 0
    assert [limits.wait(key, 0.0) > 0 for key in (b"b", b"c")] == [True, True]
    assert limits.wait(b"a", 0.0) == 0
