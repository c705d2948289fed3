"""What somebody said of a picture's faces holds when it is recognized again.

Whose a face is, whose it is not, and that there is one where none was found: the result from before says all of it.
Whose a face is whose person is ignored only the sightings say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from onlooker_recognizer.people.collection.crops import overlap
from onlooker_recognizer.people.identification.labels import THE_VERY_FACE
from onlooker_recognizer.people.identification.verdicts import SAME_PLACE, Judge, Verdict
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.recognition import BoundingBox, Face, Recognition
from onlooker_shared.results import StoredResult

People = Mapping[str, PersonRecord]


@dataclass(frozen=True, slots=True)
class _Word:
    """Whose somebody said that a face is."""

    bounding_box: BoundingBox
    person_id: str
    similarity: float
    face_id: str | None


class Said:
    """Knows what somebody said.

    Args:
        sightings: where people were seen, the ignored too.
        judge: knows who people are by now.
    """

    def __init__(self, *, sightings: Sightings, judge: Judge) -> None:
        self._sightings = sightings
        self._judge = judge

    async def hold(
        self, before: StoredResult, recognition: Recognition, verdicts: Sequence[Verdict]
    ) -> tuple[Recognition, list[Verdict]]:
        """Return a recognition and whose its faces are, with what somebody said in place of what similarity says.

        Faces that somebody drew come after the others, unless they are found now, or are nobody's any more.

        Args:
            before: what is known of the picture.
            recognition: what is recognized in it now.
            verdicts: whose its faces are by similarity.
        """
        known = before.recognition.faces
        said = _words(known, await self._sightings.of_picture(before.image.image_id))
        people = await self._judge.resolved(
            {each.person_id for each in said}
            | {person_id for face in known for person_id in face.denied}
            | {face.person.person_id for face in known if face.drawn and face.person}
        )
        faces = _with_denials(recognition.faces, known, people)
        told = [
            _unless_denied(face, each) for face, each in zip(faces, _told(faces, verdicts, said, people), strict=True)
        ]
        drawn = _drawn(known, faces, said, people)
        faces = (*faces, *(face for face, _ in drawn))
        return recognition.model_copy(update={"faces": faces}), [*told, *(verdict for _, verdict in drawn)]


def _words(faces: Sequence[Face], recorded: Iterable[Sighting]) -> list[_Word]:
    """Return whose somebody said that faces are: by the result first, which changes before what is recorded does."""
    words = [
        _Word(face.bounding_box, face.person.person_id, face.person.similarity, face.face_id)
        for face in faces
        if face.told and face.person
    ]
    places = [word.bounding_box for word in words]
    return words + [
        _Word(each.bounding_box, each.person_id, each.similarity, each.face_id)
        for each in recorded
        if each.decided_by == "somebody" and not any(_same_place(each.bounding_box, place) for place in places)
    ]


def _with_denials(faces: Iterable[Face], before: Iterable[Face], people: People) -> tuple[Face, ...]:
    """Return faces that keep whose somebody said that they are not."""
    kept = list(faces)
    for old in before:
        now = {people[each].person_id for each in old.denied if each in people}
        for number, face in enumerate(kept):
            if old.denied and _same_place(face.bounding_box, old.bounding_box):
                kept[number] = face.model_copy(update={"denied": tuple(sorted({*face.denied, *old.denied, *now}))})
    return tuple(kept)


def _told(faces: Sequence[Face], verdicts: Sequence[Verdict], said: Iterable[_Word], people: People) -> list[Verdict]:
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
    before: Iterable[Face], found: Sequence[Face], said: Sequence[_Word], people: People
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
