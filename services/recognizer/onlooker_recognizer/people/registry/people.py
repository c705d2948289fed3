"""Who is known, and by which faces: people and the faces in the collection that are theirs.

Whose a face is, its own item says; the person's lists it, and both change in one transaction. So a face is nobody's or
one person's, and a person's faces are found without an index.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import structlog

from onlooker_recognizer.people.registry import actions
from onlooker_recognizer.people.registry.items import face_of, origin_of
from onlooker_recognizer.people.registry.persons import Persons
from onlooker_recognizer.people.registry.records import MAX_FACES, FaceRecord
from onlooker_recognizer.people.registry.transactions import MOST_ACTIONS, Tries, read
from onlooker_shared.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

NOBODY_REMEMBERED = 2.0
"""Seconds that it is believed that nobody has a face: so late another process learns of the first one."""
SOMEBODY_REMEMBERED = 60.0
"""Seconds that it is believed that somebody has: so long pictures are searched for people after the last one went."""
FACES_AT_ONCE = MOST_ACTIONS - 2
"""That one transaction deletes, with their person and the name."""

log = structlog.stdlib.get_logger(__name__)


class People(Persons):
    """People and their faces in DynamoDB. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        people: the name of the table of people.
        faces: the name of the table of faces.
        clock: epoch seconds.
        monotonic: a clock in seconds for what is remembered.
    """

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        people: str,
        faces: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(dynamodb, people, clock=clock, monotonic=monotonic)
        self._faces = faces
        self._monotonic = monotonic
        self._somebody: tuple[float, bool] | None = None

    async def add_face(self, face: FaceRecord) -> None:
        """Note a face as a person's; the first one is their cover. The same face again changes nothing.

        Raises:
            ConflictError: the person is gone, was merged into another, or has as many faces as they can; or the face
                is somebody else's.
            UnavailableError: others were in the way each time.
        """
        steps = [
            actions.put_face(self._faces, face),
            actions.gain_face(self._table, face.person_id, face.face_id),
        ]
        tries = Tries()
        while not await self._write(steps):
            known = (await self.faces([face.face_id])).get(face.face_id)
            if known is not None:
                if known.person_id != face.person_id:
                    raise ConflictError(f"This face is known as that of the person {known.person_id}; move it instead.")
                break
            await self._has_room(face.person_id)
            await tries.again()
        self._somebody = (self._monotonic() + SOMEBODY_REMEMBERED, True)

    async def face(self, face_id: str) -> FaceRecord:
        """Return a face.

        Raises:
            NotFoundError: there is no such face.
        """
        found = await self.faces([face_id])
        if face_id not in found:
            raise NotFoundError(f"There is no face with the id {face_id} (any more).")
        return found[face_id]

    async def faces(self, face_ids: Iterable[str]) -> dict[str, FaceRecord]:
        """Return faces by their ids; those that nobody has are left out."""
        found = {}
        for item in await read(self._dynamodb, self._faces, "face_id", face_ids):
            try:
                found[item["face_id"]["S"]] = face_of(item)
            except (KeyError, ValueError) as error:  # damaged by hand: it must not hide the others
                log.warning("face.unreadable", face_id=item["face_id"]["S"], fault=type(error).__name__)
        return found

    async def faces_of(self, person_id: str) -> list[FaceRecord]:
        """Return a person's faces, first added first.

        Raises:
            NotFoundError: there is no such person.
        """
        found = await self.faces((await self.get(person_id)).face_ids)
        theirs = [face for face in found.values() if face.person_id == person_id]
        return sorted(theirs, key=lambda face: (face.added_at, face.face_id))

    async def move_face(self, face_id: str, to: str) -> FaceRecord:
        """Make a face another person's, and return it as it is then; if it is theirs already, nothing changes.

        Raises:
            NotFoundError: there is no such face.
            ConflictError: that person is gone, was merged into another, or has as many faces as they can.
            UnavailableError: others were in the way each time.
        """
        tries = Tries()
        while True:
            face = await self.face(face_id)
            if face.person_id == to:
                return face
            steps = [
                actions.move_face(self._faces, face, to),
                *await self._lose(face.person_id, face_id),
                actions.gain_face(self._table, to, face_id),
            ]
            if await self._write(steps):
                return face.model_copy(update={"person_id": to})
            await self._has_room(to)
            await tries.again()

    async def remove_face(self, face_id: str) -> FaceRecord | None:
        """Forget a face, and return it as it was; None if there is none.

        Raises:
            UnavailableError: others were in the way each time.
        """
        tries = Tries()
        while True:
            face = (await self.faces([face_id])).get(face_id)
            if face is None:
                return None
            steps = [actions.delete_face(self._faces, face), *await self._lose(face.person_id, face_id)]
            if await self._write(steps):
                return face
            await tries.again()

    async def delete(self, person_id: str) -> list[FaceRecord]:
        """Delete a person and their faces, and return these; nothing if there is no such person.

        Raises:
            UnavailableError: others were in the way each time; some of the faces may be gone.
        """
        gone: list[FaceRecord] = []
        tries = Tries()
        while person := (await self.find([person_id])).get(person_id):
            some = person.face_ids[:FACES_AT_ONCE]
            faces = [face for face in (await self.faces(some)).values() if face.person_id == person_id]
            steps = [actions.delete_face(self._faces, face) for face in faces]
            if len(some) < len(person.face_ids):
                steps.append(actions.lose_faces(self._table, person, some))
            else:
                steps += [actions.delete(self._table, person), *await self._names.change(person, None)]
            if await self._write(steps):
                gone += faces
            else:
                await tries.again()
        return gone

    async def pictures(self, bucket: str) -> set[str]:
        """Return the ids of the pictures in a bucket that somebody has a face of."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._faces, ConsistentRead=True)
        found = [origin_of(item) async for page in pages for item in page["Items"]]
        return {image_id for of, image_id in found if of == bucket and image_id is not None}

    async def anybody_has_a_face(self) -> bool:
        """Whether there is a face to be found; as it was some seconds ago."""
        now = self._monotonic()
        if self._somebody is None or self._somebody[0] <= now:
            answer = await self._dynamodb.scan(TableName=self._faces, Limit=1, ConsistentRead=True)
            somebody = bool(answer["Items"])
            self._somebody = (now + (SOMEBODY_REMEMBERED if somebody else NOBODY_REMEMBERED), somebody)
        return self._somebody[1]

    async def _lose(self, person_id: str, face_id: str) -> "list[TransactWriteItemTypeDef]":
        """Return the action that takes a face from a person's list; none if they are gone."""
        person = (await self.find([person_id])).get(person_id)
        return [] if person is None else [actions.lose_faces(self._table, person, [face_id])]

    async def _has_room(self, person_id: str) -> None:
        """See to it that a person can have one face more.

        Raises:
            ConflictError: they cannot; the words say why.
        """
        person = (await self.find([person_id])).get(person_id)
        if person is None:
            raise ConflictError(f"The person {person_id} is gone, so no face can be theirs.")
        if person.merged_into is not None:
            raise ConflictError(f"The person {person_id} was merged into {person.merged_into}; add the face there.")
        if len(person.face_ids) >= MAX_FACES:
            raise ConflictError(f"This person has {MAX_FACES} faces already, and nobody can have more; remove one.")
