"""What becomes of a delivery that its channel did not take."""

from onlooker_notifier.channels import retries
from onlooker_notifier.delivering import outcomes
from onlooker_notifier.delivering.deliveries import Outcome
from onlooker_notifier.delivering.outcomes import Postponed
from onlooker_notifier.delivering.waiting import Job
from onlooker_notifier.rules.targets import EmailChannel

NOW = 1_800_000_000.0
JOB = Job(
    delivery_id="d",
    digest_id="rule#1",
    rule_id="rule",
    rule_name="Rule",
    channel=EmailChannel(to="ann@example.com"),
    begun_at=NOW,
)


def postponed(job: Job, how: Postponed, *, now: float = NOW) -> Job | Outcome:
    return outcomes.postponed(job, how, keep=3600.0, pictures=2, now=now)


def test_it_waits_and_says_why_and_of_how_much_it_tells() -> None:
    waits = postponed(JOB, Postponed("HTTP 500", None))
    assert isinstance(waits, Job)
    assert (waits.attempts, waits.next_at, waits.reason, waits.pictures, waits.keep) == (
        1,
        NOW + retries.FIRST_DELAY,
        "HTTP 500",
        2,
        3600.0,
    )


def test_what_was_not_tried_because_its_channel_is_left_alone_is_no_try() -> None:
    waits = postponed(JOB, Postponed("It keeps failing", NOW + 600, tried=False))
    assert isinstance(waits, Job)
    assert (waits.attempts, waits.next_at) == (0, NOW + 600)


def test_what_is_kept_no_longer_is_given_up_in_words() -> None:
    tried = JOB.model_copy(update={"attempts": 6})
    ended = postponed(tried, Postponed("HTTP 500", None), now=NOW + 3600)
    assert isinstance(ended, Outcome)
    assert (ended.status, ended.given_up) == ("failed", True)
    assert ended.reason == "Given up after 7 tries in 1:00:00: HTTP 500"


def test_a_rule_that_fell_silent_says_so() -> None:
    ended = outcomes.silenced("muted", NOW)
    assert (ended.status, ended.given_up) == ("failed", False)
    assert ended.reason == "The rule was muted while this waited for its channel, it was not sent."
