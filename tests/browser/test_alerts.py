"""Alerts: a message leads to what it said and to its pictures; somebody sees to it, and has it sent again."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from accessibility import grave_barriers
from album import AddPictures, Album
from installation import eventually
from onlooker.client import OnlookerClient
from onlooker.pictures import Picture

GUARD = "guard@example.com"
MUST_COME = {
    "name": "Somebody must come",
    "when": {"prefix": "guarded/"},
    "digest_interval": 0,
    "channels": [{"type": "email", "to": GUARD}],
    "escalation": {"after": 3600, "channels": [{"type": "email", "to": "boss@example.com"}]},
}


@pytest.fixture
async def guarded(client: OnlookerClient) -> AsyncIterator[str]:
    """Where pictures lie of which a rule tells somebody, who is to acknowledge it."""
    before = await client.rulebook()
    await client.make_rule(MUST_COME)
    yield "guarded"
    await client.put_rulebook(before.encode(), dry_run=False)


async def sent(page: Page, message: Locator) -> None:
    """Wait until a message is shown."""

    async def shown() -> bool:
        await page.goto("/console/alerts")
        return await message.count() > 0

    await eventually(shown)  # the notifier gathers for two seconds


async def test_a_message_opens_with_its_words_and_its_pictures(page: Page, album: Album) -> None:
    message = page.locator(".delivery").filter(has_text="recognized").first
    await sent(page, message)
    await message.locator("summary").click()
    await expect(message.get_by_label("The message as it was sent")).to_contain_text("recognized")
    picture = message.locator(".told img").first
    await expect(picture).to_be_visible()
    assert await grave_barriers(page) == []
    await picture.click()
    await expect(page).to_have_url(re.compile(r"/console/pictures/[0-9a-f]{32}$"))


async def test_somebody_sees_to_a_message_and_has_it_sent_again(
    page: Page, guarded: str, add_pictures: AddPictures, pictures: Path
) -> None:
    await add_pictures(Picture(pictures / "scenes" / "cat.png", f"{guarded}/cat.png"))
    messages = page.locator(".delivery").filter(has_text=GUARD)
    message = messages.last
    await sent(page, message)
    await expect(message).to_contain_text("Not seen to yet")
    await message.locator("summary").click()
    assert await grave_barriers(page) == []
    await message.get_by_role("button", name="I see to it").click()
    await expect(page.get_by_text("Acknowledged by")).to_be_visible()
    await expect(message.locator("summary")).to_contain_text("Seen to")

    await message.locator("summary").click()
    await expect(message.get_by_role("button", name="I see to it")).to_have_count(0)
    await message.get_by_role("button", name="Send it again").click()
    await expect(message.get_by_text("It was sent again.")).to_be_visible()
    await page.reload()
    await expect(messages).to_have_count(2)
