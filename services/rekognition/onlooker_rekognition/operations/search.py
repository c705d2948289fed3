"""Who is it: the faces of a collection most alike a given one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from onlooker_rekognition.analyst import Analyst
from onlooker_rekognition.operations.faces import embedding_of
from onlooker_rekognition.operations.quality import quality_bar
from onlooker_rekognition.operations.shapes import Structure, box, stored_face
from onlooker_rekognition.protocol.errors import InvalidParameterError
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.searchable import Searchable
from onlooker_rekognition.store import Collection, CollectionStore, Match
from onlooker_rekognition.vision.results import FaceAnalysis

_DEFAULT_THRESHOLD = 80.0
_DEFAULT_COUNT = 80


class Search:
    """The operations that search a collection."""

    def __init__(self, analyst: Analyst, store: CollectionStore) -> None:
        self._analyst = analyst
        self._store = store

    async def by_image(self, parameters: Parameters) -> Mapping[str, Any]:
        """SearchFacesByImage: looks for the largest face of the picture."""
        collection_id = parameters["CollectionId"]
        bar = quality_bar(parameters.get("QualityFilter", "NONE"))
        count = parameters.get("MaxFaces", _DEFAULT_COUNT)
        threshold = threshold_of(parameters)
        collection = await asyncio.to_thread(self._store.get, collection_id)

        def work(seen: Searchable) -> tuple[FaceAnalysis, list[Match]]:
            face = next((face for face in seen.faces if not bar.reasons(face, seen)), None)
            if face is None:
                raise InvalidParameterError("There are no faces in the image. Should be at least 1.")
            return face, self._store.nearest(collection_id, embedding_of(face), count=count, threshold=threshold)

        face, matches = await self._analyst.search(parameters["Image"], work)
        return {
            "SearchedFaceBoundingBox": box(face.box),
            "SearchedFaceConfidence": face.confidence,
            "FaceMatches": face_matches(matches),
            "FaceModelVersion": collection.face_model_version,
        }

    async def by_face(self, parameters: Parameters) -> Mapping[str, Any]:
        """SearchFaces: looks for a face of the collection among its others."""
        collection_id, face_id = parameters["CollectionId"], parameters["FaceId"]
        count = parameters.get("MaxFaces", _DEFAULT_COUNT)
        threshold = threshold_of(parameters)

        def work() -> tuple[Collection, list[Match]]:
            collection = self._store.get(collection_id)
            embedding = self._store.embedding(collection_id, face_id)
            if embedding is None:
                raise InvalidParameterError(f"faceId {face_id} was not found in the collection")
            matches = self._store.nearest(collection_id, embedding, count=count + 1, threshold=threshold)
            return collection, [match for match in matches if match.face.face_id != face_id][:count]

        collection, matches = await self._analyst.compute(work)
        return {
            "SearchedFaceId": face_id,
            "FaceMatches": face_matches(matches),
            "FaceModelVersion": collection.face_model_version,
        }


def threshold_of(parameters: Parameters) -> float:
    """How alike a match must be at least, 0..100: a request's FaceMatchThreshold."""
    return float(parameters.get("FaceMatchThreshold", _DEFAULT_THRESHOLD))


def face_matches(matches: Sequence[Match]) -> list[Structure]:
    """FaceMatches."""
    return [{"Similarity": match.similarity, "Face": stored_face(match.face)} for match in matches]
