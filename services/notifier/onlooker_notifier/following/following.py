"""Does what a link in a mail says, once somebody confirmed it."""

from dataclasses import dataclass
from datetime import datetime

from onlooker_notifier.delivering.standing import Acknowledgement
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.links.linking import MUTES, Signing
from onlooker_notifier.links.tokens import Said
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.muting import Muting
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_shared.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Followed:
    """What a link leads to."""

    said: Said
    rule: Rule


class Following:
    """Follows links.

    Args:
        signing: reads them.
        rulebook: the rules.
        muting: mutes them.
        escalations: the messages that can be acknowledged.
    """

    def __init__(self, signing: Signing, rulebook: Rulebook, muting: Muting, escalations: Escalations) -> None:
        self._signing = signing
        self._rulebook = rulebook
        self._muting = muting
        self._escalations = escalations

    async def read(self, token: str, now: float) -> Said:
        """Return what a link says. It asks no table: who tries tokens costs nothing.

        Raises:
            ForgedError, ExpiredError: see `Signer.read`.
        """
        return (await self._signing.signer()).read(token, now)

    async def find(self, said: Said) -> Followed:
        """Return what a link leads to.

        Raises:
            NotFoundError: the rule was deleted.
        """
        signer = await self._signing.signer()
        rule_id = signer.meant(said, await self._rulebook.ids())
        if rule_id is None:  # gone, or so new that another instance told by it before this one knew it
            rule_id = signer.meant(said, [rule.rule_id for rule in await self._rulebook.now()])
        if rule_id is None:
            raise NotFoundError("There is no such rule (any more).")
        return Followed(said, await self._rulebook.get(rule_id))

    async def mute(self, followed: Followed, name: str) -> datetime:
        """Mute the rule; one that is muted for longer stays so. Return until when it is."""
        rule = await self._muting.mute_for(followed.rule.rule_id, MUTES[name].lasting, shortens=False)
        assert rule.muted_until is not None  # noqa: S101 - it is muted
        return rule.muted_until

    async def acknowledge(self, followed: Followed) -> Acknowledgement | None:
        """Acknowledge the message; None: it is not known any more."""
        said = followed.said
        if said.escalation_id is None:
            return None
        return await self._escalations.acknowledge(said.escalation_id, by=None, delivery_id=said.delivery_id)
