"""A channel that keeps failing is left alone, longer each time, and tried again by one."""

from onlooker_notifier.channels.fuse import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, PROBE, WHOLE, Admission, Fuse

NOW = 1_800_000_000.0


def failing(times: int, fuse: Fuse = WHOLE, now: float = NOW) -> Fuse:
    for _ in range(times):
        fuse = fuse.failed(now, "HTTP 500")
    return fuse


def test_it_opens_after_five_failures_in_a_row_and_says_why_and_since_when() -> None:
    assert failing(FAILURES - 1).admission(NOW) is Admission.YES

    fuse = failing(FAILURES)

    assert fuse.admission(NOW + FIRST_PAUSE - 1) is Admission.NO
    assert fuse.state(NOW) == "open"
    assert (fuse.reason, fuse.since, fuse.failures) == ("HTTP 500", NOW, FAILURES)


def test_when_it_was_open_for_a_minute_one_may_try() -> None:
    fuse, later = failing(FAILURES), NOW + FIRST_PAUSE

    assert fuse.admission(later) is Admission.ONE
    assert fuse.state(later) == "half-open"
    assert fuse.probing(later).admission(later + PROBE - 1) is Admission.NO


def test_each_try_that_fails_doubles_the_pause_up_to_an_hour() -> None:
    fuse, now, pauses = failing(FAILURES), NOW, []
    for _ in range(10):
        assert fuse.until is not None
        pauses.append(fuse.until - now)
        now = fuse.until
        fuse = fuse.probing(now).failed(now, "still", probed=True)

    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert max(pauses) == LONGEST_PAUSE


def test_tries_that_were_under_way_when_it_opened_open_it_for_no_longer() -> None:
    assert failing(16).until == NOW + FIRST_PAUSE
    asked = WHOLE.failed(NOW, "HTTP 429", wait=1200.0)
    assert failing(16, asked).until == NOW + 1200
    later = NOW + FIRST_PAUSE
    assert failing(1, failing(FAILURES).probing(later), later).until == later + PROBE


def test_a_clock_that_jumps_back_keeps_no_channel_closed_for_longer_than_an_hour() -> None:
    fuse = failing(FAILURES)

    assert fuse.admission(NOW - LONGEST_PAUSE / 2) is Admission.NO
    assert fuse.admission(NOW - LONGEST_PAUSE) is Admission.ONE
    assert fuse.admission(NOW - 365 * 86_400) is Admission.ONE
    assert fuse.admission(NOW + FIRST_PAUSE) is Admission.ONE


def test_who_asks_to_be_left_alone_is_from_the_first_failure_on_and_an_hour_at_most() -> None:
    fuse = WHOLE.failed(NOW, "HTTP 429", wait=120.0)

    assert fuse.admission(NOW + 119) is Admission.NO
    assert fuse.admission(NOW + 120) is Admission.ONE
    assert WHOLE.failed(NOW, "HTTP 429", wait=86_400.0).until == NOW + LONGEST_PAUSE
    assert failing(FAILURES - 1).failed(NOW, "HTTP 429", wait=1.0).until == NOW + FIRST_PAUSE, "what is longer holds"


def test_who_asked_to_be_left_alone_for_a_moment_may_fail_five_times_as_others_may() -> None:
    fuse, now = WHOLE, NOW
    for _ in range(FAILURES - 1):
        fuse = fuse.failed(now, "HTTP 429", wait=1.0, probed=True)
        assert fuse.until == now + 1
        now += 1
    assert fuse.failed(now, "HTTP 429", wait=1.0, probed=True).until == now + FIRST_PAUSE
