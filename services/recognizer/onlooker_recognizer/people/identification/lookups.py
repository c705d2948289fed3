"""Who is in a picture that is not stored: somebody asks at a door, and nothing is kept of it."""

from collections.abc import Sequence

from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.people.collection.detecting import Detecting
from onlooker_recognizer.people.collection.lookup import Looked, Lookup
from onlooker_recognizer.people.enrolment.judging import Objection, Reason
from onlooker_recognizer.people.enrolment.refusals import PictureUnfitError
from onlooker_recognizer.people.identification.labels import apart
from onlooker_recognizer.people.identification.naming import named
from onlooker_recognizer.people.identification.verdicts import Judge, Verdict
from onlooker_recognizer.people.registry.views import Identification, IdentifiedFace
from onlooker_shared.recognition import Face


class Lookups:
    """Identifies people in pictures.

    Args:
        detecting: finds faces.
        lookup: looks them up.
        judge: knows whose they are.
    """

    def __init__(self, *, detecting: Detecting, lookup: Lookup, judge: Judge) -> None:
        self._detecting = detecting
        self._lookup = lookup
        self._judge = judge

    async def identify(self, data: bytes) -> Identification:
        """Return who is in a picture.

        Raises:
            PictureUnfitError: it is no picture, or a damaged one.
            onlooker_shared.errors.RetryLater: Rekognition is asked too much.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or refuses.
        """
        try:
            if await self._judge.knows_anybody():
                detected, looked = await self._lookup.look_up_whole(data, await self._detecting.sendable(data))
            else:
                detected = await self._detecting.detect(data)
                looked = [None] * len(detected.faces)
        except PictureRefusedError as refusal:
            raise PictureUnfitError(Objection(Reason.NOT_A_PICTURE, refusal.reason)) from refusal
        verdicts = await self._judge.decide(looked)
        return Identification(
            width=detected.width,
            height=detected.height,
            faces=_told(detected.faces, verdicts, looked),
        )


def _told(faces: Sequence[Face], verdicts: Sequence[Verdict], looked: Sequence[Looked | None]) -> list[IdentifiedFace]:
    told = apart([named(face, verdict) for face, verdict in zip(faces, verdicts, strict=True)])
    return [
        IdentifiedFace(
            bounding_box=face.bounding_box,
            confidence=face.confidence,
            person=face.person,
            candidates=list(face.candidates),
            looked_up=found is not None,
        )
        for face, found in zip(told, looked, strict=True)
    ]
