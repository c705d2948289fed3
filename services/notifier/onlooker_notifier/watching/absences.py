"""Notes the pictures that rules wait for, and tells when none came for too long."""

from collections.abc import Callable, Iterable

from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.conditions.language import AbsenceLeaf
from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.watching import counting
from onlooker_notifier.watching.marks import Marks
from onlooker_notifier.watching.pace import Pace

NOTED_EVERY = 5.0
"""Seconds between two pictures that one instance notes for a rule; less than `counting.SETTLING` leaves time for."""


class Absences:
    """What rules wait for.

    Args:
        marks: what is known.
        deciding: decides who is told.
        clock: epoch seconds.
    """

    def __init__(self, marks: Marks, deciding: Deciding, *, clock: Callable[[], float]) -> None:
        self._marks = marks
        self._deciding = deciding
        self._clock = clock
        self._noted: dict[tuple[str, str], float] = {}
        """When the pictures were uploaded that this instance noted last, by rule and what it asks for."""

    async def note(self, known: Facts, rules: Iterable[Rule]) -> None:
        """Note a picture for the rules that wait for such ones.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer.
        """
        now = self._clock()
        at = min(known.uploaded_at.timestamp(), now)
        for rule in rules:
            watch = rule.watch
            if watch is None or not isinstance(watch.leaf, AbsenceLeaf) or not (rule.enabled and rule.channels):
                continue
            key = rule.rule_id, watch.fingerprint
            noted = self._noted.get(key, 0.0)
            if (noted > now or at >= noted + NOTED_EVERY) and rule.awaits(known).holds:
                await self._marks.seen(rule.rule_id, watch.fingerprint, at, now)
                self._noted[key] = at

    async def look(self, rule: Rule, pace: Pace) -> list[Rule]:
        """Tell if no such picture came for too long; return the rule if it was gathered now.

        Raises:
            RetryLater: others are in the way.
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer.
        """
        watch, now = rule.watch, pace.now()
        if watch is None or not isinstance(watch.leaf, AbsenceLeaf):
            return []
        mark = await self._marks.absence(rule.rule_id, watch.fingerprint, now)
        if (earlier := counting.set_back(mark, now)) is not None:
            mark = earlier
            await self._marks.set_back(rule.rule_id, watch.fingerprint, mark, now)
        absence = counting.absence_at(mark, watch.hours, watch.leaf.seconds, now)
        if absence is None or now < max(absence.told_at, pace.known_from(watch.leaf.seconds)):
            return []
        words = counting.words(watch.leaf.for_, rule.awaited)
        notice = notices.watched(
            "absence", f"absence.{rule.rule_id}.{round(absence.since * 1000)}", absence.since, words
        )
        told = await self._deciding.decide(notice, facts.of_watched("absence", notice.uploaded_at), [rule])
        await self._marks.told(rule.rule_id, watch.fingerprint, absence.since, now)
        return told

    async def forget(self, rule_id: str) -> None:
        """Have a rule begin anew when it is looked after again."""
        await self._marks.forget("absence", rule_id)
        self._noted = {key: at for key, at in self._noted.items() if key[0] != rule_id}
