"""Decides of each picture who is told of it, and notes that at once with all that follows from it."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.deciding.cooldowns import Claim, Cooldowns
from onlooker_notifier.deciding.decisions import Decision, items, moment
from onlooker_notifier.deciding.keys import Key, keys_of
from onlooker_notifier.deciding.verdicts import Reason, Verdict, decide, fitting
from onlooker_notifier.gathering.gathering import MOST_RULES, Gathering, InTheWayError
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.wording.wording import shortened
from onlooker_shared.errors import RetryLater

TRIES = 10
"""How often a picture is decided of anew because something was told meanwhile that it would have told of, too."""
FIRST_PAUSE = 0.02
"""Seconds until it is, at most; twice as long each time."""
LONGEST_WORDS = 80
"""Characters of each thing that was told before, of which a reason names some: a thousand rules' reasons are written
in one transaction of DynamoDB, which takes 4 MB."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that is about a picture, and what it would tell of by it."""

    rule: Rule
    keys: tuple[Key, ...]


class Deciding:
    """Decides.

    Args:
        gathering: takes what is told.
        cooldowns: knows what was told before.
        clock: epoch seconds.
    """

    def __init__(self, gathering: Gathering, cooldowns: Cooldowns, *, clock: Callable[[], float]) -> None:
        self._gathering = gathering
        self._cooldowns = cooldowns
        self._clock = clock

    async def decide(self, notice: Notice, facts: Facts, rules: Iterable[Rule]) -> list[Rule]:
        """Decide who is told of a picture, and note it; return the rules by which it was gathered now.

        Nothing is noted, and none is returned, if it was decided of before.

        Raises:
            RetryLater: too many others were in the way.
            Reject: there are too many rules that tell of it.
        """
        candidates = about(rules, facts)
        for tried in range(TRIES):
            now = round(self._clock(), 3)
            asked = {(each.rule.rule_id, key.key_id) for each in candidates for key in each.keys}
            told_at: defaultdict[str, dict[str, float]] = defaultdict(dict)
            for (rule_id, key_id), at in (await self._cooldowns.told_at(asked)).items():
                told_at[rule_id][key_id] = at
            verdicts = [
                (each.rule, decide(each.rule, each.keys, told_at[each.rule.rule_id], now)) for each in candidates
            ]
            try:
                first = await self._note(notice, verdicts, now)
            except InTheWayError:
                await asyncio.sleep(random.uniform(0, FIRST_PAUSE * 2**tried))  # noqa: S311 - no secret
                continue
            return [rule for rule, verdict in verdicts if verdict.tells] if first else []
        raise RetryLater("Other pictures were told of all the time while it was decided of this one.")

    async def _note(self, notice: Notice, verdicts: Sequence[tuple[Rule, Verdict]], now: float) -> bool:
        reasons = [
            _decision(rule, verdict, verdict.reason, notice, now) for rule, verdict in verdicts if verdict.reason
        ]
        recorded = items(f"{notice.image_id}#{notice.event}", reasons)
        telling = [rule.rule_id for rule, verdict in verdicts if verdict.tells]
        fit = fitting([verdict for _, verdict in verdicts], MOST_RULES - len(recorded) - len(telling))
        claims = [
            Claim(rule.rule_id, key.key_id, rule.cooldown)
            for (rule, _), verdict in zip(verdicts, fit, strict=True)
            for key in verdict.keys
        ]
        return await self._gathering.decide(
            notice,
            telling,
            at=now,
            claims=self._cooldowns.claims(claims, now),
            recorded=recorded,
        )


def about(rules: Iterable[Rule], facts: Facts) -> list[Candidate]:
    """Return the rules that are about a picture and would tell somebody, be they enabled or not."""
    found = []
    for rule in rules:
        if rule.channels and (answer := rule.asked(facts)).holds:
            keys = keys_of(rule.per, facts, answer) if rule.cooldown and rule.enabled else ()
            found.append(Candidate(rule, keys))
    return found


def _decision(rule: Rule, verdict: Verdict, reason: Reason, notice: Notice, now: float) -> Decision:
    return Decision(
        rule_id=rule.rule_id,
        rule_name=rule.name,
        decision="held" if verdict.tells else "not_told",
        reason=reason,
        until=None if verdict.until is None else moment(verdict.until),
        about=tuple(shortened(words, LONGEST_WORDS) for words in verdict.about),
        image_ids=(notice.image_id,) if notice.pictured else (),
        decided_at=moment(now),
    )
