"""Requests about people that nobody sends by mistake: refused with words, whatever they ask, and nothing changes."""

import base64
import json
from typing import Any

import pytest

from onlooker_shared import cursor
from people_past import Past, past_of, served
from people_records import a_face_id, an_id
from recognizer_stage import Stage

DEEP = "[" * 5_000 + "]" * 5_000
OTHER_KINDS = ("erased:{id}", "name:{digest}", "strangers", "due", "all:2026-11", "{ID}", "{id}0", "%00", "..%2f{id}")


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


def forged() -> list[str]:
    """Cursors that no list ever gave out."""
    told: list[Any] = [
        {"after": "2026-11-22"},
        {"after": {"S": "x"}},
        {"after": "x" * 900},
        {"after": "2026-11-22T00:00:00.000000Z#\u0000"},
        {"entry": "~"},
        {"entry": ["a"]},
        {"sort": "name", "value": {"$gt": ""}, "person_id": an_id()},
        {},
        [],
        None,
        7,
    ]
    texts = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in told]
    return [*texts, cursor.encode({"other": "list"}), "null", "AAAA", "ü", "x" * 1_999, DEEP[:1_500]]


async def test_ids_of_other_kinds_lead_nowhere(past: Past) -> None:
    alice = await past.people.create("Alice")
    async with served(past) as here, here.client() as client:
        for kind in OTHER_KINDS:
            wrong = kind.format(id=alice.person_id, ID=alice.person_id.upper(), digest="0" * 64)
            answers = [
                await client.get(f"/people/{wrong}"),
                await client.delete(f"/people/{wrong}"),
                await client.get(f"/people/{wrong}/export"),
                await client.get(f"/people/erasures/{wrong}"),
                await client.post(f"/people/{wrong}/merge", json={"into": alice.person_id}),
                await client.post(f"/people/{alice.person_id}/merge", json={"into": wrong}),
                await client.delete(f"/people/{alice.person_id}/consents/{wrong}"),
            ]
            found = [answer.status_code for answer in answers]
            assert all(status in {400, 404, 405, 422} for status in found), (kind, found)
        for face_id in (a_face_id(), alice.person_id, "x" * 101, "%00"):
            assert (await client.delete(f"/people/{alice.person_id}/faces/{face_id}")).status_code in {404, 422}
    assert (await past.people.get(alice.person_id)) == alice


async def test_cursors_that_somebody_made_up_are_refused(past: Past) -> None:
    alice = await past.people.create("Alice")
    lists = ("/people", "/people/audit", f"/people/{alice.person_id}/audit", f"/people/{alice.person_id}/sightings")
    async with served(past) as here, here.client() as client:
        for path in lists:
            for each in forged():
                answer = await client.get(path, params={"cursor": each})
                assert answer.status_code in {400, 422}, (path, each, answer.text)
            for limit in ("0", "-1", "1e3", "100000000", "9" * 5_000):
                assert (await client.get(path, params={"limit": limit})).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        "{" + '"a":{' * 5_000,
        '{"name": "\\ud800"}',
        '{"name": NaN}',
        '{"name": ' + "9" * 5_000 + "}",
        '{"name": "a", "name": {"$ne": null}}',
        '{"attributes": ' + json.dumps({str(number): "x" for number in range(1_000)}) + "}",
        '{"attributes": {"a": "' + "x" * 100_000 + '"}}',
        '{"attributes": {"a": ["b"]}}',
        '{"state": "merged"}',
        '{"merged_into": "' + "0" * 32 + '"}',
        '{"version": 99, "sightings": 1000000}',
        '{"cover": "' + "0" * 32 + '"}',
        "null",
        "[]",
        "\x00",
    ],
)
async def test_json_that_is_meant_to_hurt_changes_nobody(past: Past, body: str) -> None:
    alice = await past.people.create("Alice")
    headers = {"Content-Type": "application/json"}
    async with served(past) as here, here.client() as client:
        for method, path in (
            ("PATCH", f"/people/{alice.person_id}"),
            ("POST", f"/people/{alice.person_id}/merge"),
            ("POST", f"/people/{alice.person_id}/split"),
            ("POST", f"/people/{alice.person_id}/consents"),
            ("POST", "/people"),
            ("POST", "/people/identify"),
        ):
            answer = await client.request(method, path, content=body.encode("utf-8", "surrogatepass"), headers=headers)
            assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.text)
            assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert await past.people.everybody() == [alice]


async def test_batches_without_end_are_refused(past: Past) -> None:
    alice = await past.people.create("Alice")
    pictures = ["/9j/"] * 11
    async with served(past) as here, here.client() as client:
        split = await client.post(f"/people/{alice.person_id}/split", json={"faces": [a_face_id()] * 100_000})
        many = await client.post("/people", json={"name": "Bob", "pictures": pictures})
        none = await client.post(f"/people/{alice.person_id}/split", json={"faces": []})
    assert [answer.status_code for answer in (split, many, none)] == [422, 400, 422]
    assert [each.name for each in await past.people.everybody()] == ["Alice"]
