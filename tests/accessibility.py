"""What axe-core, of the console's own npm lock, finds on a page that people with disabilities could not use."""

from functools import cache
from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[1] / "services" / "console" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
STILL = """
Promise.allSettled(
  document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished))
"""
"""Waits for colours on their way to another theme's, which have neither's contrast."""


async def grave_barriers(page: Page, *, only: str | None = None) -> list[str]:
    """Return the serious and critical violations (`only` of a rule) of a page as it is now, with where and why."""
    await page.evaluate(STILL)
    await page.evaluate(_axe())  # by the debugger, past the page's policy, which stays as strict as it is
    options = {"resultTypes": ["violations"], **({"runOnly": [only]} if only else {})}
    found = await page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['impact']}: {violation['help']} ({violation['id']}): {node['html']}: {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


@cache
def _axe() -> str:
    return AXE.read_text()
