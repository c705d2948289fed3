"""Chooses, by the settings, the key: a file, a value, or one of Amazon's KMS."""

from typing import TYPE_CHECKING

from onlooker_notifier.secrets.sealing import FileSealer, KeySealer, KmsSealer, NoKey, Sealer, key_of
from onlooker_notifier.secrets.signing_secret import FileSecret, KeySecret, Secret, StoredSecret
from onlooker_notifier.settings import NotifierSettings
from onlooker_shared.aws import Aws

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


async def sealer_of(aws: Aws, settings: NotifierSettings) -> Sealer:
    """Return what seals by the key that the settings name."""
    if settings.kms_key_id is not None:
        return KmsSealer(await aws.client("kms"), settings.kms_key_id)
    if settings.key is not None:
        return KeySealer(key_of(settings.key.get_secret_value()))
    if settings.key_file is not None:
        return FileSealer(settings.key_file)
    return NoKey()


def signing_secret(settings: NotifierSettings, sealer: Sealer, dynamodb: "DynamoDBClient", table: str) -> Secret | None:
    """Return what links are signed by; None: the settings name no key."""
    if settings.kms_key_id is not None:
        return StoredSecret(sealer, dynamodb, table)
    if settings.key is not None:
        return KeySecret(key_of(settings.key.get_secret_value()))
    return FileSecret(settings.key_file) if settings.key_file is not None else None
