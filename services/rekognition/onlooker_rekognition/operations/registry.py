"""Which operations are offered, by whom each is handled, and what its callers should know of it.

To offer one is one entry of OFFERED. `make tables` then writes the README's table; it is not edited by hand.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_rekognition.analyst import Analyst
from onlooker_rekognition.operations.collections import Collections
from onlooker_rekognition.operations.comparison import Comparison
from onlooker_rekognition.operations.faces import Faces
from onlooker_rekognition.operations.labels import Labels
from onlooker_rekognition.operations.moderation import Moderation
from onlooker_rekognition.operations.names import ResourceNames
from onlooker_rekognition.operations.search import Search
from onlooker_rekognition.operations.tags import Tags
from onlooker_rekognition.operations.text import Text
from onlooker_rekognition.operations.user_search import UserSearch
from onlooker_rekognition.operations.users import Users
from onlooker_rekognition.operations.videos import ANSWERS, VideoAnalyst, Videos
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.store import Store

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
    tags: Tags
    text: Text
    user_search: UserSearch
    users: Users
    videos: Mapping[str, Videos]
    """By the name of the analysis."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An operation that works: its handler, and a note for its row in the README (Markdown)."""

    handler: Callable[[Nouns], Handler]
    note: str = ""


def _start(analysis: str) -> Offer:
    note = "MPEG-4, MOV and AVI in S3; two frames a second; the end is published to `NotificationChannel`"
    return Offer(lambda of: of.videos[analysis].start, note)


def _get(analysis: str) -> Offer:
    order = ANSWERS[analysis].order
    note = "in pages, by time" if order is None else f"in pages, by `TIMESTAMP` or `{order}`"
    return Offer(lambda of: of.videos[analysis].get, note)


OFFERED: Mapping[str, Offer] = {
    "DetectFaces": Offer(lambda of: of.faces.detect, "`DEFAULT`, `ALL` and single attributes; the 100 largest faces"),
    "DetectLabels": Offer(lambda of: of.labels.detect, "`GENERAL_LABELS` with all filters, `IMAGE_PROPERTIES`"),
    "CompareFaces": Offer(
        lambda of: of.comparison.compare, "the largest face of the source with the 100 largest of the target"
    ),
    "DetectModerationLabels": Offer(
        lambda of: of.moderation.detect, "nudity and drawings only; no adapters, no human loop"
    ),
    "DetectText": Offer(
        lambda of: of.text.detect, "Latin, Chinese and Japanese script; the first 100 words; all filters"
    ),
    "CreateCollection": Offer(lambda of: of.collections.create, "with tags"),
    "DeleteCollection": Offer(lambda of: of.collections.delete),
    "DescribeCollection": Offer(lambda of: of.collections.describe),
    "ListCollections": Offer(lambda of: of.collections.list, "in pages, in the order of their creation"),
    "IndexFaces": Offer(lambda of: of.faces.index, "the same picture under the same external id is kept once"),
    "ListFaces": Offer(lambda of: of.faces.list, "in pages; all, by `FaceIds`, or those of a user"),
    "DeleteFaces": Offer(lambda of: of.faces.delete, "a user's faces must be disassociated before"),
    "SearchFaces": Offer(lambda of: of.search.by_face, "see [Large collections](#large-collections)"),
    "SearchFacesByImage": Offer(lambda of: of.search.by_image, "the largest face, as Amazon does"),
    "CreateUser": Offer(lambda of: of.users.create),
    "DeleteUser": Offer(lambda of: of.users.delete, "its faces stay in the collection"),
    "ListUsers": Offer(lambda of: of.users.list, "in pages, in the order of their creation"),
    "AssociateFaces": Offer(
        lambda of: of.users.associate, "done when it is answered: `UserStatus` is never `UPDATING`; 100 faces a user"
    ),
    "DisassociateFaces": Offer(lambda of: of.users.disassociate),
    "SearchUsers": Offer(lambda of: of.user_search.by_id, "by `UserId` or by `FaceId`"),
    "SearchUsersByImage": Offer(lambda of: of.user_search.by_image, "the largest face, as Amazon does"),
    "TagResource": Offer(lambda of: of.tags.tag, "collections; at most 200 tags"),
    "UntagResource": Offer(lambda of: of.tags.untag, "collections"),
    "ListTagsForResource": Offer(lambda of: of.tags.list, "collections"),
    **{f"Start{analysis}": _start(analysis) for analysis in ANSWERS},
    **{f"Get{analysis}": _get(analysis) for analysis in ANSWERS},
}


def build_handlers(
    analyst: Analyst, video_analyst: VideoAnalyst, store: Store, names: ResourceNames, *, keep_chips: bool = False
) -> dict[str, Handler]:
    """The handler of every operation offered. With `keep_chips`, faces are kept as pictures too."""
    nouns = Nouns(
        collections=Collections(store, names),
        comparison=Comparison(analyst),
        faces=Faces(analyst, store, keep_chips=keep_chips),
        labels=Labels(analyst),
        moderation=Moderation(analyst),
        search=Search(analyst, store),
        tags=Tags(store, names),
        text=Text(analyst),
        user_search=UserSearch(analyst, store),
        users=Users(store),
        videos={analysis: Videos(analysis, store, video_analyst) for analysis in ANSWERS},
    )
    return {name: offer.handler(nouns) for name, offer in OFFERED.items()}
