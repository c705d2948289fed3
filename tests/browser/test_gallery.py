"""Looking for pictures: words, suggestions, filters, the address bar; and pictures that come and go while one looks."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from album import BUCKET, AddPictures, Album
from onlooker.client import OnlookerClient
from onlooker.pictures import Picture
from windows import Faults

LIVE = "**/console/pictures/live?*"
HASTE = "retry: 50\n\n"
"""Has the browser wait 50 milliseconds before it tries again, instead of 3 seconds."""


def _tile(page: Page, image_id: str) -> Locator:
    return page.locator(f"li.tile[data-id='{image_id}']")


def _filter(page: Page, kind: str, text: str) -> Locator:
    """A link at the side that narrows the search."""
    return page.locator(f"[data-facet='{kind}']").get_by_role("link", name=re.compile(rf"^{text}\b"))


async def test_words_lead_to_pictures_by_keyboard_alone(page: Page, album: Album, faults: Faults) -> None:
    faults.forgive("404.*/thumbnail")  # a test before has just deleted a picture of its own
    await page.goto("/console/pictures")
    await page.get_by_label("Search", exact=True).press_sequentially("kitt")
    cat = page.get_by_role("option", name=re.compile("^Cat"))
    await expect(cat).to_contain_text("kitt")  # says why a kitten is a cat
    await page.keyboard.press("ArrowDown")
    await expect(cat).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"label=Cat\b"))
    await expect(page.locator("li.tile")).to_have_count(1)
    await expect(_tile(page, album["pictures/scenes/cat.png"]["image_id"])).to_be_visible()


async def test_filters_narrow_the_search_and_the_address_bar_holds_it(page: Page, album: Album) -> None:
    await page.goto("/console/pictures?prefix=pictures/")
    await expect(page.locator("li.tile")).to_have_count(len(album))
    await _filter(page, "label", "Suit").click()
    await expect(page).to_have_url(re.compile("label=Suit"))
    suits = await page.locator("li.tile").count()
    assert 0 < suits < len(album)
    await _filter(page, "emotion", "Happy").click()
    await expect(page).to_have_url(re.compile("label=Suit.*emotion=HAPPY"))
    await page.go_back()
    await expect(page.locator("li.tile")).to_have_count(suits)
    await page.go_forward()
    await expect(page).to_have_url(re.compile("emotion=HAPPY"))
    await page.get_by_role("link", name="Remove: Label Suit").click()
    await expect(page).not_to_have_url(re.compile("label="))
    await page.get_by_role("link", name="Clear all").click()
    await expect(page).to_have_url(re.compile(r"/console/pictures$"))


async def test_on_a_phone_the_filters_are_a_sheet(phone: Page, album: Album) -> None:
    await phone.goto("/console/pictures?prefix=pictures/")
    await expect(_filter(phone, "label", "Tie")).to_be_hidden()
    await phone.get_by_role("button", name="Filters").tap()
    await _filter(phone, "label", "Tie").tap()
    await expect(phone).to_have_url(re.compile("label=Tie"))
    assert 0 < await phone.locator("li.tile").count() < len(album)


async def test_a_picture_appears_where_somebody_looks_and_goes_when_it_is_deleted(
    page: Page, client: OnlookerClient, add_pictures: AddPictures, pictures: Path, album: Album
) -> None:
    await page.goto("/console/pictures?prefix=live/")
    await expect(page.get_by_text("No picture is like that")).to_be_visible()
    await page.goto("/console/pictures")
    newest = page.locator("li.tile").first
    before = await newest.get_attribute("data-id")
    document = (await add_pictures(Picture(pictures / "scenes" / "rocket.jpg", "live/rocket.jpg")))["live/rocket.jpg"]
    await expect(newest).to_have_attribute("data-id", document["image_id"])
    await expect(newest.locator("img")).to_be_visible()  # with its boxes
    await client.delete(BUCKET, "live/rocket.jpg")
    await expect(_tile(page, document["image_id"])).to_have_count(0)
    await expect(newest).to_have_attribute("data-id", before or "")


async def test_a_page_that_is_not_kept_up_to_date_says_so_until_it_is(page: Page, album: Album, faults: Faults) -> None:
    faults.forgive("pictures/live|ERR_FAILED")
    await page.route(LIVE, lambda route: route.abort())
    await page.route(LIVE, lambda route: route.fulfill(body=HASTE, content_type="text/event-stream"), times=1)
    await page.goto("/console/pictures")
    await expect(page.get_by_title("New pictures do not appear by themselves just now")).to_be_visible()
    await page.unroute(LIVE)
    await expect(page.get_by_title("New pictures appear by themselves")).to_be_visible()


async def test_what_is_not_found_says_what_to_do(page: Page, album: Album) -> None:
    await page.goto("/console/pictures?q=unicorn")
    await expect(page.get_by_text("No picture is like that")).to_be_visible()
    await page.get_by_role("link", name="Show all pictures").click()
    await expect(page.locator("li.tile").first).to_be_visible()


@pytest.mark.parametrize(
    ("query", "words", "way_out"),
    [
        (f"q={'x' * 10_000}", "at most", "Show all pictures"),
        ("cursor=of-another-search", "cursor", "Start from the beginning"),
        ("colour=red", "cannot be searched by “colour”", "Search without it"),
        ("min_age=old", "min_age", "Show all pictures"),
        ("q=%25", "holds no letter or digit", "Show all pictures"),
        ("q=🐈", "holds no letter or digit", "Show all pictures"),
    ],
)
async def test_a_search_that_makes_no_sense_is_answered_in_words(
    page: Page, album: Album, faults: Faults, query: str, words: str, way_out: str
) -> None:
    faults.forgive("status of 4")
    await page.goto(f"/console/pictures?{query}")
    await expect(page.get_by_role("alert").first).to_contain_text(words)
    await page.get_by_role("link", name=way_out).click()
    await expect(page.locator("li.tile").first).to_be_visible()


@pytest.mark.parametrize("words", ["' OR 1=1 --", '"unclosed AND (', "label:Cat*", "NEAR(a b)"])
async def test_operators_are_words_like_all_others(page: Page, album: Album, words: str) -> None:
    await page.goto("/console/pictures")
    await page.get_by_label("Search", exact=True).fill(words)
    await page.get_by_label("Search", exact=True).press("Enter")
    await expect(page.get_by_label("Search", exact=True)).to_have_value(words)
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_a_page_left_open_still_shows_pictures_when_links_have_expired(page: Page, album: Album) -> None:
    await page.goto("/console/pictures?prefix=pictures/")
    links = await page.locator("a[href], img").evaluate_all("found => found.map((each) => each.href ?? each.src)")
    assert not [link for link in links if "X-Amz-" in link]  # nothing on the page expires
    statuses = await page.locator("li.tile img").evaluate_all(
        "images => Promise.all(images.map(async (image) => (await fetch(image.src, {cache: 'reload'})).status))"
    )
    assert set(statuses) == {200}
