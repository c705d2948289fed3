"""Finds recognized pictures that are not annotated and sends them to the annotator's queue again; deletes orphans.

Queues lose what they hold where the emulator is killed, and a message can end in the dead-letter queue; results and
annotations are in buckets and stay. Memory does not grow with the number of pictures: S3 lists both buckets in the
order of the image ids, so they are walked side by side.

An orphan is what was made of a picture whose result is gone: the message about its deletion was lost.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from onlooker_annotator.annotations import UNANNOTATED
from onlooker_annotator.deletions import PREFIXES, Deletions
from onlooker_shared.annotations import PREVIEWS, THUMBNAILS
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.objects import list_objects
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import RESULTS, Results
from onlooker_shared.service import Swept
from onlooker_shared.sweeping import image_id_in, send_on, stored_ids

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

log = structlog.stdlib.get_logger(__name__)


class Sweeper:
    """Sweeps the results bucket.

    Args:
        s3: the process's client.
        results: the results.
        annotated: the bucket of annotated pictures.
        deletions: deletes from it.
        sender: sends to the annotator's own queue.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        s3: "S3Client",
        results: Results,
        annotated: str,
        deletions: Deletions,
        sender: Sender,
        clock: Callable[[], datetime],
    ) -> None:
        self._s3 = s3
        self._results = results
        self._annotated = annotated
        self._deletions = deletions
        self._sender = sender
        self._clock = clock

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on every picture that was recognized longer ago than this and is not annotated; delete orphans.

        Pictures that were annotated before there were previews are sent on as well. Those with a note why they can not
        be are left alone. A picture that is merely still queued is sent twice and annotated once: its second message
        finds the copy.

        Raises:
            botocore.exceptions.ClientError: S3 or SQS refuses.
        """
        await self._delete_orphans()
        until = self._clock() - older_than
        drawn, plain, noted = (_Walk(self._ids(prefix)) for prefix in (THUMBNAILS, PREVIEWS, UNANNOTATED))
        looked_at = sent_on = 0
        async for image_ids in stored_ids(self._s3, self._results.bucket, RESULTS, until=until):
            looked_at += len(image_ids)
            for image_id in image_ids:
                settled = await drawn.meets(image_id) and await plain.meets(image_id)
                if not settled and not await noted.meets(image_id):
                    sent_on += await send_on(self._sender, image_id, self._message(image_id))
        return Swept(looked_at, sent_on)

    async def _delete_orphans(self) -> None:
        """Delete what has no result. That is looked up once more: it may have been stored since the listing."""
        results = _Walk(self._ids(RESULTS, self._results.bucket))
        deleted = 0
        async for image_id in _merged([self._ids(prefix) for prefix in PREFIXES]):
            if not await results.meets(image_id):
                deleted += await self._deletions.delete_without_result(image_id)
        if deleted:
            log.info("orphans.deleted", count=deleted)

    async def _ids(self, prefix: str, bucket: str | None = None) -> AsyncIterator[str]:
        async for entry in list_objects(self._s3, bucket or self._annotated, prefix):
            yield image_id_in(entry["Key"], prefix)

    async def _message(self, image_id: str) -> ImageRecognized:
        return (await self._results.get(image_id)).message(self._results.bucket)


class _Walk:
    """Sorted ids, read only as far as they are asked for; must be asked in the same order."""

    def __init__(self, ids: AsyncIterator[str]) -> None:
        self._ids = ids
        self._at: str | None = ""

    async def meets(self, image_id: str) -> bool:
        """Whether the id is among them."""
        while self._at is not None and self._at < image_id:
            self._at = await anext(self._ids, None)
        return self._at == image_id


async def _merged(streams: Sequence[AsyncIterator[str]]) -> AsyncIterator[str]:
    """Yield what sorted streams yield, in order, each id once."""
    heads = [await anext(stream, None) for stream in streams]
    while any(head is not None for head in heads):
        least = min(head for head in heads if head is not None)
        yield least
        for n, stream in enumerate(streams):
            if heads[n] == least:
                heads[n] = await anext(stream, None)
