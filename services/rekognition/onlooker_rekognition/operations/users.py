"""Users of a collection: several faces that are one person."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from onlooker_rekognition.operations.shapes import Structure, refusal
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.store import Outcome, UserStore
from onlooker_rekognition.tokens import decode_token, encode_token

_PAGE = 500  # users in a page when the request does not say; the model allows no more
_DEFAULT_THRESHOLD = 75.0


class Users:
    """The operations on users."""

    def __init__(self, store: UserStore) -> None:
        self._store = store

    async def create(self, parameters: Parameters) -> Mapping[str, Any]:
        """CreateUser."""
        await asyncio.to_thread(self._store.create_user, parameters["CollectionId"], parameters["UserId"])
        return {}

    async def delete(self, parameters: Parameters) -> Mapping[str, Any]:
        """DeleteUser."""
        await asyncio.to_thread(self._store.delete_user, parameters["CollectionId"], parameters["UserId"])
        return {}

    async def list(self, parameters: Parameters) -> Mapping[str, Any]:
        """ListUsers."""
        collection_id = parameters["CollectionId"]
        listing = f"ListUsers/{collection_id}"
        after = decode_token(listing, parameters.get("NextToken"))
        limit = parameters.get("MaxResults", _PAGE)
        users = await asyncio.to_thread(self._store.users, collection_id, after=after, limit=limit + 1)
        return {
            "Users": [{"UserId": user.user_id, "UserStatus": user.status} for user in users[:limit]],
            "NextToken": encode_token(listing, users[limit - 1].position) if len(users) > limit else None,
        }

    async def associate(self, parameters: Parameters) -> Mapping[str, Any]:
        """AssociateFaces. It is done when it is answered, so that UPDATING is never seen."""
        threshold = parameters.get("UserMatchThreshold", _DEFAULT_THRESHOLD)

        def work() -> tuple[Outcome, str]:
            outcome = self._store.associate(*_whose(parameters), parameters["FaceIds"], threshold=threshold)
            return outcome, self._status(parameters)

        outcome, status = await asyncio.to_thread(work)
        return {
            "AssociatedFaces": _faces(outcome.done),
            "UnsuccessfulFaceAssociations": [refusal(refused) for refused in outcome.refused],
            "UserStatus": status,
        }

    async def disassociate(self, parameters: Parameters) -> Mapping[str, Any]:
        """DisassociateFaces."""

        def work() -> tuple[Outcome, str]:
            outcome = self._store.disassociate(*_whose(parameters), parameters["FaceIds"])
            return outcome, self._status(parameters)

        outcome, status = await asyncio.to_thread(work)
        return {
            "DisassociatedFaces": _faces(outcome.done),
            "UnsuccessfulFaceDisassociations": [refusal(refused) for refused in outcome.refused],
            "UserStatus": status,
        }

    def _status(self, parameters: Parameters) -> str:
        return self._store.user(*_whose(parameters)).status


def _whose(parameters: Parameters) -> tuple[str, str]:
    return parameters["CollectionId"], parameters["UserId"]


def _faces(face_ids: Sequence[str]) -> list[Structure]:
    return [{"FaceId": face_id} for face_id in face_ids]
