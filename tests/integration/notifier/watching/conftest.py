"""An instance that watches, with a clock that tests move, and dead-letter queues of its own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from notifying import Clock, Mailbox, Parts
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.language import QUEUES
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel
from onlooker_notifier.watching.absences import Absences
from onlooker_notifier.watching.counting import SETTLING
from onlooker_notifier.watching.dead_letters import DeadLetterQueues, DeadLetters
from onlooker_notifier.watching.marks import Marks
from onlooker_notifier.watching.pace import Pace
from onlooker_notifier.watching.worker import Watcher
from onlooker_shared.aws import Aws
from onlooker_shared.topology import topology
from recognitions import a_face, a_recognition, an_image

HALF_AN_HOUR = 1800.0
ENOUGH = HALF_AN_HOUR + SETTLING
DESK = {"absence": {"of": {"prefix": "desk/"}, "for": "30m"}}


@dataclass
class Queues:
    """Dead-letter queues of an installation of its own."""

    aws: Aws
    prefix: str
    sqs: Any = None
    urls: dict[str, str] = field(default_factory=dict)

    async def make(self) -> None:
        self.sqs = await self.aws.client("sqs")
        for name, queue in zip(QUEUES, topology(self.prefix).queues, strict=True):
            self.urls[name] = (await self.sqs.create_queue(QueueName=queue.dead_letter))["QueueUrl"]

    async def add(self, name: str, number: int = 1) -> None:
        for _ in range(number):
            await self.sqs.send_message(QueueUrl=self.urls[name], MessageBody="{}")

    async def empty(self, name: str) -> None:
        await self.sqs.purge_queue(QueueUrl=self.urls[name])

    def looked_at(self) -> DeadLetterQueues:
        return DeadLetterQueues(self.sqs, topology(self.prefix).queues)


@dataclass
class Instance:
    """What of an instance watches; its rules are those of the test."""

    parts: Parts
    queues: Queues
    rules: list[Rule]
    woken: list[str] = field(default_factory=list)
    monotonic: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.started(Marks(self.parts.dynamodb, self.parts.notices))

    def started(self, marks: Marks) -> None:
        """Start, or start again."""
        self.even = self.parts.clock()
        deciding = self.parts.deciding()
        self.absences = Absences(marks, deciding, clock=self.parts.clock)
        self.watcher = Watcher(
            rulebook=self,
            absences=self.absences,
            dead_letters=DeadLetters(marks, deciding),
            queues=self.queues.looked_at(),
            pace=Pace(self.parts.clock, self.monotonic),
            wake=lambda told: self.woken.extend(rule.rule_id for rule in told),
        )

    async def all(self) -> list[Rule]:
        return self.rules

    async def after(self, seconds: float, *, jump: float = 0.0) -> list[str]:
        """Let time pass and look; return the rules by which something was gathered."""
        self.parts.clock.now += seconds + jump
        self.monotonic.now += seconds
        self.woken.clear()
        await self.watcher.look()
        return list(self.woken)

    async def picture(self, key: str, *, ago: float = 0.0) -> None:
        at = datetime.fromtimestamp(self.parts.clock() - ago, UTC)
        image = an_image(key).model_copy(update={"uploaded_at": at})
        await self.absences.note(facts.of_recognized(image, a_recognition(a_face("HAPPY"))), self.rules)


@pytest.fixture
async def queues(aws: Aws, parts: Parts) -> Queues:
    made = Queues(aws, parts.notices.removesuffix("alert-notices"))
    await made.make()
    return made


def a_rule(mailbox: Mailbox, when: dict[str, Any], **fields: Any) -> Rule:
    channels = (EmailChannel(to=mailbox.address),)
    return Rule.model_validate(
        {"rule_id": "watch", "name": "Watch", "when": when, "channels": channels, "digest_interval": 0, **fields}
    )
