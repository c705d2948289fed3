"""Tables looked through for somebody who was erased, item by item: what no index leads to is found, too."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from onlooker_recognizer.people.erasure.records import Place
from onlooker_recognizer.people.registry.tombstones import ABOUT, PREFIX
from onlooker_shared.topology import Table

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

    from onlooker_recognizer.people.registry.items import Item

DECISIONS = ("seen#", "digest#")
"""Begin the keys of what is known of notices, without what they say: see the notifier's `gathering`."""


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
                if _mentions(item, ids):
                    await self._dynamodb.delete_item(TableName=table.name, Key=_key(table, item))
                    removed[place] += 1
        return removed

    async def remove_alerts(self, image_ids: Collection[str]) -> int:
        """Delete what is, or was, sent of some pictures, as it may name people; return how many items.

        What says that a picture was told of stays: else it would be told of again.
        """
        removed = 0
        for table in self._alerts:
            async for item in self._items(table):
                if not item.get("about", {}).get("S", "").startswith(DECISIONS) and _mentions(item, image_ids):
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
                found[place] += _mentions(item, ids)
        return looked, found

    async def _items(self, table: Table) -> "AsyncIterator[Item]":
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
        async for page in pages:
            for item in page["Items"]:
                yield item


def _mentions(item: "Item", ids: Collection[str]) -> bool:
    """Whether an item tells of one of some ids; a tombstone, and what is still owed, do and have to."""
    if item.get("about", {}).get("S") == ABOUT or item.get("person_id", {}).get("S", "").startswith(PREFIX):
        return False
    text = json.dumps(item, default=str)
    return any(each in text for each in ids)


def _key(table: Table, item: "Item") -> "Item":
    return {name: item[name] for name in (table.hash_key, table.range_key) if name is not None}
