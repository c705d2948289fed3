"""Has the file forget what was deleted from it: names of people who were erased, for one.

SQLite overwrites what it deletes (`secure_delete`). But its write-ahead log has pages as they were until it is used
again, and older versions keep words in the full-text index until its parts are merged. Both are seen to some seconds
after something was deleted or replaced; not more often than it takes little of the time.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable

import structlog

from onlooker_tagger.sqlite.schema import forgets_at_once

AFTER = 10.0
"""Seconds after a deletion: those that follow share one tidying."""
SHARE = 0.05
"""Of the time that tidying takes at most."""

log = structlog.stdlib.get_logger(__name__)


class Tidying:
    """Tidies a database up.

    Args:
        tidy: does it once, where writes are made; returns the seconds that it took.
        after: seconds between a deletion and that.
    """

    def __init__(self, tidy: Callable[[], Awaitable[float]], after: float = AFTER) -> None:
        self._tidy = tidy
        self._after = after
        self._due = False
        self._at_it: asyncio.Task[None] | None = None

    def require(self) -> None:
        """Have it done soon."""
        self._due = True
        if self._at_it is None:
            self._at_it = asyncio.create_task(self._work(), name="tagger-tidy")

    async def close(self) -> None:
        """Do what is due at once."""
        if self._at_it is not None:
            self._at_it.cancel()
            await asyncio.gather(self._at_it, return_exceptions=True)
        if self._due:
            await self._tidied()

    async def _work(self) -> None:
        rest = self._after
        while self._due:
            await asyncio.sleep(rest)
            rest = max(self._after, await self._tidied() / SHARE)
        self._at_it = None

    async def _tidied(self) -> float:
        self._due = False
        try:
            return await self._tidy()
        except sqlite3.Error as error:  # busy, or no room: it is tried again, and nothing is lost meanwhile
            log.warning("index.not_tidied", error=str(error))
            self._due = True
            return 0.0


def forget(db: sqlite3.Connection) -> None:
    """Take what was deleted out of the files of a database.

    Raises:
        sqlite3.OperationalError: somebody else reads it for too long.
    """
    if not forgets_at_once(db):
        db.execute("INSERT INTO words (words) VALUES ('optimize')")
    busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("the write-ahead log is being read")
