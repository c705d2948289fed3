"""Which objects of the faces bucket were handled: a sweep leaves them out, also if nobody has a face of them any more.

It lies beside the sightings.

    about          sighting_id
    faces-bucket   {image_id}     outcome, when, and by which name: as a digest, so that it names nobody
"""

import asyncio
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from onlooker_recognizer.events import Removal
from onlooker_recognizer.people.enrolment.tags import Named
from onlooker_recognizer.people.registry.items import moment
from onlooker_shared.images import ImageRef, object_prefix

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

    from onlooker_recognizer.people.registry.items import Item

ABOUT = "faces-bucket"
"""What the table of sightings has them under."""
AT_ONCE = 8
"""Of those that are forgotten."""

log = structlog.stdlib.get_logger(__name__)


class Outcome(StrEnum):
    """What became of an object."""

    ENROLLED = "enrolled"
    REFUSED = "refused"
    """Nobody could be enrolled by it, or it did not say in time whose face it shows."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of an object, and when."""

    outcome: Outcome
    at: datetime
    named: str
    """Whom it named then: see `digest`."""


class HandledObjects:
    """The objects that were handled. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        table: the table of sightings.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def note(self, image: ImageRef, outcome: Outcome, whose: Named | None, *, at: datetime) -> None:
        """Note what became of an object; what was noted of it before is forgotten."""
        item: Item = {
            **_key(image.image_id),
            "outcome": {"S": outcome},
            "handled_at": {"S": moment(at)},
            "named": {"S": digest(image, whose)},
        }
        await self._dynamodb.put_item(TableName=self._table, Item=item)

    async def all(self) -> dict[str, Handled]:
        """Return what became of objects, by the ids of the pictures that they are."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": ABOUT}},
            ConsistentRead=True,
        )
        return _readable([item async for page in pages for item in page["Items"]])

    async def forget_removed(self, removal: Removal) -> None:
        """Forget an object that was deleted, but not what came in its place since; of one version a sweep does."""
        if removal.version_id is not None:
            return
        answer = await self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="about = :about AND begins_with(sighting_id, :object)",
            ExpressionAttributeValues={
                ":about": {"S": ABOUT},
                ":object": {"S": object_prefix(removal.bucket, removal.key)},
            },
            ConsistentRead=True,
        )
        handled = _readable(answer["Items"])
        await self.forget([image_id for image_id, each in handled.items() if each.at <= removal.deleted_at])

    async def forget(self, image_ids: Collection[str]) -> None:
        """Forget objects that are gone."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(image_id: str) -> None:
            async with turns:
                await self._dynamodb.delete_item(TableName=self._table, Key=_key(image_id))

        await asyncio.gather(*map(one, image_ids))


def digest(image: ImageRef, whose: Named | None) -> str:
    """Return what tells whether an object still names whom it named: another text for every object."""
    told = "\0".join((image.image_id, (whose and whose.name) or "", (whose and whose.person_id) or ""))
    return hashlib.sha256(told.encode()).hexdigest()


def _readable(items: "Iterable[Item]") -> dict[str, Handled]:
    """Return what became of objects; of one whose item was damaged by hand nothing is known: it is looked at again."""
    found = {}
    for item in items:
        image_id = item["sighting_id"]["S"]
        try:
            at = datetime.fromisoformat(item["handled_at"]["S"])
            found[image_id] = Handled(Outcome(item["outcome"]["S"]), at, item["named"]["S"])
        except (KeyError, ValueError):
            log.warning("faces.note_unreadable", image_id=image_id)
    return found


def _key(image_id: str) -> "Item":
    return {"about": {"S": ABOUT}, "sighting_id": {"S": image_id}}
