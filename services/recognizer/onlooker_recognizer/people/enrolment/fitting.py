"""Whether somebody can be told by the face of a picture, and whose it is by now."""

from collections.abc import Sequence
from dataclasses import dataclass

from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.people.collection.detecting import Detecting
from onlooker_recognizer.people.collection.lookup import Bar, Looked, Lookup
from onlooker_recognizer.people.enrolment.judging import UNCLEAR, Objection, Reason, fit_face
from onlooker_recognizer.people.enrolment.refusals import AlreadyEnrolledError, PictureUnfitError
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.records import Source
from onlooker_shared.images import ImageRef


@dataclass(frozen=True, slots=True)
class Picture:
    """Of somebody."""

    data: bytes
    image: ImageRef | None = None
    """Where it is stored, if it is."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A face that somebody can be told by."""

    looked: Looked
    image: ImageRef | None
    """Where its picture is stored, if it is."""
    source: Source = Source.ENROLLED


class Fitting:
    """Looks at pictures of somebody.

    Args:
        detecting: finds faces in them.
        lookup: looks them up.
        judge: knows whose they are.
        bar: what a face needs.
    """

    def __init__(self, detecting: Detecting, lookup: Lookup, judge: Judge, bar: Bar) -> None:
        self._detecting = detecting
        self._lookup = lookup
        self._judge = judge
        self._bar = bar

    async def all_fit(self, pictures: Sequence[Picture], person_id: str | None, *, even_if_known: bool) -> list[Fit]:
        """Return the one face of each of some pictures.

        Args:
            pictures: those.
            person_id: whose they are to be; None: somebody's who is new.
            even_if_known: whether somebody else may have such a face.

        Raises:
            PictureUnfitError: nobody can be told by one of them.
            AlreadyEnrolledError: somebody else is known by such a face.
            RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or
                refuses.
        """
        fit = []
        for number, picture in enumerate(pictures, start=1):
            looked = await self._looked(picture)
            if isinstance(looked, Objection):
                raise PictureUnfitError(looked, number, len(pictures))
            (verdict,) = await self._judge.decide([looked])
            owner = verdict.person
            if owner and owner.person_id != person_id and not even_if_known:
                raise AlreadyEnrolledError(owner, verdict.similarity, number)
            fit.append(Fit(looked, picture.image))
        return fit

    async def _looked(self, picture: Picture) -> Looked | Objection:
        try:
            detected = await self._detecting.detect(picture.data)
            face = fit_face(detected.faces, detected.width, detected.height, self._bar)
            if isinstance(face, Objection):
                return face
            (looked,) = await self._lookup.look_up(picture.data, [face], detected.width, detected.height)
        except PictureRefusedError as refusal:
            return Objection(Reason.NOT_A_PICTURE, refusal.reason)
        return looked or UNCLEAR
