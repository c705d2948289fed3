"""The index in one SQLite file: for a laptop or one machine, up to some hundred thousand pictures.

SQLite's calls block, so none is made on the event loop: one thread writes, a few read. What many messages want to
write meanwhile is gathered into one transaction, and each is told once it is committed. The columns in memory change in
the moment of the commit, and who reads takes both from the same moment.
"""

import asyncio
import gc
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from onlooker_shared.annotations import Annotation
from onlooker_shared.errors import ConfigurationError, UnavailableError
from onlooker_tagger.batches import Batches
from onlooker_tagger.documents import Deletion, Document
from onlooker_tagger.queries import (
    ImageQuery,
    Page,
    Statistics,
    StatisticsQuery,
    SuggestionQuery,
    Suggestions,
    Within,
)
from onlooker_tagger.sqlite import searches, writes
from onlooker_tagger.sqlite.columns import Entry, Snapshot, Table
from onlooker_tagger.sqlite.columns.suggestions import suggest
from onlooker_tagger.sqlite.schema import note_damage, open_reader, open_writer
from onlooker_tagger.sqlite.tidying import Tidying, forget

READERS = 2
"""Searches at the same time; more only wait for the same cores."""
BATCH = 500
"""Writes in one transaction at most."""

HELD_PAGE = 1000
"""Ids that are read at once."""

T = TypeVar("T")


class SqliteIndex:
    """An `onlooker_tagger.index.Index`. Use `open_index`."""

    def __init__(
        self, path: Path, table: Table, writer: sqlite3.Connection, readers: Collection[sqlite3.Connection]
    ) -> None:
        self._path = path
        self._table = table
        self._moment = threading.Lock()  # while it is held, the file and the columns say the same
        self._writer = writer
        self._readers: asyncio.Queue[sqlite3.Connection] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._writing = ThreadPoolExecutor(1, "tagger-write")
        self._reading = ThreadPoolExecutor(len(readers), "tagger-read")
        self._batches = Batches(self._commit_all, BATCH)
        self._tidying = Tidying(self._tidy)

    async def put(self, document: Document) -> None:
        """See `Index`."""
        await self._batches.add(writes.put(document))

    async def annotate(self, image_id: str, annotation: Annotation) -> None:
        """See `Index`."""
        await self._batches.add(writes.annotate(image_id, annotation))

    async def delete(self, deletion: Deletion) -> None:
        """See `Index`."""
        await self._batches.add(writes.delete(deletion))

    async def forget(self, image_ids: Collection[str]) -> None:
        """See `Index`."""
        await asyncio.gather(*(self._batches.add(writes.forget(image_id)) for image_id in image_ids))

    async def get(self, image_id: str) -> Document:
        """See `Index`."""
        return await self._read(lambda db, _: searches.get(db, image_id))

    async def search(self, query: ImageQuery, within: Within) -> Page:
        """See `Index`."""
        return await self._read(lambda db, now: searches.search(db, now, query, within))

    async def statistics(self, query: StatisticsQuery, within: Within) -> Statistics:
        """See `Index`."""
        return await self._read(lambda db, now: searches.statistics(db, now, query, within))

    async def suggest(self, query: SuggestionQuery, within: Within) -> Suggestions:
        """See `Index`."""
        return await self._read(lambda _, now: suggest(now, query, within))

    async def held(self, until: datetime) -> AsyncIterator[list[str]]:
        """See `Index`."""
        page: list[tuple[int, str]] = [(0, "")]
        while page := await self._read(partial(searches.held, until=until, after=page[-1][0], count=HELD_PAGE)):
            yield [image_id for _, image_id in page]

    async def missing(self, image_ids: Collection[str]) -> set[str]:
        """See `Index`."""
        ids = list(image_ids)
        return set(ids) - await self._read(lambda db, _: searches.known(db, ids))

    async def unannotated(self, image_ids: Collection[str]) -> set[str]:
        """See `Index`."""
        ids = list(image_ids)
        return await self._read(lambda db, _: searches.unannotated(db, ids))

    async def ping(self) -> None:
        """See `Index`."""
        await self._read(lambda db, _: db.execute("SELECT 1 FROM documents LIMIT 1").fetchone())

    async def close(self) -> None:
        """Finish what is being written, then close the file."""
        await self._batches.close()
        await self._tidying.close()
        self._writing.shutdown()
        self._reading.shutdown()
        while not self._readers.empty():
            self._readers.get_nowait().close()
        self._writer.close()

    async def _read(self, work: Callable[[sqlite3.Connection, Snapshot], T]) -> T:
        connection = await self._readers.get()
        reading = asyncio.get_running_loop().run_in_executor(self._reading, self._at_one_moment, connection, work)
        reading.add_done_callback(lambda done: self._give_back(connection, done))
        try:
            return await asyncio.shield(reading)
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    def _at_one_moment(self, db: sqlite3.Connection, work: Callable[[sqlite3.Connection, Snapshot], T]) -> T:
        """Return what some work reads, all of it as it was after one commit."""
        with self._moment:
            db.execute("BEGIN")
            try:
                db.execute("SELECT 1 FROM documents LIMIT 1")  # only with its first read a transaction begins
                now = self._table.snapshot()
            except BaseException:
                db.execute("ROLLBACK")
                raise
        try:
            return work(db, now)
        finally:
            db.execute("ROLLBACK")

    def _give_back(self, connection: sqlite3.Connection, done: "asyncio.Future[T]") -> None:
        """Take a connection back once the thread is done with it, even if nobody waits for the answer any more."""
        done.exception()
        self._readers.put_nowait(connection)

    async def _commit_all(self, batch: Sequence[writes.Write]) -> list[Exception | None]:
        """Commit writes together; return for each by what it failed."""
        error = await self._committed(batch)
        if error is None or isinstance(error, UnavailableError):
            return [error] * len(batch)
        # A write that cannot be made must not take those down that share its transaction.
        return [await self._committed([write]) for write in batch]

    async def _committed(self, batch: Sequence[writes.Write]) -> Exception | None:
        """Commit writes in one transaction; return by what that failed."""
        try:
            if await asyncio.get_running_loop().run_in_executor(self._writing, self._commit, batch):
                self._tidying.require()
        except Exception as error:  # noqa: BLE001 - handed to everybody whose write this was
            return self._unavailable(error) if isinstance(error, sqlite3.Error) else error
        return None

    async def _tidy(self) -> float:
        began = time.monotonic()
        await asyncio.get_running_loop().run_in_executor(self._writing, forget, self._writer)
        return time.monotonic() - began

    def _commit(self, batch: Sequence[writes.Write]) -> bool:
        """Commit writes; return whether any of them deleted or replaced something."""
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            changes = [write(self._writer) for write in batch]
            with self._moment:
                self._writer.execute("COMMIT")
                self._apply(changes)
        except BaseException:
            if self._writer.in_transaction:  # a full disk ends it by itself
                self._writer.execute("ROLLBACK")
            raise
        return any(change.gone is not None for change in changes)

    def _apply(self, changes: Sequence[writes.Change]) -> None:
        """Change the columns as the file was changed; of several changes of one document only the last counts."""
        entries: dict[int, Entry] = {}
        gone: set[int] = set()
        for change in changes:
            if change.gone is not None:
                gone.add(change.gone)
                entries.pop(change.gone, None)
            if change.entry is not None:
                entries[change.entry.id] = change.entry
        self._table.change(gone, list(entries.values()))

    def _unavailable(self, error: sqlite3.Error) -> UnavailableError:
        note_damage(self._path, error)
        return UnavailableError(f"The index does not answer: {error}.")


