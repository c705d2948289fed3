"""From when on it can be told by the clock that something did not happen: not just after a start, nor after a jump."""

from collections.abc import Callable

from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.watching.counting import SETTLING

GRACE = 60.0
"""Seconds after a start in which pictures that waited are handled first."""


class Pace:
    """A clock of which is known whether it runs evenly.

    Where it jumps (it is set, or the machine slept), it is not known how long nothing came: that counts from then.

    Args:
        clock: epoch seconds.
        monotonic: seconds, by a clock that nobody sets.
    """

    def __init__(self, clock: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._even_since = clock()
        self._offset = self._even_since - monotonic()
        self._jumped = False

    @property
    def even_since(self) -> float:
        """Since when it runs evenly, in epoch seconds: another time after each jump."""
        return self._even_since

    def now(self) -> float:
        """Return the time, in epoch seconds. To be asked again and again, for jumps to be noticed."""
        now = self._clock()
        offset = now - self._monotonic()
        if abs(offset - self._offset) > CLOCKS_DIFFER:
            self._even_since, self._jumped = now, True
        self._offset = offset
        return now

    def known_from(self, lasting: float) -> float:
        """Return from when on it is known that nothing came for some seconds, if nothing did."""
        return self._even_since + (lasting + SETTLING if self._jumped else GRACE)
