"""Each picture is told exactly once, whatever happens meanwhile."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from notifying import SENDER, Clock, Instance, Mailbox, Parts
from onlooker_notifier import notices
from onlooker_notifier.batches import delete_all
from onlooker_notifier.channels import retries
from onlooker_notifier.channels.kinds import EmailSettings
from onlooker_notifier.channels.message import Message, Receipt
from onlooker_notifier.channels.senders.ses import Ses
from onlooker_notifier.delivering import delivering
from onlooker_notifier.letters import letters
from onlooker_notifier.rules.defaults import default_rule
from onlooker_notifier.rules.model import Rule
from onlooker_shared.errors import Reject
from recognitions import a_recognition, an_image
from tellings import gather, recorded

INTERVAL = 60.0


@pytest.fixture
def rule(mailbox: Mailbox) -> Rule:
    return default_rule(email_to=[mailbox.address], topic_arn=None, digest_interval=INTERVAL)


class Broken(Ses):
    """SES that does something else than sending, the first time."""

    def __init__(self, parts: Parts, error: BaseException) -> None:
        super().__init__(parts.ses, None, sender=SENDER)
        self._error: BaseException | None = error

    async def send(self, settings: EmailSettings, secret: str | None, message: Message) -> Receipt:
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return await super().send(settings, secret, message)


async def test_five_hundred_pictures_are_one_mail(parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock) -> None:
    instance = parts.instance()
    for start in range(0, 500, 50):
        await asyncio.gather(*(gather(parts, rule, f"{n}.jpg") for n in range(start, start + 50)))
    assert await instance.flush(rule) == INTERVAL
    assert await mailbox.mails() == []

    clock.now += INTERVAL
    assert await instance.flush(rule) == 0.0
    assert await instance.flush(rule) is None

    [mail] = await mailbox.mails()
    assert mail["Subject"] == "500 pictures from images: 500 faces, all Happy"
    assert mail["Source"] == SENDER
    assert mail["BodyText"].count("1 face, Happy\r\n") == letters.MOST_ROWS
    assert "And 400 more." in mail["BodyHtml"]
    [delivery] = await recorded(parts)
    assert (delivery.outcome.status, delivery.pictures, delivery.target) == ("sent", 500, mailbox.address)
    assert len(set(delivery.image_ids)) == 500
    assert delivery.outcome.message_id == mail["MessageId"]
    assert (delivery.subject, delivery.text) == (mail["Subject"], mail["BodyText"].replace("\r\n", "\n"))


async def test_a_picture_is_gathered_once_however_often_its_message_comes(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    assert await gather(parts, rule, "cat.jpg", "cat.jpg") == [True, False]
    clock.now += INTERVAL
    await parts.instance().flush(rule)

    assert await gather(parts, rule, "cat.jpg") == [False]
    clock.now += INTERVAL
    assert await parts.instance().flush(rule) is None
    assert len(await mailbox.mails()) == 1


async def test_a_picture_that_arrives_twice_at_once_is_gathered_once(parts: Parts, rule: Rule) -> None:
    gathered = await asyncio.gather(*(gather(parts, rule, "cat.jpg") for _ in range(10)))

    assert sorted(first for [first] in gathered) == [False] * 9 + [True]


async def test_more_rules_than_one_transaction_takes_are_refused_with_the_reason(parts: Parts) -> None:
    notice = notices.recognized(an_image(), a_recognition())
    most = [f"rule-{n}" for n in range(99)]

    with pytest.raises(Reject, match="100 rules"):
        await parts.gathering.decide(notice, [*most, "one-more"])
    assert await parts.gathering.decide(notice, most)


async def test_pictures_that_come_while_a_digest_is_delivered_are_in_the_next(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    await gather(parts, rule, "1.jpg", "2.jpg", "3.jpg")
    clock.now += INTERVAL
    instance = parts.instance(limit=2)

    assert await instance.flush(rule) == 0.0
    await gather(parts, rule, "4.jpg")
    assert await instance.flush(rule) == 0.0
    assert await instance.flush(rule) is None

    assert [d.pictures for d in await recorded(parts)] == [2, 2]
    told = [image for delivery in await recorded(parts) for image in delivery.image_ids]
    assert sorted(told) == sorted(an_image(f"{n}.jpg").image_id for n in range(1, 5))


async def test_several_instances_at_once_send_one_mail(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    instances = [parts.instance(limit=7) for _ in range(4)]
    await gather(parts, rule, *(f"{n}.jpg" for n in range(20)))
    clock.now += INTERVAL

    async def run(instance: Instance) -> float | None:
        while (wait := await instance.flush(rule)) == 0:
            pass
        return wait

    # Time passes when every instance waits: a claim whose holder still works never lapses here.
    while waits := [wait for wait in await asyncio.gather(*map(run, instances)) if wait is not None]:
        clock.now += min(waits)

    assert sorted(mail["Subject"].split()[0] for mail in await mailbox.mails()) == ["6", "7", "7"]
    told = [image for delivery in await recorded(parts) for image in delivery.image_ids]
    assert sorted(told) == sorted(an_image(f"{n}.jpg").image_id for n in range(20))


async def test_killed_between_claim_and_send_it_is_sent_once_when_the_claim_lapses(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    await gather(parts, rule, "cat.jpg")
    clock.now += INTERVAL
    with pytest.raises(asyncio.CancelledError):
        await parts.instance(email=Broken(parts, asyncio.CancelledError())).flush(rule)

    another = parts.instance()
    wait = await another.flush(rule)
    assert wait is not None
    assert 0 < wait <= delivering.LEASE.total_seconds()
    assert await mailbox.mails() == []

    clock.now += wait + 1
    await another.flush(rule)
    assert len(await mailbox.mails()) == 1
    assert len(await recorded(parts)) == 1


async def test_killed_after_the_mail_was_noted_as_sent_it_is_recorded_and_not_sent_again(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gather(parts, rule, "cat.jpg")
    clock.now += INTERVAL
    with monkeypatch.context() as killed:
        killed.setattr(parts.deliveries, "record", _killed)
        with pytest.raises(asyncio.CancelledError):
            await parts.instance().flush(rule)

    await parts.instance().flush(rule)

    assert len(await mailbox.mails()) == 1
    assert [delivery.outcome.status for delivery in await recorded(parts)] == ["sent"]


@pytest.mark.parametrize("fraction", [0.1236, 0.9999])
async def test_a_delivery_is_listed_once_though_another_instance_records_it_again(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch, fraction: float
) -> None:
    await gather(parts, rule, "cat.jpg")
    clock.now += INTERVAL + fraction
    with monkeypatch.context() as killed:
        killed.setattr(parts.digests, "finish", _killed)
        with pytest.raises(asyncio.CancelledError):
            await parts.instance().flush(rule)

    await parts.instance().flush(rule)

    assert len(await mailbox.mails()) == len(await recorded(parts)) == 1


async def test_killed_while_it_forgets_the_notices_nothing_is_sent_again(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gather(parts, rule, "1.jpg", "2.jpg")
    clock.now += INTERVAL
    with monkeypatch.context() as killed:
        killed.setattr(parts.digests, "_update", _killed_unless_beginning(parts))
        with pytest.raises(asyncio.CancelledError):
            await parts.instance().flush(rule)
    await gather(parts, rule, "3.jpg")
    clock.now += INTERVAL

    await parts.instance().flush(rule)
    await parts.instance().flush(rule)

    assert [delivery.pictures for delivery in await recorded(parts)] == [1, 2]
    assert len(await mailbox.mails()) == 2


async def test_what_is_erased_while_a_digest_is_delivered_keeps_the_rest_from_nobody(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    await gather(parts, rule, "1.jpg", "2.jpg", "3.jpg")
    clock.now += INTERVAL
    killed = parts.instance(email=Broken(parts, asyncio.CancelledError()))
    with pytest.raises(asyncio.CancelledError):
        await killed.flush(rule)
    first, *_ = await parts.digests.pending(rule.rule_id, 1)
    key = {"about": {"S": f"pending#{rule.rule_id}"}, "notice_id": {"S": first.notice_id}}
    await parts.dynamodb.delete_item(TableName=parts.notices, Key=key)
    clock.now += delivering.LEASE.total_seconds() + 1

    assert await parts.instance().flush(rule) == 0.0
    assert await parts.instance().flush(rule) is None

    [delivery] = await recorded(parts)
    assert (delivery.outcome.status, delivery.pictures) == ("sent", 2)
    assert len(await mailbox.mails()) == 1


async def test_what_another_instance_is_just_forgetting_is_not_told_by_halves(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gather(parts, rule, "1.jpg", "2.jpg")
    clock.now += INTERVAL
    away = parts.instance(email=Broken(parts, EndpointConnectionError(endpoint_url="http://ses")))
    with monkeypatch.context() as killed:
        killed.setattr("onlooker_notifier.digests.store.delete_all", _killed_half_way)
        with pytest.raises(asyncio.CancelledError):
            await away.flush(rule)
    clock.now += delivering.HELD + 1

    assert await parts.instance().flush(rule) == 0.0
    assert await mailbox.mails() == []  # it waits, whole
    clock.now += retries.FIRST_DELAY
    await parts.instance().catch_up()

    assert [delivery.pictures for delivery in await recorded(parts)] == [2]
    assert len(await mailbox.mails()) == 1


async def test_while_ses_does_not_answer_the_delivery_waits(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    instance = parts.instance(email=Broken(parts, EndpointConnectionError(endpoint_url="http://ses")))
    await gather(parts, rule, "cat.jpg")
    clock.now += INTERVAL

    assert await instance.flush(rule) == 0.0
    assert await instance.flush(rule) is None  # the next digest need not wait for it
    assert await recorded(parts) == ()
    clock.now += 5
    assert await parts.instance().catch_up() == retries.FIRST_DELAY - 5  # however often anybody looks
    assert await mailbox.mails() == []

    clock.now += retries.FIRST_DELAY
    assert await instance.catch_up() is None
    assert await instance.catch_up() is None
    assert len(await mailbox.mails()) == 1
    [delivery] = await recorded(parts)
    assert (delivery.outcome.status, delivery.attempts, delivery.pictures) == ("sent", 2, 1)


async def test_a_channel_that_refuses_is_recorded_with_advice_and_holds_up_no_other(
    parts: Parts, mailbox: Mailbox, clock: Clock
) -> None:
    topic = "arn:aws:sns:us-east-1:000000000000:there-is-none"
    rule = default_rule(email_to=[mailbox.address], topic_arn=topic, digest_interval=0)
    await gather(parts, rule, "cat.jpg")

    await parts.instance(email=Ses(parts.ses, None, sender="nobody-verified@example.com")).flush(rule)

    outcomes = {delivery.channel: delivery.outcome for delivery in await recorded(parts)}
    assert {outcome.status for outcome in outcomes.values()} == {"failed"}
    assert "verify-email-identity" in (outcomes["email"].reason or "")
    assert "Is there such a topic" in (outcomes["sns"].reason or "")
    assert await parts.instance().flush(rule) is None


async def test_a_sender_that_ses_does_not_know_is_verified_if_that_is_wished(
    parts: Parts, mailbox: Mailbox, clock: Clock
) -> None:
    rule = default_rule(email_to=[mailbox.address], topic_arn=None, digest_interval=0)
    await gather(parts, rule, "cat.jpg")

    await parts.instance(email=Ses(parts.ses, None, sender="newcomer@example.com", verify_sender=True)).flush(rule)

    assert [mail["Source"] for mail in await mailbox.mails()] == ["newcomer@example.com"]


async def test_a_topic_gets_the_text(parts: Parts, clock: Clock) -> None:
    arn = (await parts.sns.create_topic(Name="alerts"))["TopicArn"]
    rule = default_rule(email_to=[], topic_arn=arn, digest_interval=0)
    await gather(parts, rule, "cat.jpg")

    await parts.instance().flush(rule)

    [delivery] = await recorded(parts)
    assert (delivery.channel, delivery.target, delivery.outcome.status) == ("sns", arn, "sent")


async def _killed(*_: object) -> None:
    raise asyncio.CancelledError


def _killed_unless_beginning(parts: Parts) -> object:
    update = parts.digests._update

    async def update_or_die(rule_id: str, change: str, *rest: object) -> bool:
        if change.startswith("REMOVE"):
            raise asyncio.CancelledError
        return await update(rule_id, change, *rest)  # passed through

    return update_or_die


async def _killed_half_way(dynamodb: Any, table: str, keys: Iterable[Any]) -> None:
    await delete_all(dynamodb, table, list(keys)[:1])
    raise asyncio.CancelledError