def _opened(path: Path) -> tuple[sqlite3.Connection, Table]:
    """Return the writing connection to a database, and its columns; one that cannot be read is begun anew."""
    writer = open_writer(path)
    try:
        return writer, _loaded(writer)
    except sqlite3.DatabaseError as error:
        writer.close()
        if not note_damage(path, error):
            raise
    writer = open_writer(path)
    return writer, _loaded(writer)


def _loaded(db: sqlite3.Connection) -> Table:
    """Return the columns of a database."""
    table = Table()
    rows = db.execute("SELECT id, bucket, key, uploaded_at, facts FROM documents")
    gc.disable()  # looks again and again through what is only read to be counted: a third of the time
    try:
        table.load(Entry.stored(*row) for row in rows)
    finally:
        gc.enable()
    return table


@asynccontextmanager
async def open_index(path: Path) -> AsyncIterator[SqliteIndex]:
    """Open the index in a file, made if it is not there, and close it at the end.

    Raises:
        ConfigurationError: the file cannot be made or written.
    """
    try:
        writer, table = await asyncio.to_thread(_opened, path)
        readers = [open_reader(path) for _ in range(READERS)]
    except (sqlite3.Error, OSError) as error:
        raise ConfigurationError(
            f"The tagger cannot use its database {path}: {error}. ONLOOKER_TAGGER_DATABASE must name a file in "
            "a folder that can be written, on a local disk (SQLite's WAL does not work on network drives)."
        ) from error
    index = SqliteIndex(path, table, writer, readers)
    try:
        yield index
    finally:
        await index.close()
