"""The pages of rules: built by clicking, tried on what there is, saved, switched and deleted on what was looked at."""

import json
import re
from typing import Any

import httpx
import pytest

from console_site import Site
from onlooker_shared.keys import Scope
from recognitions import a_label, an_image, recognized

PATH = "/console/alerts/rules"
HOSTILE = "<b>Dog</b>"
LABELS = {"about": "when", "join0": "all", "c0-0-kind": "label", "c0-0-is": HOSTILE}
RULE = {"name": "A rule of ours", "enabled": "true", "mails": "a@example.com", "digest_interval": "0", **LABELS}


async def stored(site: Site, name: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=site.url, headers={"Authorization": f"Bearer {site.admin_key}"}) as http:
        return [each for each in (await http.get("/alerts/rules")).json() if each["name"] == name]


async def test_a_rule_is_made_changed_switched_and_deleted(site: Site) -> None:
    async with site.signed_in() as somebody:
        made = await somebody.post(PATH, data=RULE)
        assert (made.status_code, made.headers["location"]) == (303, PATH)
        (rule,) = await stored(site, RULE["name"])
        assert (rule["when"], rule["digest_interval"], rule["enabled"]) == ({"label": {"is": HOSTILE}}, 0, True)
        assert rule["channels"] == [{"type": "email", "to": "a@example.com"}]
        path, listed = f"{PATH}/{rule['rule_id']}", (await somebody.get(PATH)).text
        assert "&lt;b&gt;Dog&lt;/b&gt;" in listed
        assert HOSTILE not in listed
        assert 'name="c0-0-is" value="&lt;b&gt;Dog' in (await somebody.get(path)).text

        more = {"subject": "{{ camera }}", "daily_limit": "3"}
        changed = await somebody.post(path, data={**RULE, **more, "about": "failed", "version": "1"})
        assert changed.status_code == 303
        (rule,) = await stored(site, RULE["name"])
        assert (rule["subject"], rule["daily_limit"], rule["body"]) == ("{{ camera }}", 3, None)
        assert (rule["when"], rule["events"]) == (None, ["failed"])
        stale = await somebody.post(path, data={**RULE, "name": "Mine", "version": "1"})
        assert stale.status_code == 412
        assert "Somebody else changed it since you opened it" in stale.text
        assert 'value="Mine"' in stale.text

        assert (await somebody.post(f"{path}/mute", data={"hours": "8"})).status_code == 303
        assert "Muted" in (await somebody.get(PATH)).text
        assert (await somebody.post(f"{path}/mute", data={"hours": "0"})).status_code == 303
        (rule,) = await stored(site, RULE["name"])
        assert rule["muted_until"] is None
        version = str(rule["version"])
        late = await somebody.post(f"{path}/switch", data={"version": "1", "enabled": "false"})
        assert (late.status_code, "Here it is as it is now" in late.text) == (412, True)
        assert (await somebody.post(f"{path}/switch", data={"version": version, "enabled": "false"})).status_code == 303
        (rule,) = await stored(site, RULE["name"])
        assert not rule["enabled"]
        assert (await somebody.post(f"{path}/delete", data={"version": str(rule["version"])})).status_code == 303
        assert await stored(site, RULE["name"]) == []
        gone = await somebody.post(path, data={**RULE, "version": version})
        assert (gone.status_code, "make it anew" in gone.text) == (404, True)
        assert 'method="post" action="/console/alerts/rules"' in gone.text
        assert 'href="/console/alerts/rules">Back to the rules' in (await somebody.get(path)).text


