"""Deletes what is stored of pictures that are no more, and tells.

S3 does not say which versions an object had, but the ids of all of them begin with the same digits, so that they can be
listed. What is found is read before it is deleted, and deleted only if it is still what was read: a picture that was
uploaded after the deletion, under the same key, with the same bytes even, keeps its result, whichever event came first.
"""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import ClientError
from pydantic import BaseModel, ValidationError

from onlooker_recognizer.costs.ledger import Ledger
from onlooker_recognizer.events import Removal
from onlooker_recognizer.metrics import DELETIONS
from onlooker_recognizer.people.sightings.recording import Recording
from onlooker_shared.images import ImageRef, image_id, moment, object_prefix
from onlooker_shared.messages import ImageDeleted
from onlooker_shared.objects import delete_if, how_gone, list_objects
from onlooker_shared.publisher import Publisher
from onlooker_shared.results import FAILURES, RESULTS, failure_key, result_key
from onlooker_shared.sweeping import image_id_in

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

NULL_VERSION = "null"
"""S3's name of the version that a bucket keeps of what was stored while it kept none."""

log = structlog.stdlib.get_logger(__name__)


class _Document(BaseModel):
    """As much of a result or a failure as tells which picture it is about."""

    image: ImageRef


class Deletions:
    """Deletes results and failures.

    Args:
        s3: the process's client.
        bucket: the results bucket.
        publisher: tells of what was deleted.
        recording: forgets who was seen in it.
        ledger: forgets what of it waits for a budget.
    """

    def __init__(self, s3: "S3Client", bucket: str, publisher: Publisher, recording: Recording, ledger: Ledger) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._publisher = publisher
        self._recording = recording
        self._ledger = ledger

    async def delete(self, removal: Removal) -> None:
        """Delete what is stored of an object or a version that is gone, then tell, also if nothing was stored.

        Doing it again tells again and changes nothing else. Of a version without a name nothing but what is stored
        tells the id, so that this could not be told again after a failure in the middle: it is told before, too.
        """
        if removal.version_id == NULL_VERSION:
            await self._tell(
                removal, {found async for key, found in self._stored(removal) if await self._is_meant(key, removal)}
            )
        deleted = {
            found
            async for key, found in self._stored(removal)
            if await self._delete_if(key, lambda image: covers(removal, image))
        }
        await self._tell(removal, deleted)
        DELETIONS.inc()
        log.info(
            "picture.deleted",
            bucket=removal.bucket,
            key=removal.key,
            version=removal.version_id,
            image_ids=sorted(deleted),
        )

    async def take_back(self, image: ImageRef) -> None:
        """Delete what was stored of a picture that went while it was worked on, but nothing of a later upload."""
        for key in (result_key(image.image_id), failure_key(image.image_id)):
            await self._delete_if(key, lambda stored: stored.moment <= image.moment)

    async def image_of(self, image_id: str) -> ImageRef | None:
        """Return the picture that an id's result or failure is about; None if neither is there or can be read."""
        for key in (result_key(image_id), failure_key(image_id)):
            if (found := await self._read(key)) and found[0]:
                return found[0]
        return None

    async def _tell(self, removal: Removal, image_ids: set[str]) -> None:
        message = _message(removal, image_ids)
        if message is not None:
            await self._publisher.publish(message)

    async def _stored(self, removal: Removal) -> AsyncIterator[tuple[str, str]]:
        """Yield key and id of each document whose id begins as those of the object's versions do."""
        digits = object_prefix(removal.bucket, removal.key)
        for prefix in (RESULTS, FAILURES):
            async for entry in list_objects(self._s3, self._bucket, prefix + digits):
                yield entry["Key"], image_id_in(entry["Key"], prefix)

    async def _delete_if(self, key: str, meant: Callable[[ImageRef], bool]) -> bool:
        """Delete a document if the picture that it is about is meant; return whether it was.

        One that cannot be read is of no use to anybody, and is deleted too: were it a living picture's, the sweep
        would have the picture recognized again. Who was seen is forgotten first: a result without sightings can be
        found again after a failure in the middle, sightings without a result not.
        """
        forgotten: str | None = None
        while (found := await self._read(key)) is not None:
            image, etag = found
            if image is not None and not meant(image):
                if forgotten:
                    await self._recording.restore(forgotten)
                return False
            if key.startswith(RESULTS):
                forgotten = image_id_in(key, RESULTS)
                await self._recording.forget(forgotten)
            try:
                await delete_if(self._s3, self._bucket, key, etag)
            except ClientError as error:
                if how_gone(error) is None:
                    raise
                continue  # somebody stored another one this moment, or was faster: look again
            if forgotten:
                await self._ledger.release(forgotten)
            return True
        return False

    async def _is_meant(self, key: str, removal: Removal) -> bool:
        image, _ = await self._read(key) or (None, "")
        return image is not None and covers(removal, image)

    async def _read(self, key: str) -> tuple[ImageRef | None, str] | None:
        """Return which picture a document is about, None where that cannot be read, and its ETag; None without one."""
        try:
            answer = await self._s3.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if how_gone(error) is None:
                raise
            return None
        async with answer["Body"] as body:
            text = await body.read()
        try:
            return _Document.model_validate_json(text).image, answer["ETag"]
        except ValidationError as error:
            log.warning("deletion.unreadable", key=key, faults=error.error_count())
            return None, answer["ETag"]


def covers(removal: Removal, image: ImageRef) -> bool:
    """Whether a picture is of what is gone: of that object, of that version if one is named, and not a later upload."""
    if (image.bucket, image.key) != (removal.bucket, removal.key):
        return False
    if removal.version_id not in {None, image.version_id or NULL_VERSION}:
        return False
    if removal.sequencer and image.sequencer:
        return image.moment <= moment(removal.sequencer, removal.deleted_at)
    return image.uploaded_at <= removal.deleted_at


def _message(removal: Removal, deleted: set[str]) -> ImageDeleted | None:
    """Return what is told; None where only a version without a name is gone and nothing was known of it."""
    ids = set[str]()
    if removal.version_id is not None:
        named = removal.version_id != NULL_VERSION
        ids = deleted | ({image_id(removal.bucket, removal.key, removal.version_id)} if named else set())
        if not ids:
            return None
    return ImageDeleted(
        bucket=removal.bucket,
        key=removal.key,
        sequencer=removal.sequencer,
        deleted_at=removal.deleted_at,
        image_ids=tuple(sorted(ids)),
    )
