"""Keeps two processes from using the same data folder at once.

The lock is the kernel's (flock), so it goes away with its holder however that ends; the file's text only tells a
person who holds it.
"""

import contextlib
import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from onlooker_shared.errors import OnlookerError

LOCK_NAME = "lock"
EX_CANTCREAT = 73  # sysexits.h: the folder is not to be had
EX_BUSY = 75  # sysexits.h, EX_TEMPFAIL: nothing is wrong with the data, try again when the other has stopped


class DataFolderError(OnlookerError):
    """The folder cannot be made or written; the text says why and what to do."""


class DataFolderBusyError(OnlookerError):
    """Another process holds the folder. `pid` and `since` (ISO 8601) are None in the moment before it wrote them."""

    def __init__(self, folder: Path, pid: int | None, since: str | None) -> None:
        holder = f"process {pid}, since {since}" if pid is not None else "another process"
        super().__init__(f"{folder} is in use by {holder}. Stop that one first, or choose another data folder.")
        self.folder = folder
        self.pid = pid
        self.since = since


class DataLock:
    """The exclusive lock on a data folder, held from `acquire` (or `with`) to `release` or the process's end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock without waiting. Raises DataFolderBusyError, or DataFolderError if it cannot be written."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, since = _holder(os.pread(descriptor, 200, 0))
            os.close(descriptor)
            raise DataFolderBusyError(self._folder, pid, since) from None
        except OSError as error:
            os.close(descriptor)
            raise _unusable(self._folder, error) from error
        self._descriptor = descriptor
        with contextlib.suppress(OSError):  # on a full disk it holds all the same
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {datetime.now(UTC).isoformat(timespec='seconds')}\n".encode(), 0)

    def release(self) -> None:
        """Give the lock back; harmless when it is not held. The file stays: removing it would let two in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Python opens it close-on-exec: a child must not keep the folder locked after this process is gone.
            return os.open(self._folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(self._folder, error) from error

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _unusable(folder: Path, error: OSError) -> DataFolderError:
    return DataFolderError(
        f"The data folder {folder} cannot be used: {error.strerror}. Make it writable, or choose another one: --data."
    )


def _holder(text: bytes) -> tuple[int | None, str | None]:
    pid, _, since = text.decode("ascii", "replace").strip().partition(" ")
    return (int(pid), since) if pid.isdecimal() else (None, None)
