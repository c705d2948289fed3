"""Browser windows of the sizes and themes that people have, watched for all that a page must never do.

A page that writes an error or a warning to the console, throws, asks for what does not come, breaks its own
Content-Security-Policy or calls another origin works perhaps today, by luck.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, StorageState, WebError

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
PATIENCE = 15_000
"""Milliseconds after which what should come counts as not coming."""
NOBODY = StorageState(cookies=[], origins=[])
"""The session of somebody who has not signed in."""

OWN_SCHEMES = ("data", "blob", "about")
"""Of addresses that lead to no other machine."""
ABORTED = "net::ERR_ABORTED"
"""What becomes of requests in flight when a page is left, and of downloads: nothing is wrong with it."""

UNTOUCHED = "String(setTimeout).includes('native code')"
"""Whether a window has the browser's own clock."""
STORAGE = "local_storage,indexeddb,cache_storage,file_systems,service_workers"
"""What a site may keep besides cookies."""
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

    def watch(self, context: BrowserContext) -> None:
        """Note all faults of a context's windows from now on."""
        context.on("console", self._said)
        context.on("weberror", self._threw)
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)

    def unwatch(self, context: BrowserContext) -> None:
        """Note those no more."""
        context.remove_listener("console", self._said)
        context.remove_listener("weberror", self._threw)
        context.remove_listener("request", self._asked)
        context.remove_listener("requestfailed", self._failed)

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


class Windows:
    """Opens windows in one context for each size, which is kept from test to test.

    Another context has an empty cache, in which every script is fetched, read and compiled anew: that takes the browser
    longer than most tests do. Each test has a window of its own, with which its routes, handlers, scripts, emulations
    and history go; what a context holds (cookies, storage, permissions, routes) is put back between them. What cannot
    be put back, such as a clock, and a second window of somebody else are for a fresh context.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._kept: dict[Size, BrowserContext] = {}
        self._origins = {url}
        """Which may have stored something."""
        self._between = Faults([url])
        """What went wrong while no test had a window."""

    async def open(self, size: Size, session: StorageState, faults: Faults, *, fresh: bool = False) -> Page:
        """Open a window, in a context of its own if it is to be `fresh`.

        Raises AssertionError if a test before has left something behind, or this one has a window of that size.
        """
        context = await (self._context(size) if fresh else self._lend(size))
        faults.watch(context)
        page = await context.new_page()
        if not fresh:
            assert await page.evaluate(UNTOUCHED), "an earlier test has set the clock of a context that is kept"
            await self._forget(page)
        await context.add_cookies(session["cookies"])
        return page

    async def close(self, page: Page, faults: Faults) -> None:
        """Close a window, and all that it has opened."""
        context = page.context
        for opened in context.pages:
            await opened.close()
        if context in self._kept.values():
            await context.unroute_all()
            await context.clear_permissions()
            faults.unwatch(context)
            self._between.watch(context)
            self._origins.update(faults.origins)
        else:
            await context.close()

    async def sign_in(self, key: str) -> StorageState:
        """Return the session of somebody who signs in with an access key, as people do."""
        faults = Faults([self._url])
        page = await self.open("desktop", NOBODY, faults)
        await page.goto("/console/")
        await enter(page, key)
        await page.wait_for_url("**/console/pictures")
        session = await page.context.storage_state()
        await self.close(page, faults)
        faults.check()
        return session

    async def _lend(self, size: Size) -> BrowserContext:
        """Return the context that is kept for a size."""
        if size not in self._kept:
            self._kept[size] = await self._context(size)
            return self._kept[size]
        context = self._kept[size]
        assert not context.pages, f"there is a window of a {size} already: ask for a fresh one"
        self._between.unwatch(context)
        assert not self._between.found, f"after an earlier test the browser complained: {self._between.found}"
        return context

    async def _forget(self, page: Page) -> None:
        """Have a context know of nothing but its cache. Playwright's own way opens two windows more for it."""
        await page.context.clear_cookies()
        devtools = await page.context.new_cdp_session(page)
        for origin in self._origins:
            await devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORAGE})
        await devtools.detach()

    async def _context(self, size: Size) -> BrowserContext:
        context = await self._browser.new_context(
            base_url=self._url,
            color_scheme="light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
            accept_downloads=True,
            **SIZES[size],
        )
        context.set_default_timeout(PATIENCE)
        await context.add_init_script(POLICY_BROKEN)
        return context


async def enter(page: Page, key: str) -> None:
    """Fill in the sign-in page, which is shown."""
    await page.get_by_label("Access key").fill(key)
    await page.get_by_label("Access key").press("Enter")
