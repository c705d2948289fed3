"""Who is it: the users of a collection most alike a given face or user."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from onlooker_rekognition.analyst import Analyst
from onlooker_rekognition.operations.faces import MAX_FACES, embedding_of
from onlooker_rekognition.operations.quality import QualityBar, quality_bar
from onlooker_rekognition.operations.shapes import Structure, face_detail
from onlooker_rekognition.protocol.errors import InvalidParameterError
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.searchable import Searchable
from onlooker_rekognition.store import Store, UserMatch
from onlooker_rekognition.vision.results import FaceAnalysis

_DEFAULT_THRESHOLD = 80.0
_DEFAULT_COUNT = 500  # the model allows no more

_Unsearched = tuple[FaceAnalysis, list[str]]


class UserSearch:
    """The operations that search the users of a collection."""

    def __init__(self, analyst: Analyst, store: Store) -> None:
        self._analyst = analyst
        self._store = store

    async def by_id(self, parameters: Parameters) -> Mapping[str, Any]:
        """SearchUsers: looks for the users alike a user, or a face, of the collection."""
        if len(parameters.keys() & {"UserId", "FaceId"}) != 1:
            raise InvalidParameterError("Request has invalid parameters: either UserId or FaceId is needed, not both.")
        collection_id = parameters["CollectionId"]
        collection = await asyncio.to_thread(self._store.get, collection_id)
        face_id, user_id = parameters.get("FaceId"), parameters.get("UserId")

        def work() -> list[UserMatch]:
            if face_id is not None:
                return self._alike_face(parameters, face_id)
            return self._alike_user(parameters, parameters["UserId"])

        matches = await self._analyst.compute(work)
        return {
            "SearchedFace": None if face_id is None else {"FaceId": face_id},
            "SearchedUser": None if user_id is None else {"UserId": user_id},
            "UserMatches": _user_matches(matches, parameters),
            "FaceModelVersion": collection.face_model_version,
        }

    async def by_image(self, parameters: Parameters) -> Mapping[str, Any]:
        """SearchUsersByImage: looks for the largest face of the picture. A picture without one is no error."""
        collection_id = parameters["CollectionId"]
        bar = quality_bar(parameters.get("QualityFilter", "NONE"))
        collection = await asyncio.to_thread(self._store.get, collection_id)

        def work(seen: Searchable) -> tuple[FaceAnalysis | None, list[_Unsearched], list[UserMatch]]:
            face, unsearched = _choose(seen, bar)
            if face is None:
                return None, unsearched, []
            count = parameters.get("MaxUsers", _DEFAULT_COUNT)
            return face, unsearched, self._store.nearest_users(collection_id, embedding_of(face), count=count)

        face, unsearched, matches = await self._analyst.search(parameters["Image"], work)
        return {
            "SearchedFace": None if face is None else {"FaceDetail": _detail(face)},
            "UnsearchedFaces": [{"FaceDetails": _detail(other), "Reasons": reasons} for other, reasons in unsearched],
            "UserMatches": _user_matches(matches, parameters),
            "FaceModelVersion": collection.face_model_version,
        }

    def _alike_face(self, parameters: Parameters, face_id: str) -> list[UserMatch]:
        """The users alike a face: whose it is too."""
        collection_id = parameters["CollectionId"]
        embedding = self._store.embedding(collection_id, face_id)
        if embedding is None:
            raise InvalidParameterError(f"faceId {face_id} was not found in the collection")
        count = parameters.get("MaxUsers", _DEFAULT_COUNT)
        return self._store.nearest_users(collection_id, embedding, count=count)

    def _alike_user(self, parameters: Parameters, user_id: str) -> list[UserMatch]:
        """The users alike another one; none when it has no face."""
        collection_id = parameters["CollectionId"]
        embedding = self._store.user_embedding(collection_id, user_id)
        if embedding is None:
            return []
        count = parameters.get("MaxUsers", _DEFAULT_COUNT)
        matches = self._store.nearest_users(collection_id, embedding, count=count + 1)
        return [match for match in matches if match.user.user_id != user_id][:count]


def _choose(seen: Searchable, bar: QualityBar) -> tuple[FaceAnalysis | None, list[_Unsearched]]:
    """The largest face above the bar, if there is one, and the others with the reasons that they are not searched."""
    chosen: FaceAnalysis | None = None
    unsearched: list[_Unsearched] = []
    for number, face in enumerate(seen.faces):
        if number >= MAX_FACES:
            unsearched.append((face, ["EXCEEDS_MAX_FACES"]))
        elif reasons := bar.reasons(face, seen):
            unsearched.append((face, reasons))
        elif chosen is None:
            chosen = face
        else:
            unsearched.append((face, ["FACE_NOT_LARGEST"]))
    return chosen, unsearched


def _detail(face: FaceAnalysis) -> Structure:
    return face_detail(face, frozenset())


def _user_matches(matches: Sequence[UserMatch], parameters: Parameters) -> list[Structure]:
    threshold = parameters.get("UserMatchThreshold", _DEFAULT_THRESHOLD)
    return [
        {"Similarity": match.similarity, "User": {"UserId": match.user.user_id, "UserStatus": match.user.status}}
        for match in matches
        if match.similarity >= threshold
    ]
