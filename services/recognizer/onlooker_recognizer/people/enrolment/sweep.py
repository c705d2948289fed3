"""Finds objects of the faces bucket that nobody looked at, and those that say since then whom they show.

listed ── handled ── enrolled ──> left alone: also if nobody has the face any more, whoever took it away
  │          └── refused ──> names somebody else now? ──> sent on
  │ not handled
  └── somebody has a face of it ──> noted
            └── nobody ──> sent on
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from onlooker_recognizer import events
from onlooker_recognizer.batches import Batches
from onlooker_recognizer.errors import PictureGoneError
from onlooker_recognizer.originals import newest
from onlooker_recognizer.people.enrolment.handled import Handled, HandledObjects, Outcome, digest
from onlooker_recognizer.people.enrolment.named_objects import NamedObjects
from onlooker_recognizer.people.registry.people import People
from onlooker_shared.images import ImageRef
from onlooker_shared.service import Swept

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient

AT_ONCE = 8
"""Objects whose tags are read at the same time."""


class FacesSweeper:
    """Sweeps the faces bucket.

    Args:
        s3: the process's client.
        sqs: likewise.
        bucket: the faces bucket.
        people: whose faces are.
        handled: which objects were handled.
        queue_url: of the queue of people.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        s3: "S3Client",
        sqs: "SQSClient",
        bucket: str,
        people: People,
        handled: HandledObjects,
        queue_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._s3 = s3
        self._sqs = sqs
        self._bucket = bucket
        self._people = people
        self._handled = handled
        self._objects = NamedObjects(s3)
        self._queue_url = queue_url
        self._clock = clock

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on every object that was stored longer ago than this and was not handled, or names somebody else since.

        Raises:
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or refuses.
        """
        until = self._clock() - older_than
        handled = await self._handled.all()  # before the objects: else one that comes now would look as if it were gone
        there: set[str] = set()
        new: list[ImageRef] = []
        refused: list[tuple[ImageRef, Handled]] = []
        async for image in newest(self._s3, self._bucket):
            there.add(image.image_id)
            before = handled.get(image.image_id)
            if before is None or before.at < image.uploaded_at:
                new += [image] if image.uploaded_at <= until else []
            elif before.outcome is Outcome.REFUSED:
                refused.append((image, before))
        batches = Batches(self._sqs, self._queue_url)
        for image in [*await self._unknown(new), *await self._changed(refused)]:
            await batches.add(events.encode(image))
        await batches.flush()
        await self._handled.forget(handled.keys() - there)
        return Swept(looked_at=len(there), sent_on=batches.sent)

    async def _unknown(self, images: Sequence[ImageRef]) -> list[ImageRef]:
        """Return the objects that nobody has a face of; the others are noted, as they may lose it later."""
        known = await self._people.pictures(self._bucket) if images else set()
        for image in images:
            if image.image_id in known:
                await self._handled.note(image, Outcome.ENROLLED, None, at=self._clock())
        return [image for image in images if image.image_id not in known]

    async def _changed(self, refused: Iterable[tuple[ImageRef, Handled]]) -> list[ImageRef]:
        """Return the objects that name somebody, and not whom they named when they were refused."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def names_another(image: ImageRef, before: Handled) -> bool:
            async with turns:
                try:
                    whose, _ = await self._objects.look(image)
                except PictureGoneError:
                    return False
            return whose is not None and digest(image, whose) != before.named

        asked = list(refused)
        changed = await asyncio.gather(*(names_another(image, before) for image, before in asked))
        return [image for (image, _), whether in zip(asked, changed, strict=True) if whether]
