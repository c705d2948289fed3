"""Alerts: a message leads to what it said and to the pictures that it told of."""

import re

from playwright.async_api import Page, expect

from accessibility import grave_barriers
from album import Album
from installation import eventually


async def test_a_message_opens_with_its_words_and_its_pictures(page: Page, album: Album) -> None:
    message = page.locator(".delivery").filter(has_text="recognized").first

    async def sent() -> bool:
        await page.goto("/console/alerts")
        return await message.count() > 0

    await eventually(sent)  # the notifier gathers for two seconds
    await message.locator("summary").click()
    await expect(message.get_by_label("The message as it was sent")).to_contain_text("recognized")
    picture = message.locator(".told img").first
    await expect(picture).to_be_visible()
    assert await grave_barriers(page) == []
    await picture.click()
    await expect(page).to_have_url(re.compile(r"/console/pictures/[0-9a-f]{32}$"))
