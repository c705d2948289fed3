"""Somebody is enrolled by the camera, which says when the picture will do; by it they sign in at the door then."""

import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, StorageState, expect

from accessibility import grave_barriers
from chromium import running_chromium
from onlooker_recognizer.people.registry.people import People
from stack import Stack, clients
from windows import Faults, Windows

NAME = "Grace Enrolled"
LOADED = 60_000
"""Milliseconds: the models may have to be loaded first."""


@pytest.fixture
def film(pictures: Path, tmp_path: Path) -> Path:
    """What the camera sees: a portrait, in a format that Chromium takes for a film."""
    frame = BytesIO()
    with Image.open(pictures / "portraits" / "obama.jpg") as opened:
        face = opened.convert("RGB")
        face.thumbnail((640, 480))
        room = Image.new("RGB", (640, 480), "gray")
        room.paste(face, ((640 - face.width) // 2, (480 - face.height) // 2))
        room.save(frame, "JPEG", quality=92)
    (tmp_path / "film.mjpeg").write_bytes(frame.getvalue() * 2)
    return tmp_path / "film.mjpeg"


@pytest.fixture
async def before_the_camera(film: Path, stack: Stack, session: StorageState, faults: Faults) -> AsyncIterator[Page]:
    """A window of a browser with that camera; whom it enrolled is gone afterwards."""
    async with running_chromium(f"--use-file-for-fake-video-capture={film}") as browser:
        windows = Windows(browser, stack.running.url)
        page = await windows.open("desktop", session, faults)
        yield page
        await windows.close(page, faults)
    async with clients(stack) as (aws, settings):
        names = settings.topology
        people = People(await aws.client("dynamodb"), names.people.name, names.people_faces.name)
        for person in await people.named(NAME):
            for face_id in person.face_ids:
                await people.remove_face(face_id)
            await people.delete(person.person_id)
    faults.check()


async def test_somebody_is_enrolled_by_the_camera_but_not_twice_and_signs_in_at_the_door(
    before_the_camera: Page,
) -> None:
    page = before_the_camera
    await page.goto("/console/people")
    await page.get_by_role("link", name="Enrol somebody").first.click()
    await page.get_by_role("button", name="Use the camera").click()
    await expect(page.get_by_text("Good. Take the picture.")).to_be_visible(timeout=LOADED)
    await expect(page.locator(".camera-boxes rect")).to_have_count(1)
    assert await grave_barriers(page) == []
    await page.get_by_role("button", name="Take this picture").click()
    await page.get_by_role("button", name="Leave picture 1 out").click()
    await expect(page.get_by_role("list", name="Pictures that are sent").get_by_role("listitem")).to_have_count(0)
    await page.get_by_role("button", name="Take this picture").click()
    await expect(page.get_by_role("button", name="Leave picture 1 out")).to_be_visible()
    await page.get_by_label("Name").fill(NAME)
    await page.get_by_role("button", name="Enrol", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NAME, timeout=LOADED)
    await expect(page.get_by_role("status").filter(has_text="is known from now on")).to_be_visible()

    await page.goto("/console/people/new")
    await page.get_by_role("button", name="Use the camera").click()
    await page.get_by_role("button", name="Take this picture").click()
    await expect(page.get_by_role("button", name="Leave picture 1 out")).to_be_visible()
    await page.get_by_label("Name").fill("Somebody Else")
    await page.get_by_role("button", name="Enrol", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text(re.compile(f"known as that of {NAME}: 1?\\d\\d % alike"))
    await expect(page.get_by_role("button", name="Leave picture 1 out")).to_be_visible()

    await page.goto("/console/people/attendance")
    await page.get_by_role("link", name="Sign in and out here").click()
    await expect(page.get_by_text("Good. Press the button.")).to_be_visible(timeout=LOADED)
    await expect(page.locator(".camera-boxes rect")).to_have_count(1)
    assert await grave_barriers(page) == []
    said = page.locator("[data-said]")
    for words in ("signed in at", "is signed in already, since"):
        await page.get_by_role("button", name="Sign in / out").click()
        await expect(said).to_contain_text(re.compile(f"{NAME} {words} \\d?\\d:\\d\\d"), timeout=LOADED)
        await expect(said).to_be_empty(timeout=10_000)
    await page.get_by_role("link", name="Attendance").click()
    await expect(page.get_by_role("row", name=NAME)).to_contain_text("There")
