"""The alert rules in DynamoDB: an item a rule, with its version, which every change is conditional on."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import structlog
from botocore.exceptions import ClientError
from pydantic import ValidationError

from onlooker_notifier.rules.defaults import to_store_at_start
from onlooker_notifier.rules.model import Rule
from onlooker_shared.errors import ConflictError, NotFoundError, PreconditionFailedError, UnavailableError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]

REMEMBERED = 15.0
"""Seconds that rules are believed without reading them again: as long other instances go by the old ones."""
MOST_RULES = 1000
"""Rules that there may be."""
TOGETHER = 100
"""Changes that DynamoDB makes in one transaction."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that comes, changes or goes."""

    rule_id: str
    rule: Rule | None
    """As it is to be; None: it goes."""
    known: int | None
    """The version that it must have until now; None: there must be none."""


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
        self._reading = asyncio.Lock()
        self._ids: frozenset[str] = frozenset()
        self._read: dict[str, Rule] = {}
        """The rules by what was stored of them: one that did not change is not made ready again."""

    async def all(self) -> list[Rule]:
        """Return every rule that can be read, by id; as they were some seconds ago at most."""
        async with self._reading:  # who asks meanwhile is answered by the same reading
            now = self._monotonic()
            if self._remembered is None or self._remembered[0] <= now:
                self._remembered = (now + REMEMBERED, await self.now())
            return self._remembered[1]

    async def ids(self) -> frozenset[str]:
        """Return the id of every rule, also of those that cannot be read; as they were some seconds ago at most."""
        await self.all()
        return self._ids

    async def now(self) -> list[Rule]:
        """Return every rule that can be read, by id, as they are."""
        stored = await self._stored()
        self._ids = frozenset(stored)
        self._read = _readable(stored, self._read)
        return list(self._read.values())

    async def get(self, rule_id: str) -> Rule:
        """Return a rule as it is.

        Raises:
            NotFoundError: there is none.
            ConflictError: what is stored cannot be read.
        """
        answer = await self._dynamodb.get_item(
            TableName=self._table, Key={"rule_id": {"S": rule_id}}, ConsistentRead=True
        )
        if "Item" not in answer:
            raise NotFoundError(f"There is no rule '{rule_id}'.")
        body = answer["Item"].get("body", {}).get("S", "")
        found = _readable({rule_id: body}, {})
        if not found:
            raise ConflictError(f"What is stored of the rule '{rule_id}' cannot be read. Delete it, and make it anew.")
        return found[body]

    async def apply(self, changes: Sequence[Change]) -> None:
        """Make changes: of up to a hundred all or none, of more a hundred at a time.

        Raises:
            PreconditionFailedError: somebody changed one of the rules meanwhile.
        """
        for start in range(0, len(changes), TOGETHER):
            some = changes[start : start + TOGETHER]
            try:
                await self._dynamodb.transact_write_items(TransactItems=[self._action(each) for each in some])
            except ClientError as error:
                if error.response["Error"]["Code"] != "TransactionCanceledException":
                    raise
                raise _refusal(error, some, made=start) from error
            finally:
                self._remembered = None

    async def delete(self, rule_id: str, version: int | None) -> None:
        """Delete a rule, also one that cannot be read; what waits for its next digest is not told.

        Args:
            rule_id: which.
            version: the one that it must have; None: any.

        Raises:
            NotFoundError: there is none.
            PreconditionFailedError: it has another version.
        """
        if version is None:
            gone = await self._dynamodb.delete_item(
                TableName=self._table, Key={"rule_id": {"S": rule_id}}, ReturnValues="ALL_OLD"
            )
            self._remembered = None
            if "Attributes" not in gone:
                raise NotFoundError(f"There is no rule '{rule_id}'.")
        else:
            await self.apply([Change(rule_id, None, version)])

    async def ensure_default(self, default: Rule) -> None:
        """See to it that there is a rule, and that the default one is as the settings say."""
        stored = await self._stored()
        readable = list(_readable(stored, {}).values())
        if stored and not readable:
            return  # somebody's only rule waits to be mended
        rule = to_store_at_start(readable, default)
        if rule is not None:
            with suppress(PreconditionFailedError, UnavailableError):  # another instance, or a user, was first
                await self.apply([Change(rule.rule_id, rule, rule.version - 1 or None)])

    def _action(self, change: Change) -> "TransactWriteItemTypeDef":
        where = {"TableName": self._table, **_condition(change.known)}
        if change.rule is None:
            action = {"Delete": {**where, "Key": {"rule_id": {"S": change.rule_id}}}}
        else:
            action = {"Put": {**where, "Item": _item(change.rule)}}
        return cast("TransactWriteItemTypeDef", action)

    async def _stored(self) -> dict[str, str]:
        """Return the stored rules as JSON, by their ids."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        bodies = [
            (item["rule_id"]["S"], item.get("body", {}).get("S", "")) async for page in pages for item in page["Items"]
        ]
        return dict(sorted(bodies))


def _condition(known: int | None) -> dict[str, Any]:
    """Return the condition that a rule has the version that is known; None: that there is no such rule."""
    if known is None:
        return {"ConditionExpression": "attribute_not_exists(rule_id)"}
    # rules from before there were versions have none, and are the first
    first = " OR (attribute_exists(rule_id) AND attribute_not_exists(#version))" if known == 1 else ""
    return {
        "ConditionExpression": f"#version = :version{first}",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":version": {"N": str(known)}},
    }


def _item(rule: Rule) -> "Item":
    return {
        "rule_id": {"S": rule.rule_id},
        "body": {"S": rule.model_dump_json()},
        "version": {"N": str(rule.version)},
    }


def _refusal(error: ClientError, changes: Sequence[Change], *, made: int) -> PreconditionFailedError | UnavailableError:
    """Return why a transaction was not made."""
    reasons = cast("list[dict[str, str]]", error.response.get("CancellationReasons", []))
    for change, reason in zip(changes, reasons, strict=False):
        if reason.get("Code") == "ConditionalCheckFailed":
            some = f" {made} changes were made before." if made else ""
            return PreconditionFailedError(
                f"Somebody changed the rule '{change.rule_id}' since it was looked at: look at it again, then"
                f" decide.{some}"
            )
    return UnavailableError("Somebody else changes rules this moment; try again.")


def _readable(stored: Mapping[str, str], read: Mapping[str, Rule]) -> dict[str, Rule]:
    """Return the rules that are well formed: one that somebody damaged by hand must not silence the others.

    Args:
        stored: rules as JSON, by their ids.
        read: those that were read before, by their JSON.
    """
    rules = {}
    for rule_id, body in stored.items():
        try:
            rules[body] = read.get(body) or Rule.model_validate_json(body)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, fault["loc"]))
            log.warning("rule.unreadable", rule_id=rule_id, place=place, fault=fault["type"])
    return rules
