"""Which operations are offered, by whom each is handled, and what its callers should know of it.

To offer one is one entry of OFFERED. `make tables` then writes the README's table; it is not edited by hand.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_rekognition.analyst import Analyst
from onlooker_rekognition.operations.collections import Collections, ResourceNames
from onlooker_rekognition.operations.comparison import Comparison
from onlooker_rekognition.operations.faces import Faces
from onlooker_rekognition.operations.labels import Labels
from onlooker_rekognition.operations.moderation import Moderation
from onlooker_rekognition.operations.search import Search
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.store import CollectionStore

Handler = Callable[[Parameters], Awaitable[Mapping[str, Any]]]
"""Parameters in, a result by Amazon's names out. Raises ServiceError."""


@dataclass(frozen=True, slots=True)
class Nouns:
    """What operations are done to: one object for each module of this package."""

    collections: Collections
    comparison: Comparison
    faces: Faces
    labels: Labels
    moderation: Moderation
    search: Search


@dataclass(frozen=True, slots=True)
class Offer:
    """An operation that works: its handler, and a note for its row in the README (Markdown)."""

    handler: Callable[[Nouns], Handler]
    note: str = ""


OFFERED: Mapping[str, Offer] = {
    "DetectFaces": Offer(lambda of: of.faces.detect, "`DEFAULT`, `ALL` and single attributes; the 100 largest faces"),
    "DetectLabels": Offer(lambda of: of.labels.detect, "`GENERAL_LABELS` with all filters; not `IMAGE_PROPERTIES`"),
    "CompareFaces": Offer(
        lambda of: of.comparison.compare, "the largest face of the source with the 100 largest of the target"
    ),
    "DetectModerationLabels": Offer(
        lambda of: of.moderation.detect, "nudity and drawings only; no adapters, no human loop"
    ),
    "CreateCollection": Offer(lambda of: of.collections.create, "tags are kept"),
    "DeleteCollection": Offer(lambda of: of.collections.delete),
    "DescribeCollection": Offer(lambda of: of.collections.describe, "`UserCount` is 0"),
    "ListCollections": Offer(lambda of: of.collections.list, "in pages, in the order of their creation"),
    "IndexFaces": Offer(lambda of: of.faces.index, "the same picture under the same external id is kept once"),
    "ListFaces": Offer(lambda of: of.faces.list, "in pages, `FaceIds`; not `UserId`"),
    "DeleteFaces": Offer(lambda of: of.faces.delete),
    "SearchFaces": Offer(lambda of: of.search.by_face, "exact, in memory"),
    "SearchFacesByImage": Offer(lambda of: of.search.by_image, "the largest face, as Amazon does"),
}


def build_handlers(analyst: Analyst, store: CollectionStore, names: ResourceNames) -> dict[str, Handler]:
    """The handler of every operation offered."""
    nouns = Nouns(
        collections=Collections(store, names),
        comparison=Comparison(analyst),
        faces=Faces(analyst, store),
        labels=Labels(analyst),
        moderation=Moderation(analyst),
        search=Search(analyst, store),
    )
    return {name: offer.handler(nouns) for name, offer in OFFERED.items()}
