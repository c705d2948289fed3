"""Who signed in and out.

    about               entry_id
    day:{UTC date}      {at}#{person_id}    that somebody signed in or out
    person:{id}         last                when they did last, and which way

Both are written in one transaction, on the condition that the last time is the one that was looked at: of two cameras
that see somebody at once, one signs them in, and the other is told that they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from onlooker_recognizer.people.attendance.presence import Direction, Signed, next_direction
from onlooker_recognizer.people.registry.items import moment
from onlooker_recognizer.people.registry.transactions import Tries, write

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

    from onlooker_recognizer.people.registry.items import Item


@dataclass(frozen=True, slots=True)
class SignedNow:
    """What became of somebody who was seen."""

    signed: Signed
    repeated: bool
    """Whether it is from a moment ago, and nothing was changed."""


class Attendance:
    """The table of who signed in and out. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        table: the table's name.
        cooldown: how long who was seen is not signed in or out again.
        clock: the time, UTC.
    """

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, *, cooldown: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._cooldown = cooldown
        self._clock = clock

    async def sign(self, person_id: str, direction: Direction | None = None) -> SignedNow:
        """Sign somebody in or out, unless they were a moment ago.

        Args:
            person_id: theirs.
            direction: which way they go; the other one than last time if not given.

        Raises:
            UnavailableError: others were in the way each time.
        """
        tries = Tries()
        while True:
            last, now = await self._last(person_id), self._clock()
            if last is not None and now - last.at < self._cooldown:
                return SignedNow(last, repeated=True)
            signed = Signed(person_id, now, direction or next_direction(last, now))
            if await write(self._dynamodb, self._steps(signed, last)):
                return SignedNow(signed, repeated=False)
            await tries.again()

    async def between(self, begin: datetime, end: datetime) -> list[Signed]:
        """Return who signed in or out in a time, of which the end is not in it."""
        found = []
        day = begin.astimezone(UTC).date()
        while day <= end.astimezone(UTC).date():
            found += [each for each in await self._of_day(day.isoformat()) if begin <= each.at < end]
            day += timedelta(days=1)
        return found

    async def _of_day(self, day: str) -> list[Signed]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": f"day:{day}"}},
            ConsistentRead=True,
        )
        return [_signed(item) async for page in pages for item in page["Items"]]

    async def _last(self, person_id: str) -> Signed | None:
        answer = await self._dynamodb.get_item(TableName=self._table, Key=_key_of_last(person_id), ConsistentRead=True)
        return _signed(answer["Item"]) if "Item" in answer else None

    def _steps(self, signed: Signed, last: Signed | None) -> "list[TransactWriteItemTypeDef]":
        told: Item = {
            "person_id": {"S": signed.person_id},
            "at": {"S": moment(signed.at)},
            "direction": {"S": signed.direction},
        }
        entry: Item = {
            "about": {"S": f"day:{signed.at.astimezone(UTC).date().isoformat()}"},
            "entry_id": {"S": f"{moment(signed.at)}#{signed.person_id}"},
        }
        still: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": {**_key_of_last(signed.person_id), **told},
                "ConditionExpression": "attribute_not_exists(about)",
            }
        }
        if last is not None:
            still["Put"]["ConditionExpression"] = "#at = :last"
            still["Put"]["ExpressionAttributeNames"] = {"#at": "at"}
            still["Put"]["ExpressionAttributeValues"] = {":last": {"S": moment(last.at)}}
        return [{"Put": {"TableName": self._table, "Item": {**entry, **told}}}, still]


def _key_of_last(person_id: str) -> "Item":
    return cast("Item", {"about": {"S": f"person:{person_id}"}, "entry_id": {"S": "last"}})


def _signed(item: "Item") -> Signed:
    return Signed(item["person_id"]["S"], datetime.fromisoformat(item["at"]["S"]), Direction(item["direction"]["S"]))
