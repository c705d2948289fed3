"""When a channel that keeps failing is left alone, and when it is tried again: pure decisions.

closed ──5 failures in a row──> open for a minute ──over──> half-open: one try
  ^                              ^  (twice as long each time, an hour at most)  │
  │                              └───────────────── it fails ───────────────────┤
  └──────────────────────────────────────────────── it succeeds ────────────────┘

One that asks to be left alone for a while (429 with `Retry-After`) is, from its first failure on.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

FAILURES = 5
"""In a row, after which a fuse opens."""
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
"""Seconds that it stays open the first time, and at most."""
PROBE = 90.0
"""Seconds that one try may take before somebody else may try: longer than any channel's."""


class Admission(Enum):
    """Whether a channel may be tried."""

    YES = "yes"
    ONE = "one"
    """By one instance alone, which must have noted `probing` first."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class Fuse:
    """What is known of a channel's failures."""

    failures: int = 0
    """In a row."""
    openings: int = 0
    """In a row, without a success between them."""
    until: float | None = None
    """Epoch seconds until which it is open; None while it is closed."""
    since: float | None = None
    """Epoch seconds of the first failure in a row."""
    reason: str = ""
    """What happened last."""

    def state(self, now: float) -> Literal["closed", "open", "half-open"]:
        """Return the fuse's state. One that were open for longer than any is was opened before a clock jumped back."""
        if self.until is None:
            return "closed"
        return "open" if now < self.until <= now + LONGEST_PAUSE else "half-open"

    def admission(self, now: float) -> Admission:
        """Return whether the channel may be tried."""
        return {"closed": Admission.YES, "open": Admission.NO, "half-open": Admission.ONE}[self.state(now)]

    def probing(self, now: float) -> "Fuse":
        """Return the fuse while one tries: open for the others."""
        return replace(self, until=now + PROBE)

    def failed(self, now: float, reason: str, wait: float = 0.0, *, probed: bool = False) -> "Fuse":
        """Return the fuse after a failure.

        Of several tries that were under way when it opened, none opens it for longer, unless the channel asks for that.

        Args:
            now: the time, epoch seconds.
            reason: what happened.
            wait: seconds for which the channel asks to be left alone.
            probed: whether it was the one try of a fuse that was half-open.
        """
        failures, since = self.failures + 1, now if self.since is None else self.since
        if self.until is not None and self.state(now) == "open" and not probed:
            until = max(self.until, now + min(LONGEST_PAUSE, wait))
            return replace(self, failures=failures, until=until, since=since, reason=reason)
        openings = self.openings + 1 if failures >= FAILURES else self.openings
        own = FIRST_PAUSE * 2.0 ** min(openings - 1, 10) if openings else 0.0
        pause = min(LONGEST_PAUSE, max(own, wait))
        return Fuse(
            failures=failures,
            openings=openings,
            until=now + pause if pause else None,
            since=since,
            reason=reason,
        )


WHOLE = Fuse()
"""Of a channel that works."""
