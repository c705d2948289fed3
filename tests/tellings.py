"""What tests of what is told have in common: the other side of a channel, a rule and a channel, what was recorded."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from notifying import Instance, Parts
from onlooker_notifier import notices
from onlooker_notifier.channels import retries
from onlooker_notifier.channels.kinds import IotSettings, Settings
from onlooker_notifier.channels.message import Message, Receipt, UnansweredError
from onlooker_notifier.channels.record import ChannelRecord
from onlooker_notifier.conditions import facts
from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.deciding.decisions import Decision
from onlooker_notifier.delivering.deliveries import Delivery
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import NamedChannel
from recognitions import a_face, a_recognition, an_image

NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Other:
    """The other side of a channel."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.tries = 0
        self.fails: Callable[[], Exception | None] = lambda: None
        self.goes_on: asyncio.Event | None = None

    async def send(self, _settings: Settings, _secret: str | None, message: Message) -> Receipt:
        self.tries += 1
        if self.goes_on is not None:
            await self.goes_on.wait()
        if (error := self.fails()) is not None:
            raise error
        self.messages.append(message)
        return Receipt("42", "thanks")


async def a_channel(parts: Parts, policy: retries.Policy = "catch_up", keep: float = 3600.0) -> NamedChannel:
    channel_id = uuid.uuid4().hex
    record = ChannelRecord(
        channel_id=channel_id,
        name="The door",
        settings=IotSettings(),
        policy=policy,
        keep=keep,
        created_at=NOW,
        changed_at=NOW,
    )
    await parts.store.put(record)
    return NamedChannel(channel=channel_id)


def a_rule(*channels: Any) -> Rule:
    return Rule(rule_id="rule", name="Rule", events=frozenset({"recognized"}), channels=channels, digest_interval=0)


async def tell(parts: Parts, instance: Instance, rule: Rule, name: str) -> None:
    await parts.gathering.decide(notices.recognized(an_image(name), a_recognition()), [rule.rule_id])
    await instance.flush(rule)


async def gather(parts: Parts, rule: Rule, *names: str) -> list[bool]:
    """Have pictures wait for a rule's digest; return of each whether it was not decided of before."""
    recognition = a_recognition(a_face("HAPPY"))
    return [
        await parts.gathering.decide(notices.recognized(an_image(name), recognition), [rule.rule_id]) for name in names
    ]


async def recorded(parts: Parts) -> tuple[Delivery, ...]:
    page = await parts.deliveries.newest(100, None, datetime.fromtimestamp(parts.clock(), UTC))
    return page.deliveries


def down() -> Exception:
    return UnansweredError("HTTP500", "HTTP 500: out of order")


async def decided(parts: Parts, **asked: Any) -> list[Decision]:
    found: list[Decision] = []
    cursor = None
    while True:
        page = await parts.decided.newest(100, cursor, datetime.fromtimestamp(parts.clock(), UTC), **asked)
        found += page.decisions
        cursor = page.cursor
        if cursor is None:
            return found


async def deliveries(parts: Parts) -> list[tuple[str, ...]]:
    page = await parts.deliveries.newest(100, None, datetime.fromtimestamp(parts.clock(), UTC))
    return [delivery.image_ids for delivery in page.deliveries]


async def decide(deciding: Deciding, rules: list[Rule], number: int, *persons: int) -> list[Rule]:
    """Decide of a picture of some people."""
    image = an_image(f"{number}.jpg")
    recognition = a_recognition(*(a_face(name=f"P{person}", person_id=f"p{person}") for person in persons))
    return await deciding.decide(notices.recognized(image, recognition), facts.of_recognized(image, recognition), rules)
