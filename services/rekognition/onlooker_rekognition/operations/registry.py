"""Which operation is handled by whom. What is not listed here is not offered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from onlooker_rekognition.analyst import Analyst
from onlooker_rekognition.operations.collections import Collections, ResourceNames
from onlooker_rekognition.operations.faces import Faces
from onlooker_rekognition.operations.labels import Labels
from onlooker_rekognition.operations.search import Search
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.store import CollectionStore

Handler = Callable[[Parameters], Awaitable[Mapping[str, Any]]]
"""Parameters in, a result by Amazon's names out. Raises ServiceError."""


def build_handlers(analyst: Analyst, store: CollectionStore, names: ResourceNames) -> dict[str, Handler]:
    """The handler of every operation offered."""
    labels = Labels(analyst)
    faces = Faces(analyst, store)
    search = Search(analyst, store)
    collections = Collections(store, names)
    return {
        "DetectFaces": faces.detect,
        "IndexFaces": faces.index,
        "ListFaces": faces.list,
        "DeleteFaces": faces.delete,
        "DetectLabels": labels.detect,
        "SearchFaces": search.by_face,
        "SearchFacesByImage": search.by_image,
        "CreateCollection": collections.create,
        "DeleteCollection": collections.delete,
        "DescribeCollection": collections.describe,
        "ListCollections": collections.list,
    }
