"""Which files an upload sends, under which keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
)
"""Files that are taken from a folder; one that is named by itself is sent whatever its name."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file and the key that it gets."""

    path: Path
    key: str


def pictures(paths: Sequence[Path], prefix: str = "") -> Iterator[Picture]:
    """Yield the pictures in files and folders (theirs too), in the order of their names.

    A folder's pictures keep their path within it, after the folder's own name: ``trip/day 1/a.jpg``. Hidden files are
    left out.
    """
    for path in paths:
        if not path.is_dir():
            yield Picture(path, prefix + path.name)
            continue
        root = path.resolve()
        for file in sorted(root.rglob("*")):
            place = file.relative_to(root)
            hidden = any(part.startswith(".") for part in place.parts)
            if file.suffix.lower() in SUFFIXES and not hidden and file.is_file():
                yield Picture(file, f"{prefix}{root.name}/{place.as_posix()}")
