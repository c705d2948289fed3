"""How seldom a list is read that every instance reads again and again: the longer it is, the more seldom."""

import time
from collections.abc import Callable

FREE = 1000
"""Items that are read as often as anybody wants."""
A_SECOND = 200.0
"""Of more, so many are read in a second: a partition of DynamoDB's gives 3,000 units to all instances together."""
LONGEST = 60.0
"""Seconds that are rested at most."""


class Rests:
    """Says when a list may be read again.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = clock()

    def left(self) -> float:
        """Return the seconds until it may; 0 if it may now."""
        return max(0.0, self._until - self._clock())

    def after(self, items: int) -> None:
        """Rest, because so many were read."""
        self._until = self._clock() + min(LONGEST, max(0, items - FREE) / A_SECOND)
