"""A bounded number of transfers at once: past it, callers are told to come back instead of being queued in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from onlooker_shared.errors import TooManyRequestsError

RETRY_AFTER = "1"
"""Seconds; an upload of a few megabytes takes less."""


class Slots:
    """Counts transfers of one kind (`uploads`, `downloads`)."""

    def __init__(self, kind: str, limit: int) -> None:
        self._kind = kind
        self._limit = limit
        self._taken = 0

    def take(self) -> None:
        """Take a slot.

        Raises:
            TooManyRequestsError: none is free.
        """
        if self._taken >= self._limit:
            raise TooManyRequestsError(
                f"{self._limit} {self._kind} are under way, which is the limit; try again in a moment.",
                headers={"Retry-After": RETRY_AFTER},
            )
        self._taken += 1

    def give_back(self) -> None:
        """Free a slot that was taken."""
        self._taken -= 1

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a slot for the length of the block; raises as `take` does."""
        self.take()
        try:
            yield
        finally:
            self.give_back()
