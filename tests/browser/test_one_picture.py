"""One picture: what was found in it, over it and beside it; the way to others; what can be done with it."""

import io
import json
import operator
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from album import BUCKET, NOT_FOUND, AddPictures, Album
from installation import eventually
from onlooker.client import ApiError, OnlookerClient
from onlooker.pictures import Picture
from windows import Faults

ASTRONAUT = "pictures/scenes/astronaut.png"


@pytest.fixture
async def astronaut(page: Page, album: Album) -> Page:
    """The page of a picture with a face, in a window of a desktop computer."""
    await page.goto(f"/console/pictures/{album[ASTRONAUT]['image_id']}")
    return page


def _face(page: Page) -> Locator:
    """The box around the face."""
    return page.get_by_role("link", name=re.compile("^Face: "))


async def _own_copy(add_pictures: AddPictures, pictures: Path, key: str) -> str:
    return (await add_pictures(Picture(pictures / "scenes" / "coffee.png", key)))[key]["image_id"]


async def _downloaded(page: Page, name: str) -> bytes:
    link = page.get_by_role("link", name=name)
    if not await link.is_visible():
        await page.locator("summary", has_text="Download").click()
    async with page.expect_download() as download:
        await link.click()
    return (await (await download.value).path()).read_bytes()


async def _arrived(page: Page, address: str) -> None:
    """Wait until a page is there with its scripts, which keys are for."""
    await page.wait_for_url(re.compile(address), wait_until="load")


async def test_boxes_are_switched_off_and_on_and_stay_so(astronaut: Page) -> None:
    await expect(_face(astronaut)).to_be_visible()
    await astronaut.get_by_role("button", name=re.compile("^Faces")).click()
    await expect(_face(astronaut)).to_be_hidden()
    await astronaut.reload()
    await expect(_face(astronaut)).to_be_hidden()
    await astronaut.get_by_role("button", name=re.compile("^Faces")).click()
    await expect(_face(astronaut)).to_be_visible()
    await astronaut.keyboard.press("b")
    await expect(_face(astronaut)).to_be_hidden()


async def test_a_box_and_its_entry_light_up_together(astronaut: Page) -> None:
    entry = astronaut.locator("details.face")
    await _face(astronaut).hover()
    await expect(entry).to_contain_class("lit")
    await entry.locator("summary").hover()
    await expect(_face(astronaut)).to_contain_class("lit")
    await astronaut.get_by_role("heading", level=1).hover()
    await expect(_face(astronaut)).not_to_contain_class("lit")


async def test_what_is_known_of_a_face_is_there(astronaut: Page) -> None:
    entry = astronaut.locator("details.face")
    await expect(entry).to_contain_text("Happy")
    await expect(entry).to_contain_text("Pose")
    await expect(astronaut.get_by_role("link", name=re.compile("^Person"))).to_be_visible()


async def test_arrow_keys_lead_through_the_search_and_escape_back_to_it(page: Page, album: Album) -> None:
    await page.goto("/console/pictures?label=Person&prefix=pictures/")
    tiles = page.locator("li.tile")
    first, second = [await tiles.nth(number).get_attribute("data-id") for number in (0, 1)]
    await tiles.first.click()
    await _arrived(page, f"/{first}\\?")
    await page.keyboard.press("ArrowRight")
    await _arrived(page, f"/{second}\\?")
    await page.keyboard.press("ArrowLeft")
    await _arrived(page, f"/{first}\\?")
    await expect(page.get_by_role("link", name="Previous picture")).to_have_count(0)
    await page.keyboard.press("Escape")
    await _arrived(page, r"/console/pictures\?label=Person")
    await expect(tiles.first).to_have_attribute("data-id", first or "")


async def test_similar_pictures_lead_on(astronaut: Page, album: Album) -> None:
    await astronaut.get_by_role("region", name="Similar pictures").get_by_role("link", name="All").click()
    await expect(astronaut).to_have_url(re.compile(f"similar_to={album[ASTRONAUT]['image_id']}"))
    await expect(astronaut.locator("li.tile").first).to_be_visible()


