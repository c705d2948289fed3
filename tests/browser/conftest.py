"""One installation with real pictures in it and one browser for all tests here; windows of its own for each test.

The pictures of `album` are for all to look at: a test that changes or deletes one adds its own, and leaves none.
"""

import os
import re
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, StorageState, expect

from album import AddPictures, Album, add_to_album, remove_from_album
from chromium import NoChromiumError, ensure_chromium, running_chromium
from onlooker.client import OnlookerClient, connect
from onlooker.pictures import Picture
from onlooker.pictures import pictures as find_pictures
from stack import Stack, running_stack
from windows import SIZES, Faults, OpenWindow, Size, Theme

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("ONLOOKER_TEST_SCREENSHOTS", ROOT / ".cache" / "screenshots"))
PATIENCE = 15_000
"""Milliseconds after which what should come counts as not coming."""

REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what became of a test, so that its windows can be photographed if it failed."""
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of pages are kept for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for old in SCREENSHOTS.glob("failed-*.png"):
        old.unlink()
    return SCREENSHOTS


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running installation, where there is a browser to look at it."""
    try:
        ensure_chromium()
    except NoChromiumError as error:
        pytest.skip(str(error))
    with running_stack(tmp_path_factory.mktemp("stack") / "data") as running:
        yield running


@pytest.fixture(scope="session")
async def client(stack: Stack) -> AsyncIterator[OnlookerClient]:
    """A client of its services, with the admin key."""
    async with connect(stack.running.url, stack.key) as connected:
        yield connected


@pytest.fixture(scope="session")
async def album(client: OnlookerClient, pictures: Path) -> Album:
    """The pictures that every test finds there, and leaves there."""
    return await add_to_album(client, *find_pictures([pictures]))


@pytest.fixture
async def added(client: OnlookerClient) -> AsyncIterator[list[str]]:
    """Keys of pictures that a test has added: they are deleted after it."""
    keys: list[str] = []
    yield keys
    for key in keys:
        await remove_from_album(client, key)


@pytest.fixture
def add_pictures(client: OnlookerClient, added: list[str]) -> AddPictures:
    """Upload pictures, wait until each has gone all the way, and give their documents."""

    async def add(*wanted: Picture) -> Album:
        added.extend(picture.key for picture in wanted)
        return await add_to_album(client, *wanted)

    return add


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    async with running_chromium() as running:
        expect.set_options(timeout=PATIENCE)
        yield running


@pytest.fixture(scope="session")
async def session(chromium: Browser, stack: Stack) -> StorageState:
    """The cookies of somebody who has signed in with the admin key."""
    async with await chromium.new_context(base_url=stack.running.url) as context:
        page = await context.new_page()
        await page.goto("/console/")
        await page.get_by_label("Access key").fill(stack.key)
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/console/pictures")
        return await context.storage_state()


@pytest.fixture
def faults(stack: Stack) -> Faults:
    """What went wrong in this test's windows; a test forgives what it brings about."""
    return Faults([stack.running.url])


@pytest.fixture
async def open_window(
    chromium: Browser,
    stack: Stack,
    session: StorageState,
    faults: Faults,
    screenshots: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[OpenWindow]:
    """Open a window, signed in unless `signed_in` is False; all are closed in the end, and must have had no faults."""
    pages: list[Page] = []

    async def open_one(size: Size = "desktop", theme: Theme = "light", *, signed_in: bool = True) -> Page:
        context = await chromium.new_context(
            base_url=stack.running.url,
            storage_state=session if signed_in else None,
            color_scheme=theme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
            accept_downloads=True,
            **SIZES[size],
        )
        context.set_default_timeout(PATIENCE)
        await faults.watch(context)
        pages.append(await context.new_page())
        return pages[-1]

    yield open_one
    report = request.node.stash.get(REPORT, None)
    name = re.sub(r"[^\w-]+", "-", request.node.name)
    for number, page in enumerate(pages):
        if report is not None and report.failed:
            await page.screenshot(path=screenshots / f"failed-{name}-{number}.png")
        await page.context.close()
    faults.check()


@pytest.fixture
async def page(open_window: OpenWindow) -> Page:
    """A window of a desktop computer, signed in."""
    return await open_window()


@pytest.fixture
async def phone(open_window: OpenWindow) -> Page:
    """A window of a phone, signed in."""
    return await open_window("phone")
