"""Messages that are to be acknowledged, in the table of notices.

    about                        notice_id
    escalating                   {escalation_id}   nobody acknowledged it yet, or its escalation is not delivered yet
    escalating#{escalation_id}   {place}           a notice that it tells of
    message#{escalation_id}      state             who acknowledged it, what became of it; kept as deliveries are

The first two are made on condition that there is no third, with it: an instance that is late does not begin anew what
is over.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import structlog
from botocore.exceptions import ClientError
from pydantic import ValidationError

from onlooker_notifier.batches import read_all
from onlooker_notifier.delivering.copies import Copies
from onlooker_notifier.delivering.standing import Acknowledgement, Standing
from onlooker_notifier.escalating.records import Ending, Expected
from onlooker_notifier.notices import Notice
from onlooker_shared.errors import describe

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

ESCALATING = "escalating"
SPARE = timedelta(days=30)
"""How long one is kept that nobody could look after: of a rule that cannot be read, or in quiet hours."""

log = structlog.stdlib.get_logger(__name__)


class EscalationStore:
    """The messages.

    Args:
        dynamodb: the process's client.
        table: the table of notices.
        kept: how long it is known what became of one.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, kept: timedelta) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._kept = kept
        self._copies = Copies(dynamodb, table)

    async def expect(self, expected: Expected, notices: Sequence[Notice]) -> None:
        """Have a message wait; one that was there before stays as it is."""
        if (await self.standings([expected.escalation_id])).get(expected.escalation_id) is not None:
            return
        gone_at = int(expected.counts_from + SPARE.total_seconds())
        await self._copies.put(_about(expected), notices, gone_at)
        state = {
            **_state(expected.escalation_id),
            "expires_at": {"N": str(int(expected.begun_at + max(self._kept, SPARE).total_seconds()))},
        }
        try:
            await self._dynamodb.transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": state,
                            "ConditionExpression": "attribute_not_exists(about)",
                        }
                    },
                    {"Put": {"TableName": self._table, "Item": _item(expected, gone_at)}},
                ]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            if not (await self.standings([expected.escalation_id])):
                raise  # another writer was in the way, and it is not there: the digest is tried again

    async def each(self) -> AsyncIterator[Expected]:
        """Yield every message that waits, oldest first. There may be more than memory holds.

        What cannot be read is left to an instance that can: another version may have written it.
        """
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": ESCALATING}},
            ConsistentRead=True,
        )
        async for page in pages:
            for item in page["Items"]:
                try:
                    expected = Expected.model_validate_json(item["body"]["S"])
                except ValidationError as error:
                    log.warning("escalation.unreadable", escalation_id=item["notice_id"]["S"], error=describe(error))
                    continue
                yield expected

    async def notices_of(self, expected: Expected) -> list[Notice]:
        """Return what a message tells of; what was erased meanwhile is not among it."""
        return await self._copies.all(_about(expected))

    async def count_from(self, expected: Expected, moment: float) -> None:
        """Count from another moment on, unless it is settled."""
        later = expected.model_copy(update={"counts_from": moment})
        await self._write_if(
            {**_key(ESCALATING, expected.escalation_id)},
            "SET body = :value",
            "attribute_exists(about)",
            later.model_dump_json(),
        )

    async def remove(self, expected: Expected) -> None:
        """Forget what is settled; what became of it stays."""
        await self._copies.remove(_about(expected))
        await self._dynamodb.delete_item(TableName=self._table, Key=_key(ESCALATING, expected.escalation_id))

    async def acknowledge(self, escalation_id: str, how: Acknowledgement) -> Acknowledgement | None:
        """Note that somebody acknowledged a message; return the acknowledgement that counts, the first one.

        None: there is no such message, or it was forgotten.
        """
        await self._write_if(
            _state(escalation_id),
            "SET acknowledged = :value",
            "attribute_exists(about) AND attribute_not_exists(acknowledged)",
            how.model_dump_json(),
        )
        item = await self._get(escalation_id)
        return Acknowledgement.model_validate_json(item["acknowledged"]["S"]) if "acknowledged" in item else None

    async def end(self, escalation_id: str, ending: Ending) -> Ending | None:
        """Note what becomes of a message that nobody acknowledged; return the ending that counts, the first one.

        None: somebody acknowledged it, or it was forgotten.
        """
        await self._write_if(
            _state(escalation_id),
            "SET ended = :value",
            "attribute_exists(about) AND attribute_not_exists(acknowledged) AND attribute_not_exists(ended)",
            ending.model_dump_json(),
        )
        return await self.ending(escalation_id)

    async def ending(self, escalation_id: str) -> Ending | None:
        """Return what became of a message; None if that is not decided."""
        item = await self._get(escalation_id)
        return Ending.model_validate_json(item["ended"]["S"]) if "ended" in item else None

    async def standings(self, escalation_ids: Collection[str]) -> dict[str, Standing]:
        """Return how far messages are; those that are not known are left out."""
        asked = [_state(each) for each in sorted(set(escalation_ids))]
        found = await read_all(self._dynamodb, self._table, asked)
        return {item["about"]["S"].removeprefix("message#"): _standing(item) for item in found}

    async def _get(self, escalation_id: str) -> "Item":
        answer = await self._dynamodb.get_item(TableName=self._table, Key=_state(escalation_id), ConsistentRead=True)
        return answer.get("Item", {})

    async def _write_if(self, key: "Item", update: str, condition: str, value: str) -> None:
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues={":value": {"S": value}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _standing(item: "Item") -> Standing:
    said, ended = item.get("acknowledged", {}).get("S"), item.get("ended", {}).get("S")
    ending = Ending.model_validate_json(ended) if ended else None
    return Standing(
        acknowledged=Acknowledgement.model_validate_json(said) if said else None,
        escalated_at=datetime.fromtimestamp(ending.at, UTC) if ending and ending.dropped is None else None,
        dropped=ending.dropped if ending else None,
    )


def _item(expected: Expected, gone_at: int) -> "Item":
    return {
        **_key(ESCALATING, expected.escalation_id),
        "body": {"S": expected.model_dump_json()},
        "expires_at": {"N": str(gone_at)},
    }


def _about(expected: Expected) -> str:
    return f"{ESCALATING}#{expected.escalation_id}"


def _state(escalation_id: str) -> "Item":
    return _key(f"message#{escalation_id}", "state")


def _key(about: str, notice_id: str) -> "Item":
    return {"about": {"S": about}, "notice_id": {"S": notice_id}}
