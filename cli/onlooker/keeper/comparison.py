"""What changed since the last pass: a listing compared with what is kept, in whatever order it comes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar


class Versioned(Protocol):
    """Something that is found under a key; another version of it has another `version`."""

    @property
    def key(self) -> str:
        """What it is found by."""

    @property
    def version(self) -> str:
        """Differs when it does."""


Found = TypeVar("Found", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as S3 lists it."""

    key: str
    etag: str
    """Without quotes."""
    modified: datetime
    size: int

    @property
    def version(self) -> str:
        """What tells this state of the object from others: the time, too, for equal bytes may have new metadata."""
        return f"{self.etag} {self.size} {self.modified.isoformat()}"

    @property
    def version_put_back(self) -> str:
        """The version that it is kept under if the keeper itself put it back, and nobody knows when S3 took it."""
        return put_back(self.etag, self.size)


NOT_PUT_BACK = "not put back"
"""The version of an object that could not be put back: that it is not there does not mean that it was deleted."""


def put_back(etag: str, size: int) -> str:
    """Return the version of an object that was put back."""
    return f"{etag} {size} put back"


class Comparison:
    """Compares what is found, page by page, with what is kept; holds only keys and versions.

    Args:
        kept: the version of each key that is kept.
    """

    def __init__(self, kept: Mapping[str, str]) -> None:
        self._not_met = dict(kept)

    def changed(self, page: Iterable[Found]) -> list[Found]:
        """Return what of a page is not kept like this."""
        return [found for found in page if self._not_met.pop(found.key, None) != found.version]

    @property
    def gone(self) -> list[str]:
        """The keys that are kept and were on no page so far: after the last, those that are there no more."""
        return [key for key, version in self._not_met.items() if version != NOT_PUT_BACK]
