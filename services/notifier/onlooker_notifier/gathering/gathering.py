"""Gathers what is told: notes in one transaction that a picture was decided of, and for which rules it is pending.

    about               notice_id
    seen#{image_id}     {event}                     this event of this picture was decided; kept for three years
    pending#{rule_id}   {time}#{image_id}#{event}   a notice that no finished digest has

It survives a restart, and is shared among instances. That transaction succeeds once for each event of a picture, so
each becomes pending once; `digests.store` has the digests that they wait for.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias, cast

from botocore.exceptions import ClientError

from onlooker_notifier.batches import read_all
from onlooker_notifier.notices import Notice
from onlooker_shared.errors import Reject, RetryLater

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

DECIDED_KEPT = timedelta(days=3 * 365)
"""How long a decision is remembered: a picture that is recognized again, even years later, is no news. The sweep must
not look further back, or it would tell everything again."""
PENDING_KEPT = timedelta(days=30)
"""How long a notice waits for a digest of its rule."""
MOST_RULES = 99
"""Rules that one picture is told by at most: a transaction takes 100 items, one of which is the decision. With
cool-downs, and reasons why others do not tell, they are fewer."""
WRONG = frozenset({"ValidationError", "ItemCollectionSizeLimitExceeded"})
"""Reasons for which an item is never written, as it is too large: to decide anew changes nothing."""
CONFLICT_DELAY = 1.0
"""Seconds to wait when two transactions met."""


class InTheWayError(RetryLater):
    """Somebody else wrote something meanwhile that this depends on: decide anew."""


class Gathering:
    """What was decided of pictures.

    Args:
        dynamodb: the process's client.
        table: the table of notices.
        clock: epoch seconds.
    """

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
        recorded: "Sequence[Item]" = (),
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
        if (parts := len(rule_ids) + len(claims) + len(recorded)) > MOST_RULES:
            raise Reject(
                f"{len(rule_ids)} rules tell of this picture. With what cools down then, and reasons why others do not"
                f" tell, that is {parts} parts of one transaction, which takes {MOST_RULES}; disable some of them."
            )
        now = self._clock() if at is None else at
        records = [self._put(item) for item in recorded]
        actions = [self._seen(notice, now), *self._pending(notice, rule_ids, now), *claims, *records]
        try:
            await self._dynamodb.transact_write_items(TransactItems=actions)
        except ClientError as error:
            reasons = _reasons(error)
            if error.response["Error"]["Code"] != "TransactionCanceledException" or WRONG & set(reasons):
                raise
            if reasons[:1] == ["ConditionalCheckFailed"]:
                return False
            raise InTheWayError(f"Another writer was in the way: {error}", delay=CONFLICT_DELAY) from error
        return True

    async def undecided(self, events: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of some (image id, event) that were never decided."""
        keys = [_key(seen_of(image_id), event) for image_id, event in set(events)]  # DynamoDB takes no key twice
        found = await read_all(self._dynamodb, self._table, keys)
        return set(events) - {(item["about"]["S"].removeprefix(seen_of("")), item["notice_id"]["S"]) for item in found}

    def _seen(self, notice: Notice, now: float) -> "TransactWriteItemTypeDef":
        item = {**_key(seen_of(notice.image_id), notice.event), "expires_at": _expires(now, DECIDED_KEPT)}
        return {
            "Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(about)"},
        }

    def _pending(self, notice: Notice, rule_ids: Sequence[str], now: float) -> "list[TransactWriteItemTypeDef]":
        notice_id = f"{int(now * 1000):013d}#{notice.image_id}#{notice.event}"
        said: Item = {
            "body": {"S": notice.model_dump_json()},
            "expires_at": _expires(now, PENDING_KEPT),  # of a rule that was deleted nobody else forgets it
        }
        return [self._put({**_key(pending_of(rule_id), notice_id), **said}) for rule_id in rule_ids]

    def _put(self, item: "Item") -> "TransactWriteItemTypeDef":
        return {"Put": {"TableName": self._table, "Item": item}}


def pending_of(rule_id: str) -> str:
    """Return under what a rule's notices wait."""
    return f"pending#{rule_id}"


def seen_of(image_id: str) -> str:
    """Return under what it is noted what was decided of a picture."""
    return f"seen#{image_id}"


def _key(about: str, notice_id: str) -> "Item":
    return {"about": {"S": about}, "notice_id": {"S": notice_id}}


def _expires(now: float, kept: timedelta) -> "AttributeValueTypeDef":
    return {"N": str(int(now + kept.total_seconds()))}


def _reasons(error: ClientError) -> list[str]:
    """Return of each item of a transaction why it was not written."""
    reasons = cast("list[dict[str, str]]", error.response.get("CancellationReasons", []))
    return [each.get("Code", "") for each in reasons]
