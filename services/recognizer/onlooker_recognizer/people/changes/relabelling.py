"""Somebody was named, merged, or told apart: pictures from before say so too.

    record changes ──> job ──> a page of the person's sightings ──> each picture: result, message, sightings
                        ^                      │
                        └── next page <────────┘

What a picture is to say follows from the records (`labels`), which are read after the result and before it is stored on
condition that it is still the same. So whoever else changes the picture or the records at the same time, it ends as
the records are; a page that comes twice finds nothing to do. Rekognition is not asked.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from pydantic import ValidationError

from onlooker_recognizer.metrics import RELABELLED
from onlooker_recognizer.people.changes.owed import Owed, Relabel
from onlooker_recognizer.people.identification import labels
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting
from onlooker_recognizer.people.registry.transactions import Tries
from onlooker_recognizer.people.sightings.items import sighting_id
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import NotFoundError
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.results import Results, StoredResult
from onlooker_shared.service import Swept
from onlooker_shared.telemetry.tracing import current_traceparent, span

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

PAGE = 100
"""Sightings that one message is about."""
AT_ONCE = 8
"""Pictures that are changed at the same time."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class _Seen:
    """What the records said when a result was read."""

    recorded: Sequence[Sighting] = ()
    people: labels.People = field(default_factory=dict)
    changed: bool = False
    """Whether the result said otherwise."""


class Relabelling:
    """Brings pictures up to date.

    Args:
        people: whose faces are.
        judge: knows who people are by now.
        sightings: where they were seen.
        results: what is changed.
        publisher: tells of it.
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
        people: People,
        judge: Judge,
        sightings: Sightings,
        results: Results,
        publisher: Publisher,
        owed: Owed,
        sqs: "SQSClient",
        queue_url: str,
        outages: Outages,
        clock: Callable[[], datetime],
        page: int = PAGE,
    ) -> None:
        self._people = people
        self._judge = judge
        self._sightings = sightings
        self._results = results
        self._publisher = publisher
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
            changed = await self._each(image_ids, since=job.time)
            if after is None:
                await self._owed.settle(job)
            else:
                await self._send(job.model_copy(update={"after": after}))
            log.info("people.relabelled", person_id=job.person_id, pictures=len(image_ids), changed=changed)

    async def picture(self, image_id: str, *, since: datetime | None = None) -> bool:
        """Bring one picture up to date, and tell if that changed it; return whether it did.

        Args:
            image_id: which; one that is not there any more is done with.
            since: if it was changed since then, that is told again: whoever changed it may have died before.

        Raises:
            UnavailableError: others changed it each time.
        """
        tries, told, recorded_by_us = Tries(), False, False
        while True:
            seen = _Seen()
            try:
                result = await self._results.revise(image_id, partial(self._revised, seen=seen))
            except NotFoundError:
                if not recorded_by_us:
                    return told
                await self._sightings.settle(image_id, ())  # it was deleted, and what was recorded of it, before
                recorded_by_us = False
                continue
            lately = since and result.recognition.identified_at and result.recognition.identified_at >= since
            if seen.changed or (lately and not told):
                await self._publisher.publish(result.identified(self._results.bucket))
                told = True
            wanted = labels.sightings(result.image, result.recognition, seen.recorded, seen.people)
            if _by_id(wanted) == _by_id(seen.recorded):
                return told
            await self._sightings.settle(image_id, wanted)
            recorded_by_us = True
            await tries.again()  # it may have been recognized again, or deleted, since it was read

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on the jobs that were asked for longer ago than this and are not done."""
        jobs = await self._owed.older_than(older_than, self._clock())
        for job in jobs:
            await self._send(job)
        return Swept(looked_at=len(jobs), sent_on=len(jobs))

    async def _revised(self, known: StoredResult, *, seen: "_Seen") -> StoredResult:
        """Return a result as the records say, and note what they say."""
        faces = known.recognition.faces
        own = [face.face_id for face in faces if face.face_id]
        seen.recorded = await self._sightings.of_picture(known.image.image_id)
        owners = {face_id: each.person_id for face_id, each in (await self._people.faces(own)).items()} if own else {}
        seen.people = await self._judge.resolved(labels.mentioned(faces, owners, seen.recorded))
        recognition = labels.up_to_date(known.recognition, seen.recorded, seen.people, owners, now=self._clock())
        seen.changed = recognition is not known.recognition
        return known.model_copy(update={"recognition": recognition})

    async def _next(self, job: Relabel) -> tuple[Sequence[str], str | None]:
        """Return the ids of the job's next pictures, and where those after them begin."""
        if job.person_id is None:
            return job.image_ids, None
        page = await self._sightings.of_person(job.person_id, limit=self._page, after=job.after)
        return list(dict.fromkeys(sighting.image_id for sighting in page.sightings)), page.after

    async def _each(self, image_ids: Sequence[str], *, since: datetime) -> int:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(image_id: str) -> bool:
            async with turns:
                try:
                    changed = await self.picture(image_id, since=since)
                except ValidationError as error:  # one damaged result must not stop the others
                    log.warning("relabel.unreadable", image_id=image_id, document=error.title)
                    return False
            if changed:
                RELABELLED.inc()
            return changed

        outcomes = await asyncio.gather(*map(one, image_ids), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return sum(outcome is True for outcome in outcomes)

    async def _ask(self, job: Relabel) -> None:
        await self._owed.note(job)
        await self._send(job)

    async def _send(self, job: Relabel) -> None:
        await self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=job.model_dump_json(exclude_none=True))


def _by_id(sightings: Sequence[Sighting]) -> dict[str, Sighting]:
    return {sighting_id(sighting): sighting for sighting in sightings}
