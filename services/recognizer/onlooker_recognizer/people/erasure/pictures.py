"""Takes somebody who was erased out of pictures: results, what is recorded of them, and earlier versions of both.

Sightings lead to most pictures; all results are looked through besides, so that one whose sighting was lost is found,
and those who were only resembled.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from botocore.exceptions import ClientError
from pydantic import ValidationError

from onlooker_recognizer.people.erasure.marks import without
from onlooker_recognizer.people.erasure.mentions import result_tells
from onlooker_recognizer.people.erasure.records import Erasure, Place
from onlooker_recognizer.people.erasure.versions import Versions
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.annotations import ANNOTATED, THUMBNAILS, find_drawn, rendition_key
from onlooker_shared.errors import NotFoundError
from onlooker_shared.images import ImageRef
from onlooker_shared.objects import delete_if, how_gone, is_missing
from onlooker_shared.publisher import Publisher
from onlooker_shared.results import RESULTS, Results, StoredResult, result_key
from onlooker_shared.sweeping import image_id_in

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

AT_ONCE = 16
"""Results that are read at the same time."""
PAGE = 100
"""Sightings that are read at once."""
BATCH = 5_000
"""Results that one message has looked through."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """Some results that were looked through."""

    results: int
    image_ids: tuple[str, ...]
    """Of those that told of somebody."""
    last: str | None
    """The key of the last one; None where there are no more."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of some pictures."""

    removed: Counter[str] = field(default_factory=Counter)
    told: int = 0
    """Results that tell of somebody all the same."""


