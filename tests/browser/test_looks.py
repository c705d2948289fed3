"""How every page looks and whether everybody can use it: on a desktop computer and a phone, light and dark.

The screenshots are artefacts for people to look at; what fails here is a barrier that axe-core finds, a page that is
wider than its window, a picture that does not come, or a complaint of the browser.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Page

from accessibility import grave_barriers
from album import Album
from windows import NOBODY, THEMES, OpenWindow, Size

PATHS: dict[str, Callable[[Album], str]] = {
    "pictures": lambda _: "/console/pictures",
    "search": lambda _: "/console/pictures?label=Person&sort=oldest",
    "nothing-found": lambda _: "/console/pictures?q=unicorn",
    "picture": lambda album: f"/console/pictures/{album['pictures/scenes/astronaut.png']['image_id']}",
    "people": lambda _: "/console/people",
    "suggestions": lambda _: "/console/people/suggestions",
    "upload": lambda _: "/console/upload",
    "dashboard": lambda _: "/console/dashboard",
    "alerts": lambda _: "/console/alerts",
    "decisions": lambda _: "/console/alerts/decisions",
    "rulebook": lambda _: "/console/alerts/rulebook",
    "rule": lambda _: "/console/alerts/rules/new",
    "costs": lambda _: "/console/system/costs",
    "system": lambda _: "/console/system",
}
SETTLED = """
() => document.readyState === "complete"
  && !document.querySelector(".htmx-request")
  && [...document.images].every((image) => {
       const box = image.getBoundingClientRect();
       const seen = image.checkVisibility() && box.width > 0 && box.top < innerHeight && box.bottom > 0;
       return !seen || (image.complete && image.naturalWidth > 0);
     })
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""Pixels by which a page is wider than its window."""

QUALITY = 90
"""Of the screenshots; to compress them as PNG takes four times as long as to make them."""


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("name", PATHS)
async def test_a_page_looks_well_and_shuts_nobody_out(
    open_window: OpenWindow, album: Album, screenshots: Path, name: str, size: Size
) -> None:
    page = await open_window(size)
    await page.goto(PATHS[name](album))
    await _look(page, screenshots, f"{name}-{size}")


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_so_does_the_entrance(open_window: OpenWindow, screenshots: Path, size: Size) -> None:
    page = await open_window(size, NOBODY)
    await page.goto("/console/")
    await _look(page, screenshots, f"signin-{size}")


async def _look(page: Page, screenshots: Path, name: str) -> None:
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        await page.wait_for_function(SETTLED)
        await page.screenshot(path=screenshots / f"{name}-{theme}.jpeg", quality=QUALITY, type="jpeg")
        assert await grave_barriers(page, only=None if theme == "light" else "color-contrast") == [], theme
    await page.screenshot(path=screenshots / f"{name}-whole.jpeg", full_page=True, quality=QUALITY, type="jpeg")
    assert await page.evaluate(OVERFLOW) <= 0
