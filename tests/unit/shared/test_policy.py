"""What becomes of failed work."""

import pytest
from pydantic import TypeAdapter, ValidationError

from onlooker_shared.errors import OnlookerError, Reject, RetryLater, describe
from onlooker_shared.queue.failures import REMEMBERED, Failures
from onlooker_shared.queue.policy import MAX_DELAY, DeadLetter, Outcome, Retry, RetryPolicy

POLICY = RetryPolicy(attempts=3, last_receive=10, base=2.0, cap=60.0)


def judge(error: Exception, *, receives: int = 1, failures: int = 1, chance: float = 1.0) -> Outcome:
    return POLICY.judge(error, receives=receives, failures=failures, random=lambda: chance)


def invalid() -> ValidationError:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(dict[str, int]).validate_json('{"a": "secret"}')
    return raised.value


def test_a_reject_keeps_its_reason() -> None:
    assert judge(Reject("no face data")) == DeadLetter("no face data")


def test_a_malformed_message_is_rejected_without_telling_its_content() -> None:
    outcome = judge(invalid())
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason.startswith("Not a message that this queue takes: a: ")
    assert "secret" not in outcome.reason


def test_retry_later_keeps_its_delay_and_pause() -> None:
    assert judge(RetryLater("down", delay=7, pause=True)) == Retry(7, "down", pause=True)


def test_retry_later_without_a_delay_backs_off_by_receives() -> None:
    assert judge(RetryLater("down"), receives=3) == Retry(8.0, "down")


@pytest.mark.parametrize(("asked", "given"), [(-5.0, 0.0), (1e9, MAX_DELAY)])
def test_a_delay_stays_within_what_sqs_takes(asked: float, given: float) -> None:
    assert judge(RetryLater("down", delay=asked)) == Retry(given, "down")


def test_retry_later_ends_before_the_redrive_would_take_the_message_without_a_reason() -> None:
    assert isinstance(judge(RetryLater("down", delay=1), receives=9), Retry)
    assert judge(RetryLater("down", delay=1), receives=10) == DeadLetter("Gave up after 10 receives: down")


def test_an_unexpected_error_is_retried_so_many_times() -> None:
    assert judge(OSError("x"), failures=2, receives=8) == Retry(4.0, "OSError: x")
    assert judge(OSError("x"), failures=3) == DeadLetter("Failed 3 times, last: OSError: x")
    assert judge(OSError("x"), failures=1, receives=10) == DeadLetter("Failed 1 times, last: OSError: x")


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [(1, 1.0, 2.0), (2, 1.0, 4.0), (3, 0.5, 4.0), (6, 1.0, 60.0), (10_000, 1.0, 60.0), (6, 0.0, 1.0)],
)
def test_back_off_doubles_to_a_cap_and_never_crowds(attempt: int, chance: float, seconds: float) -> None:
    assert POLICY.backoff(attempt, lambda: chance) == seconds


@pytest.mark.parametrize(
    ("error", "text"),
    [(OSError("two\n lines"), "OSError: two lines"), (OnlookerError(), "OnlookerError")],
)
def test_an_error_is_told_in_one_line(error: Exception, text: str) -> None:
    assert describe(error) == text


def test_failures_count_for_each_message_until_it_is_done_with() -> None:
    failures = Failures()
    assert [failures.add("a"), failures.add("b"), failures.add("a")] == [1, 1, 2]
    failures.forget("a")
    failures.forget("never seen")
    assert [failures.add("a"), failures.add("b")] == [1, 2]


def test_failures_forget_the_longest_untouched_when_there_are_too_many() -> None:
    failures = Failures()
    for number in range(REMEMBERED):
        failures.add(str(number))
    failures.add("0")
    failures.add("one more")
    assert failures.add("0") == 3
    assert failures.add("1") == 1
