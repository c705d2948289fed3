"""Makes and changes channels: what must hold of each, and that nobody undoes what somebody else just did."""

import secrets
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from onlooker_notifier.channels.kinds import LOWEST_SIGNING_SECRET, AnySettings, ChatSettings, SmtpSettings
from onlooker_notifier.channels.record import ChannelInput, ChannelRecord
from onlooker_notifier.channels.senders.chat import service_of
from onlooker_notifier.channels.store import ChannelStore
from onlooker_notifier.secrets.sealing import Sealed, Sealer
from onlooker_shared.errors import ConflictError, NotFoundError, PreconditionFailedError, UnprocessableError

MOST = 200
"""Channels."""

UsedBy = Callable[[str], Awaitable[list[str]]]
"""Returns the names of the rules that tell by a channel."""


class ChannelBook:
    """The channels, for who changes them.

    Args:
        store: the channels.
        sealer: seals their secrets.
        used_by: which rules tell by a channel.
        clock: epoch seconds.
    """

    def __init__(self, store: ChannelStore, sealer: Sealer, *, used_by: UsedBy, clock: Callable[[], float]) -> None:
        self._store = store
        self._sealer = sealer
        self._used_by = used_by
        self._clock = clock

    async def get(self, channel_id: str) -> ChannelRecord:
        """Return a channel.

        Raises:
            NotFoundError: there is none.
        """
        record = await self._store.get(channel_id)
        if record is None:
            raise NotFoundError(f"There is no channel {channel_id}.")
        return record

    async def make(self, wanted: ChannelInput) -> tuple[ChannelRecord, str | None]:
        """Make a channel, and return it with its secret if that was made, too: it can never be read again.

        Raises:
            ConflictError: there are too many, or no key to seal its secret with.
            UnprocessableError: it is nothing that could be sent by.
        """
        if len((await self._store.all())[0]) >= MOST:
            raise ConflictError(f"There are {MOST} channels, which is as many as there may be; delete one.")
        settings, secret, made = await _settled(wanted, None)
        channel_id, now = uuid.uuid4().hex, self._now()
        record = ChannelRecord(
            channel_id=channel_id,
            name=wanted.name,
            settings=settings,
            policy=wanted.policy,
            keep=wanted.keep,
            sealed=None if secret is None else await self._sealer.seal(secret, channel_id),
            created_at=now,
            changed_at=now,
        )
        await self._store.put(record)
        return record, made

    async def change(
        self, channel_id: str, wanted: ChannelInput, if_match: str | None
    ) -> tuple[ChannelRecord, str | None]:
        """Change a channel, and return what `make` does. Without a secret, the one that there is stays.

        Raises:
            NotFoundError, PreconditionFailedError: it is gone, or was changed.
            ConflictError, UnprocessableError: as `make`; also if the secret that is kept would go to another place.
        """
        known = await self.get(channel_id)
        _match(if_match, known)
        settings, secret, made = await _settled(wanted, known)
        record = known.model_copy(
            update={
                "name": wanted.name,
                "settings": settings,
                "policy": wanted.policy,
                "keep": wanted.keep,
                "sealed": _kept(known, settings) if secret is None else await self._sealer.seal(secret, channel_id),
                "version": known.version + 1,
                "changed_at": self._now(),
            }
        )
        if not await self._store.put(record):
            raise _changed()
        return record, made

    async def delete(self, channel_id: str, if_match: str | None) -> None:
        """Delete a channel.

        Raises:
            NotFoundError, PreconditionFailedError: it is gone already, or was changed.
            ConflictError: rules tell by it.
        """
        known = await self.get(channel_id)
        _match(if_match, known)
        rules = await self._used_by(channel_id)
        if rules:
            raise ConflictError(f"Rules tell by this channel: {', '.join(sorted(rules))}. Change them first.")
        if not await self._store.delete(channel_id, known.version):
            raise _changed()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


async def _settled(wanted: ChannelInput, known: ChannelRecord | None) -> tuple[AnySettings, str | None, str | None]:
    """Return a channel's settings, its new secret if it gets one, and that secret if nobody knows it yet.

    Raises:
        UnprocessableError: a secret is missing, or there is one that it has no use for.
    """
    settings, secret = wanted.settings, wanted.secret
    use = settings.secrecy
    kept = known is not None and known.sealed is not None and known.settings.type == settings.type
    if secret is not None and use == "none":
        raise UnprocessableError(f"A channel of the type {settings.type} has no secret; leave it out.")
    if secret is None and kept and known is not None and known.settings.secret_for != settings.secret_for:
        raise UnprocessableError("The secret would go to another place than it was given for: give it anew.")
    if use == "generated" and secret is not None and len(secret) < LOWEST_SIGNING_SECRET:
        raise UnprocessableError(f"A signing secret has at least {LOWEST_SIGNING_SECRET} characters.")
    if isinstance(settings, ChatSettings):
        if secret is None and not kept:
            raise UnprocessableError(
                "A chat channel needs the service's URL as its secret: see apprise's list of them."
            )
        service = await service_of(secret) if secret is not None else _service(known)
        settings = settings.model_copy(update={"service": service})
    if isinstance(settings, SmtpSettings) and secret is not None and settings.username is None:
        raise UnprocessableError("A password needs a username.")
    if use == "generated" and secret is None and not kept:
        made = secrets.token_hex(32)
        return settings, made, made
    return settings, secret, None


def _service(known: ChannelRecord | None) -> str:
    return known.settings.service if known is not None and isinstance(known.settings, ChatSettings) else ""


def _kept(known: ChannelRecord, settings: AnySettings) -> Sealed | None:
    return known.sealed if known.settings.type == settings.type else None


def _match(if_match: str | None, known: ChannelRecord) -> None:
    if if_match is not None and if_match.strip() not in {"*", f'"{known.version}"'}:
        raise _changed()


def _changed() -> PreconditionFailedError:
    return PreconditionFailedError("Somebody changed this channel since. Look at it again, then decide.")