class ErasedPictures:
    """Takes somebody out of pictures.

    Args:
        s3: the process's client.
        annotated: the bucket of annotated copies.
        results: what is changed.
        sightings: what is recorded.
        publisher: tells of it.
        versions: deletes what S3 keeps of what was there.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        s3: "S3Client",
        annotated: str,
        results: Results,
        sightings: Sightings,
        publisher: Publisher,
        versions: Versions,
        clock: Callable[[], datetime],
    ) -> None:
        self._s3 = s3
        self._annotated = annotated
        self._results = results
        self._sightings = sightings
        self._publisher = publisher
        self._versions = versions
        self._clock = clock

    async def seen(self, person_ids: Iterable[str]) -> set[str]:
        """Return the ids of all pictures that people were seen in."""
        found: set[str] = set()
        for person_id in person_ids:
            after: str | None = None
            while True:
                page = await self._sightings.of_person(person_id, limit=PAGE, after=after)
                found.update(sighting.image_id for sighting in page.sightings)
                if (after := page.after) is None:
                    break
        return found

    async def in_earlier_versions(self, ids: Collection[str]) -> set[str]:
        """Return the ids of pictures of which earlier versions of results tell of some ids: S3 may keep these."""
        found = set[str]()
        async for key, version in self._versions.earlier(self._results.bucket, RESULTS):
            if await self._tells(key, ids, VersionId=version):
                found.add(image_id_in(key, RESULTS))
        return found

    async def look(self, ids: Collection[str], *, after: str | None) -> Looked:
        """Look through some results, at most `BATCH`, for ids."""
        most = BATCH
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._results.bucket,
            Prefix=RESULTS,
            StartAfter=after or RESULTS,
            PaginationConfig={"MaxItems": most},
        )
        keys = [entry["Key"] async for page in pages for entry in page.get("Contents", [])]
        turns = asyncio.Semaphore(AT_ONCE)

        async def tells(key: str) -> bool:
            async with turns:
                return await self._tells(key, ids)

        told = await asyncio.gather(*map(tells, keys))
        image_ids = tuple(image_id_in(key, RESULTS) for key, tells in zip(keys, told, strict=True) if tells)
        return Looked(len(keys), image_ids, keys[-1] if len(keys) == most else None)

    async def erase(self, erasure: Erasure, image_ids: Iterable[str]) -> Erased:
        """Take somebody out of pictures; what was taken out before is told again, as that may not have happened."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(image_id: str) -> Erased:
            async with turns:
                return await self._erase(erasure, image_id)

        outcomes = await asyncio.gather(*map(one, sorted(set(image_ids))))
        removed: Counter[str] = Counter()
        for each in outcomes:
            removed += each.removed
        return Erased(removed, sum(each.told for each in outcomes))

    async def drawn_before(self, image_ids: Iterable[str]) -> int:
        """Return how many annotated copies still show pictures as they were; of the others earlier versions go."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(image_id: str) -> bool:
            async with turns:
                if await self._is_drawn_before(image_id):
                    return True
                for prefix in (ANNOTATED, THUMBNAILS):
                    await self._versions.delete_earlier(self._annotated, rendition_key(prefix, image_id))
                return False

        return sum(await asyncio.gather(*map(one, image_ids)))

    async def _erase(self, erasure: Erasure, image_id: str) -> Erased:
        removed: Counter[str] = Counter()
        result, changed = await self._revised(erasure, image_id)
        if result is not None:
            identified_at = result.recognition.identified_at
            if changed or (identified_at and identified_at >= erasure.asked_at):
                await self._publisher.publish(result.identified(self._results.bucket))
        removed[Place.RESULTS] += changed
        recorded = await self._sightings.of_picture(image_id)
        others = [each for each in recorded if each.person_id not in erasure.person_ids]
        await self._sightings.settle(image_id, others)
        removed[Place.SIGHTINGS] += len(recorded) - len(others)
        if erasure.policy == "delete" and result is not None:
            removed[Place.PICTURES] += await self._delete_original(result.image)
        for bucket, key in (
            (self._results.bucket, result_key(image_id)),
            *((self._annotated, rendition_key(prefix, image_id)) for prefix in (ANNOTATED, THUMBNAILS)),
        ):
            removed[Place.VERSIONS] += await self._versions.delete_earlier(bucket, key)
        return Erased(removed, await self._tells(result_key(image_id), erasure.ids))

    async def _revised(self, erasure: Erasure, image_id: str) -> tuple[StoredResult | None, bool]:
        """Return a picture's result as it is now, and whether it was changed; None if there is none."""
        changed = False

        async def revise(known: StoredResult) -> StoredResult:
            nonlocal changed
            recognition = without(known.recognition, erasure.ids, now=self._clock())
            changed = recognition is not known.recognition
            return known.model_copy(update={"recognition": recognition})

        try:
            return await self._results.revise(image_id, revise), changed
        except NotFoundError:
            return None, False
        except ValidationError as error:  # damaged by hand: nobody can say what it tells, and it is made anew
            log.warning("erasure.unreadable", image_id=image_id, document=error.title)
            removed = await self._tells(result_key(image_id), erasure.ids)
            if removed:
                await self._s3.delete_object(Bucket=self._results.bucket, Key=result_key(image_id))
            return None, removed

    async def _delete_original(self, image: ImageRef) -> bool:
        """Delete a picture, if it is still that one; all that is known of it follows, as when anybody deletes it."""
        try:
            if image.version_id is not None:
                await self._s3.delete_object(Bucket=image.bucket, Key=image.key, VersionId=image.version_id)
            else:
                await delete_if(self._s3, image.bucket, image.key, f'"{image.etag}"')
        except ClientError as error:
            if how_gone(error) is None:
                raise
            return False
        return True

    async def _tells(self, key: str, ids: Collection[str], **version: str) -> bool:
        named: dict[str, Any] = {"Bucket": self._results.bucket, "Key": key, **version}
        try:
            answer = await self._s3.get_object(**named)
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        async with answer["Body"] as body:
            return result_tells(await body.read(), ids)

    async def _is_drawn_before(self, image_id: str) -> bool:
        drawn = await find_drawn(self._s3, self._annotated, image_id)
        if drawn is None or drawn.as_of is None:
            return False
        try:
            return drawn.as_of < (await self._results.get(image_id)).recognition.as_of
        except NotFoundError:
            return False
