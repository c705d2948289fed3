"""Writes the journal anew, as what the tables hold now, so that it does not grow for ever.

A snapshot is the tables' own requests (create, time to live, tags, ...) as they were asked, then the items as they are.
Items whose time to live has passed are left out, and then removed from the tables. This is the one place where they
are: a removal between journalled writes, by the clock, would make a replay meet other conditions than the writes did.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from onlooker.emulator.commit import Write
from onlooker.emulator.inprocess import Account, RefusedError, Tables
from onlooker.emulator.journal import Rewrite
from onlooker.emulator.tables import TableHistory

BATCH_ITEMS = 25  # BatchWriteItem's limit

Item = dict[str, dict[str, Any]]
Key = tuple[Account, str, Item]  # whose table, its name, the item's key attributes

log = logging.getLogger(__name__)


async def shorten(path: Path, tables: Tables, history: TableHistory, now: float) -> None:
    """Put a snapshot in the place of the journal at `path`. Nothing may write to the tables meanwhile.

    `now` (seconds since 1970) decides which items' time to live has passed. Without room on the disk, or should the
    tables not tell what they hold, the journal stays as it is: long, but whole.
    """
    try:
        expired = await _write_snapshot(path, tables, history, now)
    except (OSError, RefusedError) as error:
        log.warning("%s could not be written anew, and goes on growing: %s", path, error)
        return
    for account, table, key in expired:
        await tables.ask(account, "DeleteItem", TableName=table, Key=key)


def has_expired(item: Item, attribute: str | None, now: float) -> bool:
    """Whether the time in an item's attribute (None: the table has no such attribute) has passed."""
    time = item.get(attribute, {}).get("N") if attribute is not None else None
    return time is not None and float(time) <= now


async def _write_snapshot(path: Path, tables: Tables, history: TableHistory, now: float) -> list[Key]:
    expired: list[Key] = []
    with Rewrite(path) as new:
        for account, table, requests in history:
            new.add(requests)
            if not table:  # requests that are about no table in particular
                continue
            description = (await tables.ask(account, "DescribeTable", TableName=table))["Table"]
            key_names = [key["AttributeName"] for key in description["KeySchema"]]
            expiry = await _expiry_attribute(tables, account, table)
            async for items in _pages(tables, account, table):
                live = [item for item in items if not has_expired(item, expiry, now)]
                for batch in _batches(live):
                    new.add([_puts(account, table, batch)])
                expired += [
                    (account, table, {name: item[name] for name in key_names})
                    for item in items
                    if has_expired(item, expiry, now)
                ]
        new.adopt()
        log.info("%s: written anew, %d bytes", path, new.size)
    return expired


async def _expiry_attribute(tables: Tables, account: Account, table: str) -> str | None:
    description = (await tables.ask(account, "DescribeTimeToLive", TableName=table))["TimeToLiveDescription"]
    return description["AttributeName"] if description["TimeToLiveStatus"] == "ENABLED" else None


async def _pages(tables: Tables, account: Account, table: str) -> AsyncIterator[list[Item]]:
    start: dict[str, Any] = {}
    while True:
        page = await tables.ask(account, "Scan", TableName=table, **start)
        yield page["Items"]
        if not page.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        await asyncio.sleep(0)  # let other requests be answered between the pages


def _puts(account: Account, table: str, items: Sequence[Item]) -> Write:
    puts = {"RequestItems": {table: [{"PutRequest": {"Item": item}} for item in items]}}
    return Write("BatchWriteItem", account.number, account.region, json.dumps(puts).encode())


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BATCH_ITEMS):
        yield items[start : start + BATCH_ITEMS]
