"""The faces bucket: a picture that is put there, and says whose it is, enrols that person.

    the object says whose ── not yet ──> looked at again, for some minutes: tags may be set after the upload
          │                                        └── never ──> dead-letter queue
    somebody of that name? ── no ──> a new person
          │ yes
    one more face of theirs

The same event again adds nothing. An object that is deleted or overwritten before it was looked at is left alone: a
newer one has an event of its own. People stay when their pictures go. What became of an object is noted, for sweeps.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from onlooker_recognizer.costs.meter import charged_to
from onlooker_recognizer.errors import PictureGoneError, PictureRefusedError
from onlooker_recognizer.events import Changes
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.people.audit.log import Actor
from onlooker_recognizer.people.enrolment.enrolling import Enrolled, Enrolment, NewPerson
from onlooker_recognizer.people.enrolment.fitting import Picture
from onlooker_recognizer.people.enrolment.handled import HandledObjects, Outcome
from onlooker_recognizer.people.enrolment.named_objects import NamedObjects
from onlooker_recognizer.people.enrolment.refusals import (
    AlreadyEnrolledError,
    ConsentMissingError,
    NameTakenError,
    PictureUnfitError,
)
from onlooker_recognizer.people.enrolment.tags import Named
from onlooker_recognizer.people.registry.people import People
from onlooker_shared.errors import BadRequestError, NotFoundError, Reject, RetryLater
from onlooker_shared.images import ImageRef
from onlooker_shared.outages import Outages
from onlooker_shared.telemetry.tracing import span

PATIENCE = timedelta(minutes=10)
"""How long after the upload an object may still be tagged."""
SHORTEST, LONGEST = 3.0, 30.0
"""Seconds between two looks: SQS gives a message out 50 times at most."""
REFUSALS = (
    PictureUnfitError,
    AlreadyEnrolledError,
    ConsentMissingError,
    NameTakenError,
    BadRequestError,
    NotFoundError,
)
"""What no later try overcomes."""
BY = Actor("faces bucket")
NAMELESS = (
    "The object does not say whose face it shows. Give it the tag person=NAME, or the metadata x-amz-meta-person, "
    "then send this message through the queue again, or wait for the next sweep."
)

log = structlog.stdlib.get_logger(__name__)


class FacesBucket:
    """Handles what happens in the faces bucket.

    Args:
        objects: reads whom they name.
        originals: fetches the pictures.
        enrolment: enrols people.
        people: who is known.
        handled: where it is noted what became of objects.
        outages: the answer to AWS not answering.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        objects: NamedObjects,
        originals: Originals,
        enrolment: Enrolment,
        people: People,
        handled: HandledObjects,
        outages: Outages,
        clock: Callable[[], datetime],
    ) -> None:
        self._objects = objects
        self._originals = originals
        self._enrolment = enrolment
        self._people = people
        self._handled = handled
        self._outages = outages
        self._clock = clock

    async def handle(self, changes: Changes) -> None:
        """Enrol whom the objects of a message show; forget that there were those that are gone.

        Raises:
            Reject: nobody can be enrolled by one of them; the words say why.
            RetryLater: one does not say yet whose it is; or something is away or too busy.
        """
        for removal in changes.removals:
            with self._outages.weathered():
                await self._handled.forget_removed(removal)
        for image in changes.arrivals:
            try:
                with self._outages.weathered(), charged_to(image.bucket):
                    await self._arrived(image)
            except PictureGoneError as gone:
                log.info("faces.gone", image_id=image.image_id, reason=str(gone))
            except PictureRefusedError as refusal:
                raise Reject(refusal.reason) from refusal
            except REFUSALS as error:
                raise Reject(error.logged) from error

    async def _arrived(self, image: ImageRef) -> None:
        whose, traceparent = await self._objects.look(image)
        with span("recognizer enrol", traceparent):
            try:
                if whose is None:
                    raise self._nameless(image)
                enrolled = await self._enrol(whose, Picture((await self._originals.fetch(image)).data, image))
            except (PictureRefusedError, Reject, *REFUSALS):
                await self._handled.note(image, Outcome.REFUSED, whose, at=self._clock())
                raise
            await self._confirm(image, enrolled)
            await self._handled.note(image, Outcome.ENROLLED, None, at=self._clock())
            log.info(
                "faces.enrolled",
                image_id=image.image_id,
                person_id=enrolled.person.person_id,
                added=enrolled.added,
            )

    async def _enrol(self, whose: Named, picture: Picture) -> Enrolled:
        if whose.person_id is not None:
            return await self._enrolment.add(whose.person_id, [picture], by=BY)
        name = whose.name or ""
        namesakes = await self._people.named(name)
        if not namesakes:
            try:
                return await self._enrolment.enrol(NewPerson(name, {}), [picture], by=BY)
            except NameTakenError:  # by another picture of them, this moment
                namesakes = await self._people.named(name)
        if len(namesakes) != 1:
            raise Reject(f"{len(namesakes)} people are called so. Say which one by the tag person_id.")
        return await self._enrolment.add(namesakes[0].person_id, [picture], by=BY)

    async def _confirm(self, image: ImageRef, enrolled: Enrolled) -> None:
        """Return if the object is still there; else take back what was added by it.

        Who is erased loses their objects, too: one that was looked at in that moment must not bring them back.

        Raises:
            PictureGoneError: it is not.
        """
        try:
            await self._originals.confirm(image)
        except PictureGoneError as gone:
            if gone.deleted and enrolled.added:
                await self._enrolment.take_back(enrolled)
            raise

    def _nameless(self, image: ImageRef) -> RetryLater | Reject:
        age = self._clock() - image.uploaded_at
        if age >= PATIENCE:
            return Reject(NAMELESS)
        return RetryLater(
            "the object does not say yet whose it is", delay=min(LONGEST, max(SHORTEST, age / timedelta(seconds=4)))
        )
