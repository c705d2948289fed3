"""The data folder: private to its owner, and to one server at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderError(Exception):
    """The folder can not be used; the text says why and what to do."""


@contextmanager
def hold_folder(folder: Path) -> Iterator[Path]:
    """Make the folder if need be and hold it. Raises FolderError, at once if another server holds it.

    The kernel lets go of it when the process ends, however it ends.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise FolderError(f"The data folder {folder} can not be written: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FolderError(
                f"Another server uses the data folder {folder}. Stop it, or choose another one with --data."
            ) from error
        yield folder
