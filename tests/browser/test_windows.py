"""The windows of the tests here: that what one test does in its window is not there in the next one's."""

import pytest
from playwright.async_api import Browser, StorageState

from stack import Stack
from windows import NOBODY, Faults, Windows

KEPT = """() => [
  document.cookie, localStorage.length, sessionStorage.length, history.length, Object.keys(globalThis).includes("left"),
  matchMedia("(prefers-color-scheme: dark)").matches, innerWidth]"""
ALLOWED = "navigator.permissions.query({ name: 'clipboard-read' }).then(({ state }) => state)"
LEAVE = """() => {
  document.cookie = "left=behind; path=/";
  localStorage.setItem("left", "behind");
  sessionStorage.setItem("left", "behind");
}"""


async def test_nothing_is_left_behind(windows: Windows, session: StorageState, faults: Faults) -> None:
    page = await windows.open("phone", session, faults)
    await page.goto("/console/system")
    before = [await page.evaluate(KEPT), await page.evaluate(ALLOWED)]
    await page.add_init_script("left = 'behind'")
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 600, "height": 800})
    await page.route("**/*.css", lambda route: route.abort())
    await page.context.route("**/*.js", lambda route: route.abort())
    await page.context.grant_permissions(["clipboard-read"])
    await page.evaluate(LEAVE)
    await windows.close(page, faults)

    page = await windows.open("phone", session, faults)
    await page.goto("/console/system")
    assert [await page.evaluate(KEPT), await page.evaluate(ALLOWED)] == before
    await windows.close(page, faults)
    faults.check()


async def test_what_cannot_be_put_back_is_told(chromium: Browser, stack: Stack, faults: Faults) -> None:
    windows = Windows(chromium, stack.running.url)
    page = await windows.open("desktop", NOBODY, faults)
    with pytest.raises(AssertionError, match="ask for a fresh one"):
        await windows.open("desktop", NOBODY, faults)
    await page.clock.install()
    await windows.close(page, faults)
    with pytest.raises(AssertionError, match="has set the clock"):
        await windows.open("desktop", NOBODY, faults)
    await page.context.close()
