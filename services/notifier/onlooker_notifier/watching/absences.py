"""Notes the pictures that rules wait for, and tells when none came for too long."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.conditions.language import AbsenceLeaf
from onlooker_notifier.conditions.watches import Watch
from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.together import all_of
from onlooker_notifier.watching import counting
from onlooker_notifier.watching.marks import Marks
from onlooker_notifier.watching.pace import Pace

NOTED_EVERY = 5.0
"""Seconds between two pictures that one instance notes for a rule; less than `counting.SETTLING` leaves time for."""
LONGEST_REST = 60.0
"""Seconds for which a rule is left alone that waits for the next picture, or for its hours."""
AT_ONCE = 16
"""Rules for which a picture is noted at the same time."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """That nothing can be told by a rule for a while, whatever comes: pictures put it off."""

    fingerprint: str
    until: float
    """Epoch seconds."""


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
        self._noted: dict[str, tuple[str, float]] = {}
        """What each rule asks for, and when the picture was uploaded that this instance noted last for it."""
        self._rests: dict[str, _Rest] = {}
        self._even_since = 0.0

    async def note(self, known: Facts, rules: Iterable[Rule]) -> None:
        """Note a picture for the rules that wait for such ones.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer.
        """
        now = self._clock()
        at = min(known.uploaded_at.timestamp(), now)

        async def note(awaiting: tuple[Rule, Watch]) -> None:
            rule, watch = awaiting
            await self._marks.seen(rule.rule_id, watch.fingerprint, at, now)
            self._noted[rule.rule_id] = watch.fingerprint, at

        awaiting = [(rule, rule.watch) for rule in rules if rule.watch is not None and self._awaits(rule, rule.watch)]
        due = [each for each in awaiting if self._is_news(*each, at, now) and each[0].awaits(known).holds]
        await all_of(note, due, at_once=AT_ONCE)

    def _awaits(self, rule: Rule, watch: Watch) -> bool:
        return isinstance(watch.leaf, AbsenceLeaf) and rule.enabled and bool(rule.channels)

    def _is_news(self, rule: Rule, watch: Watch, at: float, now: float) -> bool:
        fingerprint, noted = self._noted.get(rule.rule_id, ("", 0.0))
        return fingerprint != watch.fingerprint or noted > now or at >= noted + NOTED_EVERY

    async def look(self, rule: Rule, pace: Pace) -> list[Rule]:
        """Tell if no such picture came for too long; return the rule if it was gathered now.

        Raises:
            RetryLater: others are in the way.
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer.
        """
        watch, now = rule.watch, pace.now()
        if watch is None or not isinstance(watch.leaf, AbsenceLeaf) or self._rests_now(rule, watch, pace, now):
            return []
        mark = await self._mark(rule, watch, now)
        absence = counting.absence_at(mark, watch.hours, watch.leaf.seconds, now)
        if absence is None:
            self._rests[rule.rule_id] = _Rest(watch.fingerprint, now + min(watch.leaf.seconds, LONGEST_REST))
            return []
        due_at = max(absence.told_at, pace.known_from(watch.leaf.seconds))
        if now < due_at:
            self._rests[rule.rule_id] = _Rest(watch.fingerprint, due_at)
            return []
        return await self._tell(rule, watch, watch.leaf, absence.since, now)

    def _rests_now(self, rule: Rule, watch: Watch, pace: Pace, now: float) -> bool:
        if pace.even_since != self._even_since:
            self._even_since = pace.even_since
            self._rests.clear()
        rest = self._rests.get(rule.rule_id)
        return rest is not None and rest.fingerprint == watch.fingerprint and now < rest.until

    async def _mark(self, rule: Rule, watch: Watch, now: float) -> counting.Mark:
        mark = await self._marks.absence(rule.rule_id, watch.fingerprint, now)
        earlier = counting.set_back(mark, now)
        if earlier is None:
            return mark
        await self._marks.set_back(rule.rule_id, watch.fingerprint, earlier, now)
        return earlier

    async def _tell(self, rule: Rule, watch: Watch, leaf: AbsenceLeaf, since: float, now: float) -> list[Rule]:
        words = counting.words(leaf.for_, rule.awaited)
        notice = notices.watched("absence", f"absence.{rule.rule_id}.{round(since * 1000)}", since, words)
        told = await self._deciding.decide(notice, facts.of_watched("absence", notice.uploaded_at), [rule])
        await self._marks.told(rule.rule_id, watch.fingerprint, since, now)
        return told

    async def forget(self, rule_id: str) -> None:
        """Have a rule begin anew when it is looked after again."""
        await self._marks.forget("absence", rule_id)
        self._noted.pop(rule_id, None)
        self._rests.pop(rule_id, None)
