"""Which files an upload sends, under which keys."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from onlooker_shared.errors import OnlookerError

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
)
"""Files that are taken from a folder; one that is named by itself is sent whatever its name."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file and the key that it gets."""

    path: Path
    key: str


class SameKeyError(OnlookerError):
    """Two files would get the same key, and the second would replace the first."""


def pictures(paths: Sequence[Path], prefix: str = "") -> list[Picture]:
    """Return the pictures in files and folders (theirs too), in the order of their names.

    A folder's pictures keep their path within it, after the folder's own name: ``trip/day 1/a.jpg``. Hidden files are
    left out.

    Raises:
        SameKeyError: there are two of a name; the text says what to do.
    """
    found: dict[str, Picture] = {}
    for picture in _pictures(paths, prefix):
        first = found.setdefault(picture.key, picture)
        if first is not picture and first.path.resolve() != picture.path.resolve():
            raise SameKeyError(
                f"{readable(str(first.path))} and {readable(str(picture.path))} would both be stored as {picture.key}, "
                "and one would replace the other. Send the folder that holds both, or each with a --prefix of its own."
            )
    return list(found.values())


def readable(name: str) -> str:
    """Return a file's name with what is no UTF-8 in it replaced: neither keys nor terminals take it."""
    return os.fsencode(name).decode(errors="replace")


def _pictures(paths: Sequence[Path], prefix: str) -> Iterator[Picture]:
    for path in paths:
        if not path.is_dir():
            yield Picture(path, prefix + readable(path.name))
            continue
        root = path.resolve()
        for file in sorted(root.rglob("*")):
            place = file.relative_to(root)
            hidden = any(part.startswith(".") for part in place.parts)
            if file.suffix.lower() in SUFFIXES and not hidden and file.is_file():
                yield Picture(file, prefix + readable(f"{root.name}/{place.as_posix()}"))
