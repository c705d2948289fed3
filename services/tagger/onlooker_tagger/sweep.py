"""Finds what the index forgot, or never heard of, and sends it to the tagger's own queue.

After a restart of queues that keep nothing, or with a new index, everything is derived anew from the buckets. What the
index has and the buckets have no more, since a deletion was never told, is forgotten.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from onlooker_shared.annotations import THUMBNAILS, find_annotation
from onlooker_shared.errors import NotFoundError
from onlooker_shared.messages import ImageAnnotated, ImageFailed, ImageRecognized
from onlooker_shared.objects import exists
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import FAILURES, RESULTS, Results, failure_key, result_key
from onlooker_shared.service import Swept
from onlooker_shared.sweeping import send_on, stored_ids
from onlooker_tagger.index import Index

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

log = structlog.stdlib.get_logger(__name__)


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

        Of what is in the index, and was uploaded as long ago, forget what has neither result nor failure any more.

        Raises:
            UnavailableError: the index does not answer.
            botocore.exceptions.ClientError: S3 or SQS refuses.
        """
        until = self._clock() - older_than
        unfounded = {_packed(image_id) async for page in self._index.held(until) for image_id in page}

        def found(image_id: str) -> None:
            unfounded.discard(_packed(image_id))

        results, annotated, index = self._results.bucket, self._annotated_bucket, self._index
        looked_at = sent_on = 0
        for pages, unknown, message_of in (
            (stored_ids(self._s3, results, RESULTS, until=until, seen=found), index.missing, self._recognized),
            (stored_ids(self._s3, results, FAILURES, until=until, seen=found), index.missing, self._failed),
            (stored_ids(self._s3, annotated, THUMBNAILS, until=until), index.unannotated, self._annotated),
        ):
            async for image_ids in pages:
                looked_at += len(image_ids)
                for image_id in sorted(await unknown(image_ids)):
                    sent_on += await send_on(self._sender, image_id, message_of(image_id))
        await self._forget(each.hex() for each in sorted(unfounded))
        return Swept(looked_at, sent_on)

    async def _forget(self, image_ids: Iterable[str]) -> None:
        """Forget the pictures that have neither result nor failure: none may have come since these were listed.

        There is no tombstone for them: nobody said that they were deleted, and what is recognized anew is to be found.
        """
        gone = [image_id for image_id in image_ids if not await self._is_known(image_id)]
        if gone:
            await self._index.forget(gone)
            log.info("sweep.forgotten", pictures=len(gone))

    async def _is_known(self, image_id: str) -> bool:
        places = result_key(image_id), failure_key(image_id)
        return any([await exists(self._s3, self._results.bucket, key) for key in places])

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


def _packed(image_id: str) -> bytes:
    """Return the 16 bytes of an id, of which many are held at once; none for what is no id."""
    try:
        return bytes.fromhex(image_id)
    except ValueError:
        return b""
