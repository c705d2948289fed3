"""DynamoDB's transactions and batches, as the records of people need them.

A transaction is all or nothing, and each part of it has a condition; who is refused looks again and decides anew.
botocore sends a token with each (`ClientRequestToken`), so that a transaction whose answer was lost is not done twice.
"""

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

from onlooker_shared.errors import UnavailableError
from onlooker_shared.outages import THROTTLED

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

MOST_ACTIONS = 100
"""Of one transaction."""
GET_BATCH = 100
"""Items that one batch reads."""
ATTEMPTS = 20
FIRST_REST, LONGEST_REST = 0.01, 0.5
"""Seconds to rest at most after the first attempt and after each of the later ones."""
_THROTTLING = THROTTLED | {"ThrottlingError", "ProvisionedThroughputExceeded"}
"""How a transaction's reasons name it."""


class Tries:
    """Counts the attempts at something that others may be in the way of."""

    def __init__(self) -> None:
        self._made = 0

    async def again(self) -> None:
        """Rest for a moment of random length, longer each time.

        Raises:
            UnavailableError: it was tried often enough.
        """
        self._made += 1
        if self._made >= ATTEMPTS:
            raise UnavailableError("Others change the same records all the time. Nothing is lost; try again.")
        longest = min(LONGEST_REST, FIRST_REST * 2.0**self._made)
        await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - no secret: so that two do not meet again


async def write(dynamodb: "DynamoDBClient", actions: "Sequence[TransactWriteItemTypeDef]") -> bool:
    """Write all of it, or nothing if a condition does not hold or another transaction is in the way; say which.

    Raises:
        UnavailableError: DynamoDB is overrun.
        botocore.exceptions.ClientError: anything else.
    """
    try:
        await dynamodb.transact_write_items(TransactItems=actions)
    except dynamodb.exceptions.TransactionCanceledException as error:
        reasons = cast("list[dict[str, str]]", error.response.get("CancellationReasons", []))
        codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
        if codes & _THROTTLING:
            raise UnavailableError("DynamoDB has too much to do just now; try again.") from error
        if not codes <= {"ConditionalCheckFailed", "TransactionConflict"}:
            raise
        return False
    return True


async def read(dynamodb: "DynamoDBClient", table: str, key: str, values: Iterable[str]) -> "list[Item]":
    """Return the items that there are among those with these values of the table's only key, in no order."""
    left: list[Item] = [{key: {"S": value}} for value in sorted(set(values))]  # DynamoDB takes no key twice
    found: list[Item] = []
    tries = Tries()
    while left:
        asked, left = left[:GET_BATCH], left[GET_BATCH:]
        answer = await dynamodb.batch_get_item(RequestItems={table: {"Keys": asked, "ConsistentRead": True}})
        found += answer["Responses"].get(table, [])
        undone = answer["UnprocessedKeys"].get(table)
        if undone is not None:
            left += undone["Keys"]
            await tries.again()
    return found
