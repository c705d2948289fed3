"""DynamoDB tables, billed on demand, with their expiry attribute."""

import contextlib
from typing import TYPE_CHECKING

from onlooker_shared.errors import ConfigurationError
from onlooker_shared.provision.report import Report
from onlooker_shared.topology import Table

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import KeySchemaElementTypeDef


class Tables:
    """Ensures tables."""

    def __init__(self, dynamodb: "DynamoDBClient", report: Report) -> None:
        self._dynamodb = dynamodb
        self._report = report

    async def ensure(self, table: Table) -> None:
        """Have a table with its key and expiry attribute.

        Raises:
            ConfigurationError: the table exists with another key, which DynamoDB cannot change.
        """
        wanted = _key_schema(table)
        created = False
        try:
            found = (await self._dynamodb.describe_table(TableName=table.name))["Table"].get("KeySchema", [])
        except self._dynamodb.exceptions.ResourceNotFoundException:
            created = await self._create(table, wanted)
        else:
            if sorted(map(_element, found)) != sorted(map(_element, wanted)):
                raise ConfigurationError(
                    f"The table {table.name} exists with the key {_told(found)}; Onlooker needs {_told(wanted)}. "
                    "Move its items to a new table, or set another ONLOOKER_PREFIX."
                )
        if table.ttl is not None:
            await self._expire(table.name, table.ttl, new=created)

    async def _create(self, table: Table, keys: "list[KeySchemaElementTypeDef]") -> bool:
        """Create a table and wait until it can be used; returns whether it was this call that created it."""
        status = None
        with contextlib.suppress(self._dynamodb.exceptions.ResourceInUseException):  # another provisioner was faster
            answer = await self._dynamodb.create_table(
                TableName=table.name,
                KeySchema=keys,
                AttributeDefinitions=[{"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in keys],
                BillingMode="PAY_PER_REQUEST",
            )
            status = answer["TableDescription"].get("TableStatus")
        if status != "ACTIVE":  # an emulator has it at once, Amazon after seconds
            await self._dynamodb.get_waiter("table_exists").wait(
                TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
            )
        self._report.created.append(f"table {table.name}")
        return status is not None

    async def _expire(self, name: str, attribute: str, *, new: bool) -> None:
        if not new and await self._expires(name, attribute):
            return
        await self._dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute}
        )
        if f"table {name}" not in self._report.created:
            self._report.repaired.append(f"table {name}: TimeToLive")

    async def _expires(self, name: str, attribute: str) -> bool:
        answer = await self._dynamodb.describe_time_to_live(TableName=name)
        found = answer["TimeToLiveDescription"]
        on = found.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
        return on and found.get("AttributeName") == attribute


def _key_schema(table: Table) -> "list[KeySchemaElementTypeDef]":
    keys: list[KeySchemaElementTypeDef] = [{"AttributeName": table.hash_key, "KeyType": "HASH"}]
    if table.range_key is not None:
        keys.append({"AttributeName": table.range_key, "KeyType": "RANGE"})
    return keys


def _element(key: "KeySchemaElementTypeDef") -> tuple[str, str]:
    return key["KeyType"], key["AttributeName"]


def _told(keys: "list[KeySchemaElementTypeDef]") -> str:
    return ", ".join(f"{name} ({kind})" for kind, name in sorted(map(_element, keys)))
