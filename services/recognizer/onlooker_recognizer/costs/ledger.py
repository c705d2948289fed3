"""Calls that were answered and pictures of which something was held back, in DynamoDB.

    about            entry_id
    calls#{month}   {day}#{operation}#{bucket}   how many calls; numbers only grow, by what each process adds
    held            {image_id}                   a picture, and the features that wait for the budget; until when it is
                                                 left alone, as it was asked for

A count whose answer was lost on the way may be added twice: it is an estimate, and Amazon's bill the last word.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from onlooker_recognizer.costs.pricing import Counted
from onlooker_shared.errors import describe
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Feature

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

HELD = "held"
AT_ONCE = 8
"""Counts that are written at the same time."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A picture of which something was held back."""

    image: ImageRef
    features: tuple[Feature, ...]
    """None: all of it is to be recognized again."""


class _Stored(BaseModel):
    """The same as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    image: ImageRef
    features: tuple[Feature, ...]

    @property
    def held(self) -> Held:
        return Held(self.image, self.features)


class Ledger:
    """The table of costs.

    Args:
        dynamodb: the process's client.
        table: the table's name.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def add(self, counted: Iterable[Counted]) -> list[Counted]:
        """Add calls to those that are there; return what could not be added, for another time, and log why."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(row: Counted) -> None:
            async with turns:
                await self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key(f"calls#{row.day[:7]}", f"{row.day}#{row.operation}#{row.bucket}"),
                    UpdateExpression="ADD calls :calls",
                    ExpressionAttributeValues={":calls": {"N": str(row.calls)}},
                )

        rows = list(counted)
        outcomes = await asyncio.gather(*map(one, rows), return_exceptions=True)
        if faults := [outcome for outcome in outcomes if outcome is not None]:
            log.warning("costs.not_written", counts=len(faults), error=describe(faults[0]))
        return [row for row, outcome in zip(rows, outcomes, strict=True) if outcome is not None]

    async def month(self, month: str) -> list[Counted]:
        """Return the calls of a month (as in 2026-11), in the order of days."""
        return [
            Counted(*_parted(item["entry_id"]["S"]), calls=int(item["calls"]["N"]))
            async for item in self._items(f"calls#{month}")
        ]

    async def hold(self, held: Held) -> None:
        """Note that something of a picture waits for the budget."""
        await self._dynamodb.put_item(
            TableName=self._table,
            Item={
                **_key(HELD, held.image.image_id),
                "body": {"S": _Stored(image=held.image, features=held.features).model_dump_json()},
            },
        )

    async def held(self, most: int, *, free_at: datetime | None = None) -> list[Held]:
        """Return some pictures that wait; if a time is named, those alone whose turn nobody has then."""
        found: list[Held] = []
        async for item in self._items(HELD, page=most):
            if free_at and float(item.get("taken_until", {"N": "0"})["N"]) >= free_at.timestamp():
                continue
            try:
                found.append(_Stored.model_validate_json(item["body"]["S"]).held)
            except (KeyError, ValueError) as error:  # damaged by hand: it must not keep the others waiting
                log.warning("costs.unreadable", image_id=item["entry_id"]["S"], fault=type(error).__name__)
            if len(found) == most:
                break
        return found

    async def take(self, image_id: str, *, now: datetime, until: datetime) -> bool:
        """Take a picture's turn for a time; return whether it is: not if somebody else has it, or it waits no more."""
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(HELD, image_id),
                UpdateExpression="SET taken_until = :until",
                ConditionExpression="attribute_exists(about) AND (attribute_not_exists(taken_until)"
                " OR taken_until < :now)",
                ExpressionAttributeValues={":now": _moment(now), ":until": _moment(until)},
            )
        except ClientError as error:
            if _refused(error):
                return False
            raise
        return True

    async def give_back(self, image_id: str, until: datetime) -> None:
        """Give back the turn that was taken until then, if it is still that one."""
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(HELD, image_id),
                UpdateExpression="REMOVE taken_until",
                ConditionExpression="taken_until = :until",
                ExpressionAttributeValues={":until": _moment(until)},
            )
        except ClientError as error:
            if not _refused(error):
                raise

    async def done(self, image_id: str, until: datetime) -> None:
        """Forget a picture whose turn was taken until then; not what was noted of it since."""
        try:
            await self._dynamodb.delete_item(
                TableName=self._table,
                Key=_key(HELD, image_id),
                ConditionExpression="taken_until = :until",
                ExpressionAttributeValues={":until": _moment(until)},
            )
        except ClientError as error:
            if not _refused(error):
                raise

    async def release(self, image_id: str) -> None:
        """Forget that something of a picture waits, whatever it is."""
        await self._dynamodb.delete_item(TableName=self._table, Key=_key(HELD, image_id))

    async def _items(
        self, about: str, *, page: int | None = None
    ) -> AsyncIterator["Mapping[str, AttributeValueTypeDef]"]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": about}},
            ConsistentRead=True,
            PaginationConfig={"PageSize": page} if page else {},
        )
        async for some in pages:
            for item in some["Items"]:
                yield item


def _key(about: str, entry_id: str) -> "dict[str, AttributeValueTypeDef]":
    return {"about": {"S": about}, "entry_id": {"S": entry_id}}


def _moment(moment: datetime) -> "AttributeValueTypeDef":
    return {"N": f"{moment.timestamp():.3f}"}


def _refused(error: ClientError) -> bool:
    """Whether an item was not as it had to be."""
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def _parted(entry_id: str) -> tuple[str, str, str]:
    """Return day, bucket and operation."""
    day, operation, bucket = entry_id.split("#", 2)
    return day, bucket, operation
