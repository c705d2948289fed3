"""Profiles: the table that others kept before, with a face's id and whatever they knew of whom it belongs to.

`FaceId` is its key; every other attribute is free, `Bio` among them. It stays theirs: their own programs may read and
write it beside Onlooker, so nothing here supposes that an attribute is there, or is a text.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from onlooker_recognizer.people.registry.transactions import read
from onlooker_shared.errors import BadRequestError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

    from onlooker_recognizer.people.registry.items import Item

KEY = "FaceId"
LONGEST_KEY = 255
"""Characters of a FaceId; Rekognition's own have 36."""
LARGEST = 300_000
"""Bytes of a profile in UTF-8; DynamoDB takes items of 400 kB, counted its own way."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of whom a face belongs to."""

    face_id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    """As text: numbers in figures, lists and maps as JSON."""
    unreadable: tuple[str, ...] = ()
    """The names of attributes that are no text and cannot be made one: bytes."""


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """Some profiles, in no order, and where the next page begins: None after the last one."""

    profiles: tuple[Profile, ...]
    after: str | None


class Profiles:
    """The table of profiles.

    Args:
        dynamodb: the process's client.
        table: the table's name.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def find(self, face_ids: Iterable[str]) -> dict[str, Profile]:
        """Return profiles by FaceId; those that there are not are left out."""
        items = await read(self._dynamodb, self._table, KEY, face_ids)
        return {profile.face_id: profile for profile in map(profile_of, items)}

    async def page(self, *, limit: int, after: str | None = None) -> ProfilePage:
        """Return some profiles, at most so many: those after the one with a FaceId, in the table's own order."""
        start: dict[str, Any] = {} if after is None else {"ExclusiveStartKey": {KEY: {"S": after}}}
        answer = await self._dynamodb.scan(TableName=self._table, ConsistentRead=True, Limit=limit, **start)
        last = answer.get("LastEvaluatedKey")
        return ProfilePage(tuple(map(profile_of, answer["Items"])), last[KEY]["S"] if last else None)

    async def put(self, face_id: str, attributes: Mapping[str, str]) -> Profile:
        """Store a profile in place of the one that there was, and return it.

        Attributes whose text is as it was stay of the type that they are of; bytes, which have no text, stay too.

        Raises:
            BadRequestError: there is no FaceId, an attribute has no name or that one's, or it is too much.
        """
        if not 0 < len(face_id) <= LONGEST_KEY:
            raise BadRequestError(f"A FaceId has 1 to {LONGEST_KEY} characters.")
        if KEY in attributes or "" in attributes:
            raise BadRequestError(f"An attribute needs a name, and {KEY} is the key's.")
        if sum(len(name.encode()) + len(text.encode()) for name, text in attributes.items()) > LARGEST:
            raise BadRequestError(f"A profile has at most {LARGEST} bytes; shorten its attributes.")
        known: Item = next(iter(await read(self._dynamodb, self._table, KEY, [face_id])), {KEY: {"S": face_id}})
        before = profile_of(known)
        kept = {*before.unreadable, *(name for name, text in before.attributes.items() if attributes.get(name) == text)}
        item: Item = {KEY: {"S": face_id}, **{name: {"S": text} for name, text in attributes.items()}}
        item |= {name: known[name] for name in kept}
        await self._dynamodb.put_item(TableName=self._table, Item=item)
        return profile_of(item)

    async def delete(self, face_id: str) -> None:
        """Delete a profile, if there is one."""
        await self._dynamodb.delete_item(TableName=self._table, Key={KEY: {"S": face_id}})


def profile_of(item: "Item") -> Profile:
    """Return the profile that an item is, whatever others wrote into it."""
    attributes, unreadable = {}, []
    for name in sorted(item.keys() - {KEY}):
        try:
            attributes[name] = _text(_plain(item[name]))
        except ValueError:
            unreadable.append(name)
    return Profile(item[KEY]["S"], attributes, tuple(unreadable))


def _text(value: Any) -> str:
    """Return a value as somebody would write it into a field."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return DynamoDB's way of writing a value as Python's.

    Raises:
        ValueError: there are bytes in it.
    """
    [(kind, content)] = value.items()
    if kind not in _READERS:
        raise ValueError(f"no text can be made of DynamoDB's type {kind}")
    return _READERS[kind](content)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "S": str,
    "N": json.loads,
    "BOOL": bool,
    "NULL": lambda _: None,
    "SS": sorted,
    "NS": lambda numbers: sorted(map(json.loads, numbers)),
    "L": lambda values: [_plain(each) for each in values],
    "M": lambda values: {name: _plain(each) for name, each in values.items()},
}
"""All types but bytes, alone or in sets."""
