"""That nothing came, and that messages could not be handled, is told once, whatever becomes of instances and clocks."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from installation import client_of, eventually, installation, working
from onlooker_notifier.__main__ import compose
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.language import QUEUES
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel
from onlooker_notifier.watching.absences import Absences
from onlooker_notifier.watching.counting import SETTLING
from onlooker_notifier.watching.dead_letters import DeadLetterQueues, DeadLetters
from onlooker_notifier.watching.marks import Marks
from onlooker_notifier.watching.pace import GRACE, Pace
from onlooker_notifier.watching.worker import COUNT_EVERY, Watcher
from onlooker_shared.aws import Aws
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import Results, StoredResult
from onlooker_shared.topology import topology
from recognitions import a_face, a_recognition, an_image, recognized

from .conftest import Clock, Mailbox, Parts

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


@pytest.fixture
async def desk(parts: Parts, queues: Queues, mailbox: Mailbox) -> Instance:
    """An instance with a rule about the desk that began to count a minute ago."""
    instance = Instance(parts, queues, [a_rule(mailbox, DESK)])
    assert await instance.after(0) == []
    assert await instance.after(GRACE) == []
    return instance


async def test_an_absence_is_told_once_by_mail(desk: Instance, parts: Parts, mailbox: Mailbox) -> None:
    await desk.picture("desk/1.jpg")
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]
    assert await desk.after(86_400) == []

    digests = parts.instance()
    while await digests.flush(desk.rules[0]) is not None:
        pass
    [mail] = await mailbox.mails()
    assert mail["Subject"].startswith("No picture for 30 minutes with a key that begins with desk/, since ")
    page = await parts.deliveries.newest(10, None, datetime.fromtimestamp(parts.clock(), UTC))
    assert [(each.outcome.status, each.image_ids) for each in page.deliveries] == [("sent", ())]


async def test_it_is_told_again_only_after_a_picture_came(desk: Instance) -> None:
    assert await desk.after(ENOUGH) == ["watch"]
    await desk.picture("door/1.jpg")
    assert await desk.after(ENOUGH) == []
    await desk.picture("desk/1.jpg")
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]


async def test_only_the_newest_picture_counts_and_none_counts_ahead(desk: Instance) -> None:
    await desk.after(1000)
    await desk.picture("desk/new.jpg", ago=100)
    await desk.picture("desk/old.jpg", ago=900)
    await desk.picture("desk/ahead.jpg", ago=-86_400)  # a camera whose clock is wrong
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]


async def test_of_pictures_that_come_thick_and_fast_not_each_is_written(desk: Instance, parts: Parts) -> None:
    async def version() -> str:
        key = {"about": {"S": "absence#watch"}, "notice_id": {"S": "current"}}
        return (await parts.dynamodb.get_item(TableName=parts.notices, Key=key, ConsistentRead=True))["Item"][
            "seen_at"
        ]["N"]

    await desk.picture("desk/1.jpg")
    first = await version()
    parts.clock.now += 4
    await desk.picture("desk/2.jpg")
    assert await version() == first
    parts.clock.now += 2
    await desk.picture("desk/3.jpg")
    assert float(await version()) == float(first) + 6


async def test_of_several_instances_one_tells(parts: Parts, queues: Queues, mailbox: Mailbox) -> None:
    rule = a_rule(mailbox, DESK)
    instances = [Instance(parts, queues, [rule]) for _ in range(4)]
    for instance in instances:
        await instance.after(0)
    parts.clock.now += ENOUGH + GRACE
    for instance in instances:
        instance.monotonic.now += ENOUGH + GRACE

    told = await asyncio.gather(*(instance.after(0) for instance in instances))
    assert sorted(told) == [[], [], [], ["watch"]]
    assert len(await parts.digests.pending("watch", 10)) == 1


async def test_what_is_known_survives_a_restart(desk: Instance, parts: Parts) -> None:
    await desk.after(ENOUGH - GRACE - 100)
    desk.started(Marks(parts.dynamodb, parts.notices))
    assert await desk.after(GRACE - 1) == []
    assert await desk.after(101) == ["watch"]
    desk.started(Marks(parts.dynamodb, parts.notices))
    assert await desk.after(86_400) == []


async def test_after_a_start_pictures_that_waited_come_first(desk: Instance, parts: Parts) -> None:
    parts.clock.now += 86_400  # nobody was there
    desk.started(Marks(parts.dynamodb, parts.notices))
    assert await desk.after(0) == []
    await desk.picture("desk/1.jpg", ago=600)
    assert await desk.after(GRACE) == []
    assert await desk.after(ENOUGH - 600) == ["watch"]


async def test_who_is_killed_between_telling_and_noting_it_tells_nothing_twice(desk: Instance, parts: Parts) -> None:
    class Killed(Marks):
        async def told(self, *_: Any) -> None:
            raise asyncio.CancelledError

    desk.started(Killed(parts.dynamodb, parts.notices))
    with pytest.raises(asyncio.CancelledError):
        await desk.after(ENOUGH)
    desk.started(Marks(parts.dynamodb, parts.notices))
    assert await desk.after(GRACE) == []
    assert len(await parts.digests.pending("watch", 10)) == 1


async def test_a_rule_begins_to_count_when_it_is_made_switched_on_or_asks_for_something_else(
    desk: Instance, mailbox: Mailbox
) -> None:
    [rule] = desk.rules
    await desk.after(1000)
    desk.rules[:] = [rule.model_copy(update={"name": "Renamed", "version": 2})]
    await desk.after(ENOUGH - 1000 - GRACE - 1)
    desk.rules[:] = [rule.model_copy(update={"enabled": False})]
    assert await desk.after(1000) == []
    desk.rules[:] = [rule]
    assert await desk.after(0) == []
    assert await desk.after(ENOUGH - 1) == []
    desk.rules[:] = [a_rule(mailbox, {"absence": {"of": {"prefix": "desk/left/"}, "for": "30m"}})]
    assert await desk.after(1) == []
    assert await desk.after(ENOUGH - 1) == []
    desk.rules.clear()
    assert await desk.after(1) == []
    desk.rules[:] = [rule]  # the same again, out of a file
    assert await desk.after(0) == []
    assert await desk.after(ENOUGH) == ["watch"]


async def test_a_clock_that_jumps_tells_of_nothing_that_is_not_so(desk: Instance) -> None:
    assert await desk.after(5, jump=86_400) == []
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]
    assert await desk.after(5, jump=-2 * 86_400) == []
    assert await desk.after(86_400) == []  # it was told
    await desk.picture("desk/1.jpg")
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]


async def test_trouble_with_one_rule_keeps_no_other_waiting(desk: Instance, mailbox: Mailbox, parts: Parts) -> None:
    class Broken(Marks):
        async def absence(self, rule_id: str, *rest: Any) -> Any:
            if rule_id == "broken":
                raise RuntimeError("this one is broken")
            return await super().absence(rule_id, *rest)

    desk.rules.insert(0, a_rule(mailbox, DESK, rule_id="broken"))
    desk.started(Broken(parts.dynamodb, parts.notices))
    assert await desk.after(ENOUGH) == ["watch"]


async def test_what_cools_down_is_decided_as_for_pictures(desk: Instance, mailbox: Mailbox, parts: Parts) -> None:
    desk.rules[:] = [a_rule(mailbox, DESK, cooldown=86_400)]
    assert await desk.after(ENOUGH) == ["watch"]
    await desk.picture("desk/1.jpg")
    assert await desk.after(ENOUGH) == []
    page = await parts.decided.newest(10, None, datetime.fromtimestamp(parts.clock(), UTC))
    assert [(each.rule_id, each.reason, each.image_ids) for each in page.decisions] == [("watch", "cooling_down", ())]


@pytest.fixture
async def counted(parts: Parts, queues: Queues, mailbox: Mailbox) -> Instance:
    """An instance with a rule about dead letters, two of which are known."""
    await queues.add("annotator", 2)
    instance = Instance(parts, queues, [a_rule(mailbox, {"dead_letter": True})])
    assert await instance.after(0) == []
    return instance


async def test_dead_letters_are_told_when_there_are_more(counted: Instance, queues: Queues, parts: Parts) -> None:
    assert await counted.after(COUNT_EVERY) == []
    await queues.add("annotator")
    await queues.add("tagger", 2)
    assert await counted.after(COUNT_EVERY - 1) == []
    assert await counted.after(1) == ["watch"]
    [pending] = await parts.digests.pending("watch", 10)
    assert pending.notice.reason == (
        "1 more dead letter in annotator (3 in all), 2 more dead letters in tagger (2 in all)"
    )
    assert await counted.after(COUNT_EVERY) == []
    await queues.empty("annotator")
    assert await counted.after(COUNT_EVERY) == []
    await queues.add("annotator")
    assert await counted.after(COUNT_EVERY) == ["watch"]


async def test_a_dead_letter_that_somebody_looks_at_does_not_come_again(counted: Instance, queues: Queues) -> None:
    await queues.sqs.receive_message(QueueUrl=queues.urls["annotator"], VisibilityTimeout=30)
    assert await counted.after(COUNT_EVERY) == []
    await queues.sqs.receive_message(QueueUrl=queues.urls["annotator"], VisibilityTimeout=30)
    assert await counted.after(COUNT_EVERY) == []


async def test_dead_letters_are_told_by_one_of_several_instances_also_after_a_restart(
    counted: Instance, queues: Queues, parts: Parts
) -> None:
    others = [Instance(parts, queues, counted.rules) for _ in range(3)]
    await queues.add("notifier", 3)
    parts.clock.now += COUNT_EVERY
    told = await asyncio.gather(*(instance.after(0) for instance in (counted, *others)))
    assert sorted(told) == [[], [], [], ["watch"]]
    assert await Instance(parts, queues, counted.rules).after(0) == []


async def test_a_rule_tells_of_the_queues_that_it_names_within_its_hours(
    parts: Parts, queues: Queues, mailbox: Mailbox
) -> None:
    parts.clock.now = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    office = {"time": {"from": "09:00", "to": "17:00"}}
    rule = a_rule(mailbox, {"all": [{"dead_letter": {"queue": "tagger"}}, office]})
    instance = Instance(parts, queues, [rule])
    assert await instance.after(0) == []
    await queues.add("annotator")
    assert await instance.after(COUNT_EVERY) == []
    await queues.add("tagger")
    assert await instance.after(timedelta(hours=8).total_seconds()) == []
    assert await instance.after(timedelta(hours=13).total_seconds() - COUNT_EVERY) == ["watch"]


async def test_a_queue_that_cannot_be_looked_at_hides_no_other(counted: Instance, queues: Queues) -> None:
    await queues.sqs.delete_queue(QueueUrl=queues.urls["tagger"])
    await queues.add("annotator")
    assert await counted.after(COUNT_EVERY) == ["watch"]


async def test_rules_that_watch_are_made_kept_as_yaml_and_tried_like_others(aws: Aws) -> None:
    async with installation(aws) as here, compose(here.aws, here.common) as service, client_of(service) as client:
        night = {"time": {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}}
        absence = {"name": "Nobody at the desk", "when": {"all": [DESK, night]}}
        dead = {"name": "Dead letters", "when": {"dead_letter": {"queue": ["tagger", "notifier"]}}}
        made = [(await client.post("/alerts/rules", json=rule)).json() for rule in (absence, dead)]
        assert [rule["when"] for rule in made] == [absence["when"], dead["when"]]
        book = await client.get("/alerts/rules.yaml")
        assert (await client.put("/alerts/rules.yaml", content=book.content)).json()["unchanged"] == 3

        beside = await client.post("/alerts/rules", json={"name": "A", "when": {"all": [DESK, {"bucket": "a"}]}})
        [fault] = beside.json()["errors"]
        assert (beside.status_code, fault["location"]) == (422, "body.when")
        assert "when.all[0].absence: `absence` is asked of no picture" in fault["message"]

        results = Results(await aws.client("s3"), here.topology.results.name)
        now = datetime.now(UTC)
        for key, hours in (("desk/1.jpg", 3), ("desk/2.jpg", 1)):
            image = an_image(key).model_copy(update={"uploaded_at": now - timedelta(hours=hours)})
            await results.put(StoredResult(image=image, recognition=a_recognition(), rekognition={}))
        trial = (await client.post("/alerts/rules/test", json={"name": "A", "when": DESK})).json()
        assert (trial["told"], len(trial["absences"])) == (0, 2)
        since = [datetime.fromisoformat(each["since"]) for each in trial["absences"]]
        assert since == [now - timedelta(hours=3), now - timedelta(hours=1)]


async def test_pictures_that_come_by_the_queue_are_noted(aws: Aws, mailbox: Mailbox) -> None:
    async with installation(aws) as here, compose(here.aws, here.common) as service, client_of(service) as client:
        channels = [{"type": "email", "to": mailbox.address}]
        rule = (await client.post("/alerts/rules", json={"name": "A", "when": DESK, "channels": channels})).json()
        dynamodb = await aws.client("dynamodb")
        key = {"about": {"S": f"absence#{rule['rule_id']}"}, "notice_id": {"S": "current"}}

        async def seen_at() -> float:
            found = await dynamodb.get_item(TableName=here.topology.alert_notices.name, Key=key, ConsistentRead=True)
            return float(found["Item"]["seen_at"]["N"]) if "Item" in found else 0.0

        async with working(service):
            began_at = await eventually(seen_at)
            image = an_image("desk/1.jpg").model_copy(update={"uploaded_at": datetime.now(UTC)})
            sender = Sender(await aws.client("sqs"), await aws.queue_url(here.topology.notifier.name))
            await sender.send(recognized(image))
            assert await eventually(seen_at, lambda at: at > began_at) == round(image.uploaded_at.timestamp(), 3)
