"""Whom faces resemble, as these people are called now.

What changes people goes through the pictures that they were seen in, and sightings tell which these are. Whom a face
only resembles was not seen: nothing tells in which pictures they are candidates, short of reading all results. So
results keep candidates as they were then, and whoever asks for one is told of them as they are now.
"""

from onlooker_recognizer.people.identification.labels import apart, candidates_of
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_shared.recognition import Recognition


class Candidates:
    """Knows candidates.

    Args:
        judge: knows who people are by now.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    async def as_of_now(self, recognition: Recognition) -> Recognition:
        """Return a recognition with candidates as they are called now, without those who are gone or ignored."""
        ids = {each.person_id for face in recognition.faces for each in face.candidates}
        if not ids:
            return recognition
        people = await self._judge.resolved(ids)
        faces = apart(
            [
                face.model_copy(update={"candidates": candidates_of(face, face.person, people)})
                for face in recognition.faces
            ]
        )
        return recognition.model_copy(update={"faces": faces})
