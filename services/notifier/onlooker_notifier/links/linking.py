"""The links of a mail."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_notifier.channels.message import Link
from onlooker_notifier.links.tokens import Signer
from onlooker_notifier.secrets.sealing import SealBrokenError
from onlooker_notifier.secrets.signing_secret import Secret
from onlooker_shared.errors import SettingsError, describe

PATH = "/alerts/links"
ACKNOWLEDGE = "acknowledge"

log = structlog.stdlib.get_logger(__name__)


class Mute(NamedTuple):
    """For how long a link mutes a rule."""

    lasting: timedelta
    words: str


MUTES = {
    "mute-1h": Mute(timedelta(hours=1), "1 hour"),
    "mute-8h": Mute(timedelta(hours=8), "8 hours"),
    "mute-1d": Mute(timedelta(days=1), "1 day"),
}


class Signing:
    """The signer, made when it is first needed."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret
        self._signer: Signer | None = None

    async def signer(self) -> Signer:
        """Return it. It raises what `Secret.read` does."""
        if self._signer is None:
            self._signer = Signer(await self._secret.read())
        return self._signer


class Linking:
    """Makes links.

    Args:
        signing: signs them.
        url: under which people reach Onlooker, without a slash at its end.
        clock: epoch seconds.
    """

    def __init__(self, signing: Signing, url: str, *, clock: Callable[[], float]) -> None:
        self._signing = signing
        self._url = url
        self._clock = clock

    async def of(self, rule_id: str, escalation_id: str | None, delivery_id: str) -> tuple[Link, ...]:
        """Return what the reader of a delivery may do; nothing if there is no secret to sign by: a mail goes anyway."""
        try:
            signer = await self._signing.signer()
        except (SettingsError, SealBrokenError, OSError, BotoCoreError, ClientError) as error:
            log.warning("links.no_secret", error=describe(error))
            return ()
        at = f"{self._url}{PATH}/{signer.token(rule_id, escalation_id, delivery_id, self._clock())}"
        seen_to = () if escalation_id is None else (Link("Acknowledge", f"{at}?do={ACKNOWLEDGE}"),)
        mutes = (Link(f"Mute this rule for {mute.words}", f"{at}?do={name}") for name, mute in MUTES.items())
        return (*seen_to, *mutes)
