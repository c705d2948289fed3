"""Tables looked through for somebody who was erased, item by item: what no index leads to is found, too."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from onlooker_recognizer.people.erasure.mentions import is_name, is_person, item_tells
from onlooker_recognizer.people.erasure.records import Place
from onlooker_shared.topology import Table

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

    from onlooker_recognizer.people.registry.items import Item

DECISIONS = ("seen#", "digest#")
"""Begin the keys of what is known of notices, without what they say: see the notifier's `gathering` and `digests`."""


class ErasedTables:
    """Looks through tables.

    Args:
        dynamodb: the process's client.
        tables: what is looked through, by what the receipt counts it as.
        alerts: the tables of what is, or was, sent of pictures, by their names.
    """

    def __init__(self, dynamodb: "DynamoDBClient", tables: Mapping[Place, Table], alerts: Iterable[Table]) -> None:
        self._dynamodb = dynamodb
        self._tables = tables
        self._alerts = tuple(alerts)

    async def remove(self, ids: Collection[str]) -> Counter[str]:
        """Delete all items that tell of some ids, and return how many, by place."""
        removed: Counter[str] = Counter()
        for place, table in self._tables.items():
            async for item in self._items(table):
                if not is_person(item) and item_tells(_of_onlooker(place, table, item), ids):
                    removed[place] += await self._remove(table, item, ids)
        return removed

    async def remove_alerts(self, image_ids: Collection[str]) -> int:
        """Delete what is, or was, sent of some pictures, as it may name people; return how many items.

        What says that a picture was told of stays: else it would be told of again.
        """
        removed = 0
        for table in self._alerts:
            async for item in self._items(table):
                if not item.get("about", {}).get("S", "").startswith(DECISIONS) and item_tells(item, image_ids):
                    await self._dynamodb.delete_item(TableName=table.name, Key=_key(table, item))
                    removed += 1
        return removed

    async def prove(self, ids: Collection[str]) -> tuple[Counter[str], Counter[str]]:
        """Return how many items there are, and how many still tell of some ids, by place."""
        looked: Counter[str] = Counter()
        found: Counter[str] = Counter()
        for place, table in self._tables.items():
            looked[place] = found[place] = 0
            async for item in self._items(table):
                looked[place] += 1
                found[place] += item_tells(_of_onlooker(place, table, item), ids)
        return looked, found

    async def _remove(self, table: Table, item: "Item", ids: Collection[str]) -> bool:
        """Delete an item, or, of a name that others have as well, what tells of some ids; return whether it was so.

        A name that somebody got this moment is left: it is looked at again.
        """
        key, condition = _key(table, item), dict[str, Any]()
        if is_name(item):
            known = item["person_ids"]["SS"]
            condition = {
                "ConditionExpression": "person_ids = :known",
                "ExpressionAttributeValues": {":known": {"SS": known}},
            }
            if set(known) - set(ids):
                condition["ExpressionAttributeValues"][":gone"] = {"SS": sorted(set(known) & set(ids))}
                condition["UpdateExpression"] = "DELETE person_ids :gone"
        try:
            if "UpdateExpression" in condition:
                await self._dynamodb.update_item(TableName=table.name, Key=key, **condition)
            else:
                await self._dynamodb.delete_item(TableName=table.name, Key=key, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    async def _items(self, table: Table) -> "AsyncIterator[Item]":
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
        async for page in pages:
            for item in page["Items"]:
                yield item


def _of_onlooker(place: Place, table: Table, item: "Item") -> "Item":
    """Return what of an item Onlooker wrote: a profile is free but for its key."""
    return _key(table, item) if place is Place.PROFILES else item


def _key(table: Table, item: "Item") -> "Item":
    return {name: item[name] for name in (table.hash_key, table.range_key) if name is not None}
