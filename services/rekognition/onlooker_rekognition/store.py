"""Collections and the faces in them: what any store must do, whatever it keeps them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from onlooker_rekognition.protocol.errors import ResourceNotFoundError
from onlooker_rekognition.vision.results import Box, Embedding


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection. `position` orders collections by creation and is never used twice."""

    position: int
    id: str
    face_model_version: str
    created_at: datetime
    face_count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Where faces were seen: an id derived from the picture's bytes, and the client's own name for it."""

    image_id: str
    external_image_id: str | None


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face to be kept; `confidence` is 0..100."""

    box: Box
    confidence: float
    embedding: Embedding


@dataclass(frozen=True, slots=True)
class StoredFace:
    """A face that is kept. `position` orders faces by their coming and is never used twice."""

    position: int
    face_id: str
    picture: Picture
    box: Box
    confidence: float
    model_version: str


@dataclass(frozen=True, slots=True)
class Match:
    """A stored face and how alike it is, 0..100."""

    face: StoredFace
    similarity: float


class CollectionStore(Protocol):
    """Thread-safe and durable: what a method has returned survives the end of the process.

    Every method that names a collection raises ResourceNotFoundError when it does not exist.
    """

    def create(self, collection_id: str, tags: Mapping[str, str]) -> Collection:
        """Make a collection. Raises ResourceAlreadyExistsError."""

    def delete(self, collection_id: str) -> None:
        """Forget a collection with all its faces."""

    def get(self, collection_id: str) -> Collection:
        """A collection as it is now."""

    def collections(self, *, after: int, limit: int) -> list[Collection]:
        """At most `limit` collections behind the position `after`, in the order of their creation."""

    def add(self, collection_id: str, picture: Picture, faces: Sequence[NewFace]) -> list[StoredFace]:
        """Keep faces, all or none; in the order given.

        A face of the same picture, under the same external id and at the same place, is not kept twice: it is
        answered as it was kept before.
        """

    def faces(
        self, collection_id: str, *, after: int, limit: int, face_ids: Sequence[str] | None = None
    ) -> list[StoredFace]:
        """At most `limit` faces behind the position `after`; with `face_ids`, only those that are among them."""

    def remove(self, collection_id: str, face_ids: Sequence[str]) -> list[str]:
        """Forget faces; the ids of those that were there, in the order given."""

    def embedding(self, collection_id: str, face_id: str) -> Embedding | None:
        """The embedding of a face, None when the collection does not hold it."""

    def nearest(self, collection_id: str, embedding: Embedding, *, count: int) -> list[Match]:
        """The `count` faces most alike, best first, among those embedded by the model in use."""


def no_such_collection(collection_id: str) -> ResourceNotFoundError:
    """The error of every operation on a collection that does not exist, in Amazon's words."""
    return ResourceNotFoundError(f"The collection id: {collection_id} does not exist")
