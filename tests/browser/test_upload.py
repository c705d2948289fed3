"""Uploading by hand: choosing, dropping, the camera; names that are taken, what is refused, what comes between."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Dialog, Locator, Page, Route, expect

from accessibility import grave_barriers
from onlooker.client import OnlookerClient
from windows import Faults

PUTS = re.compile(r"/console/upload/onlooker-images/")
REFUSED = r"Failed to load resource: the server responded with a status of"
RECOGNIZED = 60_000
"""Milliseconds: the models may have to be loaded first."""

Copies = Callable[..., list[Path]]


@pytest.fixture
def copies(pictures: Path, tmp_path: Path) -> Copies:
    """Make files with the content of one picture."""

    def copy(*names: str) -> list[Path]:
        content = (pictures / "scenes" / "cat.png").read_bytes()
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        return [tmp_path / name for name in names]

    return copy


@pytest.fixture
async def folder(page: Page, request: pytest.FixtureRequest) -> str:
    """The page of uploads is open, and everything goes into a folder of the test's own."""
    name = f"uploads/{request.node.originalname}"
    await page.goto("/console/upload")
    await page.get_by_label("Folder", exact=True).fill(name)
    return name


async def choose(page: Page, *files: Path, button: str = "Choose pictures") -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name=button).click()
    await (await chooser.value).set_files(files)


def row(page: Page, name: str) -> Locator:
    return page.locator(".upload-row").filter(has=page.get_by_text(name, exact=True))


async def hold_back(page: Page) -> list[Route]:
    """Keep uploads from getting anywhere, until `page.unroute(PUTS)`; return them as they come."""
    routes: list[Route] = []

    async def hold(route: Route) -> None:
        routes.append(route)

    await page.route(PUTS, hold)
    return routes


async def answered_once(page: Page, status: int, words: str) -> None:
    """Have the next upload answered so, and those after it as ever."""
    body = f'<div class="note-error"><p><strong>Title.</strong> {words}</p></div>'
    await page.route(PUTS, lambda route: route.fulfill(status=status, body=body), times=1)


async def test_chosen_pictures_are_uploaded_and_followed_until_they_are_recognized(
    page: Page, folder: str, copies: Copies
) -> None:
    await choose(page, *copies("one.png", "two.png"))
    await expect(page.get_by_role("heading", name="2 pictures uploaded")).to_be_visible()
    await expect(row(page, "one.png")).to_contain_text(re.compile("Cat|Animal"), timeout=RECOGNIZED)
    await expect(row(page, "two.png")).to_contain_text(re.compile("Cat|Animal"), timeout=RECOGNIZED)
    await expect(page.get_by_text("all recognized")).to_be_visible()
    assert await grave_barriers(page) == []
    await page.get_by_role("link", name="one.png").click()
    await expect(page.get_by_text(f"{folder}/one.png").first).to_be_visible()


async def test_a_dropped_folder_keeps_its_folders_and_leaves_out_what_is_no_picture(
    page: Page, folder: str, copies: Copies, client: OnlookerClient, tmp_path: Path
) -> None:
    copies("trip/day 1/a.png", "trip/day 2/b.png")
    (tmp_path / "trip" / "notes.txt").write_text("We went there.")
    files = {"items": [], "files": [str(tmp_path / "trip")], "dragOperationsMask": 1}
    browser = await page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        await browser.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 600, "data": files})
    await expect(page.get_by_role("heading", name="2 pictures uploaded")).to_be_visible()
    await expect(page.get_by_text("1 other file left out")).to_be_visible()
    await expect(row(page, "a.png")).to_contain_text(f"{folder}/trip/day 1")
    await expect(row(page, "b.png")).to_contain_text(f"{folder}/trip/day 2")


async def test_of_a_name_that_is_taken_one_is_asked(page: Page, folder: str, copies: Copies, faults: Faults) -> None:
    faults.forgive(f"{REFUSED} 412")
    (file,) = copies("twice.png")
    await choose(page, file)
    await expect(page.get_by_role("heading", name="1 picture uploaded")).to_be_visible()
    await page.get_by_role("button", name="Clear the list").click()
    await choose(page, file)
    await expect(row(page, "twice.png")).to_contain_text("A picture of this name is there already")
    await page.get_by_role("button", name="Keep both").click()
    await expect(page.get_by_role("link", name="twice (2).png")).to_be_visible()
    await page.get_by_label("If the name is taken").select_option("number")
    await choose(page, file)
    await expect(page.get_by_role("link", name="twice (3).png")).to_be_visible()
    await page.get_by_label("If the name is taken").select_option("replace")
    await choose(page, file)
    await expect(page.get_by_role("link", name="twice.png", exact=True)).to_be_visible()


