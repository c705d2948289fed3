"""Keeps sightings equal to results: who was seen in a picture is recorded when its result is, and goes with it."""

from collections.abc import Mapping, Sequence

from onlooker_recognizer.people.naming import as_person
from onlooker_recognizer.people.records import PersonRecord, Sighting, State
from onlooker_recognizer.people.sightings import Sightings
from onlooker_recognizer.people.verdicts import Judge
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

        Whoever was renamed, merged or deleted since they were looked up is looked up once more: what changes people
        goes through the sightings that it finds, and may have been there before these.
        """
        image_id = result.image.image_id
        for _ in range(LOOKS):
            await self._sightings.settle(image_id, seen)
            people = await self._judge.resolved(_ids(result, seen))
            current, now = _renamed(result, people), _moved(seen, people)
            if (current, now) == (result, list(seen)):
                break
            result, seen = current, now
            await self._results.put(result)
        return result

    async def recover(self, result: StoredResult) -> StoredResult:
        """Finish what a recognizer began that ended after it had stored a result, and return that as it is then.

        Who was seen is recorded, if nothing is; of who was erased meanwhile nothing is told.
        """
        seen = _sightings(result)
        if seen and not await self._sightings.of_picture(result.image.image_id):
            await self._sightings.settle(result.image.image_id, seen)
        if (told := _ids(result, seen)) and told - (await self._judge.resolved(told)).keys():
            return await self.settle(result, seen)
        return result

    async def forget(self, image_id: str) -> None:
        """Take back who was seen in a picture that is deleted."""
        await self._sightings.settle(image_id, [])

    async def restore(self, image_id: str) -> None:
        """Record again who was seen in a picture that is not deleted after all."""
        try:
            await self.recover(await self._results.get(image_id))
        except NotFoundError:
            return


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
        return as_person(record, person.similarity) if record and record.state is not State.IGNORED else None

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


def _sightings(result: StoredResult) -> list[Sighting]:
    """Return the sightings that a stored result tells of."""
    image = result.image
    return [
        Sighting(
            person_id=face.person.person_id,
            image_id=image.image_id,
            bucket=image.bucket,
            key=image.key,
            seen_at=image.uploaded_at,
            bounding_box=face.bounding_box,
            similarity=face.person.similarity,
            face_id=face.face_id,
        )
        for face in result.recognition.faces
        if face.person
    ]
