"""Notices waiting for their digest, in DynamoDB, so that they survive a restart and are shared among instances.

    about                 notice_id
    seen#{image_id}     {event}                   this event of this picture was decided; kept for three years
    pending#{rule_id}   {time}#{image_id}#{event}   a notice that no finished digest has
    digest#{rule_id}    current                   how many digests were begun, what an unfinished one has, whether that
                                                  is being forgotten, and the tally

Each notice is in exactly one digest: it becomes pending in the transaction that notes its event as decided, which
succeeds once; a digest is begun by raising the number that was read before the pending notices were, which one of
several instances can do; and the next digest can be begun only when the notices of the last one are gone.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from botocore.exceptions import ClientError

from onlooker_notifier.notices import Notice
from onlooker_shared.errors import Reject, RetryLater

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import (
        AttributeValueTypeDef,
        TransactWriteItemTypeDef,
        WriteRequestOutputTypeDef,
        WriteRequestTypeDef,
    )

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

DECIDED_KEPT = timedelta(days=3 * 365)
"""How long a decision is remembered: a picture that is recognized again, even years later, is no news. The sweep must
not look further back, or it would tell everything again."""
PENDING_KEPT = timedelta(days=30)
"""How long a notice waits for a digest of its rule."""
MOST_RULES = 99
"""Rules that one picture is told by at most: a transaction takes 100 items, one of which is the decision. With
cool-downs, and reasons why others do not tell, they are fewer."""
GET_BATCH, DELETE_BATCH = 100, 25
"""Items that DynamoDB reads or writes in one batch call."""
CONFLICT_DELAY = 1.0
"""Seconds to wait when two transactions met, or DynamoDB left something of a batch undone."""
CURRENT = "current"


class InTheWayError(RetryLater):
    """Somebody else wrote something meanwhile that this depends on: decide anew."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A notice that waits for a digest."""

    notice_id: str
    notice: Notice

    @property
    def since(self) -> float:
        """Since when, in epoch seconds."""
        return int(self.notice_id.partition("#")[0]) / 1000


@dataclass(frozen=True, slots=True)
class Digest:
    """Notices that are told together."""

    rule_id: str
    number: int
    notice_ids: tuple[str, ...]
    begun_at: float
    """Epoch seconds, in whole milliseconds: the same before and after it was stored."""
    note: str = ""
    """What was decided about it when it was begun, so that whoever finishes it does as was decided."""

    @property
    def digest_id(self) -> str:
        """The same for everybody who works on it; no other digest has it, for its first notice is in no other."""
        return f"{self.rule_id}#{self.notice_ids[0]}"


@dataclass(frozen=True, slots=True)
class State:
    """How far a rule's digests are."""

    number: int
    """Digests begun until now."""
    unfinished: Digest | None
    tally: str = ""
    """What was stored with the last one about those of its day."""


