"""The dashboard in a real browser: its charts lead to their pictures, can be read as tables, follow the theme."""

import re

from playwright.async_api import Locator, Page, expect

from accessibility import grave_barriers
from album import Album

ALL = "/console/dashboard?prefix=pictures/"
COUNT = ".browse-count"
LATER = "document.getAnimations().forEach((each) => each.finish())"
"""Brings about what else comes after seconds: without scripts, styles alone tell that."""
COLORS = """
canvas => {
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
  const found = new Set();
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at + 3] === 255) found.add(pixels.slice(at, at + 3).join());
  }
  return [...found];
}
"""


def _panel(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


async def _chart(page: Page, title: str) -> Locator:
    """A panel's chart, drawn."""
    await _panel(page, title).scroll_into_view_if_needed()
    sheet = _panel(page, title).get_by_role("img")
    await expect(sheet.locator("canvas")).to_be_visible()
    return sheet


async def test_a_bar_leads_to_the_pictures_that_it_counts(page: Page, album: Album) -> None:
    await page.goto(ALL)
    chart = await _chart(page, "Top labels")
    await chart.hover(position={"x": 150, "y": 10})
    tip = chart.locator(".chart-tip")
    await expect(tip).to_be_visible()
    name, _, count = (await tip.inner_text()).split("\n")
    await chart.click(position={"x": 150, "y": 10})
    await expect(page).to_have_url(re.compile(r"/console/pictures\?label=.*prefix=pictures"))
    await expect(page.locator(COUNT)).to_have_text(count)
    await expect(page.locator(".active-filters")).to_contain_text(name)
    await page.get_by_role("link", name="Dashboard of these pictures").click()
    await expect(page.locator(".figure-value").first).to_have_text(count)


async def test_an_emotion_s_slice_does_too(page: Page, album: Album) -> None:
    await page.goto(ALL)
    chart = await _chart(page, "Emotions")
    box = await chart.bounding_box()
    assert box is not None
    ring = min(box["width"], box["height"]) / 2 * 0.8  # a donut begins at the top
    await chart.click(position={"x": box["width"] / 2 + 3, "y": box["height"] / 2 - ring})
    await expect(page).to_have_url(re.compile(r"/console/pictures\?emotion=[A-Z]+&prefix"))
    assert int(await page.locator(COUNT).inner_text()) > 0


async def test_every_chart_can_be_read_as_a_table_by_keyboard(page: Page, album: Album) -> None:
    await page.goto(ALL)
    await _chart(page, "Top labels")
    table = _panel(page, "Top labels").get_by_role("table")
    await expect(table).to_be_hidden()
    button = page.get_by_role("button", name="Top labels as a table")
    await button.press("Enter")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await expect(table.get_by_role("row").nth(1)).to_be_visible()
    assert await grave_barriers(page) == []
    await button.press("Enter")
    await expect(table).to_be_hidden()


async def test_what_the_legend_leaves_out_is_not_drawn(page: Page, album: Album) -> None:
    await page.goto(ALL)
    chart = await _chart(page, "Emotions over time")
    happy = _panel(page, "Emotions over time").get_by_role("button", name="Happy")
    before = await chart.locator("canvas").evaluate(COLORS)
    await happy.click()
    await expect(happy).to_have_attribute("aria-pressed", "false")
    assert len(await chart.locator("canvas").evaluate(COLORS)) < len(before)


async def test_charts_follow_the_theme_and_the_window(page: Page, album: Album) -> None:
    await page.goto(ALL)
    chart = await _chart(page, "Top labels")
    light = await chart.locator("canvas").evaluate(COLORS)
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_function(
        f"light => !({COLORS})(document.querySelector('#panel-labels').closest('section').querySelector('canvas'))"
        ".some(color => color === light)",
        arg=light[0],
    )
    await page.set_viewport_size({"width": 600, "height": 800})
    await page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    await page.wait_for_function(
        "[...document.querySelectorAll('.chart-sheet')].every(sheet =>"
        " Math.abs(sheet.querySelector('canvas').clientWidth - sheet.clientWidth) <= 1)"
    )


async def test_a_finger_points_first_and_follows_then(phone: Page, album: Album) -> None:
    await phone.goto(ALL)
    chart = await _chart(phone, "Top labels")
    await chart.tap(position={"x": 150, "y": 10})
    await expect(chart.locator(".chart-tip")).to_be_visible()
    await expect(phone).to_have_url(re.compile("dashboard"))
    await chart.tap(position={"x": 150, "y": 10})
    await expect(phone).to_have_url(re.compile(r"/console/pictures\?label="))


async def test_if_the_scripts_never_come_tables_say_it_all(page: Page, album: Album) -> None:
    await page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    await page.goto(ALL)
    await page.evaluate(LATER)
    for title in ("Top labels", "Emotions", "Pictures and faces over time"):
        await expect(_panel(page, title).get_by_role("row").nth(1)).to_be_visible()
    await _panel(page, "Emotions").get_by_role("rowheader").get_by_role("link").first.click()
    await expect(page).to_have_url(re.compile(r"/console/pictures\?emotion=.*prefix=pictures"))
