"""A rule sends so many messages a day at most, and says with which one it falls silent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from onlooker_notifier.deciding.due import Course, Tally, counted, course
from onlooker_notifier.rules.model import Rule

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULE = Rule(rule_id="rule", name="Rule", daily_limit=3)


def sent(rule: Rule, tally: Tally, at: datetime = NOON) -> Course:
    return course(rule, at.timestamp(), at.timestamp(), tally, BERLIN)


def test_the_last_message_of_a_day_says_so_and_then_there_is_none_until_midnight() -> None:
    tally, remarks = Tally(), []
    for _ in range(3):
        remarks.append(sent(RULE, tally).remark)
        tally = counted(tally, NOON.timestamp(), BERLIN)
    assert remarks == ["", "", "This is the rule's last message today, one of 3."]
    midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)  # in Berlin
    assert sent(RULE, tally) == Course(reason="daily_limit", until=midnight.timestamp())
    assert sent(RULE, tally, midnight - timedelta(seconds=1)).reason == "daily_limit"
    assert sent(RULE, tally, midnight) == Course()
    assert counted(tally, midnight.timestamp(), BERLIN) == Tally(day=date(2026, 11, 21), messages=1)


def test_a_day_on_which_clocks_change_ends_at_its_midnight() -> None:
    change = datetime(2026, 10, 25, 12, tzinfo=UTC)
    tally = Tally(day=change.date(), messages=3)
    assert sent(RULE, tally, change).until == datetime(2026, 10, 25, 23, tzinfo=UTC).timestamp()


def test_without_a_limit_messages_are_counted_for_when_there_is_one() -> None:
    without = RULE.model_copy(update={"daily_limit": None})
    assert sent(without, Tally(day=NOON.date(), messages=1000)) == Course()


def test_a_rule_with_one_message_a_day_says_that_it_was_the_only_one() -> None:
    assert sent(RULE.model_copy(update={"daily_limit": 1}), Tally()).remark.endswith("its only one.")


def test_a_remark_tells_of_both_quiet_hours_and_the_last_message() -> None:
    held = Rule.model_validate({"rule_id": "r", "name": "R", "daily_limit": 1, "quiet_hours": {"to": "12:00"}})
    remark = course(held, NOON.timestamp() - 3600, NOON.timestamp(), Tally(), BERLIN).remark
    assert "quiet hours (00:00 to 12:00, UTC). This is the rule's last message today" in remark
