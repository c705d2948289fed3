"""Somebody draws a face on a picture where none was found, and says whose it is.

    is there a face already? ── yes ──> it is that person's
          │ no
    cut it out of the original ── Rekognition sees it ──> the person is told by it, too
          │                                │
    it is in the result, as theirs <───────┘

Whatever is interrupted is finished by drawing the same again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import structlog

from onlooker_recognizer.errors import PictureGoneError, PictureRefusedError
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.people.audit.log import Action, Actor, Audit
from onlooker_recognizer.people.changes.decisions import Decisions
from onlooker_recognizer.people.collection.crops import overlap, shorter_side
from onlooker_recognizer.people.collection.lookup import Looked, Lookup
from onlooker_recognizer.people.consent.consents import Consents
from onlooker_recognizer.people.enrolment.enrolling import Enrolment
from onlooker_recognizer.people.identification.labels import THE_VERY_FACE, settled_at
from onlooker_recognizer.people.identification.naming import as_person
from onlooker_recognizer.people.identification.verdicts import SAME_PLACE
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_shared.errors import ConflictError, NotFoundError, UnprocessableError
from onlooker_shared.recognition import BoundingBox, Face
from onlooker_shared.results import Results, StoredResult

SMALLEST = 8
"""Pixels of a drawn face's shorter side: in less nobody sees one."""
MOST_DRAWN = 100
"""Faces that are drawn on one picture, as many as Rekognition finds in one."""
CERTAIN = 100.0
"""How sure it is that there is a face where somebody drew one."""

log = structlog.stdlib.get_logger(__name__)


class Drawing:
    """Adds faces to results by hand.

    Args:
        originals: where pictures are.
        lookup: cuts faces out, and has Rekognition look at them.
        results: what is changed.
        enrolment: has people be told by faces.
        decisions: has faces be whose somebody says they are, and all know it.
        consents: what people agreed to.
        audit: notes who says so.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        originals: Originals,
        lookup: Lookup,
        results: Results,
        enrolment: Enrolment,
        decisions: Decisions,
        consents: Consents,
        audit: Audit,
        clock: Callable[[], datetime],
    ) -> None:
        self._originals = originals
        self._lookup = lookup
        self._results = results
        self._enrolment = enrolment
        self._decisions = decisions
        self._consents = consents
        self._audit = audit
        self._clock = clock

    async def draw(
        self, image_id: str, box: BoundingBox, *, by: Actor, person_id: str | None = None, name: str | None = None
    ) -> tuple[StoredResult, bool]:
        """Have there be somebody's face at a place of a picture; return its result then, and whether there was none.

        Args:
            image_id: the picture's.
            box: where.
            by: who says so.
            person_id: whose it is.
            name: theirs, in place of that; if nobody is called so, a new person's.

        Raises:
            NotFoundError: there is no such picture or person.
            UnprocessableError: the box is too small.
            BadRequestError: the name is not taken; or it is not said why, and must be.
            ConsentMissingError: the person agreed to nothing, and must have.
            ConflictError: several are called so, the picture was deleted or overwritten this moment, or too many faces
                were drawn on it.
            UnavailableError: others changed the same each time.
            RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or
                refuses.
        """
        self._audit.allow(by)
        result = await self._results.get(image_id)
        number = _number_at(result.recognition.faces, box)
        looked = await self._look(result, box) if number is None else None
        person = await self._decisions.who(person_id=person_id, name=name)
        if looked is not None:
            await self._consents.admit(person.person_id)
        before = await self._decisions.told(image_id, number) if number is not None else None
        async with self._audit.around(by, Action.TOLD, *(each for each in (before, person.person_id) if each)):
            told = number or await self._add(result, box, looked, person)
            return await self._decisions.tell(image_id, told, person), number is None

    async def _look(self, result: StoredResult, box: BoundingBox) -> Looked | None:
        """Return what Rekognition sees at a place of a picture; None if that is no face."""
        size = result.recognition.width, result.recognition.height
        if shorter_side(box, *size) < SMALLEST:
            raise UnprocessableError(
                f"This box is too small: each side needs {SMALLEST} pixels of the picture at least."
            )
        face = Face(bounding_box=box, confidence=CERTAIN)
        try:
            original = await self._originals.fetch(result.image)
            (looked,) = await self._lookup.look_up(original.data, [face], *size, beside=result.recognition.faces)
        except PictureGoneError as gone:
            raise ConflictError(f"The picture was {gone} this moment.") from gone
        except PictureRefusedError:  # it cannot be decoded here; Rekognition read it itself
            return None
        return looked

    async def _add(self, result: StoredResult, box: BoundingBox, looked: Looked | None, person: PersonRecord) -> int:
        """Add a face to a result, and to the person's if it was seen; return its number among the result's."""
        known = await self._enrolment.add_drawn(person, result.image, looked) if looked else None
        face = Face(
            bounding_box=box,
            confidence=CERTAIN,
            person=as_person(person, THE_VERY_FACE),
            face_id=known.face_id if known else None,
            drawn=True,
        )
        try:
            stored = await self._results.revise(result.image.image_id, partial(self._with, face=face))
        except (NotFoundError, ConflictError):
            if known:
                await self._enrolment.forget(known)
            raise
        log.info("face.drawn", image_id=result.image.image_id, person_id=person.person_id, indexed=known is not None)
        faces = stored.recognition.faces
        return _number_at(faces, box) or len(faces)

    async def _with(self, known: StoredResult, *, face: Face) -> StoredResult:
        """Return a result with a face, unless it has one at that place."""
        faces = known.recognition.faces
        if _number_at(faces, face.bounding_box) is not None:
            return known
        if sum(each.drawn for each in faces) >= MOST_DRAWN:
            raise ConflictError(f"{MOST_DRAWN} faces were drawn on this picture already, and no more are taken.")
        recognition = known.recognition.model_copy(update={"faces": (*faces, face)})
        return known.model_copy(update={"recognition": settled_at(recognition, self._clock())})


def _number_at(faces: Sequence[Face], box: BoundingBox) -> int | None:
    """Return the number, from 1, of the face that is at a place; None if none is."""
    shares = [overlap(face.bounding_box, box) for face in faces]
    best = max(shares, default=0.0)
    return shares.index(best) + 1 if best >= SAME_PLACE else None
