"""Sightings as DynamoDB's items, and what is done to these when a sighting comes, changes or goes."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from onlooker_recognizer.people.registry.items import moment
from onlooker_recognizer.people.registry.records import Sighting

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

    from onlooker_recognizer.people.registry.items import Item

PLACES = 3
"""Items of one sighting."""
POSITION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z#[0-9a-f]{32}#[0-9a-f]{16}")
"""What a sighting's id looks like."""


@dataclass(frozen=True, slots=True)
class Change:
    """A sighting that comes, goes, or is otherwise now."""

    sighting_id: str
    sighting: Sighting
    """As it is to be; as it was, if it goes."""
    comes: bool
    goes: bool


def sighting_id(sighting: Sighting) -> str:
    """Return the id that follows from what a sighting is: when, in which picture, who and where in it."""
    place = f"{sighting.person_id}\0{sighting.bounding_box.model_dump_json()}"
    return f"{moment(sighting.seen_at)}#{sighting.image_id}#{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def _places(sighting: Sighting) -> tuple[str, str, str]:
    day = sighting.seen_at.astimezone(UTC).date().isoformat()
    return f"person:{sighting.person_id}", f"day:{day}", f"image:{sighting.image_id}"


def steps(table: str, change: Change) -> "list[TransactWriteItemTypeDef]":
    """Return what is done to the items of a sighting, if the picture's still says what was read."""
    body = change.sighting.model_dump_json(exclude_none=True)
    condition = "attribute_not_exists(about)" if change.comes else "attribute_exists(about)"
    actions: list[TransactWriteItemTypeDef] = []
    for about in _places(change.sighting):
        key: Item = {"about": {"S": about}, "sighting_id": {"S": change.sighting_id}}
        if change.goes:
            actions.append({"Delete": {"TableName": table, "Key": key}})
        else:
            actions.append({"Put": {"TableName": table, "Item": key | {"body": {"S": body}}}})
        if about.startswith("image:"):
            (actions[-1].get("Delete") or actions[-1]["Put"])["ConditionExpression"] = condition
    return actions
