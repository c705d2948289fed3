"""What it takes to make bytes survive a power cut, and to notice a full disk before it hurts."""

import fcntl
import os
import sys
from pathlib import Path


def sync(descriptor: int) -> None:
    """Return once the file's content is on the medium. Raises OSError if that failed: it may then be lost."""
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # fsync there stops at the drive's own cache
    else:
        os.fsync(descriptor)


def sync_path(path: Path) -> None:
    """As `sync`, by name; a folder's sync makes the names in it last. A missing path is skipped."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return  # removed in the meantime: nothing of it needs to last
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def free_bytes(folder: Path) -> int:
    """Return how many more bytes this user may write on the disk that holds `folder`."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize
