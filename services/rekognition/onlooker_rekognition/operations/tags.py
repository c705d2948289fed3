"""Tags of collections, which are the only resources that this server has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from onlooker_rekognition.operations.names import ResourceNames
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.store import CollectionStore


class Tags:
    """The operations on tags."""

    def __init__(self, store: CollectionStore, names: ResourceNames) -> None:
        self._store = store
        self._names = names

    async def tag(self, parameters: Parameters) -> Mapping[str, Any]:
        """TagResource."""
        await asyncio.to_thread(self._store.tag, self._collection(parameters), parameters["Tags"])
        return {}

    async def untag(self, parameters: Parameters) -> Mapping[str, Any]:
        """UntagResource."""
        await asyncio.to_thread(self._store.untag, self._collection(parameters), parameters["TagKeys"])
        return {}

    async def list(self, parameters: Parameters) -> Mapping[str, Any]:
        """ListTagsForResource."""
        return {"Tags": await asyncio.to_thread(self._store.tags, self._collection(parameters))}

    def _collection(self, parameters: Parameters) -> str:
        return self._names.collection_id(parameters["ResourceArn"])
