"""DynamoDB's batch calls, carried through: it takes so many items at once, and when overrun leaves some undone."""

from asyncio import sleep
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from onlooker_notifier.together import all_of

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import (
        AttributeValueTypeDef,
        WriteRequestOutputTypeDef,
        WriteRequestTypeDef,
    )

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

GET_BATCH, WRITE_BATCH = 100, 25
"""Items that DynamoDB reads, or writes, in one call."""
AT_ONCE = 8
"""Calls that are made at the same time: of a crowd, rules that cool down by person ask for thousands of items."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds until what was left undone is asked for again: twice as long each time in a row, so long at most."""


class _Pauses:
    """How long to wait while DynamoDB leaves something undone."""

    def __init__(self) -> None:
        self._next = FIRST_PAUSE

    async def after(self, undone: int) -> None:
        """Wait if something was left undone."""
        if not undone:
            self._next = FIRST_PAUSE
            return
        await sleep(self._next)
        self._next = min(2 * self._next, LONGEST_PAUSE)


async def read_all(dynamodb: "DynamoDBClient", table: str, keys: "Sequence[Item]") -> "list[Item]":
    """Return the items of some keys, each given once, as they are; in no order, without those that there are not."""

    async def read(first: int) -> "list[Item]":
        left, pauses = list(keys[first : first + GET_BATCH]), _Pauses()
        found: list[Item] = []
        while left:
            answer = await dynamodb.batch_get_item(RequestItems={table: {"Keys": left, "ConsistentRead": True}})
            found += answer["Responses"].get(table, [])
            left = list(answer["UnprocessedKeys"].get(table, {"Keys": []})["Keys"])
            await pauses.after(len(left))
        return found

    return [item for some in await all_of(read, range(0, len(keys), GET_BATCH), at_once=AT_ONCE) for item in some]


async def write_all(dynamodb: "DynamoDBClient", table: str, requests: "Iterable[WriteRequestTypeDef]") -> None:
    """Put and delete items, each of them once."""
    left: Sequence[WriteRequestTypeDef | WriteRequestOutputTypeDef] = list(requests)
    pauses = _Pauses()
    while left:
        answer = await dynamodb.batch_write_item(RequestItems={table: left[:WRITE_BATCH]})
        undone = answer["UnprocessedItems"].get(table, [])
        left = [*left[WRITE_BATCH:], *undone]
        await pauses.after(len(undone))


async def delete_all(dynamodb: "DynamoDBClient", table: str, keys: "Iterable[Item]") -> None:
    """Delete the items of some keys."""
    await write_all(dynamodb, table, [{"DeleteRequest": {"Key": key}} for key in keys])
