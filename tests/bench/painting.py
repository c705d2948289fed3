"""What Chromium itself measures of a page that it loads with nothing in its cache."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Request, StorageState

OBSERVE = """
globalThis.measured = {largest: 0, shift: 0, blocked: 0};
const observe = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({type, buffered: true});
observe("largest-contentful-paint", (entry) => { measured.largest = entry.startTime; });
observe("layout-shift", (entry) => { if (!entry.hadRecentInput) measured.shift += entry.value; });
observe("longtask", (entry) => { measured.blocked += Math.max(0, entry.duration - 50); });
"""
"""As web.dev/vitals defines them: a shift after a click does not count, and of a long task what exceeds 50 ms."""

READ = """
() => ({...measured, first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
        server: performance.getEntriesByType("navigation")[0].responseStart})
"""


@dataclass(frozen=True)
class Painted:
    """One load of one page. Times are milliseconds after the navigation began."""

    server: float
    """The first byte."""
    first: float
    """First contentful paint."""
    largest: float
    """Largest contentful paint."""
    shift: float
    """Cumulative layout shift; up to 0.1 is called good."""
    blocked: float
    """Milliseconds in which long tasks would have kept a click waiting."""
    scripts: int
    """Bytes of scripts as they came over the wire."""


async def paint(browser: Browser, url: str, path: str, session: StorageState) -> Painted:
    """Load a page in a new profile and wait until its pictures are there."""
    context = await browser.new_context(base_url=url, storage_state=session, viewport={"width": 1280, "height": 800})
    try:
        await context.add_init_script(OBSERVE)
        page = await context.new_page()
        scripts: list[Request] = []
        page.on("requestfinished", lambda request: _note_script(request, scripts))
        await page.goto(path, wait_until="load")
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        measured: dict[str, Any] = await page.evaluate(READ)
        sizes = [(await script.sizes())["responseBodySize"] for script in scripts]
        return Painted(**measured, scripts=sum(sizes))
    finally:
        await context.close()


def _note_script(request: Request, scripts: list[Request]) -> None:
    if request.resource_type == "script":
        scripts.append(request)
