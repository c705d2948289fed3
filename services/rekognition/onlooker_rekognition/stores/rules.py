"""What becomes of faces, users and tags, decided alike for every store: pure functions over what a store has read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onlooker_rekognition.protocol.errors import ResourceNotFoundError, ServiceQuotaExceededError
from onlooker_rekognition.store import MAX_FACES_OF_USER, MAX_TAGS, Outcome, Refusal
from onlooker_rekognition.vision.results import Embedding
from onlooker_rekognition.vision.similarity import similarity


@dataclass(frozen=True, slots=True, eq=False)
class HeldFace:
    """A face of the collection: whose it is, and its embedding where that is of the model in use."""

    position: int
    face_id: str
    user_id: str | None
    embedding: Embedding | None


_Decision = Refusal | bool
"""Refused, done (True), or neither, because there is nothing to do (False)."""


def removal(face_ids: Sequence[str], held: Mapping[str, HeldFace]) -> Outcome:
    """Which faces may be deleted: those that are nobody's."""

    def decide(face: HeldFace) -> _Decision:
        if face.user_id is None:
            return True
        return Refusal(face.face_id, "ASSOCIATED_TO_AN_EXISTING_USER", user_id=face.user_id)

    return _sort_out(face_ids, held, decide)


def disassociation(face_ids: Sequence[str], held: Mapping[str, HeldFace], user_id: str) -> Outcome:
    """Which faces may be taken from a user: its own."""

    def decide(face: HeldFace) -> _Decision:
        if face.user_id in {user_id, None}:
            return face.user_id is not None
        return Refusal(face.face_id, "ASSOCIATED_TO_A_DIFFERENT_USER", user_id=face.user_id)

    return _sort_out(face_ids, held, decide)


def association(
    face_ids: Sequence[str],
    held: Mapping[str, HeldFace],
    user_id: str,
    own: Sequence[HeldFace],
    *,
    threshold: float,
) -> Outcome:
    """Which faces may be given to a user that has the faces `own`.

    All are compared with the mean as it was before, so that their order does not matter. A face that cannot be
    compared, because it or the user was embedded by another model, is as if it were not alike.
    Raises ServiceQuotaExceededError.
    """
    mean = mean_of(own)

    def decide(face: HeldFace) -> _Decision:
        if face.user_id == user_id:
            return False
        if face.user_id is not None:
            return Refusal(face.face_id, "ASSOCIATED_TO_A_DIFFERENT_USER", user_id=face.user_id)
        if not own:
            return True
        if mean is None or face.embedding is None:
            return Refusal(face.face_id, "LOW_MATCH_CONFIDENCE")
        alike = float(similarity(mean, face.embedding)[0])
        return alike >= threshold or Refusal(face.face_id, "LOW_MATCH_CONFIDENCE", confidence=alike)

    outcome = _sort_out(face_ids, held, decide)
    count = len(own) + len(outcome.done)
    if count > MAX_FACES_OF_USER:
        raise ServiceQuotaExceededError(
            f"The user id: {user_id} would have {count} faces; {MAX_FACES_OF_USER} are the most that are accepted."
        )
    return outcome


def mean_of(faces: Iterable[HeldFace]) -> Embedding | None:
    """The mean of the faces that were embedded by the model in use, None when there is none."""
    embeddings = [face.embedding for face in faces if face.embedding is not None]
    if not embeddings:
        return None
    return np.asarray(np.mean(embeddings, axis=0, dtype=np.float64), np.float32)


def with_tags(tags: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """The tags of a collection with `new` among them. Raises ServiceQuotaExceededError."""
    merged = {**tags, **new}
    if len(merged) > MAX_TAGS:
        raise ServiceQuotaExceededError(f"A collection has at most {MAX_TAGS} tags; this would make {len(merged)}.")
    return merged


def no_such_user(user_id: str) -> ResourceNotFoundError:
    """The error of every operation on a user that does not exist."""
    return ResourceNotFoundError(f"The user id: {user_id} does not exist")


def _sort_out(
    face_ids: Sequence[str], held: Mapping[str, HeldFace], decide: Callable[[HeldFace], _Decision]
) -> Outcome:
    outcome = Outcome([], [])
    for face_id in dict.fromkeys(face_ids):
        face = held.get(face_id)
        decision = decide(face) if face else Refusal(face_id, "FACE_NOT_FOUND")
        if isinstance(decision, Refusal):
            outcome.refused.append(decision)
        elif decision:
            outcome.done.append(face_id)
    return outcome
