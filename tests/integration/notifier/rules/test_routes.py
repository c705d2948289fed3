"""Rules over HTTP: made, changed by whoever saw them as they are, kept as YAML, and tried over pictures."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from installation import Installation, Keys, client_of, eventually, installation, working
from notifying import SENDER, Mailbox
from onlooker_notifier.__main__ import compose
from onlooker_shared.aws import Aws
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import Results, StoredFailure, StoredResult
from onlooker_shared.service import Service
from recognitions import a_face, a_label, a_recognition, an_image, recognized

DOGS = {"name": "Dogs at the door", "when": {"all": [{"label": {"is": "Animal"}}, {"prefix": "door/"}]}}


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


@pytest.fixture
async def service(here: Installation, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    monkeypatch.setenv("ONLOOKER_NOTIFIER_EMAIL_FROM", SENDER)
    monkeypatch.setenv("ONLOOKER_NOTIFIER_VERIFY_SENDER", "true")
    async with compose(here.aws, here.common) as composed:
        yield composed


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(service) as made:
        yield made


async def made(client: httpx.AsyncClient, **rule: Any) -> dict[str, Any]:
    answer = await client.post("/alerts/rules", json=rule)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/alerts/rules/{answer.json()['rule_id']}"
    found: dict[str, Any] = answer.json()
    return found


async def test_a_rule_is_made_changed_and_deleted(client: httpx.AsyncClient) -> None:
    rule = await made(client, **DOGS)
    at = f"/alerts/rules/{rule['rule_id']}"
    assert rule["rule_id"].startswith("dogs-at-the-door-")
    assert (rule["version"], rule["origin"], rule["when"]) == (1, "user", DOGS["when"])
    assert (await client.get(at)).json() == rule
    assert rule in (await client.get("/alerts/rules")).json()

    renamed = await client.patch(at, json={"name": "Animals"}, headers={"If-Match": '"1"'})
    assert renamed.json() == {**rule, "name": "Animals", "version": 2}
    assert renamed.headers["ETag"] == '"2"'
    every = (await client.patch(at, json={"when": None, "events": ["failed"]})).json()
    assert (every["when"], every["events"], every["version"]) == (None, ["failed"], 3)
    again = (await client.put(at, json=DOGS, headers={"If-Match": '"3"'})).json()
    assert again == {**rule, "version": 4}

    assert (await client.delete(at, headers={"If-Match": '"3"'})).status_code == 412
    assert (await client.delete(at, headers={"If-Match": '"4"'})).status_code == 204
    for gone in (await client.get(at), await client.put(at, json=DOGS), await client.delete(at)):
        assert gone.status_code == 404


async def test_who_did_not_see_a_change_does_not_undo_it(client: httpx.AsyncClient) -> None:
    at = f"/alerts/rules/{(await made(client, **DOGS))['rule_id']}"
    assert (await client.patch(at, json={"enabled": False}, headers={"If-Match": '"1"'})).status_code == 200

    for late in (
        await client.patch(at, json={"name": "Mine"}, headers={"If-Match": '"1"'}),
        await client.put(at, json=DOGS, headers={"If-Match": '"1"'}),
    ):
        assert late.status_code == 412
        assert 'the ETag is "2" now' in late.json()["detail"]
    assert (await client.get(at)).json()["enabled"] is False


async def test_the_rule_of_the_settings_is_somebodys_once_they_change_it(client: httpx.AsyncClient) -> None:
    changed = (await client.patch("/alerts/rules/picture-recognized", json={"enabled": False})).json()
    assert (changed["origin"], changed["enabled"]) == ("user", False)


@pytest.mark.parametrize(
    ("body", "location", "words"),
    [
        ({"name": "A", "when": {"all": [{"bucket": "a"}, {"text": {"matches": "("}}]}}, "when.all.1.text", "missing )"),
        (
            {"name": "A", "when": {"all": [{"bucket": "a"}, {"bucket": "b"}]}},
            "when",
            "when.all[0].bucket and when.all[",
        ),
        ({"name": "A", "snooze": 5}, "snooze", "not permitted"),
        ({"name": "A", "escalation": {"after": 60, "channels": []}}, "escalation.channels", "at least 1 item"),
        ({"name": "A", "cooldown": -5}, "cooldown", "greater than"),
        ({"name": "A", "cooldown": 5, "per": ["mood"]}, "per.0", "'person', 'camera' or 'label'"),
        ({"name": "A", "channels": [{"type": "pigeon"}]}, "channels.0", "A channel is"),
        ({"when": {"bucket": "a"}}, "name", "required"),
    ],
    ids=str,
)
async def test_what_is_wrong_is_said_with_its_place(
    client: httpx.AsyncClient, body: dict[str, Any], location: str, words: str
) -> None:
    for answer in (await client.post("/alerts/rules", json=body), await client.post("/alerts/rules/test", json=body)):
        assert answer.status_code == 422
        [fault] = answer.json()["errors"]
        assert fault["location"].startswith(f"body.{location}")
        assert words in fault["message"]


async def test_a_change_to_what_is_no_rule_is_refused_with_the_place(client: httpx.AsyncClient) -> None:
    at = f"/alerts/rules/{(await made(client, **DOGS))['rule_id']}"
    for change in ({"name": None}, {"digest_interval": -1}, {"events": ["failed"]}, {"when": {"bucket": []}}):
        answer = await client.patch(at, json=change)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"]


async def test_a_channel_that_there_is_not_is_refused(client: httpx.AsyncClient) -> None:
    wanted = {**DOGS, "channels": [{"channel": "0" * 32}]}
    at = f"/alerts/rules/{(await made(client, **DOGS))['rule_id']}"
    document = f"rules: [{{rule_id: a, name: A, channels: [{{channel: {'0' * 32!r}}}]}}]"
    for answer in (
        await client.post("/alerts/rules", json=wanted),
        await client.patch(at, json={"channels": wanted["channels"]}),
        await client.put("/alerts/rules.yaml", content=document),
    ):
        assert answer.status_code == 422
        assert f"There is no channel {'0' * 32}" in answer.json()["detail"]


async def test_the_rulebook_goes_out_as_yaml_and_comes_in_again(client: httpx.AsyncClient) -> None:
    rule = await made(client, **DOGS)
    out = await client.get("/alerts/rules.yaml")
    assert out.headers["Content-Type"].startswith("application/yaml")

    same = await client.put("/alerts/rules.yaml", content=out.content, headers={"If-Match": out.headers["ETag"]})
    assert same.json() == {"dry_run": False, "created": [], "changed": [], "deleted": [], "unchanged": 2}

    wanted = (
        f"rules:\n- rule_id: {rule['rule_id']}\n  name: Dogs\n  when: {{label: {{is: Dog}}}}\n"
        "- rule_id: at-night\n  name: At night\n  when: {time: {from: 22:00, to: 06:00, zone: Europe/Berlin}}\n"
    )
    would = {"created": ["at-night"], "changed": [rule["rule_id"]], "deleted": ["picture-recognized"], "unchanged": 0}
    dry = await client.put("/alerts/rules.yaml", params={"dry_run": "true"}, content=wanted)
    assert dry.json() == {"dry_run": True, **would}
    assert (await client.get("/alerts/rules.yaml")).text == out.text

    wet = await client.put("/alerts/rules.yaml", content=wanted)
    assert wet.json() == {"dry_run": False, **would}
    listed = {each["rule_id"]: each for each in (await client.get("/alerts/rules")).json()}
    assert {rule_id: each["version"] for rule_id, each in listed.items()} == {rule["rule_id"]: 2, "at-night": 1}
    assert listed["at-night"]["when"]["time"]["from"] == "22:00"

    late = await client.put("/alerts/rules.yaml", content=out.content, headers={"If-Match": out.headers["ETag"]})
    assert late.status_code == 412
    bad = await client.put("/alerts/rules.yaml", content="rules: [{rule_id: a, name: A, when: {bucket: []}}]")
    assert (bad.status_code, bad.json()["errors"][0]["location"]) == (422, "rules.0.when.bucket")


async def test_a_hundred_and_more_rules_come_and_go_as_one_document(client: httpx.AsyncClient) -> None:
    rules = "rules:\n" + "".join(
        f"- {{rule_id: rule-{n}, name: Rule {n}, when: {{bucket: b{n}}}}}\n" for n in range(120)
    )
    assert len((await client.put("/alerts/rules.yaml", content=rules)).json()["created"]) == 120
    assert len((await client.put("/alerts/rules.yaml", content="rules: []")).json()["deleted"]) == 120
    assert (await client.get("/alerts/rules")).json() == []


async def test_a_rule_is_tried_over_the_newest_pictures(here: Installation, client: httpx.AsyncClient) -> None:
    results = Results(await here.aws.client("s3"), here.topology.results.name)
    for key, found in (("door/1.jpg", "Dog"), ("yard/2.jpg", "Dog"), ("door/3.jpg", "Cup")):
        recognition = a_recognition(a_label(found, *(("Animal",) if found == "Dog" else ())), a_face(name="Ann"))
        await results.put(StoredResult(image=an_image(key), recognition=recognition, rekognition={}))
    await results.put_failure(StoredFailure(image=an_image("door/4.jpg"), reason="It is empty."))

    tried = (await client.post("/alerts/rules/test", json=DOGS, params={"pictures": 10})).json()
    assert (tried["told"], tried["complete"], tried["channels"], len(tried["pictures"])) == (1, True, 0, 4)
    pictures = {each["key"]: each for each in tried["pictures"]}
    assert (pictures["door/1.jpg"]["tells"], pictures["door/1.jpg"]["labels"]) == (True, ["Dog"])
    [message] = tried["messages"]
    assert (message["at"], message["subject"]) == ("2026-11-20T12:01:00Z", "Ann was seen at door at 12:00, 97 % sure")
    assert (pictures["door/1.jpg"]["message"], message["occasion"], tried["zone"]) == (1, "interval", "UTC")
    assert pictures["yard/2.jpg"]["why_not"] == {
        "place": "when.all[1].prefix",
        "reason": "the key began with “yard/2.jpg”",
        "known": True,
    }
    assert pictures["door/3.jpg"]["why_not"]["reason"] == "the label Animal is not there"
    assert (pictures["door/4.jpg"]["event"], pictures["door/4.jpg"]["why_not"]["known"]) == ("failed", False)

    stored = await made(client, **DOGS)
    again = await client.post(f"/alerts/rules/{stored['rule_id']}/test", params={"pictures": 2})
    assert len(again.json()["pictures"]) == 2
    assert (await client.post("/alerts/rules/nobodys/test")).status_code == 404
    assert (await client.post("/alerts/rules/test", json=DOGS, params={"pictures": 501})).status_code == 422


async def test_only_matching_pictures_are_told(
    here: Installation, service: Service, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    channels = [{"type": "email", "to": mailbox.address}]
    await made(client, **DOGS, channels=channels, digest_interval=0)
    sender = Sender(await here.aws.client("sqs"), await here.aws.queue_url(here.topology.notifier.name))
    for key, label in (("yard/1.jpg", "Animal"), ("door/2.jpg", "Cup"), ("door/3.jpg", "Animal")):
        await sender.send(recognized(an_image(key), a_label(label)))

    async def told() -> list[str]:
        page = (await client.get("/alerts/deliveries")).json()
        return [image for delivery in page["deliveries"] for image in delivery["image_ids"]]

    async with working(service):
        assert await eventually(told) == [an_image("door/3.jpg").image_id]
        await eventually(service.queues["notifier"].state, lambda state: state.waiting == state.in_work == 0)
    assert await told() == [an_image("door/3.jpg").image_id]


async def test_what_is_not_told_is_shown_with_its_reason(
    here: Installation, service: Service, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    channels = [{"type": "email", "to": mailbox.address}]
    asked = {"name": "Once", "channels": channels, "digest_interval": 0, "cooldown": 3600, "per": ["label", "camera"]}
    rule = await made(client, **asked, when={"label": {"is": "Dog"}})
    sender = Sender(await here.aws.client("sqs"), await here.aws.queue_url(here.topology.notifier.name))
    for key in ("door/1.jpg", "door/2.jpg", "yard/3.jpg"):
        await sender.send(recognized(an_image(key), a_label("Dog", "Animal")))

    async def decided() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await client.get("/alerts/decisions")).json()["decisions"]
        return found

    async with working(service):
        [decision] = await eventually(decided)
        assert await eventually(mailbox.mails)
    assert (decision["rule_id"], decision["decision"]) == (rule["rule_id"], "not_told")
    assert (decision["reason"], decision["about"]) == ("cooling_down", ["door, Dog"])
    by = {"rule_id": rule["rule_id"], "image_id": decision["image_ids"][0]}
    assert (await client.get("/alerts/decisions", params=by)).json()["decisions"] == [decision]
    assert (await client.get("/alerts/decisions", params={"rule_id": "other"})).json()["decisions"] == []
    assert (await client.get("/alerts/decisions?cursor=nonsense")).status_code == 400

    changes = {
        "cooldown": 60,
        "per": ["person"],
        "quiet_hours": {"from": "22:00", "to": "06:00"},
        "urgent": True,
        "daily_limit": 3,
    }
    again = (await client.patch(f"/alerts/rules/{rule['rule_id']}", json=changes)).json()
    assert (again["cooldown"], again["per"], again["urgent"], again["daily_limit"]) == (60, ["person"], True, 3)
    assert again["quiet_hours"] == {"from": "22:00", "to": "06:00", "zone": "UTC"}
    book = await client.get("/alerts/rules.yaml")
    assert (await client.put("/alerts/rules.yaml", content=book.content)).json()["unchanged"] == 2


async def test_a_rule_is_muted_for_a_while_and_otherwise_as_it_was(client: httpx.AsyncClient) -> None:
    rule = await made(client, **DOGS)
    at = f"/alerts/rules/{rule['rule_id']}"
    muted = await client.post(f"{at}/mute", json={"for_seconds": 3600})
    until = muted.json()["muted_until"]
    assert muted.json() == {**rule, "version": 2, "muted_until": until}
    assert muted.headers["ETag"] == '"2"'
    assert (await client.patch(at, json={"name": "Animals"})).json()["muted_until"] == until
    await client.put(
        "/alerts/rules.yaml", content=(await client.get("/alerts/rules.yaml")).text.replace("Ani", "Wild ani")
    )
    assert (await client.get(at)).json()["muted_until"] == until

    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await client.post(f"{at}/mute", json={"until": tomorrow})).status_code == 200
    assert (await client.delete(f"{at}/mute")).json()["muted_until"] is None
    assert (await client.delete(f"{at}/mute")).status_code == 200
    default = (await client.post("/alerts/rules/picture-recognized/mute", json={"for_seconds": 60})).json()
    assert default["origin"] == "settings"

    both = {"until": until, "for_seconds": 60}
    for wrong in ({}, both, {"for_seconds": 0}, {"until": "2020-01-01T00:00:00Z"}, {"until": "2026-12-31T00:00:00"}):
        assert (await client.post(f"{at}/mute", json=wrong)).status_code == 422, wrong
    assert (await client.post("/alerts/rules/nobodys/mute", json={"for_seconds": 60})).status_code == 404


async def test_who_may_only_read_rules_may_not_change_or_try_them(service: Service) -> None:
    reader = Principal(key_id="1", owner="one", scopes=frozenset({Scope.ALERTS_READ}))
    bound = Principal(key_id="2", owner="one", scopes=frozenset({Scope.ALERTS_WRITE}), bucket="images")
    keys = Keys({"reader": reader, "bound": bound})
    for key in ("reader", "bound"):
        async with client_of(service, keys, key) as caller:
            for method, path in (
                ("POST", "/alerts/rules"),
                ("PUT", "/alerts/rules/picture-recognized"),
                ("PATCH", "/alerts/rules/picture-recognized"),
                ("DELETE", "/alerts/rules/picture-recognized"),
                ("PUT", "/alerts/rules.yaml"),
                ("POST", "/alerts/rules/picture-recognized/mute"),
                ("DELETE", "/alerts/rules/picture-recognized/mute"),
                ("POST", "/alerts/rules/test"),
                ("POST", "/alerts/rules/picture-recognized/test"),
            ):
                assert (await caller.request(method, path, json=DOGS)).status_code == 403, path


async def test_a_rule_escalates_to_channels_that_there_are_and_these_stay(client: httpx.AsyncClient) -> None:
    boss = {"name": "Boss", "settings": {"type": "iot"}}
    channel = (await client.post("/alerts/channels", json=boss)).json()["channel_id"]
    escalation = {"after": 600.0, "channels": [{"channel": channel}]}
    unknown = {**escalation, "channels": [{"channel": "0" * 32}]}
    assert (await client.post("/alerts/rules", json={"name": "A", "escalation": unknown})).status_code == 422

    rule = await made(client, name="A", escalation=escalation)
    assert rule["escalation"] == escalation
    document = (await client.get("/alerts/rules.yaml")).content
    again = await client.put("/alerts/rules.yaml", content=document)
    assert (again.status_code, again.json()["changed"]) == (200, [])
    assert (await client.delete(f"/alerts/channels/{channel}")).status_code == 409

    at = f"/alerts/rules/{rule['rule_id']}"
    assert (await client.patch(at, json={"name": "B"})).json()["escalation"] == escalation
    assert (await client.patch(at, json={"escalation": None})).json()["escalation"] is None
    assert (await client.delete(f"/alerts/channels/{channel}")).status_code == 204
