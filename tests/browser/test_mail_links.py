"""The pages that links in mails lead to, as browsers show them: under their policy, without scripts, by keyboard."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from accessibility import grave_barriers
from onlooker_notifier.delivering.standing import Acknowledgement
from onlooker_notifier.following.desk import Desk
from onlooker_notifier.following.following import Followed
from onlooker_notifier.following.routes import router
from onlooker_notifier.links.tokens import ForgedError, Said
from onlooker_notifier.rules.model import Rule

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
SITE = "https://onlooker.example.com"
NAME = "<b>The door</b> " + "w" * 120


class Links:
    """What links do, without tables."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def read(self, token: str, now: float) -> Said:
        if token != "good":
            raise ForgedError
        return Said(b"rule", int(now) + 60, "message", "delivery")

    async def find(self, said: Said) -> Followed:
        return Followed(said, Rule(rule_id="rule", name=NAME))

    async def mute(self, _followed: Followed, name: str) -> datetime:
        self.done.append(name)
        return NOW.replace(hour=22)

    async def acknowledge(self, _followed: Followed) -> Acknowledgement:
        self.done.append("acknowledge")
        return Acknowledgement(at=NOW, by=None)


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.fixture
async def page(chromium: Browser, links: Links) -> AsyncIterator[Page]:
    """A window of a browser without scripts, for which the site is there."""
    app = FastAPI()
    following: Any = links
    app.include_router(router(Desk(following, ZoneInfo("UTC"), clock=NOW.timestamp)))
    context = await chromium.new_context(java_script_enabled=False, viewport=ViewportSize(width=320, height=640))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:

        async def answer(route: Route) -> None:
            asked = route.request
            told = await client.request(asked.method, asked.url, content=asked.post_data_buffer)
            await route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.content)

        await context.route(f"{SITE}/**", answer)
        yield await context.new_page()
    await context.close()


async def test_a_link_is_opened_and_its_button_pressed_by_keyboard(page: Page, links: Links) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    await page.goto(f"{SITE}/alerts/links/good?do=mute-8h")
    await expect(page.get_by_role("heading", name="Mute this rule for 8 hours?")).to_be_visible()
    await expect(page.get_by_text("<b>The door</b>")).to_be_visible()
    first = page.get_by_role("button").first
    await expect(first).to_have_css("background-color", "rgb(11, 87, 208)")  # its style is allowed by the policy
    assert links.done == []

    await page.keyboard.press("Tab")
    await expect(first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Muted")).to_be_visible()
    await expect(page.get_by_text("until 22:02 (UTC)")).to_be_visible()
    assert links.done == ["mute-8h"]
    assert refused == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("link", ["good?do=acknowledge", "bad"])
async def test_their_pages_keep_nobody_out(chromium: Browser, links: Links, link: str, scheme: Any) -> None:
    following: Any = links
    desk = Desk(following, ZoneInfo("UTC"), clock=NOW.timestamp)
    token, _, do = link.partition("?do=")
    shown = await desk.show(token, do or None)
    context = await chromium.new_context(color_scheme=scheme, viewport=ViewportSize(width=320, height=640))
    page = await context.new_page()
    await page.set_content(bytes(shown.body).decode())
    assert await grave_barriers(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await context.close()
