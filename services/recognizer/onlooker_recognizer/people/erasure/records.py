"""Erasures as data, and where they are kept: what was removed where, and what was looked at afterwards.

erasures/{erasure_id}.json in the results bucket

Nobody is named in it: a receipt has an id, times and counts. While it is under way, it has besides what is to be
removed; of that nothing stays.
"""

from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError
from pydantic import Field

from onlooker_recognizer.people.erasure.versions import Versions
from onlooker_recognizer.people.registry.records import PersonId, Record
from onlooker_shared.errors import NotFoundError, RetryLater
from onlooker_shared.objects import ANY, is_missing, is_overtaken, list_objects

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

ERASURES = "erasures/"
Policy = Literal["redraw", "delete"]


class Place(StrEnum):
    """What things are removed from; the receipt counts by these."""

    PEOPLE = "people"
    """Records, those of people who were merged into them too."""
    FACES = "faces"
    """Records of faces."""
    PROFILES = "profiles"
    SIGHTINGS = "sightings"
    COLLECTION = "collection_faces"
    CROPS = "crops"
    ENROLLED = "faces_bucket"
    """Objects of the faces bucket that name them, or that they were enrolled by."""
    RESULTS = "results"
    """Pictures whose results told of them."""
    VERSIONS = "old_versions"
    """Earlier versions of objects that S3 kept."""
    PICTURES = "pictures"
    """Originals, where those are to go, too."""
    ALERTS = "alerts"
    """Notices that waited, and deliveries as they were sent, of pictures that told of them."""
    SUGGESTIONS = "suggestions"
    """Who they might be, and who they are not."""
    CONSENTS = "consents"
    ATTENDANCE = "attendance"


NOT_LOOKED_AT = ("index", "sent", "rules", "backups")


class State(StrEnum):
    """How far an erasure is."""

    UNDER_WAY = "under_way"
    ERASED = "erased"
    """All is removed, and nothing was found afterwards."""
    PROVED = "proved"
    """Likewise, and a while later, when whatever was in work at that moment had ended, nothing was found again."""


class Proof(Record):
    """What was looked for afterwards, and what was found."""

    at: datetime = Field(description="UTC.")
    looked_at: dict[str, int] = Field(description="Items or objects of each store that were read.")
    found: dict[str, int] = Field(description="Those that still had an id of theirs: none.")
    searched: int = Field(description="Crops of their faces that the collection was searched by, before they went.")
    recognized: int = Field(description="Searches that found a face of theirs: none.")
    not_looked_at: tuple[str, ...] = Field(
        default=(),
        description="What was not looked at. `index`: it is told of each picture by a message; "
        "`GET /tags/images?person_id=` shows whether it followed. `sent`: mails and other alerts that are out. "
        "`rules`: alert rules that somebody wrote about them, by name or id. "
        "`backups`: copies of stores that somebody made.",
    )


class Receipt(Record):
    """What became of an erasure."""

    erasure_id: PersonId = Field(description="The same as the id of whom it erases.")
    state: State
    policy: Policy = Field(description="What became of pictures: drawn anew, or deleted.")
    asked_at: datetime
    erased_at: datetime | None = None
    proved_at: datetime | None = None
    removed: dict[str, int] = Field(
        default_factory=dict,
        description="How many, by place; at least, as what a recognizer removed that died just then is not counted.",
    )
    proof: Proof | None = None


class StoredObject(Record):
    """An object in S3."""

    bucket: str
    key: str


