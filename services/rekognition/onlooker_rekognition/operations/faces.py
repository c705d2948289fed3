"""Faces: found in a picture, kept in a collection, listed, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from onlooker_rekognition.analyst import Analyst, Subject
from onlooker_rekognition.operations.quality import QualityBar, quality_bar
from onlooker_rekognition.operations.shapes import face_detail, refusal, stored_face, wants_attributes
from onlooker_rekognition.protocol.errors import InternalServerError
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.store import CollectionStore, NewFace, Picture
from onlooker_rekognition.tokens import decode_token, encode_token
from onlooker_rekognition.vision.chips import encode_chip
from onlooker_rekognition.vision.results import Embedding, FaceAnalysis

MAX_FACES = 100
"""Amazon looks at the 100 largest faces of a picture."""

_PAGE = 1000  # faces in a page when the request does not say, and when it says 0

_Unindexed = tuple[FaceAnalysis, list[str]]


class Faces:
    """The operations on faces."""

    def __init__(self, analyst: Analyst, store: CollectionStore, *, keep_chips: bool) -> None:
        """With `keep_chips`, a face that is indexed is kept as a picture too."""
        self._analyst = analyst
        self._store = store
        self._keep_chips = keep_chips

    async def detect(self, parameters: Parameters) -> Mapping[str, Any]:
        """DetectFaces."""
        attributes = frozenset(parameters.get("Attributes", ()))

        def work(subject: Subject) -> Sequence[FaceAnalysis]:
            return subject.engine.detect_faces(subject.image, attributes=wants_attributes(attributes))

        faces = await self._analyst.examine(parameters["Image"], work)
        return {"FaceDetails": [face_detail(face, attributes) for face in faces[:MAX_FACES]]}

    async def index(self, parameters: Parameters) -> Mapping[str, Any]:
        """IndexFaces."""
        collection_id = parameters["CollectionId"]
        attributes = frozenset(parameters.get("DetectionAttributes", ()))
        bar = quality_bar(parameters.get("QualityFilter", "AUTO"))
        limit = min(parameters.get("MaxFaces", MAX_FACES), MAX_FACES)
        collection = await asyncio.to_thread(self._store.get, collection_id)  # before the costly part

        def work(subject: Subject) -> tuple[str, list[FaceAnalysis], list[_Unindexed]]:
            faces = subject.engine.detect_faces(subject.image, attributes=wants_attributes(attributes), embeddings=True)
            return (subject.image_id, *_choose(faces[:MAX_FACES], bar, limit, subject))

        image_id, chosen, unindexed = await self._analyst.examine(parameters["Image"], work)
        picture = Picture(image_id, parameters.get("ExternalImageId"))
        new = [self._new_face(face) for face in chosen]
        kept = await asyncio.to_thread(self._store.add, collection_id, picture, new)
        return {
            "FaceRecords": [
                {"Face": stored_face(stored), "FaceDetail": face_detail(face, attributes)}
                for stored, face in zip(kept, chosen, strict=True)
            ],
            "FaceModelVersion": collection.face_model_version,
            "UnindexedFaces": [
                {"Reasons": reasons, "FaceDetail": face_detail(face, attributes)} for face, reasons in unindexed
            ],
        }

    async def list(self, parameters: Parameters) -> Mapping[str, Any]:
        """ListFaces."""
        collection_id = parameters["CollectionId"]
        listing = f"ListFaces/{collection_id}"
        after = decode_token(listing, parameters.get("NextToken"))
        limit = parameters.get("MaxResults") or _PAGE
        collection = await asyncio.to_thread(self._store.get, collection_id)
        faces = await asyncio.to_thread(
            self._store.faces,
            collection_id,
            after=after,
            limit=limit + 1,
            face_ids=parameters.get("FaceIds"),
            user_id=parameters.get("UserId"),
        )
        more = encode_token(listing, faces[limit - 1].position) if len(faces) > limit else None
        return {
            "Faces": [stored_face(face) for face in faces[:limit]],
            "NextToken": more,
            "FaceModelVersion": collection.face_model_version,
        }

    async def delete(self, parameters: Parameters) -> Mapping[str, Any]:
        """DeleteFaces."""
        outcome = await asyncio.to_thread(self._store.remove, parameters["CollectionId"], parameters["FaceIds"])
        return {
            "DeletedFaces": outcome.done,
            "UnsuccessfulFaceDeletions": [refusal(refused) for refused in outcome.refused],
        }

    def _new_face(self, face: FaceAnalysis) -> NewFace:
        chip = encode_chip(face.chip) if self._keep_chips and face.chip is not None else None
        return NewFace(face.box, face.confidence, embedding_of(face), chip)


def embedding_of(face: FaceAnalysis) -> Embedding:
    """The embedding of a face that was analysed with one. Raises InternalServerError when the engine gave none."""
    if face.embedding is None:
        raise InternalServerError("The engine gave no embedding for a face.")
    return face.embedding


def _choose(
    faces: Sequence[FaceAnalysis], bar: QualityBar, limit: int, subject: Subject
) -> tuple[list[FaceAnalysis], list[_Unindexed]]:
    """The faces to keep, at most `limit` of the largest above the bar, and the others with their reasons."""
    chosen: list[FaceAnalysis] = []
    unindexed: list[_Unindexed] = []
    for face in faces:
        if reasons := bar.reasons(face, subject.image):
            unindexed.append((face, reasons))
        elif len(chosen) == limit:
            unindexed.append((face, ["EXCEEDS_MAX_FACES"]))
        else:
            chosen.append(face)
    return chosen, unindexed
