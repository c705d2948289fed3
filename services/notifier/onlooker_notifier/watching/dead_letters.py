"""Looks how many messages could not be handled, and tells when there are more than before."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.hours import stretch_at
from onlooker_notifier.conditions.language import QUEUES, DeadLetterLeaf
from onlooker_notifier.conditions.watches import Watch
from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.watching import growth
from onlooker_notifier.watching.marks import Depths, Marks
from onlooker_shared.errors import describe
from onlooker_shared.topology import Queue

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.literals import QueueAttributeNameType

COUNTS: "Sequence[QueueAttributeNameType]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
"""Also those that somebody looks at this moment: else they would seem to go, and to come again."""

log = structlog.stdlib.get_logger(__name__)


class DeadLetterQueues:
    """The queues' dead letters.

    Args:
        sqs: the process's client.
        queues: the installation's, in the order of `QUEUES`.
    """

    def __init__(self, sqs: "SQSClient", queues: Sequence[Queue]) -> None:
        self._sqs = sqs
        self._queues = dict(zip(QUEUES, queues, strict=True))
        self._urls: dict[str, str] = {}

    async def depths(self, names: Iterable[str]) -> dict[str, int]:
        """Return how many there are in some queues, without those that cannot be looked at."""
        found = {}
        for name in names:
            try:
                found[name] = await self._depth(name)
            except (BotoCoreError, ClientError) as error:
                log.warning("dead_letters.not_counted", queue=name, error=describe(error))
        return found

    async def _depth(self, name: str) -> int:
        if name not in self._urls:
            answer = await self._sqs.get_queue_url(QueueName=self._queues[name].dead_letter)
            self._urls[name] = answer["QueueUrl"]
        answered = await self._sqs.get_queue_attributes(QueueUrl=self._urls[name], AttributeNames=list(COUNTS))
        return sum(int(answered["Attributes"][count]) for count in COUNTS)


class DeadLetters:
    """What rules tell of dead letters.

    Args:
        marks: what is known.
        deciding: decides who is told.
    """

    def __init__(self, marks: Marks, deciding: Deciding) -> None:
        self._marks = marks
        self._deciding = deciding

    async def known(self, rule: Rule) -> Depths | None:
        """Return what a rule knows of the queues; None: nothing yet."""
        return await self._marks.depths(rule.rule_id, _watch(rule).fingerprint)

    async def look(self, rule: Rule, known: Depths | None, counted: Mapping[str, int], now: float) -> list[Rule]:
        """Tell if there are more than before; return the rule if it was gathered now.

        Args:
            rule: one that `asks` for queues.
            known: what it knows of them.
            counted: how many there are, counted later than that was read: else what another instance has told of
                meanwhile would be told of again.
            now: epoch seconds.

        Raises:
            RetryLater: others are in the way.
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer.
        """
        fingerprint = _watch(rule).fingerprint
        depths = {name: counted[name] for name in asks(rule, now) if name in counted}
        if known is None:
            await self._marks.begin_depths(rule.rule_id, fingerprint, depths, now)
            return []
        more = growth.grown(known.depths, depths)
        told = await self._tell(rule, known, more, depths, now) if more else []
        new = Depths(known.began_at, known.number + bool(more), {**known.depths, **depths})
        if new != known:
            await self._marks.next_depths(rule.rule_id, fingerprint, known, new, now)
        return told

    async def _tell(
        self, rule: Rule, known: Depths, more: Mapping[str, int], depths: Mapping[str, int], now: float
    ) -> list[Rule]:
        notice_id = f"dead_letter.{rule.rule_id}.{round(known.began_at * 1000)}.{known.number}"
        notice = notices.watched("dead_letter", notice_id, now, growth.words(more, depths))
        return await self._deciding.decide(notice, facts.of_watched("dead_letter", notice.uploaded_at), [rule])

    async def forget(self, rule_id: str) -> None:
        """Have a rule begin anew when it is looked after again."""
        await self._marks.forget("dead_letter", rule_id)


def asks(rule: Rule, now: float) -> Sequence[str]:
    """Return for which queues a rule asks now: for none outside its hours."""
    watch = rule.watch
    if watch is None or not isinstance(watch.leaf, DeadLetterLeaf) or stretch_at(watch.hours, now) is None:
        return ()
    return watch.leaf.queue or QUEUES


def _watch(rule: Rule) -> Watch:
    assert rule.watch is not None  # noqa: S101 - who asks for queues watches them
    return rule.watch