class Gathering:
    """The table of notices."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, clock: Callable[[], float]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock

    async def decide(
        self,
        notice: Notice,
        rule_ids: Sequence[str],
        *,
        at: float | None = None,
        claims: "Sequence[TransactWriteItemTypeDef]" = (),
        recorded: "Item | None" = None,
    ) -> bool:
        """Note that a picture's event was decided, and its notice as pending for some rules: all of it or nothing.

        Args:
            notice: the picture's.
            rule_ids: the rules that tell of it.
            at: when that was decided, in epoch seconds; now, if it is not given.
            claims: what must be so, and becomes so, with it.
            recorded: what is stored with it.

        Returns whether this was the first time; otherwise nothing changed.

        Raises:
            InTheWayError: another transaction was in the way, or a claim cannot be taken.
            Reject: there are too many rules.
        """
        if len(rule_ids) + len(claims) + (recorded is not None) > MOST_RULES:
            raise Reject(f"{len(rule_ids)} rules tell of this picture, at most {MOST_RULES} may; disable some.")
        now = self._clock() if at is None else at
        notice_id = f"{int(now * 1000):013d}#{notice.image_id}#{notice.event}"
        seen_until, pending_until = (str(int(now + kept.total_seconds())) for kept in (DECIDED_KEPT, PENDING_KEPT))
        seen: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": {**_key(f"seen#{notice.image_id}", notice.event), "expires_at": {"N": seen_until}},
                "ConditionExpression": "attribute_not_exists(about)",
            }
        }
        pending: list[TransactWriteItemTypeDef] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": {
                        **_key(f"pending#{rule_id}", notice_id),
                        "body": {"S": notice.model_dump_json()},
                        "expires_at": {"N": pending_until},  # of a rule that was deleted nobody else forgets it
                    },
                }
            }
            for rule_id in rule_ids
        ]
        record: list[TransactWriteItemTypeDef] = []
        if recorded is not None:
            record.append({"Put": {"TableName": self._table, "Item": recorded}})
        try:
            await self._dynamodb.transact_write_items(TransactItems=[seen, *pending, *claims, *record])
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            if _reason(error) == "ConditionalCheckFailed":
                return False
            raise InTheWayError(f"Another writer was in the way: {error}", delay=CONFLICT_DELAY) from error
        return True

    async def undecided(self, events: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of some (image id, event) that were never decided."""
        left = [_key(f"seen#{image_id}", event) for image_id, event in set(events)]  # DynamoDB takes no key twice
        found: set[tuple[str, str]] = set()
        while left:
            asked, left = left[:GET_BATCH], left[GET_BATCH:]
            answer = await self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": asked, "ProjectionExpression": "about, notice_id"}}
            )
            found |= {
                (item["about"]["S"].removeprefix("seen#"), item["notice_id"]["S"])
                for item in answer["Responses"].get(self._table, [])
            }
            if self._table in answer["UnprocessedKeys"]:
                left += answer["UnprocessedKeys"][self._table]["Keys"]
                await asyncio.sleep(CONFLICT_DELAY)
        return set(events) - found

    async def pending(self, rule_id: str, limit: int) -> list[Pending]:
        """Return a rule's first pending notices, oldest first."""
        return await self._query(
            limit,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": f"pending#{rule_id}"}},
        )

    async def notices_of(self, digest: Digest) -> list[Notice]:
        """Return the notices of an unfinished digest, oldest first."""
        between = await self._query(
            None,
            KeyConditionExpression="about = :about AND notice_id BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":about": {"S": f"pending#{digest.rule_id}"},
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
        begun = await self._update_current(
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
        await self._update_current(
            digest.rule_id, "SET finishing = :number", "attribute_exists(notices) AND #number = :number", number
        )
        await self._delete(_key(f"pending#{digest.rule_id}", notice_id) for notice_id in digest.notice_ids)
        await self._update_current(digest.rule_id, "REMOVE notices, finishing", "#number = :number", number)

    async def finishing(self, digest: Digest) -> bool:
        """Return whether somebody has begun to forget a digest's notices: what is missing was told, and not erased."""
        item = await self._current(digest.rule_id)
        return item is None or "finishing" in item or "notices" not in item or int(item["number"]["N"]) != digest.number

    async def _current(self, rule_id: str) -> "Item | None":
        """Return what is stored of a rule's digests."""
        answer = await self._dynamodb.get_item(
            TableName=self._table, Key=_key(f"digest#{rule_id}", CURRENT), ConsistentRead=True
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

    async def _update_current(self, rule_id: str, update: str, condition: str, values: "Item") -> bool:
        """Change what is known of a rule's digests if a condition holds; return whether it did."""
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(f"digest#{rule_id}", CURRENT),
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

    async def _delete(self, keys: "Iterable[Item]") -> None:
        left: Sequence[WriteRequestTypeDef | WriteRequestOutputTypeDef] = [{"DeleteRequest": {"Key": k}} for k in keys]
        while left:
            answer = await self._dynamodb.batch_write_item(RequestItems={self._table: left[:DELETE_BATCH]})
            unprocessed = answer["UnprocessedItems"].get(self._table, [])
            left = [*left[DELETE_BATCH:], *unprocessed]
            if unprocessed:
                await asyncio.sleep(CONFLICT_DELAY)


def _key(about: str, notice_id: str) -> "Item":
    return {"about": {"S": about}, "notice_id": {"S": notice_id}}


def _reason(error: ClientError) -> str:
    """Return why the first item of a transaction was not written."""
    reasons = cast("list[dict[str, str]]", error.response.get("CancellationReasons", []))
    return reasons[0].get("Code", "") if reasons else ""
