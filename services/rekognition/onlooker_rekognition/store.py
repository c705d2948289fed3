"""Collections, the faces and users in them: what any store must do, whatever it keeps them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from onlooker_rekognition.jobs import JobStore
from onlooker_rekognition.protocol.errors import ResourceNotFoundError
from onlooker_rekognition.vision.results import Box, Embedding

DIMENSIONS = 128
"""Numbers of an embedding."""

MAX_TAGS = 200
"""Tags of a collection: as many as the service model lets a request name."""

MAX_FACES_OF_USER = 100
"""Faces that Amazon associates with one user."""

REMEMBERED_SECONDS = 24 * 3600
"""How long an answer is kept for those who ask again under the same token."""


class StoreError(Exception):
    """The store can not be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class FaceModel:
    """What embeds faces.

    `name` is kept with each embedding, and only embeddings of one name are ever compared; `version` is what clients
    are shown.
    """

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection. `position` orders collections by creation and is never used twice."""

    position: int
    id: str
    face_model_version: str
    created_at: datetime
    face_count: int
    user_count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Where faces were seen: an id derived from the picture's bytes, and the client's own name for it."""

    image_id: str
    external_image_id: str | None


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face to be kept; `confidence` is 0..100.

    `chip` is the aligned face as JPEG, for embedding it anew by another model; None where chips are not kept.
    """

    box: Box
    confidence: float
    embedding: Embedding
    chip: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredFace:
    """A face that is kept. `position` orders faces by their coming and is never used twice.

    `model_version` is the one clients are shown; `user_id` is the user it is associated with.
    """

    position: int
    face_id: str
    picture: Picture
    box: Box
    confidence: float
    model_version: str
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A stored face and how alike it is, 0..100."""

    face: StoredFace
    similarity: float


@dataclass(frozen=True, slots=True)
class User:
    """A user of a collection: several faces of one person. `position` as that of a face."""

    position: int
    user_id: str
    status: Literal["ACTIVE", "CREATED"]  # CREATED has no face yet


@dataclass(frozen=True, slots=True)
class UserMatch:
    """A user and how alike the mean of its faces is, 0..100."""

    user: User
    similarity: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """A face that an operation left as it was, and why.

    `reason` is one of Amazon's for the operation. `user_id` is the user it belongs to, where that is the reason;
    `confidence` the similarity (0..100) that was too low, where that is.
    """

    face_id: str
    reason: str
    user_id: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a list of faces: ids of those it was done to, in the order given, and the others."""

    done: list[str]
    refused: list[Refusal]


@dataclass(frozen=True, slots=True)
class OutdatedFace:
    """A face whose embedding is of another model than the one in use; its `chip` where one was kept."""

    position: int
    face_id: str
    chip: bytes | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer that was given under a client's request token. `digest` is that of the request."""

    digest: bytes
    answer: bytes


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

    def tags(self, collection_id: str) -> dict[str, str]:
        """The tags of a collection."""

    def tag(self, collection_id: str, tags: Mapping[str, str]) -> None:
        """Add tags, or give those that exist another value. Raises ServiceQuotaExceededError above 200 in all."""

    def untag(self, collection_id: str, keys: Sequence[str]) -> None:
        """Remove tags; those it does not have are ignored."""

    def add(self, collection_id: str, picture: Picture, faces: Sequence[NewFace]) -> list[StoredFace]:
        """Keep faces, all or none; in the order given.

        A face of the same picture, under the same external id and at the same place, is not kept twice: it is
        answered as it was kept before, and embedded anew if it was embedded by another model.
        """

    def faces(
        self,
        collection_id: str,
        *,
        after: int,
        limit: int,
        face_ids: Sequence[str] | None = None,
        user_id: str | None = None,
    ) -> list[StoredFace]:
        """At most `limit` faces behind the position `after`.

        With `face_ids`, only those that are among them; with `user_id`, only those of that user (raises
        ResourceNotFoundError when there is no such user).
        """

    def remove(self, collection_id: str, face_ids: Sequence[str]) -> Outcome:
        """Forget faces. Refused: FACE_NOT_FOUND, ASSOCIATED_TO_AN_EXISTING_USER."""

    def embedding(self, collection_id: str, face_id: str) -> Embedding | None:
        """The embedding of a face, None when the collection does not hold it."""

    def nearest(self, collection_id: str, embedding: Embedding, *, count: int, threshold: float = 0) -> list[Match]:
        """The `count` faces most alike, best first, among those embedded by the model in use.

        All are alike at least by `threshold` (0..100). Among many faces, one in a hundred may be missed.
        """


