"""A face that was not found is drawn on the picture, by mouse, finger or keys, and named."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from accessibility import grave_barriers
from album import AddPictures
from onlooker.client import OnlookerClient
from onlooker.pictures import Picture
from onlooker_recognizer.people.registry.people import People
from stack import Stack, clients
from windows import Faults

NAME = "Mona Drawn"
LOADED = 60_000
"""Milliseconds: the models may have to be loaded first."""
BLUR = 1.0
"""Percent of the picture by which pointers and the browser may round."""


@pytest.fixture
async def path(stack: Stack, add_pictures: AddPictures, pictures: Path) -> AsyncIterator[str]:
    """The page of a picture without faces; whoever is seen in it is gone afterwards."""
    wanted = Picture(pictures / "scenes" / "coffee.png", "drawing/coffee.png")
    image_id = (await add_pictures(wanted))[wanted.key]["image_id"]
    yield f"/console/pictures/{image_id}"
    async with clients(stack) as (aws, settings):
        names = settings.topology
        people = People(await aws.client("dynamodb"), names.people.name, names.people_faces.name)
        for person in await people.named(NAME):
            for face_id in person.face_ids:
                await people.remove_face(face_id)
            await people.delete(person.person_id)


async def _numbers(page: Page) -> list[float]:
    """Where the box is, as the form has it, in percent."""
    form = page.get_by_role("form", name="A face that was not found")
    return [float(await form.locator(f'[name="{side}"]').input_value()) for side in ("left", "top", "width", "height")]


async def _corner(box: Locator, across: float, down: float) -> dict[str, float]:
    """A point of an element on the screen, by shares of its sides."""
    place = await box.bounding_box()
    assert place is not None
    return {"x": place["x"] + across * place["width"], "y": place["y"] + down * place["height"]}


async def test_a_face_is_drawn_with_the_mouse_and_named(page: Page, path: str, client: OnlookerClient) -> None:
    await page.goto(path)
    await page.get_by_role("link", name="One is missing").click()
    picture = page.locator(".draw-shade")  # as large as the picture: the layer may be wider
    await expect(picture).to_be_visible()
    size = await picture.bounding_box()
    assert size is not None
    start = {"x": size["x"] + 0.25 * size["width"], "y": size["y"] + 0.25 * size["height"]}
    await page.mouse.move(**start)
    await page.mouse.down()
    await page.mouse.move(start["x"] + 0.5 * size["width"], start["y"] + 0.5 * size["height"], steps=3)
    await page.mouse.up()
    assert await _numbers(page) == pytest.approx([25, 25, 50, 50], abs=BLUR)
    assert await grave_barriers(page) == []
    await expect(page.get_by_role("combobox", name="Whose face it is")).to_be_focused()
    await page.keyboard.type(NAME)
    await page.keyboard.press("Enter")
    entry = page.locator("details.face")
    await expect(entry).to_contain_text(NAME, timeout=LOADED)
    await expect(entry).to_contain_text("drawn by hand")
    await expect(entry).to_have_attribute("open", "")
    await expect(picture).to_be_hidden()


async def test_a_box_is_moved_by_keys_and_given_up(page: Page, path: str) -> None:
    await page.goto(path)
    await page.keyboard.press("d")
    await expect(page.get_by_role("application", name="Box around the face")).to_be_focused()
    left, top, width, height = await _numbers(page)
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        await page.keyboard.press(key)
    moved = await _numbers(page)
    assert (moved[0] < left, moved[1] < top, moved[2] > width, moved[3] > height) == (True,) * 4
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="Whose face it is")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("application")).to_be_hidden()
    await expect(page).to_have_url(re.compile(f"{path}$"))
    await expect(page.locator("[data-draw] > summary")).to_be_focused()


async def test_a_finger_pulls_the_box_and_a_refusal_is_said_in_words(phone: Page, path: str, faults: Faults) -> None:
    faults.forgive("status of 422")
    await phone.goto(path)
    await phone.get_by_text("Draw a face", exact=True).tap()
    await expect(phone.get_by_role("application", name="Box around the face")).to_be_visible()
    before = await _numbers(phone)
    start, end = (
        await _corner(phone.locator('[data-corner="se"]'), 0.5, 0.5),
        await _corner(phone.locator(".draw-shade"), 0.9, 0.9),
    )
    await _swipe(phone, start, end)
    left, top, width, height = await _numbers(phone)
    assert [left, top] == pytest.approx(before[:2], abs=BLUR)
    assert [left + width, top + height] == pytest.approx([90, 90], abs=BLUR)
    await expect(phone).to_have_url(re.compile(f"{path}$"))  # no swipe to another picture
    assert await grave_barriers(phone) == []

    await phone.get_by_text("Place in numbers").tap()
    await phone.get_by_label("Width").fill("0.1")
    await phone.get_by_role("combobox", name="Whose face it is").fill(NAME)
    await phone.get_by_role("button", name="Add").tap()
    await expect(phone.get_by_role("alert")).to_contain_text("This box is too small")
    await phone.get_by_role("button", name="Cancel").tap()
    await expect(phone.locator("[data-draw-layer]")).to_be_hidden()


async def _swipe(page: Page, start: dict[str, float], end: dict[str, float]) -> None:
    """Draw a finger over the screen."""
    devtools = await page.context.new_cdp_session(page)
    halfway = {axis: (start[axis] + end[axis]) / 2 for axis in start}
    steps: list[tuple[str, list[Any]]] = [
        ("touchStart", [start]),
        ("touchMove", [halfway]),
        ("touchMove", [end]),
        ("touchEnd", []),
    ]
    for kind, points in steps:
        await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await devtools.detach()
