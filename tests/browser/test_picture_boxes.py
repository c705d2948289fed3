"""Boxes over a picture: that they lie where the faces are, and are reached without a mouse; and its full size."""

import re

from playwright.async_api import Page, expect

from album import Album
from windows import OpenWindow, Size

ASTRONAUT = "pictures/scenes/astronaut.png"
PLACES = """() => {
  const image = document.querySelector(".stage-canvas img").getBoundingClientRect();
  const face = document.querySelector(".box-face > rect").getBoundingClientRect();
  return [image.x, image.y, image.width, image.height, face.x, face.y, face.width, face.height];
}"""
BLUR = 3
"""Pixels by which the browser may round."""


def _path(album: Album) -> str:
    return f"/console/pictures/{album[ASTRONAUT]['image_id']}"


async def test_boxes_lie_where_the_faces_are_at_every_size(open_window: OpenWindow, album: Album) -> None:
    document = album[ASTRONAUT]
    face = document["faces"][0]["bounding_box"]
    sizes: tuple[Size, ...] = ("desktop", "phone")
    for size in sizes:
        page = await open_window(size)
        await page.goto(_path(album))
        x, y, width, height, *found = await page.evaluate(PLACES)
        scale = min(width / document["width"], height / document["height"])
        across, down = document["width"] * scale, document["height"] * scale
        left, top = x + (width - across) / 2, y + (height - down) / 2
        wanted = (
            left + face["left"] * across,
            top + face["top"] * down,
            face["width"] * across,
            face["height"] * down,
        )
        for one, other in zip(found, wanted, strict=True):
            assert abs(one - other) < BLUR, (size, found, wanted)


async def test_boxes_are_walked_through_by_keys_and_lead_to_their_entries(page: Page, album: Album) -> None:
    await page.goto(_path(album))
    boxes, entry = page.locator(".overlay .box"), page.locator("#face-1")
    await boxes.first.focus()
    while not await page.evaluate("document.activeElement.matches('.box-face')"):
        await page.keyboard.press("ArrowRight")
    await expect(entry).to_contain_class("lit")
    await expect(page).to_have_url(re.compile(_path(album)))  # these arrows lead to no other picture
    await page.keyboard.press("Enter")
    await expect(entry.locator("summary")).to_be_focused()


async def test_the_full_size_is_the_original(page: Page, album: Album) -> None:
    await page.goto(_path(album))
    image = page.locator(".stage-canvas img")
    await page.get_by_role("button", name="Full size").click()
    await expect(image).to_have_attribute("src", re.compile("/original"))
    await page.keyboard.press("Escape")
    await expect(image).to_have_attribute("src", re.compile("/screen"))
    await expect(page).to_have_url(re.compile(_path(album)))
