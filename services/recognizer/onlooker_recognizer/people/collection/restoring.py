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
from collections import defaultdict
from collections.abc import Awaitable, Iterable
from datetime import timedelta

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_recognizer.metrics import RESTORED
from onlooker_recognizer.people.collection.answers import Unfit
from onlooker_recognizer.people.collection.collection import Collection, CollectionMissingError
from onlooker_recognizer.people.collection.crops_store import CropStore
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord
from onlooker_recognizer.permissions import DENIED
from onlooker_shared.claims import Claimed, Claims
from onlooker_shared.errors import ConflictError, NotFoundError, RetryLater, UnavailableError, describe
from onlooker_shared.outages import is_outage

LEASE = timedelta(minutes=2)
"""How long one recognizer keeps the others away at a time."""
BATCH = 20
"""People between two renewals of that; with 100 faces each, at Amazon's rate, 40 seconds."""
AT_ONCE = 4
"""People whose faces are added at the same time."""

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
        known = await self._known()
        if not known:  # nobody is waited for: of several who come at once, each may have made it
            await self._collection.create()
            return
        self.refuse_while_at_it()
        self._at_it = True
        try:
            await self._claim()
            await self._collection.create()
            await self._add(await self._lacking(known))
        finally:
            self._at_it = False

    async def mend(self) -> None:
        """Add what the collection lacks, if anything; what cannot be done now is logged, and left for later."""
        try:
            if not self._at_it and await self._lacks_any():
                await self.restore()
        except (UnavailableError, RetryLater) as error:
            log.info("collection.not_mended", reason=describe(error))
        except (BotoCoreError, ClientError) as error:
            denied = isinstance(error, ClientError) and error.response["Error"]["Code"] in DENIED
            if not (denied or is_outage(error)):
                raise
            log.warning("collection.not_mended", reason=describe(error))

    async def _lacks_any(self) -> bool:
        if not await self._people.anybody_has_a_face():
            return False
        try:
            return bool(await self._lacking(await self._known()))
        except CollectionMissingError:
            return True

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
        by_person: defaultdict[str, list[FaceRecord]] = defaultdict(list)
        for face in lost:
            by_person[face.person_id].append(face)
        people = list(by_person.items())
        turns = asyncio.Semaphore(AT_ONCE)
        restored = 0
        for start in range(0, len(people), BATCH):
            await self._claim()
            restored += await _together(
                self._restore_person(person_id, faces, turns) for person_id, faces in people[start : start + BATCH]
            )
        log.warning("collection.restored", collection=self._collection.name, faces=restored, lost=len(lost) - restored)

    async def _restore_person(self, person_id: str, faces: list[FaceRecord], turns: asyncio.Semaphore) -> int:
        """Add a person's faces again, one after the other, and return how many could be."""
        async with turns:
            restored = [await self._restore_face(face) for face in faces]
            person = (await self._people.find([person_id])).get(person_id)
            if person and person.is_user:
                await self._collection.associate(person_id, person.face_ids)
        return sum(restored)

    async def _restore_face(self, face: FaceRecord) -> bool:
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


async def _together(tasks: Iterable[Awaitable[int]]) -> int:
    """Await all, and return their sum; raise what one raised once none is left in the middle of something."""
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return sum(outcome for outcome in outcomes if isinstance(outcome, int))
