"""System: what was given up is seen, tried again after a question, and the page keeps itself up to date."""

import re

import boto3
import pytest
from playwright.async_api import Page, expect

from accessibility import grave_barriers
from emulator import REGION
from stack import Stack
from windows import Faults, OpenWindow, Size

NONSENSE = "no message at all"
EVERY = 5000
"""Milliseconds after which the page asks again."""
QUEUE = "/console/system/queues/annotator"


@pytest.fixture(scope="module")
def dead_letter(stack: Stack) -> str:
    """What somebody sent to the annotator's queue who should not have."""
    login = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}
    sqs = boto3.client("sqs", endpoint_url=stack.running.emulator_url, **login)
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="onlooker-annotator")["QueueUrl"], MessageBody=NONSENSE)
    return NONSENSE


async def test_a_dead_letter_appears_by_itself_and_is_tried_again_after_a_question(
    page: Page, dead_letter: str
) -> None:
    await page.goto("/console/system")
    await page.get_by_role("link", name=re.compile("of the annotator")).click()  # comes without loading the page anew
    await expect(page.get_by_role("heading", level=1)).to_have_text("Queue of the annotator")
    await expect(page.get_by_text(dead_letter)).to_be_visible()
    ask = page.get_by_role("button", name=re.compile("^Try all .*again…$"))
    await ask.click()
    question = page.get_by_role("dialog", name=re.compile(r"^Try \d+ messages? again\?$"))
    await question.get_by_role("button", name="Cancel").click()
    await expect(question).to_be_hidden()
    await ask.click()
    await question.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("status").filter(has_text="through the queue again")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_the_page_of_a_queue_shuts_nobody_out(open_window: OpenWindow, dead_letter: str, size: Size) -> None:
    page = await open_window(size)
    await page.goto(QUEUE)
    await expect(page.get_by_role("heading", name="Dead letters")).to_be_visible()
    assert await grave_barriers(page) == []


async def test_the_models_are_listed_with_their_licences(page: Page) -> None:
    await page.goto("/console/system")
    rows = page.get_by_role("region", name="Models").get_by_role("row")
    await expect(rows.filter(has_text="Apache-2.0").first).to_be_visible()
    await expect(rows.filter(has_text="MIT").first).to_be_visible()


@pytest.fixture
async def timeless(open_window: OpenWindow) -> Page:
    """The page, in a window whose clock the test turns."""
    page = await open_window(fresh=True)
    await page.clock.install()
    await page.goto("/console/system")
    return page


async def test_a_page_that_gets_no_answer_says_so_and_goes_on_when_it_does(timeless: Page, faults: Faults) -> None:
    faults.forgive("system/now|ERR_FAILED")
    await timeless.route("**/console/system/now", lambda route: route.abort())
    await timeless.clock.run_for(EVERY)
    await expect(timeless.get_by_text("has not answered since")).to_be_visible()
    await timeless.unroute("**/console/system/now")
    await timeless.clock.run_for(EVERY)
    await expect(timeless.get_by_text("has not answered since")).to_be_hidden()


async def test_however_often_somebody_comes_back_one_question_follows_another(timeless: Page) -> None:
    asked: list[str] = []
    await timeless.evaluate(
        """() => {
          const [live, { dataset }] = [document.querySelector("[data-live]"), document.body];
          dataset.shown = 0;
          new MutationObserver(() => dataset.shown++).observe(live, { childList: true });
          for (let n = 0; n < 3; n++) document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    await expect(timeless.locator("body")).to_have_attribute("data-shown", "3")
    timeless.on("request", lambda request: asked.append(request.url))
    await timeless.clock.run_for(EVERY)
    await expect(timeless.locator("body")).not_to_have_attribute("data-shown", "3")
    assert len(asked) == 1
