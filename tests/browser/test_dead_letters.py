"""A message that could not be worked on is seen with its reason and its picture, and sent again when that is mended."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from album import AddPictures, recognized_anew
from onlooker.pictures import Picture
from onlooker_shared.publisher import body_of
from recognitions import a_label
from stack import Stack, clients

REASON = "The disk of the index was full."
LABEL = "Redriven"
KEY = "redriven/coffee.png"


@pytest.fixture
async def lost(stack: Stack, add_pictures: AddPictures, pictures: Path) -> str:
    """The id of a picture whose last result never came to the tagger."""
    image_id = (await add_pictures(Picture(pictures / "scenes" / "coffee.png", KEY)))[KEY]["image_id"]
    async with clients(stack) as (aws, settings):
        message = await recognized_anew(aws, settings.topology, image_id, a_label(LABEL))
        sqs = await aws.client("sqs")
        queue = await sqs.get_queue_url(QueueName=settings.topology.tagger.dead_letter)
        reason = {"Reason": {"DataType": "String", "StringValue": REASON}}
        await sqs.send_message(QueueUrl=queue["QueueUrl"], MessageBody=body_of(message), MessageAttributes=reason)
    return image_id


async def test_what_was_given_up_is_seen_and_sent_again(page: Page, lost: str) -> None:
    await page.goto("/console/system")
    await page.get_by_role("link", name=re.compile("of the tagger")).click()
    letter = page.get_by_role("listitem").filter(has_text=REASON)
    await expect(letter.get_by_role("link", name=KEY)).to_have_attribute("href", f"/console/pictures/{lost}")
    await letter.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("status").filter(has_text="goes through the queue again")).to_be_visible()
    await expect(page.get_by_text(REASON)).to_have_count(0)
    await page.goto(f"/console/pictures?label={LABEL}")
    await expect(page.locator(f"li.tile[data-id='{lost}']")).to_be_visible()  # by itself, if it is not there yet
