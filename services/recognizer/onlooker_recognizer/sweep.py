"""Finds pictures that nobody recognized and results whose object is gone, and sends each to the recognizer's queue.

S3's events may be lost where queues live in memory, or come before a bucket was connected; the buckets still have the
pictures and the results, so what was missed can always be worked out, and is told as S3 would have told it.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from onlooker_recognizer import events
from onlooker_recognizer.batches import Batches
from onlooker_recognizer.deletions import Deletions
from onlooker_recognizer.originals import newest
from onlooker_shared.images import ImageRef, object_prefix
from onlooker_shared.objects import exists, list_objects
from onlooker_shared.results import FAILURES, RESULTS
from onlooker_shared.service import Swept

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient

ANSWER = re.compile(rf"(?:{RESULTS}|{FAILURES})(?P<id>[0-9a-f]{{32}})\.json")
"""Keys of the results bucket that belong to a picture."""
PREFIX_BYTES = 8
"""Of an id: what the ids of an object's versions share."""


class Sweeper:
    """Sweeps the images bucket.

    Args:
        s3: the process's client.
        sqs: the process's client.
        images: the bucket of pictures.
        results: the bucket of results and failures.
        deletions: knows which pictures they are about.
        queue_url: the recognizer's own queue.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        s3: "S3Client",
        sqs: "SQSClient",
        images: str,
        results: str,
        deletions: Deletions,
        queue_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._s3 = s3
        self._sqs = sqs
        self._images = images
        self._results = results
        self._deletions = deletions
        self._queue_url = queue_url
        self._clock = clock

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on every picture that was stored longer ago than this and has neither result nor failure.

        A picture that is merely still queued is sent twice and recognized once: its second message finds the result.
        Of results and failures whose object is gone, the deletion is sent on, however old they are. Those of a picture
        that was overwritten stay: the object is there.

        Raises:
            botocore.exceptions.ClientError: S3 or SQS refuses.
        """
        known = await self._known()
        ownerless = {image_id[:PREFIX_BYTES] for image_id in known}
        until = self._clock() - older_than
        looked_at = 0
        batches = Batches(self._sqs, self._queue_url)
        async for image in newest(self._s3, self._images):
            looked_at += 1
            image_id = bytes.fromhex(image.image_id)
            ownerless.discard(image_id[:PREFIX_BYTES])
            if image.uploaded_at <= until and image_id not in known:
                await batches.add(events.encode(image))
        async for body in self._removals(sorted(each for each in known if each[:PREFIX_BYTES] in ownerless)):
            await batches.add(body)
        await batches.flush()
        return Swept(looked_at, batches.sent)

    async def _known(self) -> set[bytes]:
        """Return the ids of all pictures with a result or a failure, 16 bytes each.

        For a million that is some 100 MB, and as much again while their objects are looked for.
        """
        return {
            bytes.fromhex(found["id"])
            for prefix in (RESULTS, FAILURES)
            async for entry in list_objects(self._s3, self._results, prefix)
            if (found := ANSWER.fullmatch(entry["Key"]))
        }

    async def _removals(self, ids: Iterable[bytes]) -> AsyncIterator[str]:
        """Yield a notification for each object that is gone, of the ids of pictures that the listing did not have.

        It may have come since it was listed, so it is looked for. Nothing was uploaded later than the newest picture
        that is known of it, as far as is known: that is the time that the notification names, by S3's own clock.
        """
        newest: dict[str, datetime] = {}
        for image_id in ids:
            image = await self._deletions.image_of(image_id.hex())
            if image is not None and self._may_be_judged(image):
                newest[image.key] = max(newest.get(image.key, image.uploaded_at), image.uploaded_at)
        for key, uploaded_at in newest.items():
            if not await exists(self._s3, self._images, key):
                yield events.encode_removal(self._images, key, uploaded_at)

    def _may_be_judged(self, image: ImageRef) -> bool:
        """Whether a picture is of the bucket that was listed, and has an id as they are made today."""
        return image.bucket == self._images and image.image_id.startswith(object_prefix(image.bucket, image.key))
