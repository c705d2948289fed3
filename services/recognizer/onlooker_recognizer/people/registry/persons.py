"""People in DynamoDB, without their faces.

    person_id
    {person_id}     a person
    name:{digest}   who is called so
    strangers       how many strangers were counted until now
    erased:{id}     somebody who was erased: see `tombstones`

A person is changed on the condition that the version is the one that was read; each change grows it.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

import structlog

from onlooker_recognizer.people.registry import actions
from onlooker_recognizer.people.registry.items import person_of
from onlooker_recognizer.people.registry.name_index import NameIndex
from onlooker_recognizer.people.registry.names import clean, cleaned_attributes
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_recognizer.people.registry.roll import Roll
from onlooker_recognizer.people.registry.tombstones import PersonErasedError, is_erased, not_erased
from onlooker_recognizer.people.registry.transactions import Tries, read, write
from onlooker_shared.errors import BadRequestError, ConflictError, NotFoundError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

    from onlooker_recognizer.people.registry.items import Item

STRANGERS = "strangers"
"""The key of the counter."""

log = structlog.stdlib.get_logger(__name__)


class Changes(TypedDict, total=False):
    """What somebody may change about a person; None where there is to be nothing."""

    name: str
    state: State
    attributes: Mapping[str, str]
    external_id: str | None
    number: int | None
    cover: str | None
    merged_into: str | None


class Persons:
    """The table of people.

    Args:
        dynamodb: the process's client.
        table: the table's name.
        clock: epoch seconds.
        monotonic: a clock in seconds for what is remembered.
    """

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._names = NameIndex(dynamodb, table)
        self._roll = Roll(self.everybody, self.find, monotonic=monotonic)

    async def create(
        self,
        name: str,
        *,
        state: State = State.KNOWN,
        attributes: Mapping[str, str] | None = None,
        external_id: str | None = None,
        number: int | None = None,
        person_id: str | None = None,
        alone: bool = False,
    ) -> PersonRecord:
        """Make a person and return them.

        Args:
            name: what they are called; others may be called so too.
            state: what they are to those who look at pictures.
            attributes: free ones.
            external_id: what another system calls them.
            number: a stranger's.
            person_id: theirs, where the same person must not be made twice; a random one if not given.
            alone: whether nobody else may be called so.

        Raises:
            BadRequestError: name or attributes are not taken; the words say why.
            ConflictError: there is a person with this id, or one who is called so and should not be.
            PersonErasedError: the person with this id was erased.
            UnavailableError: others were in the way each time.
        """
        person = PersonRecord(
            person_id=person_id or uuid.uuid4().hex,
            name=clean(name),
            state=state,
            attributes=cleaned_attributes(attributes or {}),
            external_id=None if external_id is None else clean(external_id, what="The external id"),
            number=number,
            created_at=datetime.fromtimestamp(self._clock(), UTC),
        )
        tries = Tries()
        steps = [actions.make(self._table, person), self._names.enter(person, alone=alone)]
        if person_id is not None:  # a random one is nobody's
            steps.append(not_erased(self._table, person_id))
        while not await self._write(steps):
            if person_id is not None and await self.is_erased(person_id):
                raise PersonErasedError(f"The person {person_id} was erased, and is not made again.")
            if await self.find([person.person_id]):
                raise ConflictError(f"There is a person with the id {person.person_id} already.")
            if alone and await self.named(person.name):
                raise ConflictError("Somebody is called so already.")
            await tries.again()
        return person

    async def create_unknown(self, *, person_id: str | None = None) -> PersonRecord:
        """Make a stranger, called by a number that no other ever had, and return them.

        Args:
            person_id: theirs, where the same stranger must not be made twice: who is there already is returned.

        Raises:
            PersonErasedError: the stranger with this id was erased.
            UnavailableError: others were in the way each time.
        """
        if person_id is not None and (known := await self.find([person_id])):
            return known[person_id]
        counted = await self._dynamodb.update_item(
            TableName=self._table,
            Key={"person_id": {"S": STRANGERS}},
            UpdateExpression="ADD #number :one",
            ExpressionAttributeNames={"#number": "number"},
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        number = int(counted["Attributes"]["number"]["N"])
        try:
            return await self.create(f"Unknown {number}", state=State.UNKNOWN, number=number, person_id=person_id)
        except PersonErasedError:
            raise
        except ConflictError:
            return await self.get(str(person_id))  # a random one is nobody's

    async def bury(self, person: PersonRecord, tombstone: "Sequence[TransactWriteItemTypeDef]") -> bool:
        """Delete a person who is to be erased, and set their tombstone; whether they were still as they were read.

        Their faces' records stay, and are nobody's.
        """
        steps = [actions.delete(self._table, person), *await self._names.change(person, None), *tombstone]
        return await self._write(steps)

    async def is_erased(self, person_id: str) -> bool:
        """Whether the person with an id was erased."""
        return await is_erased(self._dynamodb, self._table, person_id)

    async def called(self, digests: Iterable[str]) -> set[str]:
        """Return those digests of names by which somebody is called."""
        return await self._names.used(digests)

    async def get(self, person_id: str) -> PersonRecord:
        """Return a person, also one who was merged into another.

        Raises:
            NotFoundError: there is no such person.
        """
        found = await self.find([person_id])
        if person_id not in found:
            raise NotFoundError(f"There is no person with the id {person_id} (any more).")
        return found[person_id]

    async def find(self, person_ids: Iterable[str]) -> dict[str, PersonRecord]:
        """Return people by their ids; who is not there is left out."""
        items = await read(self._dynamodb, self._table, "person_id", person_ids)
        return {person.person_id: person for person in _readable(items)}

    async def resolve(self, person_id: str) -> PersonRecord:
        """Return a person, or whom they were merged into at last.

        Raises:
            NotFoundError: there is no such person, or not the one they were merged into.
            ConflictError: people were merged in a circle.
        """
        person = await self.get(person_id)
        seen = {person_id}
        while person.merged_into is not None:
            if person.merged_into in seen:
                raise ConflictError(f"The person {person_id} was merged in a circle; undo one of the merges.")
            seen.add(person.merged_into)
            person = await self.get(person.merged_into)
        return person

    async def everybody(self) -> list[PersonRecord]:
        """Return all people of every state, first made first."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._table, ConsistentRead=True, FilterExpression="attribute_exists(created_at)"
        )
        items = [item async for page in pages for item in page["Items"]]
        return sorted(_readable(items), key=lambda person: (person.created_at, person.person_id))

    async def listed(self) -> list[PersonRecord]:
        """Return all people of every state for a list of them: as they were some seconds ago, if they are many."""
        return await self._roll.call()

    async def named(self, name: str) -> list[PersonRecord]:
        """Return those who are called so, in any case of letters, first made first; nobody who was merged."""
        people = (await self.find(await self._names.ids(name))).values()
        return sorted(people, key=lambda person: (person.created_at, person.person_id))

    async def change(self, person_id: str, *, version: int | None = None, **fields: Unpack[Changes]) -> PersonRecord:
        """Change what is known of a person, and return them as they are then; what is so already changes nothing.

        Args:
            person_id: theirs.
            version: of the record that the change was decided by, if it must be that.
            fields: what is to be otherwise.

        Raises:
            BadRequestError: a value is not taken; the words say why.
            NotFoundError: there is no such person.
            ConflictError: somebody else changed them since that version; or they are to be merged into somebody who is
                gone or was merged themselves.
            UnavailableError: others were in the way each time.
        """
        tries = Tries()
        while True:
            old = await self.get(person_id)
            if version is not None and old.version != version:
                raise ConflictError(
                    f"Somebody else changed this person meanwhile: this is version {old.version}, not {version}. "
                    "Look at them again, then decide."
                )
            new = _changed(old, fields)
            if new == old:
                return old
            new = new.model_copy(update={"version": old.version + 1})
            steps = [actions.change(self._table, new, old.version), *await self._names.change(old, new)]
            if new.merged_into is not None and new.merged_into != old.merged_into:
                await self._stands(new.merged_into)
                steps.append(actions.stay_themselves(self._table, new.merged_into))
            if await self._write(steps):
                return new
            await tries.again()

    async def _write(self, steps: "Sequence[TransactWriteItemTypeDef]") -> bool:
        """Write all of it or nothing, as `write` does, and have lists know."""
        try:
            return await write(self._dynamodb, steps)
        finally:  # also if only the answer was lost
            self._roll.changed(actions.people_in(self._table, steps))

    async def _stands(self, person_id: str) -> None:
        """See to it that somebody can be merged into a person.

        Raises:
            ConflictError: they are gone, or were merged themselves.
        """
        person = (await self.find([person_id])).get(person_id)
        if person is None:
            raise ConflictError(f"The person {person_id} is gone, so nobody can be merged into them.")
        if person.merged_into is not None:
            raise ConflictError(f"The person {person_id} was merged into {person.merged_into}; merge into that one.")


def _changed(old: PersonRecord, fields: Changes) -> PersonRecord:
    """Return a person with other values, cleaned.

    Raises:
        BadRequestError: a value is not taken.
    """
    cleaned: dict[str, object] = dict(fields)
    if "name" in fields:
        cleaned["name"] = clean(fields["name"])
    if "attributes" in fields:
        cleaned["attributes"] = cleaned_attributes(fields["attributes"])
    if fields.get("external_id") is not None:
        cleaned["external_id"] = clean(str(fields["external_id"]), what="The external id")
    new = old.model_copy(update=cleaned)
    if new.cover is not None and new.cover not in new.face_ids:
        raise BadRequestError("The cover must be one of the person's faces.")
    if (new.state is State.MERGED) != (new.merged_into is not None) or new.merged_into == new.person_id:
        raise BadRequestError("A person is merged into another one, and only so gets that state.")
    return new


def _readable(items: "Iterable[Item]") -> list[PersonRecord]:
    """Return the people that items are about: one that somebody damaged by hand must not hide the others."""
    people = []
    for item in items:
        try:
            people.append(person_of(item))
        except (KeyError, ValueError) as error:
            log.warning("person.unreadable", person_id=item["person_id"]["S"], fault=type(error).__name__)
    return people
