"""A webhook answers 500 for an hour: the whole story, with a real receiver, on a clock that the test moves."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from letterbox import Receiver, Request, receiver
from notifying import Clock, Mailbox, Parts
from onlooker_notifier import notices
from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.kinds import WebhookSettings
from onlooker_notifier.channels.record import ChannelRecord, FuseView
from onlooker_notifier.channels.retries import Policy
from onlooker_notifier.channels.senders.webhook import Webhook, client
from onlooker_notifier.delivering.deliveries import Delivery
from onlooker_notifier.digests.digests import Digests
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel, NamedChannel
from onlooker_notifier.secrets.trust import Trust
from recognitions import a_recognition, an_image

MINUTE, HOUR = 60.0, 3600.0
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 12\r\n\r\nout of order"
WORKS = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks"
CHANNEL = "0" * 32


@dataclass
class Outage:
    """An hour, and who lives through it: one rule that tells by a webhook and by mail."""

    parts: Parts
    clock: Clock
    there: Receiver
    instance: Digests
    mailbox: Mailbox
    rule: Rule
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.clock.now

    async def picture(self, name: str) -> None:
        """See a picture, of which the rule tells at once."""
        await self.parts.gathering.decide(notices.recognized(an_image(name), a_recognition()), [self.rule.rule_id])
        await self.instance.flush(self.rule)

    async def until(self, seconds: float) -> None:
        """Let time pass until so long after the beginning; what is due meanwhile is done when it is due."""
        while jobs := await self.parts.waiting.all():
            due = min(job.next_at for job in jobs)
            if due > self.begun + seconds:
                break
            self.clock.now = max(self.clock.now, due)
            await self.instance.catch_up()
        self.clock.now = self.begun + seconds

    async def fuse(self) -> FuseView | None:
        """What is shown of the channel's fuse; None while there is nothing to be shown."""
        _, fuses = await self.parts.store.all()
        return next((FuseView.of(fuse, self.clock.now) for fuse in fuses.values()), None)

    async def recorded(self, channel: str) -> list[Delivery]:
        """What is recorded of the deliveries by a kind of channel, oldest first."""
        page = await self.parts.deliveries.newest(100, None, datetime.fromtimestamp(self.clock.now, UTC))
        return [delivery for delivery in reversed(page.deliveries) if delivery.channel == channel]

    def tries(self) -> list[float]:
        """When the webhook was tried, by what it was told, in seconds from the beginning."""
        return [float(request.headers["onlooker-timestamp"]) - self.begun for request in self.there.requests]


@pytest.fixture
def policy() -> Policy:
    return "catch_up"


@pytest.fixture
async def outage(parts: Parts, clock: Clock, mailbox: Mailbox, policy: Policy) -> AsyncIterator[Outage]:
    now = datetime.fromtimestamp(clock.now, UTC)
    async with receiver() as there, client(Trust().context()) as http:
        there.answer = BROKEN
        settings = WebhookSettings(url=there.url)
        record = ChannelRecord(
            channel_id=CHANNEL, name="Our page", settings=settings, policy=policy, created_at=now, changed_at=now
        )
        await parts.store.put(record)
        told = (NamedChannel(channel=CHANNEL), EmailChannel(to=mailbox.address))
        rule = Rule(
            rule_id="door", name="At the door", events=frozenset({"recognized"}), channels=told, digest_interval=0
        )
        instance = parts.instance(webhook=Webhook(http, Guard(allow_private=True), clock))
        yield Outage(parts, clock, there, instance, mailbox, rule)


def told_of(request: Request) -> list[str]:
    return [picture["key"] for picture in json.loads(request.body)["pictures"]]


async def test_it_is_tried_more_and_more_seldom_left_alone_told_once_in_the_end_and_delays_nobody(
    outage: Outage,
) -> None:
    await outage.picture("first.jpg")
    assert len(await outage.mailbox.mails()) == 1, "the mail does not wait for the webhook"
    assert outage.tries() == [0]
    fuse = await outage.fuse()
    assert fuse is not None
    assert (fuse.state, fuse.failures) == ("closed", 1)

    await outage.until(4 * MINUTE)
    assert outage.tries() == [0, 15, 45, 105, 225]
    fuse = await outage.fuse()
    assert fuse is not None
    assert (fuse.state, fuse.failures, fuse.reason) == ("open", 5, "HTTP 500: out of order")
    assert (fuse.failing_since, fuse.open_until) == (outage.begun, outage.begun + 225 + MINUTE)

    await outage.until(HOUR / 2)
    await outage.picture("second.jpg")
    assert len(await outage.mailbox.mails()) == 2, "neither does that of another picture"

    await outage.until(HOUR)
    tried = Counter(request.headers["onlooker-delivery"] for request in outage.there.requests)
    assert outage.tries() == [0, 15, 45, 105, 225, 465, 945, 1800, 2280, 3240]
    assert sorted(tried.values()) == [3, 7], "each of the two under its one id"

    outage.there.answer = WORKS
    outage.there.requests.clear()
    await outage.until(2 * HOUR)
    assert [told_of(request) for request in outage.there.requests] == [["first.jpg"], ["second.jpg"]], "once, in order"
    assert {request.headers["onlooker-delivery"] for request in outage.there.requests} == set(tried)
    assert outage.tries() == [5160, 5160], "when the fuse let one try; the other one followed at once"
    assert await outage.fuse() is None, "it is whole again"
    assert await outage.parts.waiting.all() == []
    by_webhook = await outage.recorded("webhook")
    assert [(each.outcome.status, each.outcome.answer) for each in by_webhook] == [("sent", "HTTP 200: thanks")] * 2
    assert [each.outcome.status for each in await outage.recorded("email")] == ["sent", "sent"]


@pytest.mark.parametrize("policy", ["expire"])
async def test_what_is_no_news_any_more_is_given_up_and_recorded_and_the_next_message_is_told(outage: Outage) -> None:
    await outage.picture("first.jpg")
    await outage.until(HOUR)

    assert outage.tries() == [0, 15, 45, 105, 225, 300], "the last time when its five minutes were over"
    assert await outage.parts.waiting.all() == []
    [given_up] = await outage.recorded("webhook")
    assert (given_up.outcome.status, given_up.outcome.given_up) == ("failed", True)
    assert given_up.outcome.reason == "Given up after 6 tries in 0:05:00: HTTP 500: out of order"
    assert [each.outcome.status for each in await outage.recorded("email")] == ["sent"]

    outage.there.answer = WORKS
    outage.there.requests.clear()
    await outage.picture("second.jpg")
    assert [told_of(request) for request in outage.there.requests] == [["second.jpg"]]
    assert await outage.fuse() is None


async def test_a_webhook_that_asks_for_a_while_is_left_alone_for_that_while_with_all_that_comes(outage: Outage) -> None:
    outage.there.answer = BROKEN.replace(b"Content-Length", b"Retry-After: 1200\r\nContent-Length")
    await outage.picture("first.jpg")
    outage.clock.now += MINUTE
    await outage.picture("second.jpg")
    fuse = await outage.fuse()
    assert fuse is not None
    assert (fuse.state, fuse.failures, fuse.open_until) == ("open", 1, outage.begun + 20 * MINUTE)
    assert fuse.reason == "HTTP 500: out of order (It asks to be left alone for 1200 s.)"

    outage.there.answer = WORKS
    await outage.until(HOUR / 2)

    assert outage.tries() == [0, 1200, 1200]
    assert await outage.fuse() is None
