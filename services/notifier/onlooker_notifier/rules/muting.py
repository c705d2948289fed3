"""Mutes rules: for a while they tell nobody, and are otherwise as they were."""

from collections.abc import Callable
from datetime import datetime, timedelta

from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Change, Rulebook
from onlooker_shared.errors import PreconditionFailedError, UnprocessableError

LONGEST = timedelta(days=366)
"""That a rule can be muted for; switch it off for longer."""
TRIES = 5
"""How often it is tried anew because somebody else changed the rule this moment."""


class Muting:
    """Mutes.

    Args:
        rulebook: the rules.
        clock: the time, UTC.
    """

    def __init__(self, rulebook: Rulebook, *, clock: Callable[[], datetime]) -> None:
        self._rulebook = rulebook
        self._clock = clock

    async def mute_for(self, rule_id: str, lasting: timedelta, *, shortens: bool = True) -> Rule:
        """Mute a rule for some time from now on; it raises what `mute` does.

        Args:
            rule_id: which.
            lasting: for how long.
            shortens: whether one that is muted for longer is muted only so long then; else it stays as it is.
        """
        return await self.mute(rule_id, self._clock() + lasting, shortens=shortens)

    async def mute(self, rule_id: str, until: datetime, *, shortens: bool = True) -> Rule:
        """Mute a rule until a time; see `mute_for`.

        Raises:
            UnprocessableError: that time is over, or too far away.
            NotFoundError: there is no such rule.
            PreconditionFailedError: others change it all the time.
        """
        now = self._clock()
        if not now < until <= now + LONGEST:
            raise UnprocessableError(
                f"A rule can be muted until a time that is to come, for {LONGEST.days} days at most."
                f" It is {now:%Y-%m-%dT%H:%M:%SZ}."
            )
        return await self._set(rule_id, until, shortens=shortens)

    async def unmute(self, rule_id: str) -> Rule:
        """Have a rule tell again; one that is not muted stays as it is.

        Raises:
            NotFoundError: there is no such rule.
            PreconditionFailedError: others change it all the time.
        """
        return await self._set(rule_id, None)

    async def _set(self, rule_id: str, until: datetime | None, *, shortens: bool = True) -> Rule:
        for _ in range(TRIES):
            known = await self._rulebook.get(rule_id)
            if known.muted_until == until or (not shortens and _later(known.muted_until, until)):
                return known
            rule = known.model_copy(update={"muted_until": until, "version": known.version + 1})
            try:
                await self._rulebook.apply([Change(rule_id, rule, known.version)])
            except PreconditionFailedError:
                continue
            return rule
        raise PreconditionFailedError("Others change this rule at the same time; try again.")


def _later(known: datetime | None, until: datetime | None) -> bool:
    return known is not None and until is not None and known > until
