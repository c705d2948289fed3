"""How often something may be asked for: pure, by the generic cell rate algorithm (ITU-T I.371, annex A)."""

from collections import OrderedDict


class Limits:
    """So many at once, then one in so many seconds, for each key.

    Args:
        burst: at once.
        every: seconds.
        most: keys that are remembered; of more those are forgotten that asked longest ago.
    """

    def __init__(self, *, burst: int, every: float, most: int = 10_000) -> None:
        self._ahead = (burst - 1) * every
        self._every = every
        self._most = most
        self._full_at: OrderedDict[bytes, float] = OrderedDict()

    def wait(self, key: bytes, now: float) -> float:
        """Count a request and return 0, or return the seconds until there may be one.

        Args:
            key: whose.
            now: seconds, by a clock that nobody sets.
        """
        full_at = max(self._full_at.get(key, now), now)
        wait = full_at - self._ahead - now
        if wait > 0:
            return wait
        self._full_at[key] = full_at + self._every
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return 0.0
