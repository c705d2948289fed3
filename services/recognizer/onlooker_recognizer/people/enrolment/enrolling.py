"""Enrols people: a face from a picture becomes one by which somebody is told.

    find the face ── none, several, too poor ──> refused
          │
    whose is it? ── somebody else's ──> refused, unless asked to go on
          │
    make the person, if they are new
          │
    index the crop, store it, note the face ── any of it fails ──> taken back
          │
    two faces or more: a user of the collection, who is found by all of them together

All pictures of a request are looked at before anything is stored of one. The collection gives the same face for the
same picture and person again, so repeating it adds nothing, and what an interruption left behind is adopted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from onlooker_recognizer.people.audit.log import Action, Actor, Audit
from onlooker_recognizer.people.collection.answers import Indexed, Unfit
from onlooker_recognizer.people.collection.collection import Collection
from onlooker_recognizer.people.collection.crops_store import CropStore
from onlooker_recognizer.people.collection.lookup import Looked
from onlooker_recognizer.people.consent.consents import Consents, Given
from onlooker_recognizer.people.enrolment.fitting import Fit, Fitting, Picture
from onlooker_recognizer.people.enrolment.judging import unindexed
from onlooker_recognizer.people.enrolment.refusals import AlreadyEnrolledError, NameTakenError, PictureUnfitError
from onlooker_recognizer.people.registry.names import clean, cleaned_attributes
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import MAX_FACES, FaceRecord, PersonRecord, Source
from onlooker_shared.errors import ConflictError
from onlooker_shared.images import ImageRef

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of pictures of a person."""

    person: PersonRecord
    faces: tuple[FaceRecord, ...]
    """One for each picture."""
    added: int
    """How many of these are new."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who is to be enrolled."""

    name: str
    attributes: Mapping[str, str]
    external_id: str | None = None
    consent: Given | None = None
    """By which they are known."""