class UserStore(Protocol):
    """The users of collections. As durable and thread-safe as CollectionStore, and it raises what that raises.

    Every method that names a user raises ResourceNotFoundError when the collection has no such user.
    """

    def create_user(self, collection_id: str, user_id: str) -> None:
        """Make a user without faces. Raises ConflictError when there is one of that id."""

    def delete_user(self, collection_id: str, user_id: str) -> None:
        """Forget a user; its faces stay in the collection, associated with nobody."""

    def user(self, collection_id: str, user_id: str) -> User:
        """A user as it is now."""

    def users(self, collection_id: str, *, after: int, limit: int) -> list[User]:
        """At most `limit` users behind the position `after`, in the order of their creation."""

    def associate(self, collection_id: str, user_id: str, face_ids: Sequence[str], *, threshold: float) -> Outcome:
        """Give faces to a user; those it has already are in neither list, as Amazon says.

        A face must be alike the user's mean at least by `threshold` (0..100); the first faces of a user define it.
        Refused: FACE_NOT_FOUND, ASSOCIATED_TO_A_DIFFERENT_USER, LOW_MATCH_CONFIDENCE. Raises
        ServiceQuotaExceededError, and associates none, when the user would have more than 100 faces.
        """

    def disassociate(self, collection_id: str, user_id: str, face_ids: Sequence[str]) -> Outcome:
        """Take faces from a user; those that nobody has are in neither list, as Amazon says.

        Refused: FACE_NOT_FOUND, ASSOCIATED_TO_A_DIFFERENT_USER.
        """

    def user_embedding(self, collection_id: str, user_id: str) -> Embedding | None:
        """The mean of a user's embeddings by the model in use, None when it has none."""

    def nearest_users(self, collection_id: str, embedding: Embedding, *, count: int) -> list[UserMatch]:
        """The `count` users most alike, best first, among those with a mean."""


class EmbeddingStore(Protocol):
    """Moving a collection to another model; else as CollectionStore."""

    def outdated(self, collection_id: str, *, after: int, limit: int) -> list[OutdatedFace]:
        """At most `limit` faces behind the position `after` that were not embedded by the model in use."""

    def reembed(self, collection_id: str, embeddings: Mapping[int, Embedding]) -> int:
        """Give faces, by their positions, embeddings of the model in use; all or none. How many there were.

        Faces that are not outdated (any more), or are gone, are left as they are. With the last outdated face, the
        collection takes on the version of the model in use.
        """


class AnswerLedger(Protocol):
    """Answers by client request token, so that a repeated request is answered and not done again. Durable."""

    def recall(self, operation: str, token: str) -> Remembered | None:
        """What was answered under `token`, None when nothing was or it is older than a day."""

    def remember(self, operation: str, token: str, answer: Remembered) -> None:
        """Keep an answer for a day; the first under a token stays."""


class Store(CollectionStore, UserStore, EmbeddingStore, AnswerLedger, JobStore, Protocol):
    """All that a server keeps."""


def no_such_collection(collection_id: str) -> ResourceNotFoundError:
    """The error of every operation on a collection that does not exist, in Amazon's words."""
    return ResourceNotFoundError(f"The collection id: {collection_id} does not exist")