class Erasure(Receipt):
    """An erasure as it is kept."""

    person_ids: tuple[PersonId, ...] = ()
    """Theirs, and of those who were merged into them."""
    face_ids: tuple[str, ...] = ()
    crops: tuple[str, ...] = ()
    originals: tuple[StoredObject, ...] = ()
    """What they were enrolled by."""
    names: tuple[str, ...] = ()
    """Digests of what they were called."""
    image_ids: tuple[str, ...] = ()
    """Pictures that told of them."""
    scanned: str | None = None
    """The key up to which results were looked through."""
    looked_through: int = 0
    """How many these are."""
    left: int = 0
    """How many of them tell of them all the same."""
    searched: int = 0
    recognized: int = 0

    @property
    def ids(self) -> tuple[str, ...]:
        """What must be nowhere any more."""
        return (*self.person_ids, *self.face_ids)

    @property
    def receipt(self) -> Receipt:
        """What is told of it."""
        return Receipt.model_validate(self.model_dump())

    def removing(self, counted: Counter[str]) -> "Erasure":
        """Return it with more removed."""
        return self.model_copy(update={"removed": dict(Counter(self.removed) + counted)})

    def anew(self, policy: Policy, at: datetime) -> "Erasure":
        """Return it as it is when it is asked for again of somebody who came back: stores were put back as they were.

        What was removed before stays counted, and what was looked for then is looked for now.
        """
        begun = Erasure(erasure_id=self.erasure_id, state=State.UNDER_WAY, policy=policy, asked_at=at)
        kept = {"removed", "person_ids", "face_ids", "crops", "originals", "names", "image_ids"}
        return begun.model_copy(update={name: getattr(self, name) for name in kept})

    def without_traces(self) -> "Erasure":
        """Return it without what tells which faces and pictures they were in; the id stays, as the tombstone's does."""
        kept = self.receipt.model_dump()
        return Erasure.model_validate(kept | {"person_ids": self.person_ids, "face_ids": self.face_ids})


class Erasures:
    """Keeps erasures.

    Args:
        s3: the process's client.
        bucket: the results bucket.
        versions: deletes what S3 keeps of them as they were.
    """

    def __init__(self, s3: "S3Client", bucket: str, versions: Versions) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._versions = versions

    async def get(self, erasure_id: str) -> tuple[Erasure, str]:
        """Return an erasure and its ETag.

        Raises:
            NotFoundError: there is none.
        """
        try:
            answer = await self._s3.get_object(Bucket=self._bucket, Key=_key(erasure_id))
        except ClientError as error:
            if is_missing(error):
                raise NotFoundError(f"Nobody with the id {erasure_id} was erased.") from error
            raise
        async with answer["Body"] as body:
            return Erasure.model_validate_json(await body.read()), answer["ETag"]

    async def find(self, erasure_id: str) -> tuple[Erasure, str] | None:
        """Return an erasure and its ETag; None if there is none."""
        try:
            return await self.get(erasure_id)
        except NotFoundError:
            return None

    async def ids(self) -> list[str]:
        """Return the ids of all erasures, also of those that are done."""
        keys = [entry["Key"] async for entry in list_objects(self._s3, self._bucket, ERASURES)]
        return [key.removeprefix(ERASURES).removesuffix(".json") for key in keys]

    async def forget_earlier(self, erasure_id: str) -> None:
        """Delete what S3 keeps of an erasure as it was: that has more in it."""
        await self._versions.delete_earlier(self._bucket, _key(erasure_id))

    async def put(self, erasure: Erasure, etag: str | None) -> str:
        """Store an erasure, if it is still the one with an ETag, or there is none (None); return its ETag then.

        Raises:
            RetryLater: another recognizer is at it.
        """
        condition = {"IfNoneMatch": ANY} if etag is None else {"IfMatch": etag}
        try:
            answer = await self._s3.put_object(
                Bucket=self._bucket,
                Key=_key(erasure.erasure_id),
                Body=erasure.model_dump_json(exclude_none=True).encode(),
                ContentType="application/json",
                **condition,  # type: ignore[arg-type] # a TypedDict of many, of which this is one
            )
        except ClientError as error:
            if not is_overtaken(error):
                raise
            raise RetryLater("another recognizer is at this erasure", delay=5) from error
        return answer["ETag"]


def _key(erasure_id: str) -> str:
    return f"{ERASURES}{erasure_id}.json"
