"""A console for somebody whose access key may do little, or sees nothing yet: what is not theirs is not offered."""

import re

import pytest
from playwright.async_api import Page, expect

from album import BUCKET, Album
from onlooker_shared.keys import Scope
from stack import Stack, new_key
from windows import Faults, OpenWindow, enter

READING = (Scope.IMAGES_READ, Scope.TAGS_READ, Scope.ANNOTATIONS_READ, Scope.RECOGNITIONS_READ)


async def _window_of(open_window: OpenWindow, key: str) -> Page:
    page = await open_window(signed_in=False)
    await page.goto("/console/")
    await enter(page, key)
    await page.wait_for_url("**/console/pictures")
    return page


@pytest.fixture
async def newcomer(open_window: OpenWindow, stack: Stack) -> Page:
    """A window of somebody in whose folder no picture is."""
    key = await new_key(stack, *READING, Scope.IMAGES_WRITE, bucket=BUCKET, prefix="nothing-yet/")
    return await _window_of(open_window, key)


@pytest.fixture
async def reader(open_window: OpenWindow, stack: Stack) -> Page:
    """A window of somebody who may look and not touch."""
    return await _window_of(open_window, await new_key(stack, *READING))


async def test_where_no_picture_is_the_gallery_leads_to_the_upload(newcomer: Page, album: Album) -> None:
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
