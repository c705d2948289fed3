"""The channels in DynamoDB, and beside them the fuses, also of what rules tell without a channel of the table.

channel_id
{channel_id}      body, version          a channel
fuse#{key}        body                   how it fails; there is none while it works
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

import structlog
from botocore.exceptions import ClientError
from pydantic import ValidationError

from onlooker_notifier.channels.fuse import WHOLE, Fuse
from onlooker_notifier.channels.record import ChannelRecord

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

FUSE = "fuse#"

log = structlog.stdlib.get_logger(__name__)


class ChannelStore:
    """The table of channels: some dozens."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def all(self) -> tuple[list[ChannelRecord], dict[str, Fuse]]:
        """Return every channel that can be read, by name, and the fuses by key."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        items = [item async for page in pages for item in page["Items"]]
        channels = [channel for item in items if not _is_fuse(item) and (channel := _channel(item)) is not None]
        fuses = {item["channel_id"]["S"].removeprefix(FUSE): _fuse(item) for item in items if _is_fuse(item)}
        return sorted(channels, key=lambda channel: (channel.name.casefold(), channel.channel_id)), fuses

    async def get(self, channel_id: str) -> ChannelRecord | None:
        """Return a channel; None if there is none."""
        item = await self._item(channel_id)
        return None if item is None or _is_fuse(item) else _channel(item)

    async def put(self, channel: ChannelRecord) -> bool:
        """Store a channel; returns whether it is the next version of the stored one (the first of none)."""
        item: Item = {
            "channel_id": {"S": channel.channel_id},
            "body": {"S": channel.model_dump_json()},
            "version": {"N": str(channel.version)},
        }
        before: AttributeValueTypeDef | None = None if channel.version == 1 else {"N": str(channel.version - 1)}
        return await self._put(item, "version", before)

    async def delete(self, channel_id: str, version: int) -> bool:
        """Delete a version of a channel, and its fuse; returns whether it was still that one."""
        try:
            await self._dynamodb.delete_item(
                TableName=self._table,
                Key={"channel_id": {"S": channel_id}},
                ConditionExpression="version = :version",
                ExpressionAttributeValues={":version": {"N": str(version)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        await self.close_fuse(f"channel:{channel_id}")
        return True

    async def fuse(self, key: str) -> Fuse:
        """Return a fuse."""
        item = await self._item(f"{FUSE}{key}")
        return WHOLE if item is None else _fuse(item)

    async def put_fuse(self, key: str, fuse: Fuse, before: Fuse) -> bool:
        """Store a fuse if it is still as it was before; returns whether it was."""
        item: Item = {"channel_id": {"S": f"{FUSE}{key}"}, "body": {"S": _told(fuse)}}
        return await self._put(item, "body", None if before == WHOLE else {"S": _told(before)})

    async def close_fuse(self, key: str) -> None:
        """Forget a channel's failures."""
        await self._dynamodb.delete_item(TableName=self._table, Key={"channel_id": {"S": f"{FUSE}{key}"}})

    async def _item(self, channel_id: str) -> "dict[str, AttributeValueTypeDef] | None":
        answer = await self._dynamodb.get_item(
            TableName=self._table, Key={"channel_id": {"S": channel_id}}, ConsistentRead=True
        )
        return answer.get("Item")

    async def _put(self, item: "Item", attribute: str, before: "AttributeValueTypeDef | None") -> bool:
        """Store an item if an attribute of the stored one is what it was before; None: if there is none."""
        try:
            if before is None:
                await self._dynamodb.put_item(
                    TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(channel_id)"
                )
            else:
                await self._dynamodb.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="#attribute = :before",
                    ExpressionAttributeNames={"#attribute": attribute},
                    ExpressionAttributeValues={":before": before},
                )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _is_fuse(item: "Mapping[str, AttributeValueTypeDef]") -> bool:
    return item["channel_id"]["S"].startswith(FUSE)


def _channel(item: "Mapping[str, AttributeValueTypeDef]") -> ChannelRecord | None:
    """Return the channel in an item; None if somebody damaged it by hand: that must not silence the others."""
    try:
        return ChannelRecord.model_validate_json(item.get("body", {}).get("S", ""))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"]))
        log.warning("channel.unreadable", channel_id=item["channel_id"]["S"], place=place, fault=fault["type"])
        return None


def _told(fuse: Fuse) -> str:
    return json.dumps(asdict(fuse), ensure_ascii=False)


def _fuse(item: "Mapping[str, AttributeValueTypeDef]") -> Fuse:
    return Fuse(**json.loads(item["body"]["S"]))
