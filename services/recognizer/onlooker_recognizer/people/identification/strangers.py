"""Strangers who are remembered: whoever resembles nobody gets a number, and is told again by it later.

A stranger's face is added to the collection once. Their id follows from picture and place, so that who died in the
middle of it does it again for the same stranger. Two recognizers at once may make two of one.
"""

import asyncio
import hashlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

import structlog

from onlooker_recognizer.metrics import STRANGERS
from onlooker_recognizer.people.collection.answers import Indexed, Unfit
from onlooker_recognizer.people.collection.collection import Collection
from onlooker_recognizer.people.collection.crops_store import CropStore
from onlooker_recognizer.people.collection.lookup import Looked, Lookup
from onlooker_recognizer.people.collection.matching import SURE
from onlooker_recognizer.people.identification.verdicts import Judge, Verdict
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, Source, State
from onlooker_recognizer.people.registry.tombstones import PersonErasedError
from onlooker_shared.errors import ConflictError
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import BoundingBox

ENOUGH_FACES = 5
"""Of a stranger: so many views tell them, and so few cannot drift to somebody else."""
ANOTHER_VIEW = 98.0
"""Below this similarity a stranger's face is different enough from those that are there to be added."""
GRID = 50
"""Places in a picture that a face's middle is told by, across and down: one detector finds it at the same again."""

log = structlog.stdlib.get_logger(__name__)


class Strangers:
    """Remembers strangers.

    Args:
        lookup: looks faces up again.
        judge: says whose they are then.
        collection: gets their faces.
        people: gets the strangers.
        crops: gets the faces' crops.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        lookup: Lookup,
        judge: Judge,
        collection: Collection,
        people: People,
        crops: CropStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._lookup = lookup
        self._judge = judge
        self._collection = collection
        self._people = people
        self._crops = crops
        self._clock = clock
        self._one_by_one = asyncio.Lock()
        self.added = 0
        """Faces that this process added: a search from before may have missed the last ones."""

    async def meet(
        self, image: ImageRef, looked: Looked, verdict: Verdict, *, since: int, taken: AbstractSet[str]
    ) -> Verdict:
        """Return which stranger a face is, if it is nobody who is known.

        Args:
            image: the picture.
            looked: the face.
            verdict: whose it seems to be.
            since: how many were added when it was looked up.
            taken: ids of the people whom the picture's other faces are; a person is seldom twice in a picture.
        """
        if verdict.person is not None and not _grows(verdict):
            return verdict
        async with self._one_by_one:
            if self.added != since:
                looked = await self._lookup.again(looked)
                verdict = _unless_taken((await self._judge.decide([looked], image_id=image.image_id))[0], taken)
            if verdict.person is not None and not _grows(verdict):
                return verdict
            try:
                if verdict.person is None:
                    return await self._remember(image, looked, verdict)
                return await self._add(image, looked, verdict, verdict.person)
            finally:  # not before: a search from then on finds the face, and its record is there
                self.added += 1

    async def _remember(self, image: ImageRef, looked: Looked, verdict: Verdict) -> Verdict:
        """Make a stranger of a face, if Rekognition finds it good enough."""
        person_id = _person_id(image, looked.face.bounding_box)
        if await self._people.is_erased(person_id):
            return verdict
        added = await self._collection.index(looked.crop.jpeg, person_id=person_id)
        if isinstance(added, Unfit):
            return verdict
        try:
            person = await self._people.create_unknown(person_id=person_id)
        except PersonErasedError:
            await self._collection.delete_faces([added.face_id])
            return verdict
        STRANGERS.inc()
        log.info("stranger.remembered", person_id=person.person_id, image_id=image.image_id)
        return await self._record(image, looked, replace(verdict, person=person, similarity=100.0), person, added)

    async def _add(self, image: ImageRef, looked: Looked, verdict: Verdict, person: PersonRecord) -> Verdict:
        """Give a stranger another face, by which others of theirs may be told."""
        added = await self._collection.index(looked.crop.jpeg, person_id=person.person_id)
        return verdict if isinstance(added, Unfit) else await self._record(image, looked, verdict, person, added)

    async def _record(
        self, image: ImageRef, looked: Looked, verdict: Verdict, person: PersonRecord, added: Indexed
    ) -> Verdict:
        """Write down whose the face is; where that cannot be, the collection loses it again."""
        face = FaceRecord(
            face_id=added.face_id,
            person_id=person.person_id,
            source=Source.SEEN,
            bucket=image.bucket,
            key=image.key,
            image_id=image.image_id,
            bounding_box=looked.face.bounding_box,
            confidence=added.confidence,
            brightness=added.quality.brightness,
            sharpness=added.quality.sharpness,
            model=added.model,
            crop=await self._crops.put(added.face_id, looked.crop.jpeg),
            added_at=self._clock(),
        )
        try:
            await self._people.add_face(face)
        except ConflictError as conflict:  # merged or gone this moment, or the face was adopted by another recognizer
            log.info("stranger.face_not_added", person_id=person.person_id, reason=conflict.detail)
            if (await self._people.faces([face.face_id])).get(face.face_id) is None:
                await self._collection.delete_faces([face.face_id])
                await self._crops.delete(face.crop)
            return verdict
        if person.face_ids:
            await self._collection.associate(person.person_id, sorted({*person.face_ids, face.face_id}))
        return replace(verdict, face_id=face.face_id)


def _grows(verdict: Verdict) -> bool:
    """Whether a face is a stranger's whom it tells something new of."""
    person = verdict.person
    return (
        person is not None
        and person.state is State.UNKNOWN
        and verdict.face_id is None
        and verdict.decided_by == "similarity"
        and verdict.similarity < ANOTHER_VIEW
        and len(person.face_ids) < ENOUGH_FACES
    )


def _unless_taken(verdict: Verdict, taken: AbstractSet[str]) -> Verdict:
    person = verdict.person
    if person is None or person.person_id not in taken or verdict.similarity >= SURE:
        return verdict
    return replace(verdict, person=None, similarity=0.0, candidates=((person, verdict.similarity), *verdict.candidates))


def _person_id(image: ImageRef, box: BoundingBox) -> str:
    """Return the id of the stranger who is first seen at a place in a picture: 32 hexadecimal digits."""
    across, down = box.left + box.width / 2, box.top + box.height / 2
    place = f"{round(across * GRID)}/{round(down * GRID)}"
    return hashlib.sha256(f"{image.image_id}\0{place}".encode()).hexdigest()[:32]
