"""The alert rules in DynamoDB."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import structlog
from pydantic import ValidationError

from onlooker_notifier.decisions import to_store_at_start
from onlooker_notifier.rules.model import Rule

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

REMEMBERED = 15.0
"""Seconds that rules are believed without reading them again."""

log = structlog.stdlib.get_logger(__name__)


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
        """Return every rule that can be read, by id; as they were some seconds ago at most."""
        now = self._monotonic()
        if self._remembered is None or self._remembered[0] <= now:
            stored = await self._stored()
            self._remembered = (now + REMEMBERED, _readable(stored))
        return self._remembered[1]

    async def put(self, rule: Rule) -> None:
        """Store a rule in place of the one with its id."""
        await self._dynamodb.put_item(
            TableName=self._table, Item={"rule_id": {"S": rule.rule_id}, "body": {"S": rule.model_dump_json()}}
        )
        self._remembered = None

    async def ensure_default(self, default: Rule) -> None:
        """See to it that there is a rule, and that the default one is as the settings say."""
        stored = await self._stored()
        if stored and not _readable(stored):
            return  # somebody's only rule waits to be mended
        rule = to_store_at_start(_readable(stored), default)
        if rule is not None:
            await self.put(rule)

    async def _stored(self) -> dict[str, str]:
        """Return the stored rules as JSON, by their ids."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        bodies = [
            (item["rule_id"]["S"], item.get("body", {}).get("S", "")) async for page in pages for item in page["Items"]
        ]
        return dict(sorted(bodies))


def _readable(stored: Mapping[str, str]) -> list[Rule]:
    """Return the rules that are well formed: one that somebody damaged by hand must not silence the others."""
    rules = []
    for rule_id, body in stored.items():
        try:
            rules.append(Rule.model_validate_json(body))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, fault["loc"]))
            log.warning("rule.unreadable", rule_id=rule_id, place=place, fault=fault["type"])
    return rules
