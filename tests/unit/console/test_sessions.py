"""What the table of sessions and a cookie reveal, each alone."""

import pytest
from botocore.exceptions import EndpointConnectionError

from onlooker_console.sessions import Session, Sessions, identify, seal, unseal
from onlooker_shared.errors import UnavailableError

TOKEN = "t" * 43
KEY = "olk_0123456789abcdef_" + "a" * 64


def test_only_the_token_opens_what_it_sealed() -> None:
    sealed = seal(TOKEN, KEY)
    assert unseal(TOKEN, sealed) == KEY
    assert unseal("u" * 43, sealed) is None


def test_neither_the_key_nor_the_token_is_in_what_is_stored() -> None:
    stored = seal(TOKEN, KEY) + identify(TOKEN).encode()
    assert KEY.encode() not in stored
    assert TOKEN.encode() not in stored


def test_the_same_key_is_never_sealed_alike_twice() -> None:
    assert seal(TOKEN, KEY) != seal(TOKEN, KEY)


@pytest.mark.parametrize("at", [0, 12, -1], ids=["nonce", "text", "tag"])
def test_what_was_changed_does_not_open(at: int) -> None:
    sealed = bytearray(seal(TOKEN, KEY))
    sealed[at] ^= 1
    assert unseal(TOKEN, bytes(sealed)) is None


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 12])
def test_what_is_no_sealed_key_does_not_open(sealed: bytes) -> None:
    assert unseal(TOKEN, sealed) is None


def test_a_session_tells_no_secret_when_it_is_printed() -> None:
    session = Session(TOKEN, KEY, ends_at=2.0, expires_at=1.0)
    assert TOKEN not in repr(session)
    assert KEY not in repr(session)


def test_two_sessions_have_different_csrf_tokens_which_are_not_their_cookies() -> None:
    one, other = (Session(token, KEY, ends_at=2.0, expires_at=1.0) for token in (TOKEN, "u" * 43))
    assert one.csrf_token != other.csrf_token
    assert one.csrf_token not in {TOKEN, identify(TOKEN)}


class Away:
    """DynamoDB that does not answer."""

    def __getattr__(self, name: str) -> object:
        async def call(**_: object) -> None:
            raise EndpointConnectionError(endpoint_url="http://dynamodb")

        return call


async def test_while_the_table_is_away_nobody_is_taken_for_a_stranger() -> None:
    sessions = Sessions(Away(), "sessions", lifetime=60, idle=60)
    for asked in (sessions.open(KEY), sessions.find(TOKEN), sessions.close(TOKEN)):
        with pytest.raises(UnavailableError, match="try again"):
            await asked
