"""A real Chromium for tests: the one of this machine, or Debian's package; never a download of Playwright's own.

ONLOOKER_TEST_CHROMIUM    the program to take instead

Run as a program it installs what is missing and says where it is, or why that did not work:
``python tests/chromium.py``.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

VARIABLE = "ONLOOKER_TEST_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-dejavu-core")
"""Without any font Chromium draws boxes for letters, and screenshots show nothing."""
INSTALLED_WITHIN = 400
"""Seconds; it is 100 MB."""

ARGUMENTS = (
    "--no-sandbox",  # which root, whom containers run tests as, cannot have
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",  # a camera that moves, and nobody who has to allow it
)


class NoChromiumError(Exception):
    """There is none, and none could be installed."""


def find_chromium() -> str | None:
    """Return the program, None if this machine has none."""
    if named := os.environ.get(VARIABLE):
        return named
    return next((found for program in PROGRAMS if (found := shutil.which(program))), None)


def ensure_chromium() -> str:
    """Return the program, installed if need be. Raises NoChromiumError with what to do."""
    if found := find_chromium():
        return found
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise NoChromiumError(f"needs Chromium: install it (Debian: apt-get install chromium), or set {VARIABLE}")
    for command in (("update",), ("install", "--yes", "--no-install-recommends", *PACKAGES)):
        _apt_get(*command)
    found = find_chromium()
    if found is None:
        raise NoChromiumError(f"apt-get has installed {PACKAGES[0]}, but none of {', '.join(PROGRAMS)} is there")
    return found


@asynccontextmanager
async def running_chromium(*more: str) -> AsyncIterator[Browser]:
    """A browser without a window, with more arguments, for the length of a `with` block. Raises NoChromiumError."""
    program = ensure_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            await browser.close()


def _apt_get(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "--quiet", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALLED_WITHIN,
        check=False,
    )
    if done.returncode != 0:
        raise NoChromiumError(f"apt-get {' '.join(arguments)} failed: {done.stdout.strip()[-500:]}")


if __name__ == "__main__":
    try:
        sys.stdout.write(ensure_chromium() + "\n")
    except NoChromiumError as error:
        sys.exit(f"No Chromium: {error}")
