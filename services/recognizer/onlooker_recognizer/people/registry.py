"""Who is known, and by which faces: people and the faces in the collection that are theirs.

Whose a face is, its own item says; the person's lists it, and both change in one transaction. So a face is nobody's or
one person's, and a person's faces are found without an index.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import structlog

from onlooker_recognizer.people.items import face_of, item_of_face
from onlooker_recognizer.people.persons import Persons
from onlooker_recognizer.people.records import MAX_FACES, FaceRecord, PersonRecord
from onlooker_recognizer.people.transactions import MOST_ACTIONS, Tries, read, write
from onlooker_shared.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

NOBODY_REMEMBERED = 2.0
"""Seconds that it is believed that nobody has a face: so late another process learns of the first one."""
SOMEBODY_REMEMBERED = 60.0
"""Seconds that it is believed that somebody has: so long pictures are searched for people after the last one went."""

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
        super().__init__(dynamodb, people, clock=clock)
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
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._faces,
                "Item": item_of_face(face),
                "ConditionExpression": "attribute_not_exists(face_id)",
            }
        }
        tries = Tries()
        while not await write(self._dynamodb, [put, self._gain(face.person_id, face.face_id)]):
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
            move: TransactWriteItemTypeDef = {
                "Update": {
                    "TableName": self._faces,
                    "Key": {"face_id": {"S": face_id}},
                    "UpdateExpression": "SET person_id = :to",
                    "ConditionExpression": "person_id = :from",
                    "ExpressionAttributeValues": {":to": {"S": to}, ":from": {"S": face.person_id}},
                }
            }
            lose = await self._lose(face.person_id, [face_id])
            if await write(self._dynamodb, [move, *lose, self._gain(to, face_id)]):
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
            actions = [self._forget(face), *await self._lose(face.person_id, [face_id])]
            if await write(self._dynamodb, actions):
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
            some = person.face_ids[: MOST_ACTIONS - 1]
            faces = [face for face in (await self.faces(some)).values() if face.person_id == person_id]
            if some:
                done = await write(self._dynamodb, [*map(self._forget, faces), *await self._lose(person_id, some)])
            else:
                done = await write(self._dynamodb, [self._delete(person), *await self._rename(person, None)])
            if done:
                gone += faces
            else:
                await tries.again()
        return gone

    async def anybody_has_a_face(self) -> bool:
        """Whether there is a face to be found; as it was some seconds ago."""
        now = self._monotonic()
        if self._somebody is None or self._somebody[0] <= now:
            answer = await self._dynamodb.scan(TableName=self._faces, Limit=1, ConsistentRead=True)
            somebody = bool(answer["Items"])
            self._somebody = (now + (SOMEBODY_REMEMBERED if somebody else NOBODY_REMEMBERED), somebody)
        return self._somebody[1]

    def _gain(self, person_id: str, face_id: str) -> "TransactWriteItemTypeDef":
        """Return the action that lists a face as a person's."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": {"person_id": {"S": person_id}},
                "UpdateExpression": "SET cover = if_not_exists(cover, :cover) ADD face_ids :faces, #version :one",
                "ConditionExpression": (
                    "attribute_exists(person_id) AND attribute_not_exists(merged_into)"
                    " AND (attribute_not_exists(face_ids) OR size(face_ids) < :most)"
                ),
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {
                    ":cover": {"S": face_id},
                    ":faces": {"SS": [face_id]},
                    ":one": {"N": "1"},
                    ":most": {"N": str(MAX_FACES)},
                },
            }
        }

    async def _lose(self, person_id: str, face_ids: Sequence[str]) -> "list[TransactWriteItemTypeDef]":
        """Return the action that takes faces from a person's list, and the cover with them; none if they are gone."""
        person = (await self.find([person_id])).get(person_id)
        if person is None:
            return []
        left = sorted(set(person.face_ids) - set(face_ids))
        cover = person.cover if person.cover in left else next(iter(left), None)
        return [
            {
                "Update": {
                    "TableName": self._table,
                    "Key": {"person_id": {"S": person_id}},
                    "UpdateExpression": (
                        ("REMOVE cover" if cover is None else "SET cover = :cover")
                        + " DELETE face_ids :faces ADD #version :one"
                    ),
                    "ConditionExpression": "#version = :version",
                    "ExpressionAttributeNames": {"#version": "version"},
                    "ExpressionAttributeValues": {
                        **({} if cover is None else {":cover": {"S": cover}}),
                        ":faces": {"SS": list(face_ids)},
                        ":one": {"N": "1"},
                        ":version": {"N": str(person.version)},
                    },
                }
            }
        ]

    def _forget(self, face: FaceRecord) -> "TransactWriteItemTypeDef":
        return {
            "Delete": {
                "TableName": self._faces,
                "Key": {"face_id": {"S": face.face_id}},
                "ConditionExpression": "person_id = :person",
                "ExpressionAttributeValues": {":person": {"S": face.person_id}},
            }
        }

    def _delete(self, person: PersonRecord) -> "TransactWriteItemTypeDef":
        return {
            "Delete": {
                "TableName": self._table,
                "Key": {"person_id": {"S": person.person_id}},
                "ConditionExpression": "#version = :version AND attribute_not_exists(face_ids)",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":version": {"N": str(person.version)}},
            }
        }

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
