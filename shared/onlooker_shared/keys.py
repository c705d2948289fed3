"""Access keys: who may call the HTTP APIs, and for what.

A key is ``olk_<key_id>_<secret>``. It is shown once, when it is made; DynamoDB keeps the SHA-256 of its secret, which
is enough for 256 random bits (nothing to guess, so nothing to slow down).
"""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_shared.errors import UnauthorizedError, UnavailableError, describe

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

KEY_PATTERN = re.compile("olk_([0-9a-f]{16})_([0-9a-f]{64})")
REMEMBERED = 30.0
"""Seconds that a looked-up key is believed without asking again; a revoked key works no longer than this."""
REMEMBERED_KEYS = 10_000
"""Keys remembered at most; beyond, all are forgotten and looked up anew."""
TOUCH_EVERY = 300.0
"""Seconds between two notes of a key's last use."""
PRIVATE = 0o600
"""Mode of a file that only its owner can read and write."""

log = structlog.stdlib.get_logger(__name__)


class Scope(StrEnum):
    """What a key may do, per service and verb. ``admin`` includes all."""

    IMAGES_READ = "images:read"
    IMAGES_WRITE = "images:write"
    IMAGES_DELETE = "images:delete"
    RECOGNITIONS_READ = "recognitions:read"
    RECOGNITIONS_WRITE = "recognitions:write"
    ANNOTATIONS_READ = "annotations:read"
    TAGS_READ = "tags:read"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    PEOPLE_AUDIT = "people:audit"
    """Who read or changed what is known of people. Whoever works with people need not see who else does."""
    ATTENDANCE_WRITE = "attendance:write"
    """Signing in and out, and nothing else: for a device at a door."""
    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a request comes from."""

    key_id: str
    owner: str
    scopes: frozenset[Scope]
    bucket: str | None = None
    """The only bucket this key may touch, if it is bound to one."""
    prefix: str = ""
    """The only part of the bucket this key may touch."""
    expires_at: datetime | None = None
    """When the key ends; None: not by itself."""

    @property
    def bound(self) -> bool:
        """Whether there is anything that the key may not touch."""
        return self.bucket is not None or bool(self.prefix)

    @property
    def administers(self) -> bool:
        """Whether the key may administer keys and queues, which are everybody's: a bound key has no say in them."""
        return self.may(Scope.ADMIN) and not self.bound

    def may(self, scope: Scope) -> bool:
        """Whether the key has a scope."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def may_touch(self, bucket: str, key: str = "") -> bool:
        """Whether the key's binding allows an object, or, with an empty key, the bucket as a whole."""
        return self.bucket in {None, bucket} and key.startswith(self.prefix)


