"""Says who is in a picture.

    faces ──> looked up in the collection ──> whose are the faces that it resembles? ──> names, candidates
                                                              │ nobody's
                                                              └──> strangers, if they are remembered

While nobody has a face, nothing is cut, searched or paid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from botocore.exceptions import ClientError

from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.metrics import FACES
from onlooker_recognizer.people.collection.lookup import Bar, Looked, Lookup
from onlooker_recognizer.people.identification.labels import apart
from onlooker_recognizer.people.identification.naming import named, sighting
from onlooker_recognizer.people.identification.said import Said
from onlooker_recognizer.people.identification.strangers import Strangers
from onlooker_recognizer.people.identification.verdicts import Judge, Verdict
from onlooker_recognizer.people.registry.records import Sighting, State
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_recognizer.permissions import DENIED, Permissions, denial
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Face, Missing, Recognition
from onlooker_shared.results import StoredResult

NO_FACES = Missing(feature="people", reason="People are told by their faces, which were not to be had.")

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Likenesses:
    """Whom the faces of a recognition are like, before anything is asked of what somebody said."""

    recognition: Recognition
    verdicts: Sequence[Verdict]
    """One for each face."""
    missing: Missing | None
    """Why nobody was looked for, if so."""


@dataclass(frozen=True, slots=True)
class Identified:
    """A recognition with names, and what is to be recorded of them once it is stored."""

    recognition: Recognition
    sightings: tuple[Sighting, ...] = ()


class Identifying:
    """Identifies people.

    Args:
        lookup: looks up faces.
        judge: knows whose they are.
        sightings: knows what somebody said about a picture.
        strangers: those who are remembered; None, if nothing is to be kept of them.
        to_remember: what a stranger's face needs, by which they are to be told again.
        permissions: is told of calls that are denied.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        lookup: Lookup,
        judge: Judge,
        sightings: Sightings,
        strangers: Strangers | None,
        to_remember: Bar,
        permissions: Permissions,
        clock: Callable[[], datetime],
    ) -> None:
        self._lookup = lookup
        self._judge = judge
        self._said = Said(sightings=sightings, judge=judge)
        self._strangers = strangers
        self._to_remember = to_remember
        self._permissions = permissions
        self._clock = clock

    async def look(self, image: ImageRef, recognition: Recognition, data: bytes) -> Likenesses:
        """Return whom a recognition's faces are like.

        Args:
            image: which picture it is.
            recognition: what was recognized in it.
            data: the picture's bytes.

        Raises:
            onlooker_shared.errors.RetryLater: Rekognition is asked too much.
            onlooker_shared.errors.UnavailableError: the collection is being made anew, or DynamoDB is overrun.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or refuses.
        """
        verdicts: Sequence[Verdict] = [Verdict()] * len(recognition.faces)
        missing: Missing | None = None
        if "faces" not in recognition.features:
            missing = NO_FACES
        elif recognition.faces and (self._strangers or await self._judge.knows_anybody()):
            try:
                verdicts, unfit = await self._verdicts(image, recognition, data)
                recognition = _marked(recognition, unfit)
            except PictureRefusedError as refusal:
                missing = Missing(feature="people", reason=f"The faces cannot be cut out. {refusal.reason}")
            except ClientError as error:
                missing = self._denied(error)
        return Likenesses(recognition, verdicts, missing)

    async def identify(self, image: ImageRef, likenesses: Likenesses, known: StoredResult | None) -> Identified:
        """Return a recognition with its faces' people; nothing of it is asked of Rekognition.

        Args:
            image: which picture it is.
            likenesses: whom its faces are like.
            known: what is known of the picture already: what somebody said of a face still holds.

        Raises:
            onlooker_shared.errors.UnavailableError: DynamoDB is overrun.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or refuses.
        """
        recognition, verdicts, missing = likenesses.recognition, likenesses.verdicts, likenesses.missing
        if known is not None:
            recognition, verdicts = await self._said.hold(known, recognition, verdicts)
        told = recognition.model_copy(
            update={
                "faces": apart(
                    [
                        named(face, each, counted=known is not None)
                        for face, each in zip(recognition.faces, verdicts, strict=True)
                    ]
                ),
                "features": recognition.features if missing else (*recognition.features, "people"),
                "missing": (*recognition.missing, missing) if missing else recognition.missing,
                "identified_at": self._clock(),
            }
        )
        seen = (sighting(image, face, each) for face, each in zip(recognition.faces, verdicts, strict=True))
        return Identified(told, tuple(each for each in seen if each))

    async def _verdicts(
        self, image: ImageRef, recognition: Recognition, data: bytes
    ) -> tuple[list[Verdict], frozenset[int]]:
        """Return whose the faces are, and the numbers of those that are too bad to tell."""
        since = self._strangers.added if self._strangers else 0
        looked = await self._lookup.look_up(data, recognition.faces, recognition.width, recognition.height)
        verdicts = await self._judge.decide(looked, image_id=image.image_id)
        if self._strangers:
            good = [each if each and self._good_enough(each.face, recognition) else None for each in looked]
            verdicts = await self._meet(self._strangers, image, good, verdicts, since)
        for each, verdict in zip(looked, verdicts, strict=True):
            FACES.labels(_outcome(each, verdict)).inc()
        return verdicts, frozenset(number for number, each in enumerate(looked) if each is None)

    def _good_enough(self, face: Face, recognition: Recognition) -> bool:
        return self._to_remember.passes(face, recognition.width, recognition.height)

    async def _meet(
        self,
        strangers: Strangers,
        image: ImageRef,
        looked: Sequence[Looked | None],
        verdicts: Sequence[Verdict],
        since: int,
    ) -> list[Verdict]:
        """Return the verdicts with strangers in place of nobody, one face after the other: they may be the same."""
        met = list(verdicts)
        for number, face in enumerate(looked):
            if face:
                others = {each.person.person_id for each in (*met[:number], *met[number + 1 :]) if each.person}
                met[number] = await strangers.meet(image, face, met[number], since=since, taken=others)
        return met

    def _denied(self, error: ClientError) -> Missing:
        if error.response["Error"]["Code"] not in DENIED:
            raise error
        self._permissions.doubt(error.operation_name)
        log.warning("rekognition.denied", operation=error.operation_name, error=str(error))
        return denial(error.operation_name, "people")


def _marked(recognition: Recognition, unfit: frozenset[int]) -> Recognition:
    """Return a recognition that says which of its faces are too bad to tell."""
    faces = tuple(
        face.model_copy(update={"unidentified": "unfit"}) if number in unfit else face
        for number, face in enumerate(recognition.faces)
    )
    return recognition.model_copy(update={"faces": faces})


def _outcome(looked: Looked | None, verdict: Verdict) -> str:
    if verdict.person is None:
        return "nobody" if looked else "unfit"
    return {State.UNKNOWN: "unknown", State.IGNORED: "ignored"}.get(verdict.person.state, "known")
