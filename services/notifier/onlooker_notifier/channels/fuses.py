"""Each channel's fuse, shared by all instances: asks before a try, notes how it went."""

from collections.abc import Callable

import structlog

from onlooker_notifier.channels.fuse import WHOLE, Admission, Fuse
from onlooker_notifier.channels.store import ChannelStore

TRIES = 5
"""To note a failure, while others note theirs of the same channel; one that is not noted changes little."""

log = structlog.stdlib.get_logger(__name__)


class Fuses:
    """The fuses.

    Args:
        store: where they are kept.
        clock: epoch seconds.
    """

    def __init__(self, store: ChannelStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._probing: set[str] = set()
        """Channels that this instance tries alone."""

    async def open_until(self, key: str) -> float | None:
        """Return None if a channel may be tried now, by the caller; else until when it is left alone."""
        fuse, now = await self._store.fuse(key), self._clock()
        match fuse.admission(now):
            case Admission.YES:
                return None
            case Admission.NO:
                return fuse.until
            case Admission.ONE:
                probing = fuse.probing(now)
                if not await self._store.put_fuse(key, probing, fuse):
                    return probing.until
                self._probing.add(key)
                return None

    async def failed(self, key: str, reason: str, wait: float = 0.0) -> Fuse:
        """Note a failure of a channel that asks to be left alone for some seconds; return the fuse as it is then."""
        after, probed = WHOLE, key in self._probing
        self._probing.discard(key)
        for _ in range(TRIES):
            before = await self._store.fuse(key)
            after = before.failed(self._clock(), reason, wait, probed=probed)
            if await self._store.put_fuse(key, after, before):
                if after.until is not None:
                    log.warning("channel.left_alone", failures=after.failures, until=after.until)
                break
        return after

    async def succeeded(self, key: str) -> None:
        """Note that a channel took a message."""
        self._probing.discard(key)
        if await self._store.fuse(key) != WHOLE:
            await self._store.close_fuse(key)
            log.info("channel.works_again")
