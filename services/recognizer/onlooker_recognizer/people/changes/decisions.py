"""Somebody says of one face in a picture whose it is, or that it is not whose it was told to be.

It holds when the picture is recognized again. If the face was itself added to the collection, it is moved there, or
forgotten.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from onlooker_recognizer.people.changes.merging import Grouping
from onlooker_recognizer.people.changes.relabelling import Relabelling
from onlooker_recognizer.people.collection.crops import overlap
from onlooker_recognizer.people.consent.consents import Consents
from onlooker_recognizer.people.enrolment.enrolling import Enrolment
from onlooker_recognizer.people.identification import labels
from onlooker_recognizer.people.identification.verdicts import SAME_PLACE, Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import ConflictError, NotFoundError
from onlooker_shared.publisher import Publisher
from onlooker_shared.recognition import BoundingBox, Face
from onlooker_shared.results import Results, StoredResult

log = structlog.stdlib.get_logger(__name__)


class Decisions:
    """Has faces be whose somebody says they are.

    Args:
        people: who is known.
        judge: knows who they are by now.
        sightings: where they were seen.
        results: what is changed.
        publisher: tells of it.
        grouping: keeps the collection equal to the records.
        enrolment: forgets faces.
        relabelling: brings pictures up to date.
        consents: what people agreed to.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        people: People,
        judge: Judge,
        sightings: Sightings,
        results: Results,
        publisher: Publisher,
        grouping: Grouping,
        enrolment: Enrolment,
        relabelling: Relabelling,
        consents: Consents,
        clock: Callable[[], datetime],
    ) -> None:
        self._people = people
        self._judge = judge
        self._sightings = sightings
        self._results = results
        self._publisher = publisher
        self._grouping = grouping
        self._enrolment = enrolment
        self._relabelling = relabelling
        self._consents = consents
        self._clock = clock

    async def who(self, *, person_id: str | None = None, name: str | None = None) -> PersonRecord:
        """Return the person who is meant; one whose name nobody has is made.

        Raises:
            NotFoundError: there is no person with this id.
            BadRequestError: the name is not taken.
            ConflictError: several are called so; the words have their ids.
            ConsentMissingError: nobody is called so, and a new one would have agreed to nothing, and must have.
        """
        if person_id is not None:
            return await self._people.resolve(person_id)
        called = name or ""
        while not (namesakes := await self._people.named(called)):
            self._consents.demand(None)
            try:
                return await self._people.create(called, alone=True)
            except ConflictError:
                continue  # somebody else made them this moment
        if len(namesakes) > 1:
            ids = " or ".join(each.person_id for each in namesakes)
            raise ConflictError(f"{len(namesakes)} people are called so; name the one by `person_id`: {ids}.")
        return namesakes[0]

    async def told(self, image_id: str, number: int) -> str | None:
        """Return the id of whom a face, counted from 1, is told to be; None: nobody who is known.

        Raises:
            NotFoundError: there is no such picture or face.
        """
        person = _numbered(await self._results.get(image_id), number).person
        return person.person_id if person else None

    async def tell(self, image_id: str, number: int, person: PersonRecord | None) -> StoredResult:
        """Say whose a face is, and return the picture's result as it is then.

        Args:
            image_id: the picture's.
            number: of the face among its faces, from 1.
            person: whose it is; None: not that of whom it was told to be.

        Raises:
            NotFoundError: there is no such picture or face.
            ConflictError: the picture was recognized again this moment, or the person has too many faces.
            UnavailableError: others changed the same each time.
        """
        result = await self._results.get(image_id)
        face = _numbered(result, number)
        if face.face_id is not None:
            await self._move(face.face_id, person)
        say = partial(labels.told, person=person) if person else labels.denied
        result = await self._results.revise(image_id, lambda known: self._revised(known, face.bounding_box, say))
        recorded = await self._sightings.of_picture(image_id)
        people = await self._judge.resolved({each.person_id for each in recorded})
        box = face.bounding_box
        wanted = labels.sightings(result.image, result.recognition, recorded, people, by_somebody=box)
        await self._sightings.settle(image_id, wanted)
        await self._publisher.publish(result.identified(self._results.bucket))
        await self._relabelling.picture(image_id)  # whoever changed the same at this moment
        log.info("face.told", image_id=image_id, number=number, person_id=person and person.person_id)
        return result

    async def deny(self, image_id: str, number: int, person_id: str) -> StoredResult:
        """Say whose a face is not, whom it was told to be or only resembles. Returns and raises as `tell` does."""
        result = await self._results.get(image_id)
        face = _numbered(result, number)
        if face.person is not None and face.person.person_id == person_id:
            return await self.tell(image_id, number, None)
        say = partial(labels.unlike, person_id=person_id)
        result = await self._results.revise(image_id, lambda known: self._revised(known, face.bounding_box, say))
        await self._publisher.publish(result.identified(self._results.bucket))
        log.info("face.denied", image_id=image_id, number=number, person_id=person_id)
        return result

    async def _move(self, face_id: str, person: PersonRecord | None) -> None:
        """Have a face in the collection be somebody's, or nobody's."""
        record = (await self._people.faces([face_id])).get(face_id)
        if record is None:
            return
        if person is None:
            await self._enrolment.forget(record)
        elif record.person_id != person.person_id:
            await self._people.move_face(face_id, person.person_id)
            await self._grouping.moved([face_id], record.person_id)
            await self._grouping.together(person.person_id)

    async def _revised(self, known: StoredResult, box: BoundingBox, say: Callable[[Face], Face]) -> StoredResult:
        """Return a result in which the face at a place is as somebody said."""
        faces = list(known.recognition.faces)
        for number, face in enumerate(faces):
            if overlap(face.bounding_box, box) >= SAME_PLACE:
                faces[number] = say(face)
                break
        else:
            raise ConflictError("The picture was recognized again this moment, and the face is not there any more.")
        if tuple(faces) == known.recognition.faces:
            return known
        recognition = known.recognition.model_copy(update={"faces": tuple(faces)})
        return known.model_copy(update={"recognition": labels.settled_at(recognition, self._clock())})


def _numbered(result: StoredResult, number: int) -> Face:
    faces = result.recognition.faces
    if not 1 <= number <= len(faces):
        raise NotFoundError(f"The picture has {len(faces)} faces; there is none with the number {number}.")
    return faces[number - 1]
