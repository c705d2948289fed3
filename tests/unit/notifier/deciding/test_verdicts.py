from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from onlooker_notifier.conditions import facts
from onlooker_notifier.deciding.deciding import about
from onlooker_notifier.deciding.due import wait
from onlooker_notifier.gathering.gathering import DECIDED_KEPT, PENDING_KEPT
from onlooker_notifier.rules.defaults import default_rule, to_store_at_start
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel, SnsChannel
from onlooker_notifier.settings import NotifierSettings
from onlooker_notifier.sweep import NEWS
from onlooker_shared.errors import SettingsError
from recognitions import a_recognition, an_image

TOPIC = "arn:aws:sns:us-east-1:000000000000:alerts"
DEFAULT = default_rule(email_to=["ann@example.com"], topic_arn=None, digest_interval=60)
RECOGNIZED = facts.of_recognized(an_image(), a_recognition())
FAILED = facts.of_failed(an_image(), "broken")


def test_the_default_rule_tells_of_recognized_pictures_by_every_channel_of_the_settings() -> None:
    rule = default_rule(email_to=["ann@example.com", "bob@example.com"], topic_arn=TOPIC, digest_interval=60)

    assert rule.channels == (
        EmailChannel(to="ann@example.com"),
        EmailChannel(to="bob@example.com"),
        SnsChannel(topic_arn=TOPIC),
    )
    assert [each.rule for each in about([rule], RECOGNIZED)] == [rule]
    assert about([rule], FAILED) == []


def test_a_rule_without_channels_is_not_asked() -> None:
    assert about([default_rule(email_to=[], topic_arn=None, digest_interval=60)], RECOGNIZED) == []


def test_the_default_rule_follows_the_settings_until_somebody_changes_it() -> None:
    of_other_settings = default_rule(email_to=[], topic_arn=TOPIC, digest_interval=5)
    changed = of_other_settings.model_copy(update={"origin": "user"})
    another = changed.model_copy(update={"rule_id": "mine"})

    assert to_store_at_start([], DEFAULT) == DEFAULT
    stored = to_store_at_start([of_other_settings, another], DEFAULT)
    assert stored == DEFAULT.model_copy(update={"version": of_other_settings.version + 1})
    assert to_store_at_start([stored, another], DEFAULT) is None
    assert to_store_at_start([DEFAULT], DEFAULT) is None
    muted = DEFAULT.model_copy(update={"muted_until": datetime(2026, 11, 20, tzinfo=UTC), "version": 2})
    assert to_store_at_start([muted], DEFAULT) is None
    followed = to_store_at_start([muted.model_copy(update={"channels": ()})], DEFAULT)
    assert followed == muted.model_copy(update={"version": 3})
    assert to_store_at_start([changed], DEFAULT) is None
    assert to_store_at_start([another], DEFAULT) is None  # deleted by somebody, who wants it gone


def test_a_digest_is_due_an_interval_after_its_first_picture() -> None:
    assert wait(DEFAULT, first_at=1000.0, now=1000.0) == 60.0
    assert wait(DEFAULT, first_at=1000.0, now=1059.5) == 0.5
    assert wait(DEFAULT, first_at=1000.0, now=2000.0) == 0.0


def test_a_clock_that_jumps_back_has_no_digest_wait_until_it_was_set_to_before() -> None:
    rule = default_rule(email_to=[], topic_arn=None, digest_interval=60.0)

    assert wait(rule, first_at=1030.0, now=1000.0) == 90
    assert wait(rule, first_at=86_400.0, now=1000.0) == 0


def test_the_sweep_never_looks_further_back_than_decisions_are_remembered() -> None:
    assert NEWS + timedelta(days=1) < min(DECIDED_KEPT, PENDING_KEPT)


@pytest.mark.parametrize(
    "address",
    [
        *("ann", "ann@", "a b@example.com", "ann@example.com\nBcc: eve@example.com", "", f"{'a' * 243}@example.com"),
        *(
            '"a"@example.com',
            "a:b@example.com",
            "(a)b@example.com",
            "a\x00@example.com",
            "ä@example.com",
            "a@exämple.com",
        ),
    ],
)
def test_refuses_what_is_no_mail_address(address: str) -> None:
    with pytest.raises(ValidationError):
        EmailChannel(to=address)


@pytest.mark.parametrize("topic", ["alerts", f"{TOPIC}.fifo", f"{TOPIC}:8a21d249-4329-4871-acc6-7be709c6ea7f", ""])
def test_refuses_what_is_no_standard_topic(topic: str) -> None:
    with pytest.raises(ValidationError, match="no ARN"):
        SnsChannel(topic_arn=topic)


def test_a_stored_rule_is_read_back_as_it_was() -> None:
    assert Rule.model_validate_json(DEFAULT.model_dump_json()) == DEFAULT


def test_settings_take_addresses_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_NOTIFIER_EMAIL_TO", "ann@example.com, bob@example.com")
    monkeypatch.setenv("ONLOOKER_NOTIFIER_EMAIL_FROM", "onlooker@example.com")

    assert NotifierSettings().email_to == ("ann@example.com", "bob@example.com")


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("EMAIL_TO", "ann@example.com", "needs ONLOOKER_NOTIFIER_EMAIL_FROM"),
        ("PICTURE_URL", "https://example.com/", "image_id"),
        ("PICTURE_URL", "javascript:{image_id}", "http"),
        ("DIGEST_INTERVAL", "-1", "greater than or equal to 0"),
    ],
)
def test_says_which_setting_is_wrong(monkeypatch: pytest.MonkeyPatch, name: str, value: str, fault: str) -> None:
    monkeypatch.setenv(f"ONLOOKER_NOTIFIER_{name}", value)

    with pytest.raises(SettingsError, match=fault):
        NotifierSettings()
