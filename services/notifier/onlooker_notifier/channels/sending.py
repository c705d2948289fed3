"""Sends by any channel: finds out which one a rule means, opens its secret, and has its kind send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_notifier.channels import retries
from onlooker_notifier.channels.kinds import EmailSettings, Settings, SnsSettings
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, Sends
from onlooker_notifier.channels.record import ChannelRecord
from onlooker_notifier.channels.store import ChannelStore
from onlooker_notifier.rules.targets import Channel, EmailChannel, NamedChannel, SnsChannel
from onlooker_notifier.secrets.sealing import SealBrokenError, Sealed, Sealer


@dataclass(frozen=True, slots=True)
class Target:
    """A channel, whether it has a record or is written into a rule."""

    key: str
    """Tells it from every other."""
    type: str
    target: str
    """Where it goes, as it is shown."""
    settings: Settings
    channel_id: str | None = None
    name: str | None = None
    sealed: Sealed | None = None
    keep: float = retries.KEEP
    """Seconds that a message for it may wait."""


class Channels:
    """All channels.

    Args:
        store: those that have a record.
        sealer: opens their secrets.
        senders: by type.
    """

    def __init__(self, store: ChannelStore, sealer: Sealer, senders: Mapping[str, Sends[Any]]) -> None:
        self._store = store
        self._sealer = sealer
        self._senders = senders

    async def find(self, channel: Channel) -> Target:
        """Return the channel that a rule means.

        Raises:
            RefusedError: it was deleted.
        """
        match channel:
            case EmailChannel(to=to):
                return Target(channel.key, "email", to, EmailSettings(to=(to,)))
            case SnsChannel(topic_arn=topic_arn):
                return Target(channel.key, "sns", topic_arn, SnsSettings(topic_arn=topic_arn))
            case NamedChannel(channel=channel_id):
                record = await self._store.get(channel_id)
                if record is None:
                    raise RefusedError("NoSuchChannel", f"There is no channel {channel_id} (any more).")
                return target_of(record)

    async def send(self, target: Target, message: Message) -> Receipt:
        """Send a message.

        Raises:
            RefusedError: the channel will never take it.
            UnansweredError: it does not take it now.
            botocore.exceptions.BotoCoreError, ClientError: KMS, or a table that was asked, does not answer.
        """
        secret = None
        if target.sealed is not None and target.channel_id is not None:
            try:
                secret = await self._sealer.open(target.sealed, target.channel_id)
            except SealBrokenError as error:
                raise RefusedError("SealBroken", str(error)) from error
        return await self._senders[target.type].send(target.settings, secret, message)


def target_of(record: ChannelRecord) -> Target:
    """Return a channel that has a record."""
    return Target(
        key=NamedChannel(channel=record.channel_id).key,
        type=record.settings.type,
        target=record.settings.target,
        settings=record.settings,
        channel_id=record.channel_id,
        name=record.name,
        sealed=record.sealed,
        keep=retries.kept_for(record.policy, record.keep),
    )
