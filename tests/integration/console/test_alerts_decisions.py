"""Why was nothing told: by rule and about a picture, in words, a page at a time."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest_asyncio

from console_site import Site
from onlooker_notifier.deciding.decisions import Decided, Decision
from onlooker_shared.keys import Scope

PATH = "/console/alerts/decisions"
HOSTILE = "<b>Ann</b>"
IMAGE, OTHER = "a" * 32, "b" * 32
RULE = "picture-recognized"
NOW = datetime.now(UTC)


def a_decision(number: int, **changed: Any) -> Decision:
    told = {
        "rule_id": RULE,
        "rule_name": "A picture was recognized",
        "decision": "not_told",
        "reason": "cooling_down",
        "until": NOW + timedelta(hours=1),
        "about": ["door"],
        "image_ids": [OTHER],
        "decided_at": NOW - timedelta(minutes=number),
    }
    return Decision.model_validate(told | changed)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def somebody(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    dynamodb = await site.installation.aws.client("dynamodb")
    decided = Decided(dynamodb, site.installation.topology.alert_notices.name)
    decisions = [
        a_decision(0, about=[HOSTILE], image_ids=[IMAGE]),
        a_decision(1, reason="quiet_hours", decision="held", about=[], rule_name=""),
        a_decision(2, reason="deleted", until=None, about=[], rule_id="gone", rule_name="Long ago"),
        *(a_decision(3 + number, reason="muted", rule_id="noisy", rule_name="Noisy") for number in range(31)),
    ]
    for number, each in enumerate(decisions):
        await decided.record(f"{number}", [each])
    async with site.signed_in() as client:
        yield client


async def test_why_is_said_in_words_and_nothing_foreign_is_markup(somebody: httpx.AsyncClient) -> None:
    shown = (await somebody.get(PATH)).text
    assert "The same was told shortly before: &lt;b&gt;Ann&lt;/b&gt;" in shown
    assert HOSTILE not in shown
    assert "It came in quiet hours" in shown
    assert "<span>Told later</span>" in shown
    assert "The rule was deleted while it waited for the next message" in shown
    assert "<bdi>Long ago</bdi>" in shown
    assert "rule_id=gone" not in shown, "there is no such rule to be led to"


async def test_they_come_a_page_at_a_time(somebody: httpx.AsyncClient) -> None:
    shown = (await somebody.get(PATH)).text
    earlier = re.search(r'href="(/console/alerts/decisions\?cursor=[^"]+)"', shown)
    assert earlier is not None
    rest = (await somebody.get(earlier[1].replace("&amp;", "&"))).text
    counts = [text.count("The rule was muted") for text in (shown, rest)]
    assert (counts, "Earlier ones" in rest) == ([27, 4], False)


async def test_those_of_one_rule_and_about_one_picture_stand_alone(somebody: httpx.AsyncClient) -> None:
    of_rule = (await somebody.get(PATH, params={"rule_id": RULE})).text
    of_picture = (await somebody.get(PATH, params={"image_id": IMAGE})).text
    none = (await somebody.get(PATH, params={"image_id": "c" * 32})).text

    assert (of_rule.count('class="untold"'), "The rule was muted" in of_rule) == (2, False)
    assert f'href="/console/alerts/rules/{RULE}"' in of_rule
    assert of_picture.count('class="untold"') == 1
    assert f'href="/console/pictures/{IMAGE}"' in of_picture
    assert "No rule kept this from anybody" in none


async def test_a_picture_says_what_was_not_told_of_it(somebody: httpx.AsyncClient) -> None:
    shown = (await somebody.get(f"/console/pictures/{IMAGE}/told")).text
    assert "The same was told shortly before" in shown
    assert f'href="{PATH}?image_id={IMAGE}"' in shown


async def test_rules_lead_there(somebody: httpx.AsyncClient) -> None:
    assert f'href="{PATH}?rule_id={RULE}"' in (await somebody.get("/console/alerts/rules")).text


async def test_a_foreign_cursor_and_a_key_without_the_scope_are_answered_in_words(site: Site) -> None:
    key = await site.keys.create(owner="viewer", scopes=[Scope.TAGS_READ])
    async with site.signed_in() as admin, site.signed_in(key) as viewer:
        odd, denied = (await admin.get(PATH, params={"cursor": "nonsense"})), (await viewer.get(PATH))
    assert (odd.status_code, denied.status_code) == (200, 200)
    assert "cursor" in odd.text
    assert "Not with this access key" in denied.text
