"""A console for somebody whose access key may do little, or sees nothing yet: what is not theirs is not offered."""

import re

import pytest
from playwright.async_api import Page, StorageState, expect

from album import BUCKET, Album
from onlooker_shared.keys import Scope
from stack import Stack, new_key
from windows import Faults, OpenWindow, Windows

READING = (Scope.IMAGES_READ, Scope.TAGS_READ, Scope.ANNOTATIONS_READ, Scope.RECOGNITIONS_READ)


@pytest.fixture(scope="module")
async def newcomers_session(windows: Windows, stack: Stack) -> StorageState:
    """Of somebody in whose folder no picture is."""
    key = await new_key(stack, *READING, Scope.IMAGES_WRITE, bucket=BUCKET, prefix="nothing-yet/")
    return await windows.sign_in(key)


@pytest.fixture(scope="module")
async def readers_session(windows: Windows, stack: Stack) -> StorageState:
    """Of somebody who may look and not touch."""
    return await windows.sign_in(await new_key(stack, *READING))


@pytest.fixture
async def newcomer(open_window: OpenWindow, newcomers_session: StorageState) -> Page:
    return await open_window(session=newcomers_session)


@pytest.fixture
async def reader(open_window: OpenWindow, readers_session: StorageState) -> Page:
    return await open_window(session=readers_session)


async def test_where_no_picture_is_the_gallery_leads_to_the_upload(newcomer: Page, album: Album) -> None:
    await newcomer.goto("/console/pictures")
    await expect(newcomer.get_by_text("There is no picture yet")).to_be_visible()
    await newcomer.get_by_role("main").get_by_role("link", name=re.compile("Upload")).click()
    await expect(newcomer).to_have_url(re.compile("/console/upload$"))


async def test_another_ones_picture_is_not_there(newcomer: Page, album: Album, faults: Faults) -> None:
    faults.forgive("status of 404")
    await newcomer.goto(f"/console/pictures/{album['pictures/scenes/cat.png']['image_id']}")
    await expect(newcomer.get_by_role("heading", name=re.compile("^No such picture"))).to_be_visible()


async def test_who_may_only_look_is_offered_no_more(reader: Page, album: Album) -> None:
    await reader.goto(f"/console/pictures/{album['pictures/scenes/cat.png']['image_id']}")
    await expect(reader.get_by_role("heading", level=1)).to_contain_text("cat.png")
    await expect(reader.get_by_role("button", name=re.compile("Delete"))).to_have_count(0)
    await expect(reader.get_by_role("button", name=re.compile("again"))).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("upload", "Your access key may not upload"),
        ("alerts", "alerts:read"),
        ("system", "only a key with the scope admin"),
    ],
)
async def test_every_page_says_what_the_key_may_not(reader: Page, album: Album, path: str, words: str) -> None:
    await reader.goto(f"/console/{path}")
    await expect(reader.get_by_role("main")).to_contain_text(words)
    await expect(reader.get_by_role("alert")).to_have_count(0)  # nothing failed