async def test_a_rule_is_made_in_the_readers_words(site: Site) -> None:
    image = an_image("fields/complete/this.jpg", content="known")
    await site.index(recognized(image, a_label("Unicycle")))
    async with site.signed_in() as somebody:
        somebody.cookies.set("onlooker_zone", "Asia/Kolkata", path="/console")
        known = (await somebody.get(f"{PATH}/known")).text
        hours = await somebody.post(f"{PATH}/build", data={**RULE, "do": "add:0", "kind0": "time"})
        nobody = await somebody.post(PATH, data={**RULE, "name": "Tells nobody", "mails": ""}, follow_redirects=True)
        assert "It tells nobody yet" in nobody.text
        (rule,) = await stored(site, "Tells nobody")
        chosen = {"mail": "b@example.com", "cooldown": "2", "cooldown-unit": "3600", "version": "1"}
        await somebody.post(f"{PATH}/{rule['rule_id']}", data={**RULE, "name": "Tells nobody", **chosen})
        (rule,) = await stored(site, "Tells nobody")
        assert 'type="checkbox" name="mail" value="b@example.com"' in (await somebody.get(f"{PATH}/new")).text
        await somebody.post(f"{PATH}/{rule['rule_id']}/delete", data={"version": "2"})
    assert '<option value="fields/complete/">' in known
    assert '<option value="Unicycle">' in known
    assert 'name="c0-1-zone" value="Asia/Kolkata"' in hours.text
    assert {each["to"] for each in rule["channels"]} == {"a@example.com", "b@example.com"}
    assert rule["cooldown"] == 7200


async def test_quiet_hours_and_absences_are_made_by_clicking(site: Site) -> None:
    quiet = {"quiet": "true", "quiet-from": "21:00", "quiet-to": "08:00", "quiet-sun": "true", "quiet-zone": "UTC"}
    absence = {"join0": "all", "c0-0-kind": "absence", "c0-0-for": "45m", "c0-0-prefix": "desk/", "c0-0-faces": "1"}
    name = "Nobody there"
    form = {"name": name, "enabled": "true", "about": "when", "digest_interval": "0", "urgent": "true"}
    async with site.signed_in() as somebody:
        assert (await somebody.post(PATH, data={**form, **quiet, **absence})).status_code == 303
        (rule,) = await stored(site, name)
        wanted = {"all": [{"prefix": "desk/"}, {"faces": {"at_least": 1}}]}
        assert rule["when"]["absence"] == {"of": wanted, "for": "45m"}
        assert rule["quiet_hours"] == {"from": "21:00", "to": "08:00", "days": ["sun"], "zone": "UTC"}
        assert rule["urgent"]
        path = f"{PATH}/{rule['rule_id']}"
        shown = (await somebody.get(path)).text
        for field in (
            'name="quiet-from" value="21:00"',
            'name="c0-0-for" value="45m"',
            'name="c0-0-prefix" value="desk',
        ):
            assert field in shown
        assert 'name="raw"' not in shown
        wrong = await somebody.post(path, data={**form, **quiet, **absence, "quiet-from": "late", "version": "1"})
        assert (wrong.status_code, "Quiet hours: " in wrong.text) == (422, True)
        dead = {"join0": "all", "c0-0-kind": "dead_letter", "c0-0-queue": "tagger", "version": "1"}
        assert (await somebody.post(path, data={**form, **dead})).status_code == 303
        (rule,) = await stored(site, name)
        assert (rule["when"], rule["quiet_hours"]) == ({"dead_letter": {"queue": "tagger"}}, None)
        assert 'name="c0-0-kind" value="dead_letter"' in (await somebody.get(path)).text
        assert (await somebody.post(f"{path}/delete", data={"version": "2"})).status_code == 303


