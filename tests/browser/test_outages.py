"""Services that do not answer: the page says which, still shows what it can, and recovers by itself or by a click."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from album import Album
from lone_console import lone_console
from severable import Line, line_to
from stack import Stack
from windows import Faults


@dataclass
class Site:
    """A console whose line to the tagger can be cut."""

    url: str
    to_tagger: Line


@pytest.fixture(scope="module")
async def site(stack: Stack) -> AsyncIterator[Site]:
    async with line_to(stack.running.url) as line, lone_console(stack, {"tagger": line.url}) as url:
        yield Site(url, line)


@pytest.fixture
async def window(site: Site, page: Page, faults: Faults) -> Page:
    """A window of somebody who is signed in to that console."""
    faults.origins.append(site.url)
    return page


async def test_without_search_the_gallery_says_so_and_is_back_with_it(
    window: Page, site: Site, album: Album, faults: Faults
) -> None:
    faults.forgive("status of 503")
    await site.to_tagger.cut()
    await window.goto(f"{site.url}/console/pictures")
    await expect(window.get_by_role("alert").first).to_contain_text("Search does not answer just now")
    await expect(window.get_by_role("navigation", name="Main")).to_be_visible()
    await site.to_tagger.mend()
    await window.get_by_role("link", name="Try again").first.click()
    await expect(window.locator("main img").first).to_be_visible()


@pytest.mark.parametrize("path", ["alerts", "system"])
async def test_without_search_other_pages_work(window: Page, site: Site, faults: Faults, path: str) -> None:
    await site.to_tagger.cut()
    try:
        await window.goto(f"{site.url}/console/{path}")
        await expect(window.get_by_role("heading", level=1)).to_have_text(path.title())
    finally:
        await site.to_tagger.mend()
