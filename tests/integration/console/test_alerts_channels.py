"""The pages of channels: made, changed on condition that nobody else did, tried, deleted; secrets go in only."""

import json
import re
from typing import Any

import httpx
import pytest

from console_site import Site
from onlooker_shared.keys import Scope

PATH = "/console/alerts/channels"
PASSWORD = "not to be seen"
SMTP = {"host": "127.0.0.1", "username": "me", "sender": "a@example.com", "to": "b@example.com", "secret": PASSWORD}


def api(site: Site) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=site.url, headers={"Authorization": f"Bearer {site.admin_key}"}, timeout=30)


async def channel(site: Site, name: str) -> dict[str, Any]:
    async with api(site) as http:
        listed = (await http.get("/alerts/channels")).json()["channels"]
    return next(each for each in listed if each["name"] == name)


async def test_a_channel_is_made_changed_and_deleted_and_its_secret_never_shown(site: Site) -> None:
    name = "A <b>server</b>"
    async with site.signed_in() as somebody:
        made = await somebody.post(f"{PATH}/new/smtp", data={"name": name, **SMTP})
        assert (made.status_code, made.headers["location"]) == (303, PATH)
        listed = (await somebody.get(PATH)).text
        assert "A &lt;b&gt;server&lt;/b&gt;" in listed
        known = await channel(site, name)
        assert known["settings"]["to"] == ["b@example.com"]
        form = (await somebody.get(f"{PATH}/{known['channel_id']}")).text
        assert PASSWORD not in listed + form
        assert "There is one. Left out, it stays" in form
        change = {
            "name": "A server",
            "version": "1",
            **SMTP,
            "secret": "",
            "to": "c@example.com\nd@example.com",
            "hours": "2",
        }
        assert (await somebody.post(f"{PATH}/{known['channel_id']}", data=change)).status_code == 303
        changed = await channel(site, "A server")
        assert (changed["settings"]["to"], changed["keep"], changed["secret"]) == (
            ["c@example.com", "d@example.com"],
            7200,
            "set",
        )
        stale = await somebody.post(f"{PATH}/{known['channel_id']}", data={**change, "name": "Mine"})
        assert stale.status_code == 412
        assert "Somebody else changed it since you opened it" in stale.text
        assert 'value="Mine"' in stale.text
        gone = await somebody.post(f"{PATH}/{known['channel_id']}/delete", data={"version": "2"})
        assert gone.status_code == 303
        assert known["channel_id"] not in (await somebody.get(PATH)).text


async def test_a_signing_secret_is_shown_this_once(site: Site) -> None:
    async with site.signed_in() as somebody:
        made = await somebody.post(f"{PATH}/new/webhook", data={"name": "hook", "url": "https://example.com/hook"})
        assert made.status_code == 201
        assert made.headers["Cache-Control"] == "private, no-store"
        secret = re.search(r"<code[^>]*>([0-9a-f]{64})</code>", made.text)
        assert secret is not None
        later = (await somebody.get(PATH)).text + (
            await somebody.get(f"{PATH}/{(await channel(site, 'hook'))['channel_id']}")
        ).text
    assert secret[1] not in later


async def test_what_is_wrong_is_said_by_the_name_of_its_field_and_what_was_filled_in_stays(site: Site) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.post(f"{PATH}/new/smtp", data={**SMTP, "name": "door", "port": "many", "to": "nobody"})
    assert answer.status_code == 422
    assert "Port: " in answer.text
    assert "To: &#39;nobody&#39; is no mail address" in answer.text.replace("Value error, ", "")
    assert 'value="door"' in answer.text
    assert PASSWORD not in answer.text


async def test_a_test_says_what_the_other_side_said(site: Site) -> None:
    async with site.signed_in() as somebody:
        await somebody.post(f"{PATH}/new/webhook", data={"name": "inside", "url": "http://127.0.0.1:9/"})
        path = f"{PATH}/{(await channel(site, 'inside'))['channel_id']}/test"
        fragment = await somebody.post(path, headers={"HX-Request": "true"})
        page = await somebody.post(path)
    for answer in (fragment, page):
        assert "The test message was refused." in answer.text
        assert "127.0.0.1" in answer.text
    assert "<html" not in fragment.text
    assert "<html" in page.text


async def test_what_waits_for_one_that_fails_is_shown(site: Site) -> None:
    dynamodb, names = await site.installation.aws.client("dynamodb"), site.installation.topology
    async with site.signed_in() as somebody:
        await somebody.post(f"{PATH}/new/email", data={"name": "stuck", "to": "stuck@example.com"})
        channel_id = (await channel(site, "stuck"))["channel_id"]
        nothing = (await somebody.get(f"{PATH}/{channel_id}/waiting")).text
        job = {
            "delivery_id": "1800000000000-0123456789abcdef",
            "digest_id": "x",
            "rule_id": "x",
            "rule_name": "<b>Door</b>",
            "channel": {"channel": channel_id},
            "begun_at": 1_800_000_000.0,
            "attempts": 7,
            "next_at": 1_800_000_900.0,
            "keep": 3600.0,
            "reason": "HTTP 503: busy",
            "pictures": 12,
        }
        item = {"about": {"S": "waiting"}, "notice_id": {"S": job["delivery_id"]}, "body": {"S": json.dumps(job)}}
        await dynamodb.put_item(TableName=names.alert_notices.name, Item=item)
        pages = [(await somebody.get(f"{PATH}/{channel_id}{more}")).text for more in ("", "/waiting")]
        await dynamodb.delete_item(
            TableName=names.alert_notices.name, Key={"about": item["about"], "notice_id": item["notice_id"]}
        )
    assert "No message waits." in nothing
    for shown in pages:
        assert "1 message, of 12 pictures" in shown
        assert "HTTP 503: busy" in shown
        assert "&lt;b&gt;Door&lt;/b&gt;" in shown
        assert "<b>Door</b>" not in shown


async def test_one_that_a_rule_tells_by_stays_and_says_so(site: Site) -> None:
    async with site.signed_in() as somebody, api(site) as http:
        await somebody.post(f"{PATH}/new/email", data={"name": "guards", "to": "guard@example.com"})
        channel_id = (await channel(site, "guards"))["channel_id"]
        rule = (
            await http.post("/alerts/rules", json={"name": "At night", "channels": [{"channel": channel_id}]})
        ).json()
        refused = await somebody.post(f"{PATH}/{channel_id}/delete", data={"version": "1"})
        assert (refused.status_code, "At night" in refused.text) == (409, True)
        assert "guards" in (await somebody.get("/console/alerts/rules")).text
        await http.delete(f"/alerts/rules/{rule['rule_id']}")


@pytest.mark.parametrize("path", ["", "/new", "/new/email"])
async def test_who_may_not_change_channels_is_offered_nothing(site: Site, path: str) -> None:
    key = await site.keys.create(owner="reader", scopes=[Scope.ALERTS_READ])
    async with site.signed_in(key) as somebody:
        answer = await somebody.get(f"{PATH}{path}")
        denied = await somebody.post(f"{PATH}/new/email", data={"name": "x", "to": "a@b.c"})
    assert denied.status_code == 403
    assert answer.status_code == (403 if path else 200)
    assert "New channel" not in answer.text