class Enrolment:
    """Enrols people.

    Its methods raise, besides what they name:
    RetryLater: Rekognition is asked too much.
    botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or refuses.

    Args:
        fitting: finds the faces of pictures.
        collection: where faces are.
        crops: where their pictures are.
        people: who is known.
        audit: notes who enrols whom.
        consents: what they agreed to.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        fitting: Fitting,
        collection: Collection,
        crops: CropStore,
        people: People,
        audit: Audit,
        consents: Consents,
        clock: Callable[[], datetime],
    ) -> None:
        self._fitting = fitting
        self._collection = collection
        self._crops = crops
        self._people = people
        self._audit = audit
        self._consents = consents
        self._clock = clock

    async def enrol(
        self,
        new: NewPerson,
        pictures: Sequence[Picture],
        *,
        by: Actor,
        another: bool = False,
        even_if_known: bool = False,
    ) -> Enrolled:
        """Make a person with the faces of some pictures: all of them, or nothing is changed.

        Args:
            new: who it is.
            pictures: at least one.
            by: who enrols them.
            another: whether somebody else may be called so already.
            even_if_known: whether somebody else may have such a face.

        Raises:
            BadRequestError: the name, or something else that is told of them, is not taken; or it is not said why.
            ConsentMissingError: none comes with them, and it must.
            NameTakenError: somebody is called so.
            PictureUnfitError: nobody can be told by one of the pictures.
            AlreadyEnrolledError: somebody else is known by such a face.
        """
        self._audit.allow(by)
        self._consents.demand(new.consent)
        name, attributes = clean(new.name), cleaned_attributes(new.attributes)
        if not another and (namesakes := await self._people.named(name)):
            raise NameTakenError(namesakes)
        fit = await self._fitting.all_fit(pictures, None, even_if_known=even_if_known)
        person = await self._make(replace(new, name=name, attributes=attributes), another=another)
        try:
            async with self._audit.around(by, Action.ENROLLED, person.person_id):
                if new.consent is not None:
                    await self._consents.record(person.person_id, new.consent, recorded_by=by.owner)
                return await self._add_all(person.person_id, fit)
        except BaseException:
            await self._take_back_empty(person.person_id)
            raise

    async def add(
        self,
        person_id: str,
        pictures: Sequence[Picture],
        *,
        by: Actor,
        consent: Given | None = None,
        even_if_known: bool = False,
    ) -> Enrolled:
        """Add the faces of some pictures to a person: all of them, or nothing is changed.

        Args:
            person_id: theirs; of who was merged into another, the other one's is meant.
            pictures: at least one.
            by: who adds them.
            consent: to be recorded with them; needed only if none is open.
            even_if_known: whether somebody else may have such a face.

        Raises:
            NotFoundError: there is no such person.
            ConflictError: they have as many faces as they can, or are gone since.
            BadRequestError: it is not said why, and must be.
            ConsentMissingError: there is none, and must be.
            PictureUnfitError, AlreadyEnrolledError: as for `enrol`.
        """
        self._audit.allow(by)
        person = await self._people.resolve(person_id)
        await self._consents.admit(person.person_id, consent)
        fit = await self._fitting.all_fit(pictures, person.person_id, even_if_known=even_if_known)
        async with self._audit.around(by, Action.FACES_ADDED, person.person_id):
            if consent is not None:
                await self._consents.record(person.person_id, consent, recorded_by=by.owner)
            return await self._add_all(person.person_id, fit)

    async def add_drawn(self, person: PersonRecord, image: ImageRef, looked: Looked) -> FaceRecord | None:
        """Add a face that somebody drew on a picture to a person's; None if nobody can be told by it.

        Args:
            person: whose it is; of one who has as many faces as they can it is not added.
            image: the picture.
            looked: the face, as Rekognition saw it.

        Raises:
            ConflictError: the person is gone since, or merged; or the face was given to somebody else before.
        """
        if len(person.face_ids) >= MAX_FACES:
            return None
        try:
            face, _ = await self._add(person.person_id, Fit(looked, image, Source.DRAWN), 1, 1)
        except PictureUnfitError:
            return None
        await self._together(person.person_id)
        return face

    async def forget(self, face: FaceRecord) -> None:
        """Take a face from its person, and from wherever it is; what is gone already is no error."""
        await self._collection.disassociate(face.person_id, [face.face_id])  # else Amazon does not delete it
        await self._collection.delete_faces([face.face_id])
        await self._people.remove_face(face.face_id)
        await self._crops.delete(face.crop)
        log.info("face.forgotten", face_id=face.face_id, person_id=face.person_id)

    async def take_back(self, enrolled: Enrolled) -> None:
        """Take back what was just enrolled, with the person if that was all there is of them."""
        for face in enrolled.faces:
            await self.forget(face)
        await self._take_back_empty(enrolled.person.person_id)

    async def _make(self, new: NewPerson, *, another: bool) -> PersonRecord:
        try:
            return await self._people.create(
                new.name, attributes=new.attributes, external_id=new.external_id, alone=not another
            )
        except ConflictError:
            if namesakes := await self._people.named(new.name):  # somebody was faster
                raise NameTakenError(namesakes) from None
            raise

    async def _add_all(self, person_id: str, fit: Sequence[Fit]) -> Enrolled:
        faces: list[FaceRecord] = []
        added: list[FaceRecord] = []
        try:
            for number, each in enumerate(fit, start=1):
                face, new = await self._add(person_id, each, number, len(fit))
                faces.append(face)
                added += [face] if new else []
        except BaseException:
            for face in added:
                await self.forget(face)
            raise
        person = await self._together(person_id)
        log.info("person.enrolled", person_id=person_id, faces=len(faces), added=len(added))
        return Enrolled(person, tuple(faces), len(added))

    async def _add(self, person_id: str, fit: Fit, number: int, of: int) -> tuple[FaceRecord, bool]:
        """Return a picture's face as it is a person's now, and whether it was not before."""
        crop = fit.looked.crop
        indexed = await self._collection.index(crop.jpeg, person_id=person_id)
        if isinstance(indexed, Unfit):
            raise PictureUnfitError(unindexed(indexed.reasons), number, of)
        known = (await self._people.faces([indexed.face_id])).get(indexed.face_id)
        if known and known.person_id == person_id:
            return known, False
        if known:  # it was moved to somebody since
            raise AlreadyEnrolledError(await self._people.get(known.person_id), 100.0, number)
        key = None
        try:
            key = await self._crops.put(indexed.face_id, crop.jpeg)
            face = _record(person_id, fit, indexed, crop_key=key, added_at=self._clock())
            await self._people.add_face(face)
        except BaseException:
            if not await self._people.faces([indexed.face_id]):  # or somebody else did the same meanwhile
                await self._collection.delete_faces([indexed.face_id])
                if key is not None:
                    await self._crops.delete(key)
            raise
        return face, True

    async def _together(self, person_id: str) -> PersonRecord:
        """Have a person be found by all their faces together, and return them."""
        person = await self._people.get(person_id)
        if person.is_user:
            await self._collection.associate(person_id, person.face_ids)
        return person

    async def _take_back_empty(self, person_id: str) -> None:
        """Delete a person who was just made, unless somebody else gave them a face meanwhile."""
        person = (await self._people.find([person_id])).get(person_id)
        if person and not person.face_ids:
            await self._people.delete(person_id)
            await self._consents.forget(person_id)


def _record(person_id: str, fit: Fit, indexed: Indexed, *, crop_key: str, added_at: datetime) -> FaceRecord:
    image = fit.image
    return FaceRecord(
        face_id=indexed.face_id,
        person_id=person_id,
        source=fit.source,
        bucket=image.bucket if image else None,
        key=image.key if image else None,
        image_id=image.image_id if image else None,
        bounding_box=fit.looked.crop.in_picture(indexed.box),
        confidence=indexed.confidence,
        brightness=indexed.quality.brightness,
        sharpness=indexed.quality.sharpness,
        model=indexed.model,
        crop=crop_key,
        added_at=added_at,
    )
