"""The page Alerts: the rules and what was sent by them, as the notifier keeps them."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from console_site import Site, running
from installation import installation
from onlooker_notifier.delivering.deliveries import Deliveries, Delivery, Outcome
from onlooker_shared.aws import Aws
from onlooker_shared.keys import Scope
from recognitions import a_label, an_image, recognized

HOSTILE = "<img src=x>"
SENT = 23
GONE = "0" * 32
IMAGE = an_image("alerts/told.jpg", content="told")


def a_delivery(number: int, **changed: Any) -> Delivery:
    at = datetime.now(UTC) - timedelta(minutes=number)
    told = {
        "delivery_id": f"{round(at.timestamp() * 1000):013d}-{number:016d}",
        "rule_id": "picture-recognized",
        "rule_name": "A picture was recognized",
        "channel": "email",
        "target": "me@example.com",
        "outcome": Outcome(status="sent", at=at, message_id=f"message-{number}"),
        "pictures": 2,
        "image_ids": (IMAGE.image_id, GONE),
        "subject": f"Message number {number}",
        "text": "As it was sent",
        "begun_at": at,
    }
    return Delivery.model_validate(told | changed)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def alerted(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in where messages were sent."""
    dynamodb = await site.installation.aws.client("dynamodb")
    deliveries = Deliveries(dynamodb, site.installation.topology.alert_deliveries.name)
    refused = Outcome(status="failed", at=datetime.now(UTC) + timedelta(minutes=3), reason=f"{HOSTILE} is not verified")
    await deliveries.record(a_delivery(0, subject=HOSTILE, text=HOSTILE, target="a@b.c", outcome=refused, attempts=4))
    for number in range(1, SENT):
        await deliveries.record(a_delivery(number))
    async with site.signed_in() as somebody:
        yield somebody


async def test_what_was_sent_comes_newest_first_a_page_at_a_time(alerted: httpx.AsyncClient) -> None:
    shown = (await alerted.get("/console/alerts")).text
    older = re.search(r'href="(/console/alerts\?cursor=[^"#]+)#sent" hx-get="(/console/alerts/more\?[^"]+)"', shown)
    assert older is not None
    rest, fragment = (await alerted.get(older[1])).text, (await alerted.get(older[2])).text
    pages = [re.findall(r"Message number (\d+)", text) for text in (shown, rest, fragment)]
    assert [int(number) for number in pages[0] + pages[1]] == list(range(1, SENT))
    assert pages[2] == pages[1]
    assert "<html" not in fragment
    assert "/console/alerts/more" not in rest


async def test_a_refusal_is_told_with_its_reason_and_nothing_foreign_is_markup(alerted: httpx.AsyncClient) -> None:
    shown = (await alerted.get("/console/alerts")).text
    assert "<span>Refused</span>" in shown
    assert "3 min from when it was complete, 4 tries" in shown
    assert "&lt;img src=x&gt; is not verified" in shown
    assert "<img src=x" not in shown


async def test_a_message_is_sent_again_by_a_button_once_however_often_the_form_comes(site: Site) -> None:
    dynamodb = await site.installation.aws.client("dynamodb")
    deliveries = Deliveries(dynamodb, site.installation.topology.alert_deliveries.name)
    at = datetime(2026, 1, 1, tzinfo=UTC)  # the page lists it last
    delivery_id = f"{round(at.timestamp() * 1000):013d}-{'0' * 16}"
    await deliveries.record(a_delivery(1, delivery_id=delivery_id, begun_at=at, channel_id="0" * 32))
    path, form = f"/console/alerts/deliveries/{delivery_id}/again", {"request_id": "1" * 32}
    reader = await site.keys.create(owner="reader", scopes=[Scope.ALERTS_READ])
    async with site.signed_in() as somebody, site.signed_in(reader) as other:
        shown = (await somebody.get("/console/alerts")).text
        offered = re.findall(r'hx-post="(/console/alerts/deliveries/[^"]+/again)"', shown)
        refused = await somebody.post(path, data=form)
        nameless = await somebody.post(path, data={})
        denied = await other.post(path, data=form)
        unoffered = (await other.get("/console/alerts")).text
    assert len(offered) == len(set(re.findall(r'name="request_id" value="([0-9a-f]{32})"', shown))) == 20
    assert (refused.status_code, nameless.status_code, denied.status_code) == (409, 422, 403)
    assert "not kept whole" in refused.text
    assert "/again" not in unoffered


