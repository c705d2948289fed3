"""What was sent to whom, or why it was not: kept in DynamoDB for 90 days."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

from onlooker_shared import cursor as cursors
from onlooker_shared.errors import BadRequestError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

KEPT = timedelta(days=90)


class Outcome(BaseModel):
    """How a delivery went."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: Literal["sent", "failed"]
    at: datetime
    message_id: str | None = Field(default=None, description="What the channel calls the message.")
    reason: str | None = Field(default=None, description="Why the channel refused it, and what to do.")


class Delivery(BaseModel):
    """One message to one target."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    delivery_id: str
    rule_id: str
    rule_name: str
    channel: Literal["email", "sns"]
    target: str
    outcome: Outcome
    pictures: int
    image_ids: tuple[str, ...]
    subject: str
    text: str = Field(description="As sent; a mail has the same as HTML, too.")
    begun_at: datetime = Field(description="When the digest was complete, UTC.")


class DeliveryPage(BaseModel):
    """Some deliveries, newest first."""

    model_config = ConfigDict(frozen=True)

    deliveries: tuple[Delivery, ...]
    cursor: str | None = Field(description="For the next page; null on the last.")


class Deliveries:
    """The table of deliveries, a partition a month."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def record(self, delivery: Delivery) -> None:
        """Record a delivery; one that is recorded already stays as it is."""
        try:
            await self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "month": {"S": _month(delivery.begun_at)},
                    "delivery_id": {"S": delivery.delivery_id},
                    "body": {"S": delivery.model_dump_json()},
                    "expires_at": {"N": str(int((delivery.begun_at + KEPT).timestamp()))},
                },
                ConditionExpression="attribute_not_exists(delivery_id)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    async def newest(self, limit: int, cursor: str | None, now: datetime) -> DeliveryPage:
        """Return deliveries, newest first.

        Raises:
            BadRequestError: the cursor was not given out by this.
        """
        after = _position(cursor)
        found: list[Delivery] = []
        for month in _months(now):
            if after is not None and month > after[0]:
                continue
            found += await self._of_month(month, limit + 1 - len(found), after)
            if len(found) > limit:
                break
        page = found[:limit]
        return DeliveryPage(deliveries=tuple(page), cursor=_cursor(page[-1]) if len(found) > limit else None)

    async def _of_month(self, month: str, limit: int, after: tuple[str, str] | None) -> list[Delivery]:
        values: dict[str, AttributeValueTypeDef] = {":month": {"S": month}}
        condition = "#month = :month"
        if after is not None and after[0] == month:
            condition += " AND delivery_id < :after"
            values[":after"] = {"S": after[1]}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeNames={"#month": "month"},
            ExpressionAttributeValues=values,
            ScanIndexForward=False,
            PaginationConfig={"MaxItems": limit, "PageSize": limit},
        )
        return [Delivery.model_validate_json(item["body"]["S"]) async for page in pages for item in page["Items"]]


def _months(now: datetime) -> Sequence[str]:
    """Return the months that deliveries are kept of, newest first; the next one, too, for clocks that differ."""
    days = range(-1, KEPT.days + 1)
    return sorted({_month(now - timedelta(days=day)) for day in days}, reverse=True)


def _month(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


def _cursor(last: Delivery) -> str:
    return cursors.encode({"month": _month(last.begun_at), "id": last.delivery_id})


def _position(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    match cursors.decode(cursor):
        case {"month": str(month), "id": str(delivery_id)}:
            return month, delivery_id
    raise BadRequestError("This cursor belongs to another list; start again without one.")
