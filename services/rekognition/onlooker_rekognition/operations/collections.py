"""Collections of faces: made, described, listed, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from onlooker_rekognition.operations.names import ResourceNames
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.store import CollectionStore
from onlooker_rekognition.tokens import decode_token, encode_token

_PAGE = 1000  # collections in a page when the request does not say, and when it says 0
_OK = 200


class Collections:
    """The operations on collections."""

    def __init__(self, store: CollectionStore, names: ResourceNames) -> None:
        self._store = store
        self._names = names

    async def create(self, parameters: Parameters) -> Mapping[str, Any]:
        """CreateCollection."""
        collection = await asyncio.to_thread(self._store.create, parameters["CollectionId"], parameters.get("Tags", {}))
        return {
            "StatusCode": _OK,
            "CollectionArn": self._names.collection(collection.id),
            "FaceModelVersion": collection.face_model_version,
        }

    async def delete(self, parameters: Parameters) -> Mapping[str, Any]:
        """DeleteCollection."""
        await asyncio.to_thread(self._store.delete, parameters["CollectionId"])
        return {"StatusCode": _OK}

    async def describe(self, parameters: Parameters) -> Mapping[str, Any]:
        """DescribeCollection."""
        collection = await asyncio.to_thread(self._store.get, parameters["CollectionId"])
        return {
            "FaceCount": collection.face_count,
            "FaceModelVersion": collection.face_model_version,
            "CollectionARN": self._names.collection_arn(collection.id),
            "CreationTimestamp": collection.created_at,
            "UserCount": collection.user_count,
        }

    async def list(self, parameters: Parameters) -> Mapping[str, Any]:
        """ListCollections."""
        after = decode_token("ListCollections", parameters.get("NextToken"))
        limit = parameters.get("MaxResults") or _PAGE
        found = await asyncio.to_thread(self._store.collections, after=after, limit=limit + 1)
        page = found[:limit]
        more = encode_token("ListCollections", page[-1].position) if len(found) > limit else None
        return {
            "CollectionIds": [collection.id for collection in page],
            "FaceModelVersions": [collection.face_model_version for collection in page],
            "NextToken": more,
        }
