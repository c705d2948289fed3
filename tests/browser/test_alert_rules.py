"""A rule is built by clicking, tried on the pictures that are there, and saved; a channel is made and tried."""

import re

from playwright.async_api import Page, expect

from accessibility import grave_barriers
from album import Album

NAME = "Happy, or known at night"


async def test_a_rule_is_built_by_clicking_and_shows_which_pictures_it_tells_of(
    page: Page, phone: Page, album: Album
) -> None:
    assert album
    await page.goto("/console/alerts/rules/new")
    trial = page.locator("#trial")
    await expect(trial).to_contain_text("It would have told of")
    await expect(trial.locator("img").first).to_be_visible()
    await expect(trial.get_by_text("at the end of its interval").first).to_be_visible()
    await page.get_by_label("What to add").select_option(label="Label")
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_label("Labels").fill("No such thing")
    await page.get_by_label("Labels").blur()
    await expect(trial).to_contain_text("It would have told of 0")
    await expect(trial).to_contain_text("No such thing")
    await page.get_by_role("button", name="Remove Label").click()
    await page.get_by_role("button", name="Add a group").click()
    group = page.get_by_role("group", name="Group 1")
    await group.get_by_label("Who").select_option(label="anybody known")
    assert await grave_barriers(page) == []

    await page.get_by_role("button", name="Write it as JSON").click()
    await expect(page.get_by_label("Condition, as JSON")).to_have_value(re.compile(r'"known": true'))
    await page.get_by_role("button", name="Show it as rows").click()
    await page.get_by_label("Name", exact=True).fill(NAME)
    await page.get_by_role("button", name="Make the rule").click()
    await expect(page.get_by_text(f"The rule {NAME} is made.")).to_be_visible()

    await phone.goto("/console/alerts/rules")
    assert await grave_barriers(phone) == []
    await phone.get_by_role("link", name=f"Change {NAME}").tap()
    await expect(phone.locator("#trial")).to_contain_text("It would have told of")
    assert await grave_barriers(phone) == []
    await phone.goto("/console/alerts/rules")
    await phone.get_by_role("button", name=f"Delete {NAME}").tap()
    await phone.get_by_role("button", name="Delete it").locator("visible=true").tap()
    await expect(phone.get_by_text("The rule is deleted.")).to_be_visible()


async def test_a_channel_is_made_and_says_what_came_of_a_test(page: Page) -> None:
    await page.goto("/console/alerts/channels/new")
    assert await grave_barriers(page) == []
    await page.get_by_role("link", name="Webhook").click()
    await page.get_by_label("Name", exact=True).fill("Inside")
    await page.get_by_label("URL").fill("http://127.0.0.1:9/")
    assert await grave_barriers(page) == []
    await page.get_by_role("button", name="Make the channel").click()
    await expect(page.get_by_label("The signing secret")).to_be_visible()
    await page.get_by_role("link", name="All channels").click()
    await page.get_by_role("button", name="Send a test by Inside").click()
    await expect(page.get_by_text("The test message was refused.")).to_be_visible()
    assert await grave_barriers(page) == []
    await page.get_by_role("button", name="Delete Inside").click()
    await page.get_by_role("button", name="Delete it").locator("visible=true").click()
    await expect(page.get_by_text("The channel is deleted.")).to_be_visible()
