"""The page System: what runs, what waits, what was given up, and trying that again; in a browser: tests/browser."""

import json
import re
from pathlib import Path

import httpx
import pytest

from console_site import NOBODY, Site, running
from installation import eventually
from onlooker_shared.keys import Scope
from recognitions import a_label, an_image, failed, recognized

HOSTILE = "<img src=x>"


async def put(site: Site, body: str, *, dead: bool = False) -> None:
    """Put a message on the tagger's queue, or beside it where its dead letters are."""
    sqs, queue = await site.installation.aws.client("sqs"), site.installation.topology.tagger
    url = await site.installation.aws.queue_url(queue.dead_letter if dead else queue.name)
    await sqs.send_message(QueueUrl=url, MessageBody=body)


async def page(somebody: httpx.AsyncClient, path: str) -> str:
    answer = await somebody.get(f"/console/{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_services_in_one_process_are_shown_once_each(site: Site) -> None:
    async with site.signed_in() as somebody:
        shown = await page(somebody, "system")
    assert len(re.findall(r"\d services in one process", shown)) == 1
    for title in ("Store of pictures", "Drawing of boxes", "Search", "Alerts", "These pages", "Recognition"):
        assert shown.count(f"<h3>{title}</h3>") == 1, title
    assert re.search(r"tagger \d+\.\d+", shown)


async def test_what_changes_is_a_fragment_of_its_own(site: Site) -> None:
    async with site.signed_in() as somebody:
        whole, part = await page(somebody, "system"), await page(somebody, "system/now")
    assert 'data-live="/console/system/now"' in whole
    assert "<html" not in part
    assert 'id="queues"' in part


async def test_pictures_of_the_last_hour_and_reasons_of_failures_are_told(site: Site) -> None:
    await site.index(recognized(an_image("system/a.jpg", content="system"), a_label("Cat")))
    await site.index(failed(an_image("system/b.jpg", content="broken"), f"It is {HOSTILE}"))
    async with site.signed_in() as somebody:
        shown = await page(somebody, "system")
    assert "Pictures in each minute of the last hour" in shown
    assert "It is &lt;img src=x" in shown


async def test_a_dead_letter_is_told_with_its_reason_and_comes_back_if_it_fails_again(site: Site) -> None:
    await put(site, f"{HOSTILE} is no message")
    async with site.signed_in() as somebody:
        shown = await eventually(lambda: page(somebody, "system/queues/tagger"), lambda text: "is no message" in text)
        assert "Not a message that this queue takes" in shown
        assert "<img src=x" not in shown
        assert re.search(r"/console/system/queues/tagger\">\d+ messages? of the tagger", await page(somebody, "system"))
        answer = await somebody.post("/console/system/queues/tagger/redrive")
        assert answer.status_code == 303
        done = await page(somebody, answer.headers["location"].removeprefix("/console/"))
        assert "through the queue again" in done
        await eventually(lambda: page(somebody, "system/queues/tagger"), lambda text: "is no message" in text)


async def test_what_is_tried_again_is_done(site: Site) -> None:
    image = an_image("system/late.jpg", content="late")
    await put(site, recognized(image, a_label("Dog")).model_dump_json(), dead=True)
    async with site.signed_in() as somebody:
        shown = await page(somebody, "system/queues/tagger")
        assert f'href="/console/pictures/{image.image_id}"' in shown
        letter = shown[shown.index(image.image_id) :]
        found = re.search(r'name="message_id" value="([^"]+)"', letter)
        assert found is not None
        path = "/console/system/queues/tagger/redrive"
        answer = await somebody.post(path, data={"message_id": found[1]})
        assert answer.headers["location"] == "/console/system/queues/tagger?sent=1&left=0"
        there = f"/console/pictures/{image.image_id}"
        await eventually(lambda: somebody.get(there), lambda answer: answer.status_code == 200)
        again = await somebody.post(path, data={"message_id": found[1]})
        assert again.status_code == 404


@pytest.mark.parametrize("headers", [{"X-CSRF-Token": "0" * 64}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
async def test_nothing_is_tried_again_by_other_sites(site: Site, headers: dict[str, str]) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.post("/console/system/queues/tagger/redrive", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("bound", [{}, {"bucket": "holidays"}], ids=str)
async def test_a_key_that_may_not_see_queues_sees_the_rest(site: Site, bound: dict[str, str]) -> None:
    scopes = [Scope.ADMIN] if bound else [Scope.TAGS_READ]
    key = await site.keys.create(owner="reader", scopes=scopes, **bound)
    async with site.signed_in(key) as somebody:
        shown = await page(somebody, "system")
        assert "only a key with the scope admin that is bound to no bucket" in shown
        assert "<h3>Search</h3>" in shown
        assert "/console/system/keys" not in shown
        for answer in (
            await somebody.get("/console/system/queues/tagger"),
            await somebody.post("/console/system/queues/tagger/redrive"),
        ):
            assert answer.status_code == 403


@pytest.mark.parametrize(("path", "status"), [("system/queues/nobody", 422), ("system/queues/tagger?sent=-1", 422)])
async def test_what_is_no_queue_is_said_in_words(site: Site, path: str, status: int) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/{path}")
    assert answer.status_code == status
    assert "<h1>" in answer.text


async def test_services_that_are_away_are_named_and_the_others_shown(site: Site, tmp_path: Path) -> None:
    urls = {"ANNOTATOR_URL": NOBODY, "TAGGER_URL": NOBODY, "REKOGNITION_URL": NOBODY}
    async with running(site.installation, tmp_path / "index", **urls) as crippled, crippled.signed_in() as somebody:
        shown = await page(somebody, "system")
        queue = await somebody.get("/console/system/queues/annotator")
    for name in ("Drawing of boxes", "Search"):
        assert f"<li>{name}: does not answer</li>" in shown
    assert "Search does not answer just now" in shown
    assert "The Rekognition server does not answer just now" in shown
    assert re.search(r"<h3>Store of pictures</h3>\s*<span class=\"chip good\"><span>Up", shown)
    assert queue.status_code == 503


async def test_where_amazon_recognizes_there_are_no_models_to_show(site: Site) -> None:
    async with site.signed_in() as somebody:
        shown = await page(somebody, "system")
    assert "Amazon Rekognition recognizes the pictures" in shown


async def test_the_access_key_says_whose_it_is_and_what_it_allows_but_never_itself(site: Site) -> None:
    key = await site.keys.create(owner=HOSTILE, scopes=[Scope.TAGS_READ, Scope.IMAGES_READ], bucket="b", prefix="p/")
    async with site.signed_in(key) as somebody:
        shown = await page(somebody, "system")
    assert "&lt;img src=x" in shown
    for scope in ("images:read", "tags:read"):
        assert f"<span>{scope}</span>" in shown
    assert "only <code>b/p/</code>" in shown
    assert key not in shown
    assert key.rpartition("_")[2] not in json.dumps(shown)