class KeyStore:
    """Access keys in DynamoDB.

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
        self._remembered: dict[str, tuple[float, bytes, Principal]] = {}
        self._touched: dict[str, float] = {}

    async def create(
        self,
        *,
        owner: str,
        scopes: Iterable[Scope],
        bucket: str | None = None,
        prefix: str = "",
        expires_at: datetime | None = None,
    ) -> str:
        """Make a key and return it; it can never be read again.

        Raises:
            ValueError: `expires_at` names no time zone, so nobody could tell when it is.
        """
        if expires_at is not None and expires_at.tzinfo is None:
            raise ValueError("expires_at needs a time zone")
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        item: dict[str, AttributeValueTypeDef] = {
            "key_id": {"S": key_id},
            "secret_sha256": {"S": _hash(secret).hex()},
            "owner": {"S": owner},
            "scopes": {"SS": sorted(scopes)},
            "prefix": {"S": prefix},
            "created_at": {"S": datetime.now(UTC).isoformat()},
        }
        if bucket is not None:
            item["bucket"] = {"S": bucket}
        if expires_at is not None:
            item["expires_at"] = {"S": expires_at.isoformat()}
        await self._dynamodb.put_item(
            TableName=self._table,
            Item=item,
            ConditionExpression="attribute_not_exists(key_id) OR secret_sha256 = :ours",  # the client may repeat itself
            ExpressionAttributeValues={":ours": item["secret_sha256"]},
        )
        return f"olk_{key_id}_{secret}"

    async def authenticate(self, key: str) -> Principal:
        """Return whom a key belongs to.

        Raises:
            UnauthorizedError: the key is malformed, unknown, or expired. Which of these is not said.
            UnavailableError: DynamoDB does not answer.
        """
        parts = KEY_PATTERN.fullmatch(key)
        if parts is None:
            raise _unknown()
        key_id, secret = parts.groups()
        secret_hash, principal = await self._look_up(key_id)
        if not hmac.compare_digest(secret_hash, _hash(secret)):
            raise _unknown()
        if principal.expires_at is not None and principal.expires_at <= datetime.now(UTC):
            raise _unknown()
        await self._touch(key_id)
        return principal

    async def _look_up(self, key_id: str) -> tuple[bytes, Principal]:
        known = self._remembered.get(key_id)
        if known is None or known[0] <= self._monotonic():
            try:
                answer = await self._dynamodb.get_item(
                    TableName=self._table, Key={"key_id": {"S": key_id}}, ConsistentRead=True
                )
            except (BotoCoreError, ClientError) as error:
                raise UnavailableError("Access keys cannot be looked up just now; try again.") from error
            item = answer.get("Item")
            if item is None:
                raise _unknown()
            if len(self._remembered) >= REMEMBERED_KEYS:
                self._remembered.clear()
            secret_hash = bytes.fromhex(item["secret_sha256"]["S"])
            known = (self._monotonic() + REMEMBERED, secret_hash, principal_of(item))
            self._remembered[key_id] = known
        return known[1:]

    async def _touch(self, key_id: str) -> None:
        """Note the key's last use, now and then: a write for each request would cost more than the request."""
        now = self._monotonic()
        if now - self._touched.get(key_id, -TOUCH_EVERY) < TOUCH_EVERY:
            return
        self._touched[key_id] = now
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key={"key_id": {"S": key_id}},
                UpdateExpression="SET last_used_at = :now",
                ConditionExpression="attribute_exists(key_id)",  # or a key revoked this moment would rise again
                ExpressionAttributeValues={":now": {"S": datetime.now(UTC).isoformat(timespec="seconds")}},
            )
        except (BotoCoreError, ClientError) as error:
            log.warning("key.use_not_noted", key_id=key_id, error=describe(error))


async def ensure_admin_key(keys: KeyStore, path: Path) -> None:
    """Have a file with a valid admin key, bound to nothing, that only its owner can read.

    The key in it is kept as long as it is valid and administers; a new one is made if not, or if the file or the table
    lost it.

    Raises:
        OSError: the file cannot be read or written.
        UnavailableError: DynamoDB does not answer.
    """
    with contextlib.suppress(UnauthorizedError):
        if (await keys.authenticate(_read_private(path))).administers:
            return
    key = await keys.create(owner="admin", scopes=[Scope.ADMIN])
    _write_private(path, f"{key}\n")


def _read_private(path: Path) -> str:
    """Return what is in a file, nothing if there is none; others are shut out of it if they were not.

    Bytes that are no ASCII are replaced: a key has none, so what has some is no key.
    """
    if not path.exists():
        return ""
    path.chmod(PRIVATE)
    return path.read_bytes().decode("ascii", "replace").strip()


def _write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all; nobody else can read it at any moment."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def id_of(key: str) -> str:
    """Return the public part of a key, by which it is listed and revoked."""
    return key.split("_")[1]


def principal_of(item: "Mapping[str, AttributeValueTypeDef]") -> Principal:
    """Return whom a key in the table belongs to; scopes of another version are left out."""
    return Principal(
        key_id=item["key_id"]["S"],
        owner=item["owner"]["S"],
        scopes=frozenset(Scope(scope) for scope in item["scopes"]["SS"] if scope in set(Scope)),
        bucket=item["bucket"]["S"] if "bucket" in item else None,
        prefix=item["prefix"]["S"],
        expires_at=datetime.fromisoformat(item["expires_at"]["S"]) if "expires_at" in item else None,
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _unknown() -> UnauthorizedError:
    return UnauthorizedError(
        "This access key is not known or has expired.",
        headers={"WWW-Authenticate": 'Bearer realm="onlooker"'},
    )