async def test_who_sees_to_a_message_is_said_and_offered_to_who_may(site: Site) -> None:
    dynamodb = await site.installation.aws.client("dynamodb")
    deliveries = Deliveries(dynamodb, site.installation.topology.alert_deliveries.name)
    at = datetime.now(UTC) + timedelta(minutes=1)
    delivery_id = f"{round(at.timestamp() * 1000):013d}-{'1' * 16}"
    waited_for = a_delivery(0, delivery_id=delivery_id, begun_at=at, subject="Come", escalation_id="x", image_ids=())
    await deliveries.record(waited_for)
    path = f"/console/alerts/deliveries/{delivery_id}/acknowledge"
    reader = await site.keys.create(owner="reader", scopes=[Scope.ALERTS_READ])
    async with site.signed_in() as somebody, site.signed_in(reader) as other:
        pages = [(await each.get("/console/alerts")).text for each in (somebody, other)]
        denied, unknown = await other.post(path), await somebody.post(path)
    assert [page.count("by nobody yet") for page in pages] == [1, 1]
    assert [f'action="{path}"' in page for page in pages] == [True, False]
    assert '/alerts/pictures?pictures=2"' not in pages[0], "of an absence there is no picture to ask for"
    assert (denied.status_code, unknown.status_code) == (403, 404)


async def test_a_message_leads_to_its_pictures(alerted: httpx.AsyncClient, site: Site) -> None:
    await site.index(recognized(IMAGE, a_label("Cat")))
    shown = (await alerted.get("/console/alerts")).text
    assert f'href="/console/pictures/{IMAGE.image_id}"' in shown
    found = re.search(r'hx-get="(/console/alerts/pictures[^"]+)"', shown)
    assert found is not None
    pictures = (await alerted.get(found[1].replace("&amp;", "&"))).text
    assert f'href="/console/pictures/{IMAGE.image_id}"' in pictures
    assert "told.jpg" in pictures
    assert "deleted since" in pictures
    assert GONE not in pictures


async def test_a_picture_of_a_search_that_is_away_is_linked_nevertheless(site: Site, tmp_path: Path) -> None:
    away = {"TAGGER_URL": "http://127.0.0.1:9"}
    async with running(site.installation, tmp_path / "index", **away) as crippled, crippled.signed_in() as somebody:
        answer = await somebody.get("/console/alerts/pictures", params={"image_id": IMAGE.image_id})
    assert answer.status_code == 200
    assert f'href="/console/pictures/{IMAGE.image_id}"' in answer.text


async def test_a_foreign_cursor_is_said_in_words_and_the_rest_stays(alerted: httpx.AsyncClient) -> None:
    shown = await alerted.get("/console/alerts", params={"cursor": "nonsense"})
    assert shown.status_code == 200
    assert "cursor" in shown.text
    assert "<h2>Sent</h2>" in shown.text
    assert (await alerted.get("/console/alerts/more", params={"cursor": "nonsense"})).status_code == 400


@pytest.mark.parametrize("ids", [["nonsense"], [GONE] * 13, []], ids=lambda ids: str(len(ids)))
async def test_what_are_no_pictures_is_refused(site: Site, ids: list[str]) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get("/console/alerts/pictures", params={"image_id": ids})
    assert answer.status_code == 422


async def test_where_nobody_is_told_and_nothing_was_sent_it_says_what_to_do(aws: Aws, tmp_path: Path) -> None:
    async with (
        installation(aws) as fresh,
        running(fresh, tmp_path / "index") as site,
        site.signed_in() as somebody,
    ):
        shown = (await somebody.get("/console/alerts")).text
        await somebody.post("/console/alerts/rules/picture-recognized/delete", data={"version": "1"})
        ruleless = [(await somebody.get(f"/console/alerts{path}")).text for path in ("", "/rules")]
    assert "Nobody is told yet." in shown
    assert "ONLOOKER_NOTIFIER_EMAIL_TO=" in shown
    assert "Nothing was sent yet" in shown
    assert '<a href="/console/alerts/rules">Have a rule</a>' in shown
    assert [page.count("There is no rule") for page in ruleless] == [1, 1]
    assert [page.count('href="/console/alerts/rules/new"') for page in ruleless] == [2, 1]
