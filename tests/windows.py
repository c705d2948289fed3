"""Browser windows of the sizes and themes that people have, watched for all that a page must never do.

A page that writes an error or a warning to the console, throws, asks for what does not come, breaks its own
Content-Security-Policy or calls another origin works perhaps today, by luck.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, WebError

Size = Literal["desktop", "phone"]
Theme = Literal["light", "dark"]
OpenWindow = Callable[..., Awaitable[Page]]
"""The fixture `open_window`."""

SIZES: dict[Size, dict[str, object]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
}
THEMES: tuple[Theme, ...] = ("light", "dark")

OWN_SCHEMES = ("data", "blob", "about")
"""Of addresses that lead to no other machine."""
ABORTED = "net::ERR_ABORTED"
"""What becomes of requests in flight when a page is left, and of downloads: nothing is wrong with it."""

POLICY_BROKEN = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy broken: ${event.effectiveDirective} by ${event.blockedURI} at ${event.sourceFile}`));
"""


@dataclass
class Faults:
    """What went wrong in the windows of one test."""

    origins: list[str]
    """Of the consoles that the test looks at: `scheme://host:port`."""
    found: list[str] = field(default_factory=list)
    forgiven: list[re.Pattern[str]] = field(default_factory=list)

    def forgive(self, pattern: str) -> None:
        """Expect faults that a regular expression finds, because the test brings them about."""
        self.forgiven.append(re.compile(pattern))

    async def watch(self, context: BrowserContext) -> None:
        """Note all faults of a context's windows from now on."""
        await context.add_init_script(POLICY_BROKEN)
        context.on("console", self._said)
        context.on("weberror", self._threw)
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)

    def check(self) -> None:
        """Raise AssertionError if there was any that was not forgiven."""
        unforgiven = [fault for fault in self.found if not any(pattern.search(fault) for pattern in self.forgiven)]
        assert not unforgiven, "the browser complained:\n" + "\n".join(unforgiven)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.found.append(f"console {message.type}: {message.text} ({message.location['url']})")

    def _threw(self, error: WebError) -> None:
        self.found.append(f"exception: {error.error}")

    def _asked(self, request: Request) -> None:
        place = urlsplit(request.url)
        if place.scheme not in OWN_SCHEMES and f"{place.scheme}://{place.netloc}" not in self.origins:
            self.found.append(f"another origin was asked: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != ABORTED:
            self.found.append(f"request failed: {request.method} {request.url}: {request.failure}")


async def enter(page: Page, key: str) -> None:
    """Fill in the sign-in page, which is shown."""
    await page.get_by_label("Access key").fill(key)
    await page.get_by_label("Access key").press("Enter")
