"""What was sent is listed, newest first, and found by the pictures that it told of."""

from datetime import UTC, datetime, timedelta

import pytest

from notifying import Clock, Mailbox, Parts
from onlooker_notifier.delivering.deliveries import Delivery, Outcome
from onlooker_notifier.rules.defaults import default_rule
from onlooker_notifier.rules.model import Rule
from tellings import gather

INTERVAL = 60.0


@pytest.fixture
def rule(mailbox: Mailbox) -> Rule:
    return default_rule(email_to=[mailbox.address], topic_arn=None, digest_interval=INTERVAL)


async def test_deliveries_are_listed_newest_first_page_by_page_over_months(
    parts: Parts, rule: Rule, clock: Clock
) -> None:
    subjects = []
    for day in range(0, 60, 10):
        clock.now = datetime(2027, 1, 5, tzinfo=UTC).timestamp() + timedelta(days=day).total_seconds()
        await gather(parts, rule, *(f"{day}-{n}.jpg" for n in range(day // 10 + 1)))
        clock.now += INTERVAL
        await parts.instance().flush(rule)
        subjects.append(day // 10 + 1)
    listed: list[int] = []
    cursor = None
    while True:
        page = await parts.deliveries.newest(4, cursor, datetime.fromtimestamp(clock.now, UTC))
        listed += [delivery.pictures for delivery in page.deliveries]
        cursor = page.cursor
        if cursor is None:
            break

    assert listed == subjects[::-1]


async def test_what_told_of_a_picture_is_found_a_bounded_part_of_all_at_a_time(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onlooker_notifier.delivering.deliveries.LOOKED_THROUGH", 4)
    now = datetime.fromtimestamp(clock.now, UTC)
    for number in range(10):
        await parts.deliveries.record(a_delivery(f"{number:02}", (f"{number % 3:032x}",), now))

    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor:
        found = await parts.deliveries.newest(2, cursor, now, image_id=f"{0:032x}")
        pages.append([delivery.delivery_id for delivery in found.deliveries])
        cursor = found.cursor
    assert [delivery_id for page in pages for delivery_id in page] == ["09", "06", "03", "00"]

    found = await parts.deliveries.newest(2, None, now, image_id="f" * 32)
    assert found.deliveries == ()
    assert found.cursor is not None, "there may be more"


def a_delivery(delivery_id: str, image_ids: tuple[str, ...], begun_at: datetime) -> Delivery:
    return Delivery(
        delivery_id=delivery_id,
        rule_id="r",
        rule_name="rule",
        channel="sns",
        target="arn",
        outcome=Outcome(status="sent", at=begun_at),
        pictures=len(image_ids),
        image_ids=image_ids,
        subject="A picture",
        text=f"named like another one: {'f' * 32}.jpg",
        begun_at=begun_at,
    )
