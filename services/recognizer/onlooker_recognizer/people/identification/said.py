"""What somebody said of a picture's faces holds when it is recognized again.

Whose a face is, whose it is not, and that there is one where none was found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from onlooker_recognizer.people.collection.crops import overlap
from onlooker_recognizer.people.identification.labels import THE_VERY_FACE
from onlooker_recognizer.people.identification.verdicts import SAME_PLACE, Judge, Verdict
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import NotFoundError
from onlooker_shared.recognition import BoundingBox, Face, Recognition
from onlooker_shared.results import Results

People = Mapping[str, PersonRecord]


class Said:
    """Knows what somebody said.

    Args:
        sightings: know whose faces are.
        results: know whose they are not, and those that were drawn.
        judge: knows who people are by now.
    """

    def __init__(self, *, sightings: Sightings, results: Results, judge: Judge) -> None:
        self._sightings = sightings
        self._results = results
        self._judge = judge

    async def hold(
        self, image_id: str, recognition: Recognition, verdicts: Sequence[Verdict]
    ) -> tuple[Recognition, list[Verdict]]:
        """Return a recognition and whose its faces are, with what somebody said in place of what similarity says.

        Faces that somebody drew come after the others, unless they are found now, or are nobody's any more.

        Args:
            image_id: the picture's.
            recognition: what is recognized in it now.
            verdicts: whose its faces are by similarity.
        """
        before = await self._faces_before(image_id)
        said = [each for each in await self._sightings.of_picture(image_id) if each.decided_by == "somebody"]
        people = await self._judge.resolved(
            {each.person_id for each in said}
            | {person_id for face in before for person_id in face.denied}
            | {face.person.person_id for face in before if face.drawn and face.person}
        )
        faces = _with_denials(recognition.faces, before, people)
        told = [
            _unless_denied(face, each) for face, each in zip(faces, _told(faces, verdicts, said, people), strict=True)
        ]
        drawn = _drawn(before, faces, said, people)
        faces = (*faces, *(face for face, _ in drawn))
        return recognition.model_copy(update={"faces": faces}), [*told, *(verdict for _, verdict in drawn)]

    async def _faces_before(self, image_id: str) -> tuple[Face, ...]:
        try:
            return (await self._results.get(image_id)).recognition.faces
        except NotFoundError:
            return ()


def _with_denials(faces: Iterable[Face], before: Iterable[Face], people: People) -> tuple[Face, ...]:
    """Return faces that keep whose somebody said that they are not."""
    kept = list(faces)
    for old in before:
        now = {people[each].person_id for each in old.denied if each in people}
        for number, face in enumerate(kept):
            if old.denied and _same_place(face.bounding_box, old.bounding_box):
                kept[number] = face.model_copy(update={"denied": tuple(sorted({*face.denied, *old.denied, *now}))})
    return tuple(kept)


def _told(
    faces: Sequence[Face], verdicts: Sequence[Verdict], said: Iterable[Sighting], people: People
) -> list[Verdict]:
    """Return the verdicts with those that somebody gave."""
    given = list(verdicts)
    for each in said:
        for number, face in enumerate(faces):
            if each.person_id in people and _same_place(face.bounding_box, each.bounding_box):
                person, verdict = people[each.person_id], verdicts[number]
                others = tuple(other for other in verdict.candidates if other[0].person_id != person.person_id)
                given[number] = Verdict(person, each.similarity, others, verdict.face_id or each.face_id, "somebody")
    return given


def _unless_denied(face: Face, verdict: Verdict) -> Verdict:
    candidates = tuple(each for each in verdict.candidates if each[0].person_id not in face.denied)
    if verdict.person is not None and verdict.person.person_id in face.denied:
        return Verdict(candidates=candidates)
    return replace(verdict, candidates=candidates)


def _drawn(
    before: Iterable[Face], found: Sequence[Face], said: Sequence[Sighting], people: People
) -> list[tuple[Face, Verdict]]:
    """Return the faces that somebody drew and that are not found now, with whose they are."""
    kept = []
    for face in before:
        if not face.drawn or any(_same_place(each.bounding_box, face.bounding_box) for each in found):
            continue
        recorded = (each.person_id for each in said if _same_place(each.bounding_box, face.bounding_box))
        person = people.get(next(recorded, face.person.person_id if face.person else ""))
        if person is not None and person.person_id not in face.denied:
            similarity = face.person.similarity if face.person else THE_VERY_FACE
            kept.append((face, Verdict(person, similarity, (), face.face_id, "somebody")))
    return kept


def _same_place(one: BoundingBox, other: BoundingBox) -> bool:
    return overlap(one, other) >= SAME_PLACE
