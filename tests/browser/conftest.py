"""One installation with real pictures in it and one browser for all tests here; a window of its own for each test.

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
from windows import PATIENCE, Faults, OpenWindow, Size, Windows

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("ONLOOKER_TEST_SCREENSHOTS", ROOT / ".cache" / "screenshots"))
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
    try:
        ensure_chromium()
    except NoChromiumError as error:
        pytest.skip(str(error))
    async with running_chromium() as running:
        expect.set_options(timeout=PATIENCE)
        yield running


@pytest.fixture(scope="session")
def windows(chromium: Browser, stack: Stack) -> Windows:
    """Opens its windows on the console."""
    return Windows(chromium, stack.running.url)


@pytest.fixture(scope="session")
async def session(windows: Windows, stack: Stack) -> StorageState:
    """Of somebody who has signed in with the admin key."""
    return await windows.sign_in(stack.key)


@pytest.fixture
def faults(stack: Stack) -> Faults:
    """What went wrong in this test's windows; a test forgives what it brings about."""
    return Faults([stack.running.url])


@pytest.fixture
async def open_window(
    windows: Windows, session: StorageState, faults: Faults, screenshots: Path, request: pytest.FixtureRequest
) -> AsyncIterator[OpenWindow]:
    """Open a window for a session, that of the admin key if there is none; for `fresh` see Windows.

    All are closed in the end, and must have had no faults.
    """
    pages: list[Page] = []

    async def open_one(size: Size = "desktop", session: StorageState = session, *, fresh: bool = False) -> Page:
        pages.append(await windows.open(size, session, faults, fresh=fresh))
        return pages[-1]

    yield open_one
    report = request.node.stash.get(REPORT, None)
    name = re.sub(r"[^\w-]+", "-", request.node.name)
    for number, page in enumerate(pages):
        if report is not None and report.failed:
            await page.screenshot(path=screenshots / f"failed-{name}-{number}.png")
        await windows.close(page, faults)
    faults.check()


@pytest.fixture
async def page(open_window: OpenWindow) -> Page:
    """A window of a desktop computer, signed in."""
    return await open_window()


@pytest.fixture
async def phone(open_window: OpenWindow) -> Page:
    """A window of a phone, signed in."""
    return await open_window("phone")
