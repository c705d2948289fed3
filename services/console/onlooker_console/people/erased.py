"""What became of an erasure, as its page shows it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PLACES = {
    "people": "Records of them",
    "faces": "Records of faces",
    "profiles": "Profiles",
    "sightings": "Sightings",
    "collection_faces": "Faces to compare with",
    "crops": "Pictures of faces",
    "faces_bucket": "Pictures they were enrolled by",
    "results": "Pictures that named them",
    "old_versions": "Earlier versions of files",
    "pictures": "Pictures deleted",
    "consents": "Consents",
    "attendance": "Attendance",
}
"""What was removed, by the recognizer's names."""


@dataclass(frozen=True, slots=True)
class Line:
    """How many of something."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an erasure.

    Attributes:
        proof: when it was looked for them again, how much was read then, how much of them was found; None if not yet.
    """

    erasure_id: str
    state: str
    asked_at: str
    erased_at: str
    proved_at: str
    removed: tuple[Line, ...]
    proof: Mapping[str, Any] | None

    @property
    def open(self) -> bool:
        """Whether more is to come."""
        return self.state != "proved"

    @property
    def looked_at(self) -> int:
        """Items and files that were read to see that nothing is left."""
        return sum(self.proof["looked_at"].values()) if self.proof else 0

    @property
    def left(self) -> int:
        """What was found of them all the same."""
        return sum(self.proof["found"].values()) + self.proof["recognized"] if self.proof else 0


def receipt(told: Mapping[str, Any]) -> Receipt:
    """Return what ``GET /people/erasures/{id}`` tells."""
    return Receipt(
        erasure_id=told["erasure_id"],
        state=told["state"],
        asked_at=told["asked_at"],
        erased_at=told["erased_at"] or "",
        proved_at=told["proved_at"] or "",
        removed=tuple(Line(PLACES.get(name, name), count) for name, count in told["removed"].items() if count),
        proof=told["proof"],
    )
