"""When a message is tried again that a channel did not take, and when it is given up: pure decisions."""

from typing import Literal

from onlooker_notifier.clocks import CLOCKS_DIFFER

FIRST_DELAY, LONGEST_DELAY = 15.0, 3600.0
"""Seconds until the second try, and at most between two."""
FRESH = 300.0
"""Seconds after which a message expires under the policy `expire`."""
KEEP, LONGEST_KEEP = 86_400.0, 7 * 86_400.0
"""Seconds that a message is kept under the policy `catch_up`, and at most; a digest's notices are kept for 30 days."""

Policy = Literal["catch_up", "expire"]


def delay(attempts: int) -> float:
    """Return the seconds until the next try after some that failed; twice as long each time."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(max(attempts - 1, 0), 10))


def next_try(*, attempts: int, told_at: float, now: float, keep: float, open_until: float | None) -> float | None:
    """Return when a message is tried again, in epoch seconds; None if it is given up.

    Args:
        attempts: how often it was tried.
        told_at: when it was complete.
        now: the time.
        keep: seconds that it may wait in all.
        open_until: until when the channel's fuse is open, if it is.
    """
    due = max(now + delay(attempts), open_until or 0.0)
    last = told_at + keep
    if due <= last:
        return due
    # a last try at the very end, unless that is now or the fuse is open until then
    return last if last > now + FIRST_DELAY and (open_until is None or open_until <= last) else None


def due_in(next_at: float, now: float) -> float:
    """Return the seconds until a next try, 0 if it is due. One further away than any was set before a clock jumped."""
    left = next_at - now
    return left if 0 < left <= LONGEST_DELAY + CLOCKS_DIFFER else 0.0


def kept_for(policy: Policy, keep: float) -> float:
    """Return the seconds that a channel's messages may wait."""
    return FRESH if policy == "expire" else keep
