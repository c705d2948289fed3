"""Access keys: one is made, copied while it is shown, good for what was ticked, and taken away again."""

import re

import pytest
from playwright.async_api import Page, expect

from accessibility import grave_barriers
from onlooker.client import connect
from stack import Stack
from windows import THEMES, Faults, OpenWindow, Size

PATH = "/console/system/keys"


async def test_a_key_is_made_copied_and_revoked(page: Page, stack: Stack, faults: Faults) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto("/console/system")
    await page.get_by_role("link", name="Access keys").click()
    await page.get_by_role("link", name="New key").click()
    await page.get_by_label("Who gets it").fill("the door's camera")
    faults.forgive("status of 422")
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.get_by_role("alert")).to_contain_text("tick at least one thing")
    await page.get_by_label("Search and count").check()
    await page.get_by_role("button", name="Make the key").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("The key is made")
    await page.locator(".key-secret").get_by_role("button", name="Copy").click()
    await expect(page.get_by_text("Copied.")).to_be_visible()
    key = await page.evaluate("navigator.clipboard.readText()")
    async with connect(stack.running.url, key) as holder:
        await holder.search({})

    await page.reload()  # which makes no second one
    await expect(page.get_by_role("heading", level=1)).to_have_text("Access keys")
    await expect(page.get_by_text(key)).to_have_count(0)
    await page.get_by_role("button", name="Revoke the key of the door's camera").click()
    question = page.get_by_role("dialog", name="Revoke the key of the door's camera?")
    await question.get_by_role("button", name="Keep it").click()
    await expect(question).to_be_hidden()
    await page.get_by_role("button", name="Revoke the key of the door's camera").click()
    await question.get_by_role("button", name="Revoke it").click()
    await expect(page.get_by_role("status").filter(has_text="is revoked")).to_be_visible()
    await expect(page.get_by_role("heading", name="the door's camera")).to_have_count(0)


async def test_the_last_admin_key_stays_and_the_page_says_why(page: Page, faults: Faults) -> None:
    faults.forgive("status of 409")
    await page.goto(PATH)
    own = page.get_by_role("listitem").filter(has_text="You are signed in with it")
    await own.get_by_role("button", name=re.compile("^Revoke the key")).click()
    await page.get_by_role("button", name="Revoke it").click()
    await expect(page.get_by_role("alert")).to_contain_text("This is the last admin key")
    await expect(own).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_the_pages_of_keys_shut_nobody_out(open_window: OpenWindow, size: Size) -> None:
    page = await open_window(size)
    for path in (PATH, f"{PATH}/new"):
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        for theme in THEMES:
            await page.emulate_media(color_scheme=theme)
            assert await grave_barriers(page, only=None if theme == "light" else "color-contrast") == [], (path, theme)