async def test_what_is_refused_says_why_beside_what_is_not(
    page: Page, folder: str, copies: Copies, faults: Faults, tmp_path: Path
) -> None:
    faults.forgive(f"{REFUSED} 415")
    text, empty = tmp_path / "<b>notes.jpg", tmp_path / "empty.jpg"
    text.write_text("These are some notes.")
    empty.touch()
    await choose(page, text, empty, *copies("good.png"))
    await expect(row(page, "<b>notes.jpg")).to_contain_text("By its first bytes this is text")
    await expect(row(page, "empty.jpg")).to_contain_text("It is empty.")
    await expect(page.get_by_role("heading", name="1 picture uploaded, 2 not")).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Not uploaded")).click()
    await expect(row(page, "good.png")).to_be_hidden()
    assert await grave_barriers(page) == []


async def test_three_are_sent_at_once_and_can_be_cancelled_and_sent_again(
    page: Page, folder: str, copies: Copies
) -> None:
    leaving: list[str] = []

    async def stay(dialog: Dialog) -> None:
        leaving.append(dialog.type)
        await dialog.dismiss()

    routes = await hold_back(page)
    await choose(page, *copies(*(f"{number}.png" for number in range(5))))
    await expect(page.locator('.upload-row[data-state="sending"]')).to_have_count(3)
    await expect(page.locator('.upload-row[data-state="waiting"]')).to_have_count(2)
    assert len(routes) == 3
    page.on("dialog", stay)
    await page.close(run_before_unload=True)
    await page.get_by_role("button", name="Cancel: 4.png").click()
    await expect(row(page, "4.png")).to_contain_text("Cancelled")
    assert leaving == ["beforeunload"]
    await page.get_by_role("button", name="Cancel", exact=True).click()
    await expect(page.get_by_role("heading", name="5 files not uploaded")).to_be_visible()
    await page.unroute(PUTS)
    await page.get_by_role("button", name="Try 5 files again").click()
    await expect(page.get_by_role("heading", name="5 pictures uploaded")).to_be_visible()


async def test_what_fails_for_a_moment_is_tried_again_by_itself(
    page: Page, folder: str, copies: Copies, faults: Faults
) -> None:
    faults.forgive(f"{REFUSED} (503|500)")
    await answered_once(page, 503, "The store of pictures does not answer just now.")
    await choose(page, *copies("moment.png"))
    await expect(row(page, "moment.png")).to_contain_text("Trying again in a moment. The store of pictures")
    await expect(page.get_by_role("heading", name="1 picture uploaded")).to_be_visible()
    await answered_once(page, 500, "It failed.")
    await choose(page, *copies("fault.png"))
    await row(page, "fault.png").get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="2 pictures uploaded")).to_be_visible()


async def test_a_session_that_ends_meanwhile_costs_no_upload(
    page: Page, folder: str, copies: Copies, faults: Faults
) -> None:
    faults.forgive(f"{REFUSED} 401")
    ended, go_on = page.get_by_text("Your session has ended."), page.get_by_role("button", name="Go on")
    await answered_once(page, 401, "Your session has ended.")
    await choose(page, *copies("patient.png"))
    await expect(ended).to_be_visible()
    await expect(row(page, "patient.png")).to_contain_text("Waiting for you to sign in")
    await page.route("**/upload/progress?*", lambda route: route.fulfill(status=401), times=1)
    await go_on.click()
    await expect(page.get_by_role("heading", name="1 picture uploaded")).to_be_visible()
    await expect(ended).to_be_visible()  # for whoever follows it
    await go_on.click()
    await expect(page.get_by_text("all recognized")).to_be_visible(timeout=RECOGNIZED)


async def test_a_picture_is_taken_looked_at_and_uploaded(page: Page, folder: str) -> None:
    await page.get_by_role("button", name="Use the camera").click()
    take = page.get_by_role("button", name="Take a picture")
    await take.click()
    await expect(page.get_by_role("img", name="The picture that was taken")).to_be_visible()
    assert await page.evaluate("document.querySelector('#camera video').srcObject") is None  # its light is off
    await page.get_by_role("button", name="Take another").click()
    await take.click()
    assert await grave_barriers(page) == []
    await page.get_by_role("button", name="Upload it").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_role("link", name=re.compile(r"^camera 20\d\d-.*\.jpg$"))).to_be_visible()


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        ("undefined", "only over HTTPS"),
        ("{getUserMedia: async () => { throw new DOMException('', 'NotAllowedError') }}", "Allow it for this page"),
        ("{getUserMedia: async () => { throw new DOMException('', 'NotFoundError') }}", "No camera was found"),
    ],
)
async def test_where_there_is_no_camera_the_reason_is_told(page: Page, camera: str, words: str) -> None:
    await page.add_init_script(f"Object.defineProperty(navigator, 'mediaDevices', {{value: {camera}}})")
    await page.goto("/console/upload")
    await page.get_by_role("button", name="Use the camera").click()
    await expect(page.get_by_role("dialog")).to_contain_text(words)
    await expect(page.get_by_role("button", name="Choose a picture instead")).to_be_visible()
