"""The alert rules in DynamoDB."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from onlooker_notifier.decisions import to_store_at_start
from onlooker_notifier.rules import Rule

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

REMEMBERED = 15.0
"""Seconds that rules are believed without reading them again."""


class Rulebook:
    """The table of rules: some hundreds, read whole.

    Args:
        dynamodb: the process's client.
        table: the table's name.
        monotonic: a clock in seconds for what is remembered.
    """

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._monotonic = monotonic
        self._remembered: tuple[float, list[Rule]] | None = None

    async def all(self) -> list[Rule]:
        """Return every rule, by id; as they were some seconds ago at most."""
        now = self._monotonic()
        if self._remembered is None or self._remembered[0] <= now:
            self._remembered = (now + REMEMBERED, await self._read())
        return self._remembered[1]

    async def put(self, rule: Rule) -> None:
        """Store a rule in place of the one with its id."""
        await self._dynamodb.put_item(
            TableName=self._table, Item={"rule_id": {"S": rule.rule_id}, "body": {"S": rule.model_dump_json()}}
        )
        self._remembered = None

    async def ensure_default(self, default: Rule) -> None:
        """See to it that there is a rule, and that the default one is as the settings say."""
        rule = to_store_at_start(await self._read(), default)
        if rule is not None:
            await self.put(rule)

    async def _read(self) -> list[Rule]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        rules = [Rule.model_validate_json(item["body"]["S"]) async for page in pages for item in page["Items"]]
        return sorted(rules, key=lambda rule: rule.rule_id)
