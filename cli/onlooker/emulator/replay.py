"""Brings DynamoDB's tables back from the journal, and writes the journal anew when most of it is history.

A snapshot is the tables' own requests (create, time to live, tags, ...) as they were asked, then the items as they are.
Items whose time to live has passed are left out. This is the one place where they are removed: a removal between
journalled writes, by the clock, would make a replay meet other conditions than the writes did.
"""

import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from onlooker.emulator.asgi import App
from onlooker.emulator.commit import Write
from onlooker.emulator.inprocess import Account, RefusedError, ask_dynamodb, query_dynamodb
from onlooker.emulator.journal import ADVICE, JournalDamagedError, Rewrite, recover
from onlooker.emulator.tables import TableHistory

REWRITE_ABOVE_BYTES = 1 << 20  # a smaller journal is replayed in less than a second
REWRITE_GAIN = 2  # a snapshot that is not at least this many times smaller is not worth its write
BATCH_ITEMS = 25  # BatchWriteItem's limit

Item = dict[str, dict[str, Any]]

log = logging.getLogger(__name__)


async def restore(app: App, path: Path, now: float) -> None:
    """Leave `app` with the tables of the journal at `path`; it is made if it is not there, shortened if it is long.

    `now` (seconds since 1970) decides which items' time to live has passed. Raises JournalDamagedError, OSError.
    """
    if _size(path) is None:
        with Rewrite(path) as new:
            new.adopt()
    history = await _replay(app, path)
    if (_size(path) or 0) > REWRITE_ABOVE_BYTES:
        await _shorten(app, path, history, now)


async def _replay(app: App, path: Path) -> TableHistory:
    history = TableHistory()
    count = 0
    for writes in recover(path):
        for write in writes:
            try:
                await ask_dynamodb(app, Account(write.account, write.region), write.operation, write.body)
            except RefusedError as error:
                raise JournalDamagedError(
                    f"{path}: write {count + 1} was accepted once and is refused now ({error}). {ADVICE}"
                ) from error
            history.add(write)
            count += 1
    log.info("%s: %d writes replayed", path, count)
    return history


async def _shorten(app: App, path: Path, history: TableHistory, now: float) -> None:
    with Rewrite(path) as new:
        async for write in _snapshot(app, history, now):
            new.add([write])
        before, after = _size(path) or 0, new.size
        if after * REWRITE_GAIN <= before:
            new.adopt()
            log.info("%s: rewritten, %d bytes became %d", path, before, after)


async def _snapshot(app: App, history: TableHistory, now: float) -> AsyncIterator[Write]:
    for account, table, requests in history:
        for request in requests:
            yield request
        expiry = await _expiry_attribute(app, account, table)
        async for items in _pages(app, account, table):
            kept = [item for item in items if not _has_expired(item, expiry, now)]
            for batch in _batches(kept):
                puts = {"RequestItems": {table: [{"PutRequest": {"Item": item}} for item in batch]}}
                yield Write("BatchWriteItem", account.number, account.region, json.dumps(puts).encode())


async def _expiry_attribute(app: App, account: Account, table: str) -> str | None:
    answer = await query_dynamodb(app, account, "DescribeTimeToLive", TableName=table)
    description = answer["TimeToLiveDescription"]
    return description["AttributeName"] if description["TimeToLiveStatus"] == "ENABLED" else None


async def _pages(app: App, account: Account, table: str) -> AsyncIterator[list[Item]]:
    start: dict[str, Any] = {}
    while True:
        answer = await query_dynamodb(app, account, "Scan", TableName=table, **start)
        yield answer["Items"]
        if not answer.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BATCH_ITEMS):
        yield items[start : start + BATCH_ITEMS]


def _has_expired(item: Item, attribute: str | None, now: float) -> bool:
    expiry = item.get(attribute, {}).get("N") if attribute is not None else None
    return expiry is not None and float(expiry) <= now
