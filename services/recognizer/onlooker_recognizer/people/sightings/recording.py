"""Keeps sightings equal to results: who was seen in a picture is recorded when its result is, and goes with it."""

from collections.abc import Mapping, Sequence
from functools import partial

from onlooker_recognizer.people.identification import labels
from onlooker_recognizer.people.identification.naming import as_person, times_of
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting, State
from onlooker_recognizer.people.sightings.items import sighting_id
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import NotFoundError
from onlooker_shared.recognition import Face, Person
from onlooker_shared.results import Results, StoredResult

LOOKS = 5
"""How often it is looked whether the people changed meanwhile; who changes more often is told of by those changes."""


class Recording:
    """Records sightings.

    Args:
        sightings: the records.
        judge: knows people.
        results: where results are.
    """

    def __init__(self, sightings: Sightings, judge: Judge, results: Results) -> None:
        self._sightings = sightings
        self._judge = judge
        self._results = results

    async def settle(self, result: StoredResult, seen: Sequence[Sighting]) -> StoredResult:
        """Record who was seen in a picture whose result was just stored, and return that as it is then.

        Afterwards both are looked at once more. Whoever was renamed, merged or deleted since they were looked up: what
        changes people goes through the sightings that it finds, and may have been there before these. And what somebody
        said of a face: that is in the result first, and may have been recorded before these, too.
        """
        image_id = result.image.image_id
        for _ in range(LOOKS):
            await self._sightings.settle(image_id, seen)
            people: dict[str, PersonRecord] = {}
            try:
                current = await self._results.revise(image_id, partial(self._revised, seen=seen, people=people))
            except NotFoundError:  # it was deleted this moment
                await self._sightings.settle(image_id, ())
                return _renamed(result, await self._judge.resolved(_ids(result, ())))
            now = labels.sightings(current.image, current.recognition, _moved(seen, people), people)
            if _by_id(now) == _by_id(seen):
                return current
            result, seen = current, now
        return result

    async def recover(self, result: StoredResult) -> StoredResult:
        """Finish what a recognizer began that ended after it had stored a result, and return that as it is then.

        Who was seen is recorded as the result says; of who was erased meanwhile nothing is told.
        """
        if not result.recognition.faces:
            return result
        recorded = await self._sightings.of_picture(result.image.image_id)
        if await self._owed(result, recorded) is None:
            return result
        try:
            result = await self._results.get(result.image.image_id)  # somebody may have said otherwise since
        except NotFoundError:
            return result
        owed = await self._owed(result, recorded)
        return result if owed is None else await self.settle(result, owed)

    async def forget(self, image_id: str) -> None:
        """Take back who was seen in a picture that is deleted."""
        await self._sightings.settle(image_id, [])

    async def restore(self, image_id: str) -> None:
        """Record again who was seen in a picture that is not deleted after all."""
        try:
            await self.recover(await self._results.get(image_id))
        except NotFoundError:
            return

    async def _revised(
        self, known: StoredResult, *, seen: Sequence[Sighting], people: dict[str, PersonRecord]
    ) -> StoredResult:
        """Return a result that names people as they are called now, and note who they, and those seen, are."""
        found = await self._judge.resolved(_ids(known, seen))
        people.clear()
        people.update({**found, **{person.person_id: person for person in found.values()}})
        return _renamed(known, found)

    async def _owed(self, result: StoredResult, recorded: Sequence[Sighting]) -> list[Sighting] | None:
        """Return what is to be recorded of a picture; None where nothing is left to be done."""
        told = _ids(result, recorded)
        people = await self._judge.resolved(told) if told else {}
        wanted = labels.sightings(result.image, result.recognition, recorded, people)
        return None if told == people.keys() and _by_id(wanted) == _by_id(recorded) else wanted


def tells_of_anybody(result: StoredResult) -> bool:
    """Whether a result tells of people, be it only as those whom a face resembles."""
    return bool(_ids(result, ()))


def _ids(result: StoredResult, seen: Sequence[Sighting]) -> set[str]:
    told = {person.person_id for face in result.recognition.faces for person in _people_of(face)}
    return told | {each.person_id for each in seen}


def _people_of(face: Face) -> tuple[Person, ...]:
    return (*((face.person,) if face.person else ()), *face.candidates)


def _renamed(result: StoredResult, people: Mapping[str, PersonRecord]) -> StoredResult:
    """Return a result that names people as they are called now."""

    def now(person: Person) -> Person | None:
        record = people.get(person.person_id)
        if record is None or record.state is State.IGNORED:
            return None
        return as_person(record, person.similarity, times_of(person, record))

    faces = tuple(
        face.model_copy(
            update={
                "person": face.person and now(face.person),
                "face_id": face.face_id if face.person is None or face.person.person_id in people else None,
                "candidates": tuple(other for each in face.candidates if (other := now(each))),
            }
        )
        for face in result.recognition.faces
    )
    return result.model_copy(update={"recognition": result.recognition.model_copy(update={"faces": faces})})


def _moved(seen: Sequence[Sighting], people: Mapping[str, PersonRecord]) -> list[Sighting]:
    """Return sightings of the people who there are now."""
    return [
        each.model_copy(update={"person_id": people[each.person_id].person_id})
        for each in seen
        if each.person_id in people
    ]


def _by_id(sightings: Sequence[Sighting]) -> dict[str, Sighting]:
    return {sighting_id(sighting): sighting for sighting in sightings}
