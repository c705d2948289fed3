"""What was decided not to be told, or not yet, and why: kept in the table of notices for 30 days.

    about                    notice_id
    decisions#{day}    {time}#{of what}    what was decided together: of one picture, by all rules, or of one digest;
                                              where that is too much for one item, others follow with #{number}

They name pictures, so who erases somebody finds them as it finds notices.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from onlooker_notifier.deciding.verdicts import Reason
from onlooker_shared import cursor as cursors
from onlooker_shared.errors import BadRequestError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

KEPT = timedelta(days=30)
LOOKED_THROUGH = 1000
"""Decisions that one request looks at, at most."""
PAGE = 200
"""Items that one request asks DynamoDB for, at most."""
LARGEST = 300_000
"""Bytes of decisions in one item, of which DynamoDB takes 400 KB: a thousand rules may have reasons not to tell."""

Position: TypeAlias = tuple[str, str, int]
"""Of a decision: its day, and its item and place there."""


class Decision(BaseModel):
    """Why somebody was not told, or not at once."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    rule_id: str
    rule_name: str = Field(description="As it was then; empty of a rule that was deleted.")
    decision: Literal["not_told", "held", "not_escalated"] = Field(
        description="`held`: it is told later. `not_escalated`: it was told, and nobody acknowledged it."
    )
    reason: Reason
    until: datetime | None = Field(default=None, description="Until when the reason holds.")
    about: tuple[str, ...] = Field(default=(), description="What was told shortly before, by the rule's `per`.")
    image_ids: tuple[str, ...]
    decided_at: datetime


DECISIONS = TypeAdapter(tuple[Decision, ...], config=ConfigDict(hide_input_in_errors=True))


class DecisionPage(BaseModel):
    """Some decisions, newest first."""

    model_config = ConfigDict(frozen=True)

    decisions: tuple[Decision, ...]
    cursor: str | None = Field(description="For the next page; null on the last.")


def moment(seconds: float) -> datetime:
    """Return a time as it is recorded."""
    return datetime.fromtimestamp(seconds, UTC)


def items(of: str, decisions: Sequence[Decision]) -> "list[Item]":
    """Return what is stored of decisions that were made together, at one time: one item, or several if they are many.

    Args:
        of: names what they are about; the same decisions written twice are there once.
        decisions: in their order.
    """
    found: list[Item] = []
    for number, some in enumerate(_parts(decisions)):
        decided_at = some[0].decided_at
        name = f"{round(decided_at.timestamp() * 1000):013d}#{of}"
        found.append(
            {
                "about": {"S": f"decisions#{_day(decided_at)}"},
                "notice_id": {"S": f"{name}#{number:02d}" if number else name},
                "body": {"S": DECISIONS.dump_json(some).decode()},
                "expires_at": {"N": str(int((decided_at + KEPT).timestamp()))},
            }
        )
    return found


def _parts(decisions: Sequence[Decision]) -> list[tuple[Decision, ...]]:
    """Return decisions in parts, each of which fits into one item."""
    parts: list[list[Decision]] = []
    room = 0
    for each in decisions:
        size = len(each.model_dump_json().encode()) + 1
        if size > room:
            parts.append([])
            room = LARGEST
        parts[-1].append(each)
        room -= size
    return [tuple(part) for part in parts]


class Decided:
    """The decisions, a partition a day."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def record(self, of: str, decisions: Sequence[Decision]) -> None:
        """Record decisions that were made together; see `items`."""
        for item in items(of, decisions):
            await self._dynamodb.put_item(TableName=self._table, Item=item)

    async def newest(
        self, limit: int, cursor: str | None, now: datetime, *, rule_id: str | None = None, image_id: str | None = None
    ) -> DecisionPage:
        """Return the newest decisions, or those after a cursor.

        Args:
            limit: how many, at most.
            cursor: of the page before.
            now: the time, UTC.
            rule_id: only this rule's.
            image_id: only those about this picture. No index has either: `LOOKED_THROUGH` are looked through at a
                time, so that a page may have none and yet a cursor.

        Raises:
            BadRequestError: the cursor was not given out by this.
        """
        found: list[Decision] = []
        looked_at, last = 0, ("", "", 0)
        async for position, decision in self._all(_position(cursor), now):
            if len(found) == limit or looked_at == LOOKED_THROUGH:
                return DecisionPage(decisions=tuple(found), cursor=_cursor(last))
            looked_at, last = looked_at + 1, position
            if rule_id in {None, decision.rule_id} and (image_id is None or image_id in decision.image_ids):
                found.append(decision)
        return DecisionPage(decisions=tuple(found), cursor=None)

    async def _all(self, after: Position | None, now: datetime) -> AsyncIterator[tuple[Position, Decision]]:
        """Yield decisions, newest first."""
        for day in _days(now):
            if after is not None and day > after[0]:
                continue
            here = after if after is not None and after[0] == day else None
            async for notice_id, body in self._bodies(day, here[1] if here else None):
                for place, decision in enumerate(DECISIONS.validate_json(body)):
                    if here is None or (notice_id, -place) < (here[1], -here[2]):
                        yield (day, notice_id, place), decision

    async def _bodies(self, day: str, first: str | None) -> AsyncIterator[tuple[str, str]]:
        """Yield what was stored on a day, newest first, from an item on."""
        values: dict[str, AttributeValueTypeDef] = {":about": {"S": f"decisions#{day}"}}
        condition = "about = :about"
        if first is not None:
            condition += " AND notice_id <= :first"
            values[":first"] = {"S": first}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ScanIndexForward=False,
            PaginationConfig={"PageSize": PAGE},
        )
        async for answer in pages:
            for stored in answer["Items"]:
                yield stored["notice_id"]["S"], stored["body"]["S"]


def _days(now: datetime) -> list[str]:
    """Return the days that decisions are kept of, newest first; tomorrow, too, for clocks that differ."""
    return [_day(now - timedelta(days=days)) for days in range(-1, KEPT.days + 1)]


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def _cursor(last: Position) -> str:
    return cursors.encode({"day": last[0], "id": last[1], "place": last[2]})


def _position(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    match cursors.decode(cursor):
        case {"day": str(day), "id": str(notice_id), "place": int(place)}:
            return day, notice_id, place
    raise BadRequestError("This cursor belongs to another list; start again without one.")
