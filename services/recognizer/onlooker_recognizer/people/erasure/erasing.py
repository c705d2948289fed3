"""Erases somebody whose record is gone: a job that goes through every store, and looks afterwards.

    asked for: tombstone set, record deleted ──> job ──> faces ──> pictures ──> tables ──> nothing found: erased
                                                  ^                              │
                                                  └────────── a while later <────┘        nothing again: proved

From the tombstone on nothing new is written of them, but what was in work at that moment may still leave something, or
end where it could not take back what it left. So the same is done once more when that is over. Everything may be
repeated: what is gone is not found again.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import structlog

from onlooker_recognizer.people.erasure.faces import ErasedFaces
from onlooker_recognizer.people.erasure.pictures import ErasedPictures
from onlooker_recognizer.people.erasure.records import (
    NOT_LOOKED_AT,
    Erasure,
    Erasures,
    Place,
    Proof,
    State,
    StoredObject,
)
from onlooker_recognizer.people.erasure.tables import ErasedTables
from onlooker_recognizer.people.registry.names import digest
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonId, PersonRecord
from onlooker_recognizer.people.registry.tombstones import Tombstones
from onlooker_recognizer.people.registry.transactions import Tries
from onlooker_shared.errors import NotFoundError, Reject, RetryLater
from onlooker_shared.messages import Message
from onlooker_shared.outages import Outages
from onlooker_shared.service import Swept
from onlooker_shared.telemetry.tracing import span

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

ERASE = "recognizer.erase.v1"
FOUND_AGAIN = 10.0
"""Seconds until the next try where something was found that should not be there."""
REMEMBERED = timedelta(days=1)
"""How long after the last look a sweep looks again: stores may have been put back as they were before."""

log = structlog.stdlib.get_logger(__name__)


class Erase(Message):
    """Somebody is to be erased, or looked for once more."""

    type: Literal["recognizer.erase.v1"] = "recognizer.erase.v1"
    erasure_id: PersonId
    again: bool = False
    """Whether they are looked for though they were erased."""


class Erasing:
    """Erases people.

    Args:
        people: where records are.
        tombstones: who was erased.
        erasures: how far each erasure is.
        faces: erases faces.
        pictures: erases pictures.
        tables: erases items.
        sqs: the process's client.
        queue_url: the queue of `recognizer.erase.v1`.
        outages: the answer to AWS not answering.
        later: seconds until it is looked once more: longer than a picture, or an enrolment, is in work.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        people: People,
        tombstones: Tombstones,
        erasures: Erasures,
        faces: ErasedFaces,
        pictures: ErasedPictures,
        tables: ErasedTables,
        sqs: "SQSClient",
        queue_url: str,
        outages: Outages,
        later: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._people = people
        self._tombstones = tombstones
        self._erasures = erasures
        self._faces = faces
        self._pictures = pictures
        self._tables = tables
        self._sqs = sqs
        self._queue_url = queue_url
        self._outages = outages
        self._later = later
        self._clock = clock

    async def ask(self, erasure_id: str, *, again: bool = False, delay: int = 0) -> None:
        """Have an erasure done."""
        job = Erase(erasure_id=erasure_id, again=again, time=self._clock())
        await self._sqs.send_message(
            QueueUrl=self._queue_url, MessageBody=job.model_dump_json(exclude_none=True), DelaySeconds=delay
        )

    async def handle(self, job: Erase) -> None:
        """Do an erasure, or as much of it as fits into one message.

        Raises:
            Reject: nobody asked for it.
            RetryLater: AWS does not answer, or something is left that should not be.
        """
        with self._outages.weathered(), span("recognizer erase", job.traceparent):
            try:
                erasure, etag = await self._erasures.get(job.erasure_id)
            except NotFoundError as error:
                raise Reject(error.detail) from error
            if erasure.state is not State.UNDER_WAY and not job.again:
                await self._later_again(erasure)
                return
            if erasure.scanned is None:
                erasure, etag = await self._bury_merged(erasure, etag)
                erasure, removed = await self._faces.erase(erasure)
                erasure = erasure.removing(removed).model_copy(update={"looked_through": 0, "left": 0})
                etag = await self._erasures.put(erasure, etag)
            erasure = await self._erase_pictures(erasure)
            etag = await self._erasures.put(erasure, etag)
            if erasure.scanned is not None:
                await self.ask(erasure.erasure_id, again=job.again)
                return
            removed = await self._tables.remove(erasure.ids)
            removed[Place.ALERTS] = await self._tables.remove_alerts(erasure.image_ids)
            erasure = erasure.removing(removed)
            await self._conclude(await self._proved(erasure, again=job.again), etag, again=job.again)

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on the erasures that were asked for longer ago than this and are not done, or were not long ago.

        And those of people who are there again: their tables were put back as they were before.
        """
        now = self._clock()
        looked_at = sent_on = 0
        owed = await self._tombstones.owed(older_than, now)
        for erasure_id in owed:
            looked_at += 1
            erasure = await self._known_or_lost(erasure_id, now)
            if erasure.proved_at is not None and now - erasure.proved_at > REMEMBERED:
                await self._tombstones.settle(erasure_id)
                continue
            await self.ask(erasure_id, again=erasure.state is not State.UNDER_WAY)
            sent_on += 1
        for erasure_id in sorted(set(await self._people.find(await self._erasures.ids())) - set(owed)):
            looked_at += 1
            sent_on += await self._ask_anew(erasure_id, now)
        return Swept(looked_at, sent_on)

    async def _known_or_lost(self, erasure_id: str, now: datetime) -> Erasure:
        """Return an erasure; one of which only the tombstone is left begins anew."""
        if known := await self._erasures.find(erasure_id):
            return known[0]
        log.warning("erasure.lost", erasure_id=erasure_id)
        erasure = Erasure(
            erasure_id=erasure_id, state=State.UNDER_WAY, policy="redraw", asked_at=now, person_ids=(erasure_id,)
        )
        await self._erasures.put(erasure, None)
        return erasure

    async def _ask_anew(self, erasure_id: str, now: datetime) -> bool:
        """Have somebody erased again who is there though they were erased; not who never was after all."""
        erasure, etag = await self._erasures.get(erasure_id)
        if erasure.state is State.UNDER_WAY:
            return False
        log.warning("erasure.undone", erasure_id=erasure_id)
        await self._erasures.put(erasure.anew(erasure.policy, now), etag)
        await self.ask(erasure_id)
        return True

    async def _bury_merged(self, erasure: Erasure, etag: str) -> tuple[Erasure, str]:
        """Bury those who were merged into whom is erased, and who came back: stores that were put back have them."""
        tries = Tries()
        while alive := _of(erasure, await self._people.everybody()):
            for person in alive:
                erasure = await self.noting(erasure, person)
                etag = await self._erasures.put(erasure, etag)
                steps = self._tombstones.set(person.person_id, erasure.erasure_id, erasure.asked_at)
                if await self._people.bury(person, steps):
                    erasure = erasure.removing(Counter({Place.PEOPLE: 1}))
            await tries.again()
        return erasure, etag

    async def noting(self, erasure: Erasure, person: PersonRecord) -> Erasure:
        """Return an erasure that knows what somebody has, who is about to be buried."""
        faces = list((await self._people.faces(person.face_ids)).values())
        originals = (
            StoredObject(bucket=face.bucket, key=face.key) for face in faces if face.bucket is not None and face.key
        )
        return erasure.model_copy(
            update={
                "person_ids": _joined(erasure.person_ids, [person.person_id]),
                "face_ids": _joined(erasure.face_ids, person.face_ids),
                "crops": _joined(erasure.crops, (face.crop for face in faces)),
                "originals": tuple(dict.fromkeys((*erasure.originals, *originals))),
                "names": _joined(erasure.names, [digest(person.name)]),
                "image_ids": _joined(erasure.image_ids, (face.image_id for face in faces if face.image_id)),
            }
        )

    async def _erase_pictures(self, erasure: Erasure) -> Erasure:
        """Take them out of some pictures; return the erasure then: with `scanned`, if there are more."""
        image_ids = set[str]()
        if erasure.scanned is None:
            image_ids |= {*erasure.image_ids, *await self._pictures.seen(erasure.person_ids)}
            image_ids |= await self._pictures.in_earlier_versions(erasure.ids)
        looked = await self._pictures.look(erasure.ids, after=erasure.scanned)
        image_ids |= set(looked.image_ids)
        done = await self._pictures.erase(erasure, image_ids)
        return erasure.removing(done.removed).model_copy(
            update={
                "image_ids": _joined(erasure.image_ids, sorted(image_ids)),
                "scanned": looked.last,
                "looked_through": erasure.looked_through + looked.results,
                "left": erasure.left + done.told,
            }
        )

    async def _proved(self, erasure: Erasure, *, again: bool) -> Erasure:
        """Return an erasure with the proof of what is left."""
        looked, found = await self._tables.prove(erasure.ids)
        looked[Place.COLLECTION], found[Place.COLLECTION] = await self._faces.prove(erasure)
        looked[Place.RESULTS], found[Place.RESULTS] = erasure.looked_through, erasure.left
        if again:  # before, they have had no time to be drawn anew
            looked["annotated"] = len(erasure.image_ids)
            found["annotated"] = await self._pictures.drawn_before(erasure.image_ids)
        proof = Proof(
            at=self._clock(),
            looked_at=dict(looked),
            found=dict(found),
            searched=erasure.searched,
            recognized=erasure.recognized,
            not_looked_at=NOT_LOOKED_AT if again else ("annotated", *NOT_LOOKED_AT),
        )
        return erasure.model_copy(update={"proof": proof})

    async def _conclude(self, erasure: Erasure, etag: str, *, again: bool) -> None:
        """Note how far an erasure is, and have it looked at again if that is due.

        Raises:
            RetryLater: something was found.
        """
        proof = erasure.proof
        if proof is None or any(proof.found.values()):
            await self._erasures.put(erasure, etag)
            raise RetryLater("something is left of somebody who is to be erased", delay=FOUND_AGAIN)
        now = self._clock()
        if again:
            proved = {"state": State.PROVED, "proved_at": erasure.proved_at or now}  # how long it is looked for counts
            erasure = erasure.model_copy(update=proved).without_traces()
        else:
            erasure = erasure.model_copy(update={"state": State.ERASED, "erased_at": now})
        await self._erasures.put(erasure, etag)
        await self._erasures.forget_earlier(erasure.erasure_id)
        log.info("person.erased", erasure_id=erasure.erasure_id, state=erasure.state, removed=erasure.removed)
        await self._later_again(erasure)

    async def _later_again(self, erasure: Erasure) -> None:
        if erasure.state is State.ERASED:
            await self.ask(erasure.erasure_id, again=True, delay=self._later)


def _of(erasure: Erasure, everybody: Iterable[PersonRecord]) -> list[PersonRecord]:
    """Return those who are to be erased with somebody, and are not yet."""
    merged = {person.person_id: person.merged_into for person in everybody}
    ids, alive = set(erasure.person_ids), list(everybody)
    while more := {person_id for person_id, into in merged.items() if into in ids} - ids:
        ids |= more
    return [person for person in alive if person.person_id in ids]


def _joined(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))
