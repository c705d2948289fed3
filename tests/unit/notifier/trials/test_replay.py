"""What becomes of pictures that come one after the other: which message tells of each, or why none does."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from onlooker_notifier.deciding.keys import Key
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.trials.replay import Came, Fate, Sent, replay

BERLIN = ZoneInfo("Europe/Berlin")
ANN, BEN = Key(("#p1",), "Ann"), Key(("#p2",), "Ben")
NIGHT = {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}


def at(hour: int, minute: int = 0, second: float = 0, *, day: int = 15, month: int = 1) -> float:
    """A time in Berlin."""
    whole = datetime(2027, month, day, hour, minute, tzinfo=BERLIN)
    return whole.timestamp() + second


def replayed(
    came: list[float] | list[tuple[float, *tuple[Key, ...]]], limit: int = 1000, **rule: object
) -> tuple[list[Fate], list[Sent]]:
    """Have pictures come to a rule, of Ann where nobody is named."""
    pictures = [Came(each, (ANN,)) if isinstance(each, float) else Came(each[0], each[1:]) for each in came]
    tells = Rule.model_validate({"rule_id": "rule", "name": "Rule", "digest_interval": 0, **rule})
    return replay(tells, pictures, limit=limit, zone=BERLIN)


def told(sent: list[Sent]) -> list[tuple[float, str, tuple[int, ...]]]:
    return [(each.at, each.occasion, each.places) for each in sent]


def test_without_an_interval_each_picture_is_told_at_once() -> None:
    fates, sent = replayed([at(12), at(13)])
    assert fates == [Fate(1), Fate(2)]
    assert told(sent) == [(at(12), "at_once", (0,)), (at(13), "at_once", (1,))]


def test_a_burst_is_one_message_an_interval_after_its_first_picture() -> None:
    fates, sent = replayed([at(12), at(12, 0, 20), at(12, 1), at(12, 1, 0.001)], digest_interval=60)
    assert [each.message for each in fates] == [1, 1, 1, 2]
    assert told(sent) == [(at(12, 1), "interval", (0, 1, 2)), (at(12, 2, 0.001), "interval", (3,))]


def test_what_was_told_cools_down_and_what_is_new_beside_it_is_told() -> None:
    fates, sent = replayed(
        [(at(12), ANN), (at(12, 30), ANN, BEN), (at(12, 59), ANN), (at(13), ANN), (at(13, 29), BEN), (at(13, 29), ANN)],
        cooldown=3600,
    )
    assert [each.message for each in fates] == [1, 2, None, 3, None, None]
    assert fates[2] == Fate(None, "cooling_down", at(13), ("Ann",))
    assert fates[4] == Fate(None, "cooling_down", at(13, 30), ("Ben",))
    assert fates[5] == Fate(None, "cooling_down", at(14), ("Ann",))
    assert len(sent) == 3


def test_a_crowd_that_cannot_be_noted_at_once_is_told_once_more_and_somebody_new_in_it_is_told() -> None:
    crowd = [Key((f"#{n:03}",), f"P{n}") for n in range(101)]
    came = [crowd[:100], crowd[:100], crowd[:100], crowd[1:], crowd[1:]]
    fates, _ = replayed([(at(12, minute), *keys) for minute, keys in enumerate(came)], cooldown=3600)
    assert [each.message for each in fates] == [1, 2, None, 3, None]
    assert fates[2].about == tuple(f"P{n}" for n in range(6))


def test_after_so_many_messages_of_a_day_none_is_sent_until_midnight_there() -> None:
    fates, sent = replayed([at(12), at(13), at(23, 30), at(0, 30, day=16)], daily_limit=2)
    assert [each.message for each in fates] == [1, 2, None, 3]
    assert fates[2] == Fate(None, "daily_limit", at(0, day=16))
    assert [each.remark for each in sent] == ["", "This is the rule's last message today, one of 2.", ""]


def test_what_the_limit_kept_back_cools_down_as_if_it_were_told() -> None:
    fates, _ = replayed([(at(12), ANN), (at(23, 30), BEN), (at(0, 15, day=16), BEN)], daily_limit=1, cooldown=3600)
    assert [each.reason for each in fates] == [None, "daily_limit", "cooling_down"]


def test_what_comes_at_night_is_one_message_in_the_morning() -> None:
    fates, sent = replayed([at(21, 30), at(23), at(3, day=16), at(6, 1, day=16)], quiet_hours=NIGHT)
    morning = at(6, day=16)
    held = Fate(2, "quiet_hours", morning)
    assert fates == [Fate(1), held, held, Fate(3)]
    assert told(sent)[1:] == [(morning, "quiet_hours", (1, 2)), (at(6, 1, day=16), "at_once", (3,))]
    assert "quiet hours (22:00 to 06:00, Europe/Berlin)" in sent[1].remark
    assert replayed([at(23)], quiet_hours=NIGHT, urgent=True)[0] == [Fate(1)]


def test_the_night_in_which_clocks_are_put_forward_is_an_hour_shorter() -> None:
    came = [at(23, day=27, month=3), at(1, 59, 59, day=28, month=3), at(23, 59, day=28, month=3)]
    fates, sent = replayed(came, quiet_hours={**NIGHT, "to": "02:30"}, daily_limit=1)
    forward = datetime(2027, 3, 28, 1, tzinfo=UTC).timestamp()  # at 02:00 it is 03:00; 02:30 there is none
    assert [each.until for each in fates] == [forward, forward, at(2, 30, day=29, month=3)]
    assert [each.at for each in sent] == [forward, at(2, 30, day=29, month=3)]
    short = [at(12, day=28, month=3), at(13, day=28, month=3)]
    assert replayed(short, daily_limit=1)[0][1].until == datetime(2027, 3, 28, 22, tzinfo=UTC).timestamp()


def test_an_hour_is_as_long_where_clocks_are_put_forward() -> None:
    first = at(1, 30, day=28, month=3)
    came = [first, at(3, 29, day=28, month=3), at(3, 30, day=28, month=3)]
    fates, _ = replayed(came, cooldown=3600)
    assert [each.message for each in fates] == [1, None, 2]
    assert fates[1].until == first + 3600


def test_what_would_be_told_after_quiet_hours_joins_what_was_held() -> None:
    fates, sent = replayed([at(3), at(5, 59, 30)], quiet_hours=NIGHT, digest_interval=60)
    assert fates == [Fate(1, "quiet_hours", at(6)), Fate(1)]
    assert told(sent) == [(at(6), "quiet_hours", (0, 1))]


def test_what_joins_a_message_before_quiet_hours_is_not_held() -> None:
    fates, sent = replayed([at(21, 58, 50), at(21, 59, 20)], quiet_hours=NIGHT, digest_interval=60)
    assert fates == [Fate(1), Fate(1)]
    assert told(sent) == [(at(21, 59, 50), "interval", (0, 1))]


def test_more_than_a_message_takes_are_several_in_the_morning() -> None:
    fates, sent = replayed([at(hour) for hour in range(1, 6)], limit=2, quiet_hours=NIGHT, daily_limit=2)
    assert told(sent) == [(at(6), "quiet_hours", (0, 1)), (at(6), "quiet_hours", (2, 3))]
    assert fates[4] == Fate(None, "daily_limit", at(0, day=16))


@pytest.mark.parametrize("off", [{"enabled": False}, {"muted_until": "2030-01-01T00:00:00Z"}], ids=str)
def test_a_rule_that_is_off_or_muted_is_tried_as_if_it_were_not(off: dict[str, object]) -> None:
    assert replayed([at(12)], **off)[0] == [Fate(1)]
