"""Makes the collection when there is none, and puts back what it lost.

Somebody may delete it behind our back, or it was made for another account: our records say whose each face was, and the
results bucket has the crops that they were added from. Each is added again, and its record moves to its new FaceId.

    records ── whose FaceId the collection does not have ──> crop ──> IndexFaces ──> record under the new FaceId
                                                                                          │
                                                                      users of those with several faces

What ended in the middle goes on from there: what is there already is left alone.
"""

import asyncio
import uuid
from collections.abc import Iterable
from datetime import timedelta

import structlog

from onlooker_recognizer.metrics import RESTORED
from onlooker_recognizer.people.collection import Collection, Unfit
from onlooker_recognizer.people.crops_store import CropStore
from onlooker_recognizer.people.records import FaceRecord
from onlooker_recognizer.people.registry import People
from onlooker_shared.claims import Claimed, Claims
from onlooker_shared.errors import ConflictError, NotFoundError, UnavailableError

LEASE = timedelta(minutes=2)
"""How long one recognizer keeps the others away after the last faces that it added."""
BATCH = 20
"""Faces between two renewals of that."""
AT_ONCE = 4
"""Faces that are added at the same time."""
TOGETHER = 2
"""Faces from which on a person is a user of the collection."""

log = structlog.stdlib.get_logger(__name__)


class Restoring:
    """Restores the collection.

    Args:
        collection: that one, which fails where it is missing.
        people: whose the faces are.
        crops: what they were added from.
        claims: keep two recognizers from doing it at once.
    """

    def __init__(self, collection: Collection, people: People, crops: CropStore, claims: Claims) -> None:
        self._collection = collection
        self._people = people
        self._crops = crops
        self._claims = claims
        self._token = uuid.uuid4().hex
        self._at_it = False

    def refuse_while_at_it(self) -> None:
        """Return unless faces are being added: who looks somebody up now would find nobody.

        Raises:
            UnavailableError: they are.
        """
        if self._at_it:
            raise UnavailableError("The collection of faces is being made anew; try again in a moment.")

    async def restore(self) -> None:
        """Make the collection if there is none, and add what it lacks.

        Raises:
            UnavailableError: this is under way already, here or in another recognizer.
            onlooker_shared.errors.RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError:
                Rekognition or DynamoDB does not answer, or refuses.
        """
        self.refuse_while_at_it()
        self._at_it = True
        try:
            known = await self._known()
            if known:
                await self._claim()
            await self._collection.create()
            await self._add(await self._lacking(known))
        finally:
            self._at_it = False

    async def _known(self) -> list[FaceRecord]:
        everybody = await self._people.everybody()
        faces = await self._people.faces(face_id for person in everybody for face_id in person.face_ids)
        return list(faces.values())

    async def _lacking(self, known: list[FaceRecord]) -> list[FaceRecord]:
        """Return the faces that the collection does not have; of what came after they were read it is not asked."""
        there = await self._collection.face_ids() if known else set()
        return [face for face in known if face.face_id not in there]

    async def _claim(self) -> None:
        held = await self._claims.claim(f"collection:{self._collection.name}", self._token, LEASE)
        if not isinstance(held, Claimed):
            raise UnavailableError("The collection of faces is being made anew; try again in a moment.")

    async def _add(self, lost: list[FaceRecord]) -> None:
        if not lost:
            return
        log.warning("collection.restoring", collection=self._collection.name, faces=len(lost))
        restored = 0
        for start in range(0, len(lost), BATCH):
            await self._claim()
            batch = lost[start : start + BATCH]
            turns = asyncio.Semaphore(AT_ONCE)
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._add_one(face, turns)) for face in batch]
            restored += sum(task.result() for task in tasks)
        await self._associate({face.person_id for face in lost})
        log.warning("collection.restored", collection=self._collection.name, faces=restored, lost=len(lost) - restored)

    async def _add_one(self, face: FaceRecord, turns: asyncio.Semaphore) -> bool:
        async with turns:
            done = await self._add_again(face)
        RESTORED.labels("restored" if done else "lost").inc()
        if not done:
            log.warning("face.lost", face_id=face.face_id, person_id=face.person_id)
        return done

    async def _add_again(self, face: FaceRecord) -> bool:
        """Add a face from its crop; return whether that is possible."""
        jpeg = await self._crops.get(face.crop)
        if jpeg is None:
            return False
        added = await self._collection.index(jpeg, person_id=face.person_id)
        if isinstance(added, Unfit):
            return False
        again = face.model_copy(update={"face_id": added.face_id, "model": added.model})
        try:
            await self._move(face, again)
        except (ConflictError, NotFoundError) as gone:  # the person, while this was under way
            log.info("face.not_restored", face_id=face.face_id, reason=gone.detail)
            if not await self._people.faces([added.face_id]):
                await self._collection.delete_faces([added.face_id])
        return True

    async def _move(self, face: FaceRecord, again: FaceRecord) -> None:
        """Have a record be under another FaceId, for a moment under both.

        A person who has as many faces as they can has to lose the old one first.
        """
        person = await self._people.get(face.person_id)
        try:
            await self._people.add_face(again)
            await self._people.remove_face(face.face_id)
        except ConflictError:
            if face.face_id not in (await self._people.get(face.person_id)).face_ids:
                raise
            await self._people.remove_face(face.face_id)
            await self._people.add_face(again)
        if person.cover == face.face_id:
            await self._people.change(face.person_id, cover=again.face_id)

    async def _associate(self, person_ids: Iterable[str]) -> None:
        for person in (await self._people.find(person_ids)).values():
            if len(person.face_ids) >= TOGETHER:
                await self._collection.associate(person.person_id, person.face_ids)
