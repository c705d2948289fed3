"""A rule's digests in DynamoDB: of all that waits each notice is in exactly one.

    about               notice_id
    digest#{rule_id}    current     how many digests were begun, what an unfinished one has, whether that is being
                                    forgotten, and the tally

A digest is begun by raising the number that was read before the pending notices were, which one of several instances
can do; and the next one can be begun only when the notices of the last one are gone. What is pending is written by
`gathering`.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.exceptions import ClientError

from onlooker_notifier.batches import delete_all
from onlooker_notifier.gathering.gathering import pending_of
from onlooker_notifier.gathering.records import Digest, Pending, State
from onlooker_notifier.notices import Notice

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

CURRENT = "current"


class DigestStore:
    """The digests, and the notices that wait for one.

    Args:
        dynamodb: the process's client.
        table: the table of notices.
        clock: epoch seconds.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, clock: Callable[[], float]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock

    async def pending(self, rule_id: str, limit: int) -> list[Pending]:
        """Return a rule's first pending notices, oldest first."""
        return await self._query(
            limit,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": pending_of(rule_id)}},
        )

    async def notices_of(self, digest: Digest) -> list[Notice]:
        """Return the notices of an unfinished digest, oldest first."""
        between = await self._query(
            None,
            KeyConditionExpression="about = :about AND notice_id BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":about": {"S": pending_of(digest.rule_id)},
                ":first": {"S": digest.notice_ids[0]},
                ":last": {"S": digest.notice_ids[-1]},
            },
        )
        wanted = set(digest.notice_ids)
        return [each.notice for each in between if each.notice_id in wanted]

    async def state(self, rule_id: str) -> State:
        """Return how far a rule's digests are. Must be read before the pending notices are."""
        item = await self._current(rule_id)
        if item is None:
            return State(0, None)
        number, tally = int(item["number"]["N"]), item.get("tally", {}).get("S", "")
        if "notices" not in item:
            return State(number, None, tally)
        notice_ids = tuple(json.loads(item["notices"]["S"]))
        note = item.get("note", {}).get("S", "")
        return State(number, Digest(rule_id, number, notice_ids, float(item["begun_at"]["N"]), note), tally)

    async def begin(
        self, rule_id: str, state: State, notice_ids: Sequence[str], note: str = "", tally: str = ""
    ) -> Digest | None:
        """Begin a digest of some pending notices; None if somebody else began one since the state was read.

        Args:
            rule_id: whose.
            state: what was read.
            notice_ids: the notices.
            note: what was decided about the digest.
            tally: what is to be known of the messages of this day.
        """
        digest = Digest(rule_id, state.number + 1, tuple(notice_ids), round(self._clock(), 3), note)
        begun = await self._update(
            rule_id,
            "SET #number = :new, notices = :notices, begun_at = :now, note = :note, tally = :tally",
            "attribute_not_exists(notices) AND (attribute_not_exists(about) OR #number = :old)",
            {
                ":old": {"N": str(state.number)},
                ":new": {"N": str(digest.number)},
                ":notices": {"S": json.dumps(digest.notice_ids)},
                ":now": {"N": f"{digest.begun_at:.3f}"},
                ":note": {"S": digest.note},
                ":tally": {"S": tally},
            },
        )
        return digest if begun else None

    async def finish(self, digest: Digest) -> None:
        """Forget the notices of a digest that was delivered, and allow the next one."""
        number: Item = {":number": {"N": str(digest.number)}}
        await self._update(
            digest.rule_id, "SET finishing = :number", "attribute_exists(notices) AND #number = :number", number
        )
        keys = [_key(pending_of(digest.rule_id), notice_id) for notice_id in digest.notice_ids]
        await delete_all(self._dynamodb, self._table, keys)
        await self._update(digest.rule_id, "REMOVE notices, finishing", "#number = :number", number)

    async def finishing(self, digest: Digest) -> bool:
        """Return whether somebody has begun to forget a digest's notices: what is missing was told, and not erased."""
        item = await self._current(digest.rule_id)
        return item is None or "finishing" in item or "notices" not in item or int(item["number"]["N"]) != digest.number

    async def _current(self, rule_id: str) -> "Item | None":
        """Return what is stored of a rule's digests."""
        answer = await self._dynamodb.get_item(
            TableName=self._table, Key=_key(digest_of(rule_id), CURRENT), ConsistentRead=True
        )
        return answer.get("Item")

    async def _query(self, limit: int | None, **condition: Any) -> list[Pending]:
        found: list[Pending] = []
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            PaginationConfig={} if limit is None else {"MaxItems": limit, "PageSize": limit},
            **condition,
        )
        async for page in pages:
            for item in page["Items"]:
                notice = Notice.model_validate_json(item["body"]["S"])
                found.append(Pending(item["notice_id"]["S"], notice))
        return found

    async def _update(self, rule_id: str, update: str, condition: str, values: "Item") -> bool:
        """Change what is known of a rule's digests if a condition holds; return whether it did."""
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(digest_of(rule_id), CURRENT),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#number": "number"},
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def digest_of(rule_id: str) -> str:
    """Return under what it is kept how far a rule's digests are."""
    return f"digest#{rule_id}"


def _key(about: str, notice_id: str) -> "Item":
    return {"about": {"S": about}, "notice_id": {"S": notice_id}}
