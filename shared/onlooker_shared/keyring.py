"""All access keys together: listed and revoked by those who administer them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from onlooker_shared.errors import ConflictError, NotFoundError, UnavailableError
from onlooker_shared.keys import Principal, principal_of

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

ATTEMPTS = 5
"""Times that a revocation begins anew because other keys changed in that moment."""
THERE = "attribute_exists(key_id)"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as administrators see it; its secret is known to its owner alone."""

    principal: Principal
    created_at: datetime
    last_used_at: datetime | None = None
    """To within the minutes that `KeyStore` leaves between two notes."""


class Keyring:
    """The table of access keys as a whole: a few hundred, read together.

    Args:
        dynamodb: the process's client.
        table: the table's name.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def records(self) -> list[KeyRecord]:
        """Return every key, newest first; those that have expired are among them until somebody revokes them."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        found = [_record(item) async for page in pages for item in page["Items"]]
        return sorted(found, key=lambda record: (record.created_at, record.principal.key_id), reverse=True)

    async def revoke(self, key_id: str) -> KeyRecord:
        """Make a key worthless, and return what it was; who looked it up believes it for `keys.REMEMBERED` seconds yet.

        An admin key goes in one transaction with a look whether the one that stays is still there, so that two who
        revoke each other's cannot both succeed.

        Raises:
            NotFoundError: there is no such key.
            ConflictError: nobody could administer keys after it.
            UnavailableError: the keys changed each time in between.
        """
        for _ in range(ATTEMPTS):
            records = await self.records()
            doomed = next((record for record in records if record.principal.key_id == key_id), None)
            if doomed is None:
                raise NotFoundError("There is no access key with this id (any more). GET /keys lists them.")
            now = datetime.now(UTC)
            successor = None
            if _administers(doomed.principal, now):
                successor = successor_of(doomed.principal, (record.principal for record in records), now)
            if await self._delete(key_id, successor):
                return doomed
        raise UnavailableError("Other access keys were changed at the same time. Nothing was revoked; try again.")

    async def _delete(self, key_id: str, successor: Principal | None) -> bool:
        """Delete a key if it, and its successor, are still there; return whether it was deleted."""
        steps: list[TransactWriteItemTypeDef] = [
            {"Delete": {"TableName": self._table, "Key": {"key_id": {"S": key_id}}, "ConditionExpression": THERE}}
        ]
        if successor is not None:
            key: dict[str, AttributeValueTypeDef] = {"key_id": {"S": successor.key_id}}
            steps.append({"ConditionCheck": {"TableName": self._table, "Key": key, "ConditionExpression": THERE}})
        try:
            await self._dynamodb.transact_write_items(TransactItems=steps)
        except self._dynamodb.exceptions.TransactionCanceledException:
            return False
        return True


def successor_of(doomed: Principal, principals: Iterable[Principal], now: datetime) -> Principal:
    """Return an admin key that can do all that another one can, for at least as long.

    Raises:
        ConflictError: there is none, so that one day nobody could make or revoke keys.
    """
    others = [other for other in principals if other.key_id != doomed.key_id and _administers(other, now)]
    for other in others:
        if other.expires_at is None or (doomed.expires_at is not None and other.expires_at >= doomed.expires_at):
            return other
    if others:
        raise ConflictError(
            "Every other admin key expires before this one, and nobody could administer keys then. "
            "Make one that lasts as long, then revoke this one."
        )
    raise ConflictError(
        "This is the last admin key, and nobody could administer keys without it. "
        "Make another one, then revoke this one."
    )


def _administers(principal: Principal, now: datetime) -> bool:
    valid = principal.expires_at is None or principal.expires_at > now
    return valid and principal.administers


def _record(item: "dict[str, AttributeValueTypeDef]") -> KeyRecord:
    used = item.get("last_used_at")
    return KeyRecord(
        principal=principal_of(item),
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
        last_used_at=None if used is None else datetime.fromisoformat(used["S"]),
    )
