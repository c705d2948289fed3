"""DynamoDB's items to the copy and back."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from onlooker.keeper.copy import KeptItem
from onlooker_shared.topology import Table

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class Tables:
    """Reads the items of tables and puts them back.

    Args:
        dynamodb: the process's client.
    """

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self._dynamodb = dynamodb

    async def pages(self, table: Table) -> AsyncIterator[list[KeptItem]]:
        """Yield a table's items, page by page."""
        async for page in self._dynamodb.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True):
            yield [KeptItem(encode(_key(table, item)), encode(item)) for item in page["Items"]]

    async def put_back(self, table: Table, item: str) -> None:
        """Put an item back, unless its key has come to hold another one since."""
        try:
            await self._dynamodb.put_item(
                TableName=table.name,
                Item=decode(item),
                ConditionExpression="attribute_not_exists(#key)",
                ExpressionAttributeNames={"#key": table.hash_key},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _key(table: Table, item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in (table.hash_key, table.range_key) if name is not None}


def encode(item: Mapping[str, Any]) -> str:
    """Return attributes as DynamoDB's JSON has them: binary values in base64, names and sets sorted."""
    return json.dumps({name: _encoded(value) for name, value in item.items()}, sort_keys=True)


def decode(text: str) -> dict[str, Any]:
    """Return the attributes as AWS's client takes them."""
    return {name: _decoded(value) for name, value in json.loads(text).items()}


def _encoded(value: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            content = base64.b64encode(content).decode()
        case "BS":
            content = sorted(base64.b64encode(each).decode() for each in content)
        case "SS" | "NS":
            content = sorted(content)  # a set comes in any order
        case "L":
            content = [_encoded(each) for each in content]
        case "M":
            content = {name: _encoded(each) for name, each in content.items()}
    return {kind: content}


def _decoded(value: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            content = base64.b64decode(content)
        case "BS":
            content = [base64.b64decode(each) for each in content]
        case "L":
            content = [_decoded(each) for each in content]
        case "M":
            content = {name: _decoded(each) for name, each in content.items()}
    return {kind: content}
