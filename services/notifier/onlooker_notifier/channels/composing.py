"""Puts the channels together: one sender a kind, with what it needs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.fuses import Fuses
from onlooker_notifier.channels.message import Sends
from onlooker_notifier.channels.pictures import Pictures
from onlooker_notifier.channels.profiles import Profiles
from onlooker_notifier.channels.senders import chat, cloudwatch, eventbridge, iot, mqtt, ses, smtp, sns, webhook
from onlooker_notifier.channels.sending import Channels
from onlooker_notifier.channels.store import ChannelStore
from onlooker_notifier.channels.trying import Trying
from onlooker_notifier.foundation import Foundation, clock
from onlooker_notifier.secrets.composing import sealer_of, signing_secret
from onlooker_notifier.secrets.sealing import Sealer
from onlooker_notifier.secrets.signing_secret import Secret
from onlooker_notifier.secrets.trust import Trust
from onlooker_shared.aws import Aws


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
async def compose_channels(aws: Aws, base: Foundation) -> AsyncIterator[ChannelParts]:
    """Connect every kind of channel. Clients that only channels of one kind use are made when one of them sends."""
    settings, topology = base.settings, base.topology
    store = ChannelStore(base.dynamodb, topology.alert_channels.name)
    sealer = await sealer_of(aws, settings)
    guard = Guard(allow_private=settings.allow_private)
    pictures = Pictures(base.s3, topology.annotated.name, wait=settings.picture_wait)
    profiles = Profiles(base.dynamodb, topology.people.name, topology.profiles.name)
    trust = Trust(settings.ca_file)
    tls = cache(trust.context)
    async with webhook.client(trust.context()) as http:
        senders: dict[str, Sends[Any]] = {
            "email": ses.Ses(
                await aws.client("ses"), pictures, sender=settings.email_from, verify_sender=settings.verify_sender
            ),
            "smtp": smtp.Smtp(guard, pictures, tls),
            "sns": sns.Sns(await aws.client("sns")),
            "iot": iot.Iot(lambda: aws.client("iot-data"), base.results, profiles),
            "mqtt": mqtt.Mqtt(guard, tls),
            "webhook": webhook.Webhook(http, guard, clock),
            "chat": chat.Chat(guard, trust),
            "eventbridge": eventbridge.EventBridge(lambda: aws.client("events")),
            "cloudwatch": cloudwatch.CloudWatch(lambda: aws.client("cloudwatch"), base.results),
        }
        channels = Channels(store, sealer, senders)
        fuses = Fuses(store, clock)
        secret = signing_secret(settings, sealer, base.dynamodb, base.notices)
        yield ChannelParts(store, sealer, fuses, channels, Trying(channels, fuses, clock), secret)
