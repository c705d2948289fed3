"""Everybody, for lists of people: read as a whole, and remembered for some time after that took long.

There is no index for parts of names, so that a list needs all people. Reading 10,000 takes seconds; a few take so
little that they are read each time. Whom this process changes is read again at once; of what others change, lists know
as soon as it is forgotten.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from onlooker_recognizer.people.registry.records import PersonRecord

TIMES = 10
"""How many times as long as reading everybody took they are remembered: at most a tenth of the time is spent on it."""
NOT_WORTH_IT = 0.1
"""Seconds that reading may take and still be done each time."""
LONGEST = 60.0
"""Seconds that they are remembered at most."""

ReadAll = Callable[[], Awaitable[list[PersonRecord]]]
Read = Callable[[Iterable[str]], Awaitable[dict[str, PersonRecord]]]


class Roll:
    """Remembers everybody.

    Args:
        read_all: reads everybody.
        read: reads some, by their ids; who is not there is left out.
        monotonic: a clock in seconds.
    """

    def __init__(self, read_all: ReadAll, read: Read, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._read_all = read_all
        self._read = read
        self._monotonic = monotonic
        self._known: dict[str, PersonRecord] = {}
        self._until = float("-inf")
        self._changed: set[str] = set()
        self._turn = asyncio.Lock()

    def changed(self, person_ids: Iterable[str]) -> None:
        """Have people be read again who were made, changed or deleted."""
        self._changed.update(person_ids)

    async def call(self) -> list[PersonRecord]:
        """Return everybody, in no order; as they were some seconds ago, if they are many."""
        async with self._turn:  # who comes while they are being read waits for that
            changed, self._changed = self._changed, set()
            try:
                if self._monotonic() >= self._until:
                    await self._renew()
                elif changed:
                    found = await self._read(changed)
                    self._known = {key: who for key, who in self._known.items() if key not in changed} | found
            except BaseException:
                self._changed |= changed
                raise
            return list(self._known.values())

    async def _renew(self) -> None:
        began = self._monotonic()
        self._known = {person.person_id: person for person in await self._read_all()}
        now = self._monotonic()
        took = now - began
        self._until = now + (min(LONGEST, took * TIMES) if took > NOT_WORTH_IT else 0.0)
