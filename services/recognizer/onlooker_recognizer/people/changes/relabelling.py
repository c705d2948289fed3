"""Somebody was named, merged, or told apart: pictures from before say so too.

    record changes ──> job ──> a page of the person's sightings ──> its pictures (`renewing`)
                        ^                      │
                        └── next page <────────┘

A page that comes twice finds nothing to do. Rekognition is not asked.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from onlooker_recognizer.people.changes.owed import Owed, Relabel
from onlooker_recognizer.people.changes.renewing import Renewing
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.outages import Outages
from onlooker_shared.service import Swept
from onlooker_shared.telemetry.tracing import current_traceparent, span

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

PAGE = 100
"""Sightings that one message is about."""

log = structlog.stdlib.get_logger(__name__)


class Relabelling:
    """Brings pictures up to date.

    Args:
        renewing: brings pictures up to date.
        sightings: where people were seen.
        owed: keeps what is to be done until it is.
        sqs: the process's client.
        queue_url: the queue of `recognizer.relabel.v1`.
        outages: the answer to AWS not answering.
        clock: the time, UTC.
        page: sightings that one message is about.
    """

    def __init__(
        self,
        *,
        renewing: Renewing,
        sightings: Sightings,
        owed: Owed,
        sqs: "SQSClient",
        queue_url: str,
        outages: Outages,
        clock: Callable[[], datetime],
        page: int = PAGE,
    ) -> None:
        self._renewing = renewing
        self._sightings = sightings
        self._owed = owed
        self._sqs = sqs
        self._queue_url = queue_url
        self._outages = outages
        self._clock = clock
        self._page = page

    async def person(self, person: PersonRecord) -> None:
        """Have all pictures of a person brought up to date, after their record was changed."""
        await self._ask(Relabel(person_id=person.person_id, time=self._clock(), traceparent=current_traceparent()))

    async def pictures(self, image_ids: Collection[str]) -> None:
        """Have some pictures brought up to date, after it was changed whose the faces are that came from them."""
        if image_ids:
            found = tuple(sorted(image_ids))
            await self._ask(Relabel(image_ids=found, time=self._clock(), traceparent=current_traceparent()))

    async def handle(self, job: Relabel) -> None:
        """Do one page of a job, and have the next one done.

        Raises:
            RetryLater: AWS does not answer.
        """
        with self._outages.weathered(), span("recognizer relabel", job.traceparent):
            image_ids, after = await self._next(job)
            changed = await self._renewing.renew(image_ids, since=job.time)
            if after is None:
                await self._owed.settle(job)
            else:
                await self._send(job.model_copy(update={"after": after}))
            log.info("people.relabelled", person_id=job.person_id, pictures=len(image_ids), changed=changed)

    async def picture(self, image_id: str) -> bool:
        """Bring one picture up to date, and tell if that changed it; return whether it did.

        Raises:
            UnavailableError: others changed it each time.
        """
        return await self._renewing.renew([image_id]) == 1

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on the jobs that were asked for longer ago than this and are not done."""
        jobs = await self._owed.older_than(older_than, self._clock())
        for job in jobs:
            await self._send(job)
        return Swept(looked_at=len(jobs), sent_on=len(jobs))

    async def _next(self, job: Relabel) -> tuple[Sequence[str], str | None]:
        """Return the ids of the job's next pictures, and where those after them begin."""
        if job.person_id is None:
            return job.image_ids, None
        page = await self._sightings.of_person(job.person_id, limit=self._page, after=job.after)
        return list(dict.fromkeys(sighting.image_id for sighting in page.sightings)), page.after

    async def _ask(self, job: Relabel) -> None:
        await self._owed.note(job)
        await self._send(job)

    async def _send(self, job: Relabel) -> None:
        await self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=job.model_dump_json(exclude_none=True))
