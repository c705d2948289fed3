"""The journal of DynamoDB's writes: a file that only grows, each commit on disk before anyone is told of it."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from onlooker.emulator.commit import VERSION_LINE, DamagedLineError, Write, decode_commit, encode_commit
from onlooker.emulator.disk import sync, sync_path

ADVICE = "Start the version of onlooker that wrote it, or put a backup in its place."

LONG_BYTES = 8 << 20  # some 20,000 writes, replayed in a few seconds
LONG_GROWTH = 3

log = logging.getLogger(__name__)


class JournalDamagedError(Exception):
    """The journal cannot be trusted: starting from it would silently lose writes. Its message says what to do."""


class JournalFailedError(Exception):
    """A commit could not be made durable, so the tables in memory are ahead of the disk: the process must end."""


class Rewrite:
    """A new journal, written beside the one at `path`, and put in its place by `adopt`; otherwise it is removed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f"{path.name}.new")

    def __enter__(self) -> Self:
        self._file = self._temporary.open("wb")
        self._file.write(VERSION_LINE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        finally:  # closing writes what is left, for which a full disk has no room
            self._temporary.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        """The new journal's size so far, in bytes."""
        return self._file.tell()

    def add(self, writes: Sequence[Write]) -> None:
        """Append one commit."""
        self._file.write(encode_commit(writes))

    def adopt(self) -> None:
        """Take the old one's place. At every moment either is there, whole."""
        self._file.flush()
        sync(self._file.fileno())
        self._temporary.replace(self._path)
        sync_path(self._path.parent)


def recover(path: Path) -> Iterator[list[Write]]:
    """Yield the commits in their order; a last one that was cut off in writing is removed from the file.

    Nobody was told of that one: answers wait for their commit. Raises JournalDamagedError for any other damage.
    """
    with path.open("r+b") as file:
        if file.readline() != VERSION_LINE:
            raise JournalDamagedError(
                f"{path} is no journal that this version can read: its first line is not "
                f"{VERSION_LINE.decode().strip()!r}. {ADVICE}"
            )
        offset = file.tell()
        for number, line in enumerate(file, start=2):
            try:
                yield decode_commit(line)
            except DamagedLineError:
                if offset + len(line) < path.stat().st_size:
                    raise JournalDamagedError(
                        f"{path} is damaged at line {number}, byte {offset}, and more follows. Put a backup in its "
                        "place; or, to go on without the writes on that line, keep a copy and delete the line."
                    ) from None
                log.warning("%s: the last line was cut off in writing; %d bytes removed", path, len(line))
                os.ftruncate(file.fileno(), offset)
                sync(file.fileno())
                return
            offset += len(line)


class Journal:
    """Appends to the file. All writes that arrive while one commit is on its way to the disk share the next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open()
        self._waiting: list[tuple[Write, asyncio.Future[None]]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._failure: JournalFailedError | None = None
        self._last: asyncio.Future[None] | None = None

    def _open(self) -> None:
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        self._size = self._size_at_first = os.fstat(self._descriptor).st_size

    @property
    def is_long(self) -> bool:
        """Whether it has grown so much that writing it anew is worth the while it takes."""
        return self._size > max(LONG_BYTES, LONG_GROWTH * self._size_at_first)

    async def rewrite(self, shorten: Callable[[Path], Awaitable[None]]) -> None:
        """Let `shorten` put another file in this one's place; nothing may be appended meanwhile.

        Afterwards it is not long for a while, even if there was no other. Raises JournalFailedError.
        """
        await self.settled()
        await shorten(self.path)
        old = self._descriptor
        self._open()
        os.close(old)

    def append(self, write: Write) -> asyncio.Future[None]:
        """Put `write` behind all earlier ones; the future is done when it is on disk, or raises JournalFailedError."""
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._failure is not None:
            durable.set_exception(self._failure)
            return durable
        self._last = durable
        self._waiting.append((write, durable))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        return durable

    async def settled(self) -> None:
        """Wait until all writes so far are on disk. Raises JournalFailedError."""
        if self._last is not None:
            await asyncio.shield(self._last)

    async def close(self) -> None:
        """Wait for the commit under way, and close the file."""
        if self._flusher is not None:
            await self._flusher
        self._thread.shutdown()
        os.close(self._descriptor)

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._commit, [write for write, _ in batch]
                )
            except OSError as error:
                self._fail(error, [durable for _, durable in batch])
                return
            for _, durable in batch:
                if not durable.done():
                    durable.set_result(None)

    def _commit(self, writes: Sequence[Write]) -> None:
        line = memoryview(encode_commit(writes))
        written = 0
        while written < len(line):
            written += os.write(self._descriptor, line[written:])
        sync(self._descriptor)
        self._size += len(line)

    def _fail(self, error: OSError, batch: Sequence[asyncio.Future[None]]) -> None:
        self._failure = JournalFailedError(f"the journal of DynamoDB's writes could not be written: {error}")
        with contextlib.suppress(OSError):  # a disk that refuses this too: the next start cuts the rest off
            os.ftruncate(self._descriptor, self._size)
        for durable in (*batch, *(durable for _, durable in self._waiting)):
            if not durable.done():
                durable.set_exception(self._failure)
        self._waiting = []