async def test_all_of_it_can_be_downloaded(astronaut: Page, pictures: Path, album: Album) -> None:
    assert await _downloaded(astronaut, "Original") == (pictures / "scenes" / "astronaut.png").read_bytes()
    drawn = Image.open(io.BytesIO(await _downloaded(astronaut, "With boxes")))
    assert (drawn.format, drawn.size) == ("JPEG", (512, 512))
    told = json.loads(await _downloaded(astronaut, "What was recognized"))
    assert told["image"]["image_id"] == album[ASTRONAUT]["image_id"]


async def test_a_picture_is_recognized_again_and_the_page_shows_the_new_result(
    page: Page, client: OnlookerClient, add_pictures: AddPictures, pictures: Path
) -> None:
    image_id = await _own_copy(add_pictures, pictures, "again/coffee.png")
    before = (await client.document(image_id))["recognized_at"]
    await page.goto(f"/console/pictures/{image_id}")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    await page.get_by_role("button", name="Run again").dblclick()  # as people do
    await expect(page.get_by_text("It is being recognized again")).to_be_visible()
    assert len(sent) == 1
    await expect(page.get_by_text("It is being recognized again")).to_have_count(0)
    await expect(page.get_by_role("button", name="Run again")).to_be_enabled()
    assert (await client.document(image_id))["recognized_at"] > before


async def test_deleting_asks_first_and_then_leaves_nothing(
    page: Page, client: OnlookerClient, add_pictures: AddPictures, pictures: Path, faults: Faults
) -> None:
    image_id = await _own_copy(add_pictures, pictures, "gone/coffee.png")
    await page.goto(f"/console/pictures/{image_id}?prefix=gone%2F")
    await page.get_by_role("link", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete this picture?")
    await dialog.get_by_role("link", name="Keep it").click()
    await expect(dialog).to_be_hidden()
    assert (await client.document(image_id))["key"] == "gone/coffee.png"
    await page.get_by_role("link", name="Delete").click()
    await dialog.get_by_role("button", name="Delete it").click()
    await expect(page).to_have_url(re.compile(r"/console/pictures\?prefix=gone"))
    await expect(page.get_by_text("coffee.png is deleted.")).to_be_visible()
    await expect(page.locator("li.tile")).to_have_count(0)
    for ask in (client.document, client.recognition, client.annotation):
        await eventually(partial(_knows, ask, image_id), operator.not_)
    faults.forgive("status of 404")
    await page.goto(f"/console/pictures/{image_id}")
    await expect(page.get_by_role("heading", name=re.compile("^No such picture"))).to_be_visible()


async def _knows(ask: Callable[[str], Awaitable[object]], image_id: str) -> bool:
    """Whether a service knows of a picture."""
    try:
        await ask(image_id)
    except ApiError as error:
        if error.status == NOT_FOUND:
            return False
        raise
    return True


async def test_what_could_not_be_recognized_says_why(
    page: Page, client: OnlookerClient, added: list[str], pictures: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.jpg"
    damaged.write_bytes((pictures / "scenes" / "rocket.jpg").read_bytes()[:9_000])
    added.append("damaged/damaged.jpg")
    await client.upload(damaged, BUCKET, "damaged/damaged.jpg")
    await page.goto("/console/pictures?prefix=damaged/&state=failed")
    await page.locator("li.tile-failed").click()
    await expect(page.get_by_text("This picture could not be recognized.")).to_be_visible()
    await expect(page.get_by_text("truncated").first).to_be_visible()


async def test_a_picture_that_never_was_is_told_so(page: Page, faults: Faults) -> None:
    faults.forgive("status of 404")
    await page.goto(f"/console/pictures/{'0' * 32}")
    await expect(page.get_by_role("heading", name=re.compile("^No such picture"))).to_be_visible()
