"""Looks out for new pictures of a search: one question a second for all who look at the same with the same key."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from onlooker_console.apis import Api, ApiError, AwayError, FailedError
from onlooker_console.search import Search

EVERY = 1.0
"""Seconds between two questions."""
PATIENCE = 5.0
"""Seconds after a question that was not answered."""
SHARE = 10
"""A question that takes long is asked less often: at most a tenth of the time is spent with it."""
WINDOW = 40
"""Newest pictures that are looked at."""
LIFETIME = 120.0
"""Seconds after which a reader has to come again, so that whoever has signed out meanwhile is not told more."""

Document = Mapping[str, Any]
Seen = dict[str, Document]


@dataclass(frozen=True, slots=True)
class Change:
    """What is different since the last time.

    Attributes:
        found: pictures that are new or look different, newest first.
        gone: ids of pictures that are not found any more.
        trouble: why nothing can be told just now; empty if all is well.
    """

    found: tuple[Document, ...] = ()
    gone: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(slots=True)
class _Lookout:
    """One search that somebody looks at."""

    readers: int = 0
    looked: int = 0
    """How often: readers wait for more."""
    window: tuple[Document, ...] = ()
    trouble: str = ""
    over: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    looking: asyncio.Task[None] | None = None

    async def look_after(self, looked: int) -> int:
        """Wait until it was looked more often than some number of times; return how often."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.looked > looked)
            return self.looked


class Lookouts:
    """Searches that are looked at.

    Args:
        every: see `EVERY`.
        lifetime: see `LIFETIME`.
        monotonic: a clock, in seconds.
    """

    def __init__(
        self, every: float = EVERY, lifetime: float = LIFETIME, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._every = every
        self._lifetime = lifetime
        self._monotonic = monotonic
        self._running: dict[tuple[str, Search], _Lookout] = {}

    async def follow(self, api: Api, key_id: str, search: Search, since: str) -> AsyncGenerator[Change, None]:
        """Yield what changes among the newest pictures of a search.

        Args:
            api: asks for them.
            key_id: of its access key: whoever has the same may see the same.
            search: what is looked for.
            since: pictures that the index took in before this time (ISO 8601) are known already.
        """
        deadline = self._monotonic() + self._lifetime
        lookout = self._join(api, key_id, search)
        looked, trouble, seen = 0, "", None
        try:
            while not lookout.over and (left := deadline - self._monotonic()) > 0:
                try:
                    async with asyncio.timeout(left):
                        looked = await lookout.look_after(looked)
                except TimeoutError:
                    break
                if lookout.trouble != trouble:
                    trouble = lookout.trouble
                    yield Change(trouble=trouble)
                if not trouble:
                    known = known_since(lookout.window, since) if seen is None else seen
                    change, seen = changes(known, lookout.window)
                    if change.found or change.gone:
                        yield change
        finally:
            self._leave(key_id, search)

    def _join(self, api: Api, key_id: str, search: Search) -> _Lookout:
        lookout = self._running.setdefault((key_id, search), _Lookout())
        lookout.readers += 1
        if lookout.looking is None:
            lookout.looking = asyncio.create_task(self._look(lookout, api, search))
        return lookout

    def _leave(self, key_id: str, search: Search) -> None:
        lookout = self._running[key_id, search]
        lookout.readers -= 1
        if lookout.readers == 0:
            del self._running[key_id, search]
            if lookout.looking is not None:
                lookout.looking.cancel()

    async def _look(self, lookout: _Lookout, api: Api, search: Search) -> None:
        asked = [*search.setting(sort="newest").given, ("limit", str(WINDOW))]
        while not lookout.over:
            began, rest = self._monotonic(), self._every
            try:
                answer = await api.get("/tags/images", asked)
            except (AwayError, FailedError) as error:
                lookout.trouble, rest = error.detail, PATIENCE
            except ApiError:  # the key or the search is not accepted: the page says so when it is loaded
                lookout.over = True
            else:
                lookout.trouble, lookout.window = "", tuple(answer["images"])
            async with lookout.changed:
                lookout.looked += 1
                lookout.changed.notify_all()
            await asyncio.sleep(max(rest, SHARE * (self._monotonic() - began)))


def known_since(window: tuple[Document, ...], since: str) -> Seen:
    """Return those of the newest pictures that were taken in before a time."""
    return {each["image_id"]: each for each in window if (each["indexed_at"] or "") < since}


def changes(seen: Seen, window: tuple[Document, ...]) -> tuple[Change, Seen]:
    """Return what is different between what was seen and the newest pictures, and what is seen now.

    Deletions let older pictures into the window: those are not new. A picture that left it is gone only if it is newer
    than the oldest in it, else others have pushed it out.
    """
    oldest = window[-1]["uploaded_at"] if len(window) == WINDOW else ""
    seen_oldest = min((each["uploaded_at"] for each in seen.values()), default="") if len(seen) >= WINDOW else ""
    now: Seen = {each["image_id"]: each for each in window}
    found = tuple(
        each
        for image_id, each in now.items()
        if (each != seen[image_id] if image_id in seen else each["uploaded_at"] > seen_oldest)
    )
    gone = tuple(image_id for image_id, each in seen.items() if image_id not in now and each["uploaded_at"] > oldest)
    return Change(found, gone), now