async def test_whom_it_tells_if_nobody_sees_to_it_is_chosen_among_the_channels(site: Site) -> None:
    name = "Somebody must come"
    form = {"name": name, "enabled": "true", "about": "failed", "digest_interval": "0", "mails": "a@example.com"}
    async with site.signed_in() as somebody:
        await somebody.post("/console/alerts/channels/new/email", data={"name": "The boss", "to": "boss@example.com"})
        shown = (await somebody.get(f"{PATH}/new")).text
        (channel_id,) = re.findall(r'name="escalation" value="([0-9a-f]{32})"(?:(?!value=).)*The boss', shown)
        asked = {"escalates": "true", "after": "30", "escalation": channel_id}
        assert (await somebody.post(PATH, data={**form, **asked})).status_code == 303
        (rule,) = await stored(site, name)
        assert rule["escalation"] == {"after": 1800, "channels": [{"channel": channel_id}]}
        assert "<bdi>The boss, after 30 minutes</bdi>" in (await somebody.get(PATH)).text
        assert f"Told by: <bdi>{name}</bdi>" in (await somebody.get("/console/alerts/channels")).text
        path = f"{PATH}/{rule['rule_id']}"
        nobody = await somebody.post(path, data={**form, "escalates": "true", "after": "30", "version": "1"})
        assert (nobody.status_code, "If nobody sees to it: " in nobody.text) == (422, True)
        assert (await somebody.post(path, data={**form, "version": "1"})).status_code == 303
        (rule,) = await stored(site, name)
        assert rule["escalation"] is None
        await somebody.post(f"{path}/delete", data={"version": "2"})
        await somebody.post(f"/console/alerts/channels/{channel_id}/delete", data={"version": "1"})


async def test_what_is_wrong_is_said_and_what_was_filled_in_stays(site: Site) -> None:
    async with site.signed_in() as somebody:
        impossible = {"c0-1-kind": "faces", "c0-1-at_least": "3", "c0-1-at_most": "1"}
        answer = await somebody.post(PATH, data={**RULE, **impossible, "mails": "nobody"})
        no_json = await somebody.post(PATH, data={**RULE, "raw": "{"})
        shown = await somebody.post(f"{PATH}/preview", data={**RULE, **impossible})
    assert (answer.status_code, no_json.status_code, shown.status_code) == (422, 422, 200)
    assert "Number of faces: " in answer.text
    assert "no mail address" in answer.text
    assert f'value="{RULE["name"]}"' in answer.text
    assert "This is no JSON" in no_json.text
    assert "Number of faces: " in shown.text
    assert await stored(site, RULE["name"]) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_rows_are_added_by_buttons_with_and_without_scripts(site: Site, script: bool) -> None:
    headers = {"HX-Request": "true"} if script else {}
    async with site.signed_in() as somebody:
        wanted = {**RULE, "do": "add:0", "kind0": "text"}
        added = await somebody.post(f"{PATH}/build", data=wanted, headers=headers)
        raw = await somebody.post(f"{PATH}/build", data={**RULE, "do": "raw"}, headers=headers)
    assert 'name="c0-1-kind" value="text"' in added.text
    assert ("<html" in added.text) == (not script)
    assert "&#34;label&#34;: {" in raw.text


async def test_a_rule_is_tried_before_it_is_saved_and_says_why_not(site: Site) -> None:
    async with site.signed_in() as somebody:
        shown = await somebody.post(f"{PATH}/preview", data={**RULE, "name": ""})
        raw = json.dumps({"faces": {"at_least": 1}})
        written = await somebody.post(f"{PATH}/preview", data={"about": "when", "raw": raw})
    for answer in (shown, written):
        assert answer.status_code == 200
        assert "no picture yet" in answer.text or "It would have told of" in answer.text


@pytest.mark.parametrize("path", ["", "/new", "/picture-recognized"])
async def test_who_may_not_change_rules_only_sees_them(site: Site, path: str) -> None:
    key = await site.keys.create(owner="reader", scopes=[Scope.ALERTS_READ])
    async with site.signed_in(key) as somebody:
        answer = await somebody.get(f"{PATH}{path}")
        denied = [await somebody.post(f"{PATH}{each}", data=RULE) for each in ("", "/build", "/preview")]
    assert [each.status_code for each in denied] == [403, 403, 403]
    assert answer.status_code == (403 if path else 200)
    assert "New rule" not in answer.text
