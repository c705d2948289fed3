"""Puts the channels together: one sender a kind, with what it needs."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.fuses import Fuses
from onlooker_notifier.channels.message import Sends
from onlooker_notifier.channels.pictures import Pictures
from onlooker_notifier.channels.profiles import Profiles
from onlooker_notifier.channels.sealing import FileSealer, KeySealer, KmsSealer, NoKey, Sealer, key_of
from onlooker_notifier.channels.senders import chat, cloudwatch, eventbridge, iot, mqtt, ses, smtp, sns, webhook
from onlooker_notifier.channels.sending import Channels
from onlooker_notifier.channels.store import ChannelStore
from onlooker_notifier.channels.trust import Trust
from onlooker_notifier.channels.trying import Trying
from onlooker_notifier.links.secret import FileSecret, KeySecret, Secret, StoredSecret
from onlooker_notifier.settings import NotifierSettings
from onlooker_shared.aws import Aws
from onlooker_shared.results import Results
from onlooker_shared.topology import Topology


@dataclass(frozen=True, slots=True)
class ChannelParts:
    """What the rest of the notifier needs of channels."""

    store: ChannelStore
    sealer: Sealer
    fuses: Fuses
    channels: Channels
    trying: Trying
    secret: Secret | None
    """What links are signed by; None: there is no key."""


@asynccontextmanager
async def compose_channels(
    aws: Aws, topology: Topology, settings: NotifierSettings, results: Results, clock: Callable[[], float]
) -> AsyncIterator[ChannelParts]:
    """Connect every kind of channel. Clients that only channels of one kind use are made when one of them sends."""
    dynamodb = await aws.client("dynamodb")
    store = ChannelStore(dynamodb, topology.alert_channels.name)
    sealer = await _sealer(aws, settings)
    guard = Guard(allow_private=settings.allow_private)
    pictures = Pictures(await aws.client("s3"), topology.annotated.name, wait=settings.picture_wait)
    profiles = Profiles(dynamodb, topology.people.name, topology.profiles.name)
    trust = Trust(settings.ca_file)
    tls = cache(trust.context)
    async with webhook.client(trust.context()) as http:
        senders: dict[str, Sends[Any]] = {
            "email": ses.Ses(
                await aws.client("ses"), pictures, sender=settings.email_from, verify_sender=settings.verify_sender
            ),
            "smtp": smtp.Smtp(guard, pictures, tls),
            "sns": sns.Sns(await aws.client("sns")),
            "iot": iot.Iot(lambda: aws.client("iot-data"), results, profiles),
            "mqtt": mqtt.Mqtt(guard, tls),
            "webhook": webhook.Webhook(http, guard, clock),
            "chat": chat.Chat(guard, trust),
            "eventbridge": eventbridge.EventBridge(lambda: aws.client("events")),
            "cloudwatch": cloudwatch.CloudWatch(lambda: aws.client("cloudwatch"), results),
        }
        channels = Channels(store, sealer, senders)
        fuses = Fuses(store, clock)
        secret = _secret(settings, sealer, dynamodb, topology.alert_notices.name)
        yield ChannelParts(store, sealer, fuses, channels, Trying(channels, fuses, clock), secret)


async def _sealer(aws: Aws, settings: NotifierSettings) -> Sealer:
    if settings.kms_key_id is not None:
        return KmsSealer(await aws.client("kms"), settings.kms_key_id)
    if settings.key is not None:
        return KeySealer(key_of(settings.key.get_secret_value()))
    if settings.key_file is not None:
        return FileSealer(settings.key_file)
    return NoKey()


def _secret(settings: NotifierSettings, sealer: Sealer, dynamodb: Any, table: str) -> Secret | None:
    if settings.kms_key_id is not None:
        return StoredSecret(sealer, dynamodb, table)
    if settings.key is not None:
        return KeySecret(key_of(settings.key.get_secret_value()))
    return FileSecret(settings.key_file) if settings.key_file is not None else None
