"""Finds pictures that nobody recognized, and sends each to the recognizer's queue as S3 would have.

S3's events may be lost where queues live in memory, or come before a bucket was connected; the bucket still has the
pictures, so what was missed can always be worked out.
"""

import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from onlooker_recognizer import events
from onlooker_shared.images import ImageRef
from onlooker_shared.objects import list_objects
from onlooker_shared.queue.received import MAX_BATCH
from onlooker_shared.results import FAILURES, RESULTS
from onlooker_shared.service import Swept

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient

ANSWER = re.compile(rf"(?:{RESULTS}|{FAILURES})(?P<id>[0-9a-f]{{32}})\.json")
"""Keys of the results bucket that belong to a picture."""

log = structlog.stdlib.get_logger(__name__)


class Sweeper:
    """Sweeps the images bucket.

    Args:
        s3: the process's client.
        sqs: the process's client.
        images: the bucket of pictures.
        results: the bucket of results and failures.
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
        queue_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._s3 = s3
        self._sqs = sqs
        self._images = images
        self._results = results
        self._queue_url = queue_url
        self._clock = clock

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on every picture that was stored longer ago than this and has neither result nor failure.

        A picture that is merely still queued is sent twice and recognized once: its second message finds the result.

        Raises:
            botocore.exceptions.ClientError: S3 or SQS refuses.
        """
        known = await self._known()
        until = self._clock() - older_than
        looked_at = sent_on = 0
        batch: list[ImageRef] = []
        async for image in self._pictures():
            looked_at += 1
            if image.uploaded_at <= until and bytes.fromhex(image.image_id) not in known:
                batch.append(image)
            if len(batch) == MAX_BATCH:
                sent_on += await self._send(batch)
                batch = []
        if batch:
            sent_on += await self._send(batch)
        return Swept(looked_at, sent_on)

    async def _known(self) -> set[bytes]:
        """Return the ids of all pictures with a result or a failure, 16 bytes each: some 100 MB for a million."""
        return {
            bytes.fromhex(found["id"])
            for prefix in (RESULTS, FAILURES)
            async for entry in list_objects(self._s3, self._results, prefix)
            if (found := ANSWER.fullmatch(entry["Key"]))
        }

    async def _pictures(self) -> AsyncIterator[ImageRef]:
        """Yield the current version of every picture, page by page."""
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._images)
        async for page in pages:
            for entry in page.get("Versions", []):
                if entry["IsLatest"] and not events.is_folder(entry["Key"], entry["Size"]):
                    yield ImageRef.of(
                        bucket=self._images,
                        key=entry["Key"],
                        etag=entry["ETag"],
                        size=entry["Size"],
                        uploaded_at=entry["LastModified"],
                        version_id=entry["VersionId"],
                    )

    async def _send(self, batch: list[ImageRef]) -> int:
        """Send a batch and return how many messages SQS took; another sweep sends the rest."""
        answer = await self._sqs.send_message_batch(
            QueueUrl=self._queue_url,
            Entries=[{"Id": str(n), "MessageBody": events.encode(image)} for n, image in enumerate(batch)],
        )
        for failed in answer.get("Failed", []):
            log.warning(
                "sweep.not_sent",
                image_id=batch[int(failed["Id"])].image_id,
                code=failed["Code"],
                error=failed.get("Message", ""),
            )
        return len(answer.get("Successful", []))
