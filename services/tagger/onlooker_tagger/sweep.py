"""Finds what the index forgot, or never heard of, and sends it to the tagger's own queue.

After a restart of queues that keep nothing, or with a new index, everything is derived anew from the buckets.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from onlooker_shared.annotations import THUMBNAILS, find_annotation
from onlooker_shared.errors import NotFoundError
from onlooker_shared.messages import ImageAnnotated, ImageFailed, ImageRecognized
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import FAILURES, RESULTS, Results
from onlooker_shared.service import Swept
from onlooker_shared.sweeping import send_on, stored_ids
from onlooker_tagger.index import Index

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Sweeper:
    """Sweeps the results bucket and the annotated bucket.

    Args:
        s3: the process's client.
        results: the results and failures.
        annotated_bucket: the bucket of annotated pictures.
        index: knows what it was told.
        sender: sends to the tagger's own queue.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        s3: "S3Client",
        results: Results,
        annotated_bucket: str,
        index: Index,
        sender: Sender,
        clock: Callable[[], datetime],
    ) -> None:
        self._s3 = s3
        self._results = results
        self._annotated_bucket = annotated_bucket
        self._index = index
        self._sender = sender
        self._clock = clock

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on results, failures and renditions that were stored longer ago than this and are not in the index.

        Raises:
            UnavailableError: the index does not answer.
            botocore.exceptions.ClientError: S3 or SQS refuses.
        """
        until = self._clock() - older_than
        looked_at = sent_on = 0
        for bucket, prefix, unknown, message_of in (
            (self._results.bucket, RESULTS, self._index.missing, self._recognized),
            (self._results.bucket, FAILURES, self._index.missing, self._failed),
            (self._annotated_bucket, THUMBNAILS, self._index.unannotated, self._annotated),
        ):
            async for image_ids in stored_ids(self._s3, bucket, prefix, until=until):
                looked_at += len(image_ids)
                for image_id in sorted(await unknown(image_ids)):
                    sent_on += await send_on(self._sender, image_id, message_of(image_id))
        return Swept(looked_at, sent_on)

    async def _recognized(self, image_id: str) -> ImageRecognized:
        return (await self._results.get(image_id)).message(self._results.bucket)

    async def _failed(self, image_id: str) -> ImageFailed:
        return (await self._results.get_failure(image_id)).message()

    async def _annotated(self, image_id: str) -> ImageAnnotated:
        stored = await self._results.get(image_id)
        found = await find_annotation(self._s3, self._annotated_bucket, image_id)
        if found is None:
            raise NotFoundError("The thumbnail is gone, or its metadata does not say the sizes.")
        return found.message(stored.image, stored.traceparent)
