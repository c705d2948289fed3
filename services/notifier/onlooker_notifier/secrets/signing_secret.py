"""The secret that links' keys are derived from: the key that seals channels' secrets, so there is no second file."""

import base64
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from onlooker_notifier.secrets.sealing import KEY_BYTES, Sealed, Sealer, made_or_read

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

OWNER = "links"
"""For whom it is sealed; no channel's id is like that."""


class Secret(Protocol):
    """Where it comes from."""

    async def read(self) -> bytes:
        """Return it.

        Raises:
            SettingsError, OSError: the file holds no key, or cannot be read or written.
            SealBrokenError: it was sealed with another key.
            botocore.exceptions.BotoCoreError, ClientError: KMS or DynamoDB does not answer.
        """
        ...


class KeySecret:
    """A key that a setting gives."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    async def read(self) -> bytes:
        """See `Secret`."""
        return self._key


class FileSecret:
    """A key in a file, which is made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self) -> bytes:
        """See `Secret`."""
        return made_or_read(self._path)


class StoredSecret:
    """One that is made when it is first needed, and kept in the table of notices as only KMS can open it."""

    def __init__(self, sealer: Sealer, dynamodb: "DynamoDBClient", table: str) -> None:
        self._sealer = sealer
        self._dynamodb = dynamodb
        self._table = table

    async def read(self) -> bytes:
        """See `Secret`."""
        sealed = await self._stored()
        if sealed is None:
            made = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
            await self._store(await self._sealer.seal(made, OWNER))
            sealed = await self._stored()  # of several instances that find none at once, one's is everybody's
            assert sealed is not None  # noqa: S101 - it is never deleted
        return base64.b64decode(await self._sealer.open(sealed, OWNER))

    async def _stored(self) -> Sealed | None:
        answer = await self._dynamodb.get_item(TableName=self._table, Key=KEY, ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else Sealed.model_validate_json(item["body"]["S"])

    async def _store(self, sealed: Sealed) -> None:
        try:
            await self._dynamodb.put_item(
                TableName=self._table,
                Item={**KEY, "body": {"S": sealed.model_dump_json()}},
                ConditionExpression="attribute_not_exists(about)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


KEY = {"about": {"S": "links"}, "notice_id": {"S": "secret"}}
