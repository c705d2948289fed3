"""The audit log: whatever is read or changed of people leaves an entry, which says who, why, and nobody's name."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from installation import Keys, client_of
from onlooker_recognizer.people.audit.log import Action, Actor, Audit
from onlooker_recognizer.people.registry.people import People
from onlooker_shared.errors import BadRequestError, ConflictError
from onlooker_shared.keys import Principal, Scope
from people_records import a_face_of, an_id
from recognitions import NOON
from recognizer_stage import Stage

DESK = frozenset({Scope.PEOPLE_READ, Scope.PEOPLE_WRITE})
KEYS = Keys(
    {
        "desk": Principal("k1", "front desk", DESK | {Scope.PEOPLE_AUDIT}),
        "reader": Principal("k2", "reader", DESK),
        "auditor": Principal("k3", "auditor", frozenset({Scope.PEOPLE_AUDIT})),
        "door": Principal("k4", "door", frozenset({Scope.ATTENDANCE_WRITE})),
    }
)
WHY = "Anfrage Müller"


@pytest.fixture
async def people(stage: Stage) -> People:
    return People(await stage.aws.client("dynamodb"), stage.names.people.name, stage.names.people_faces.name)


@pytest.fixture
async def http(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """The recognizer's API, asked by the front desk."""
    async with stage.recognizer() as service, client_of(service, KEYS, "desk") as client:
        yield client


@pytest.fixture
async def audit(stage: Stage) -> Audit:
    return Audit(await stage.aws.client("dynamodb"), stage.names.people_audit.name, clock=lambda: NOON)


async def entries(http: httpx.AsyncClient, person_id: str | None = None) -> list[dict[str, Any]]:
    """What the log has of somebody, or of this month; the last first."""
    answer = await http.get("/people/audit" if person_id is None else f"/people/{person_id}/audit")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["entries"])


async def test_each_read_and_change_says_who_did_it_and_why(http: httpx.AsyncClient, people: People) -> None:
    alice = (await people.create("Alice Example")).person_id
    paths = [f"/people/{alice}", f"/people/{alice}/faces", f"/people/{alice}/sightings"]
    for path in paths:
        assert (await http.get(path, headers={"Onlooker-Reason": WHY.encode()})).status_code == 200
    assert (await http.patch(f"/people/{alice}", json={"name": "Alice Other"})).status_code == 200
    found = await entries(http, alice)
    assert [entry["action"] for entry in found] == ["changed", "read", "read", "read"]
    assert {(entry["owner"], entry["key_id"]) for entry in found} == {("front desk", "k1")}
    assert [entry["reason"] for entry in found] == [None, WHY, WHY, WHY]
    assert all(entry["people"] == [alice] and len(entry["trace_id"]) == 32 for entry in found)
    assert await entries(http) == found
    assert "Alice" not in str(found)


async def test_no_way_to_read_of_a_person_leaves_no_entry(stage: Stage, people: People) -> None:
    alice = (await people.create("Alice")).person_id
    async with stage.recognizer() as service, client_of(service, KEYS, "desk") as http:
        routes = [route for router in service.routers for route in router.routes if isinstance(route, APIRoute)]
        paths = {route.path for route in routes if "GET" in route.methods and "{person_id}" in route.path}
        paths -= {"/people/{person_id}/audit", "/people/erasures/{person_id}"}  # what they tell has nobody's data
        paths -= {path for path in paths if "{face_id}" in path}
        assert "/people/{person_id}/consents" in paths
        for number, path in enumerate(sorted(paths), start=1):
            answer = await http.get(path.format(person_id=alice))
            assert answer.status_code == 200, path
            assert len(await entries(http, alice)) == number, path


async def test_a_list_is_one_entry_with_how_many_it_showed(http: httpx.AsyncClient, people: People) -> None:
    for name in ("Alice", "Bob", "Carol"):
        await people.create(name)
    await http.get("/people?limit=2")
    [entry] = await entries(http)
    assert (entry["action"], entry["people"], entry["shown"]) == ("listed", [], 2)


async def test_a_merge_is_told_of_both_and_one_that_fails_is_told_to_have_failed(
    http: httpx.AsyncClient, people: People
) -> None:
    alice, ali = [(await people.create(name)).person_id for name in ("Alice", "Ali")]
    assert (await http.post(f"/people/{ali}/merge", json={"into": ali})).status_code == 400
    begun, failed = sorted(await entries(http, ali), key=lambda entry: entry["failed"] is not None)
    assert (begun["action"], begun["failed"], failed["failed"]) == ("merged", None, begun["entry_id"])
    assert (await http.post(f"/people/{ali}/merge", json={"into": alice})).status_code == 200
    for person in (alice, ali):
        last = (await entries(http, person))[0]
        assert (last["action"], last["people"], last["failed"]) == ("merged", [ali, alice], None)


async def test_what_is_not_there_was_not_read(http: httpx.AsyncClient) -> None:
    nobody = an_id()
    assert (await http.get(f"/people/{nobody}")).status_code == 404
    assert await entries(http, nobody) == []


async def test_where_a_reason_is_required_nothing_happens_without_one(
    stage: Stage, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_REASON", "required")
    alice = await people.create("Alice")
    await people.add_face(a_face_of(alice))
    async with stage.recognizer() as service, client_of(service, KEYS, "desk") as http:
        asked = [
            await http.get(f"/people/{alice.person_id}"),
            await http.get("/people", headers={"Onlooker-Reason": " \t"}),
            await http.patch(f"/people/{alice.person_id}", json={"name": "Bob"}),
            await http.delete(f"/people/{alice.person_id}/faces/{(await people.get(alice.person_id)).face_ids[0]}"),
            await http.post("/people/identify", content=b"x", headers={"Content-Type": "image/jpeg"}),
        ]
        assert [(answer.status_code, answer.json()["reason"]) for answer in asked] == [(400, "reason_missing")] * 5
        assert "Onlooker-Reason" in asked[0].json()["detail"]
        assert "Alice" not in "".join(answer.text for answer in asked)
        assert (await people.get(alice.person_id)).name == "Alice"
        assert len((await people.get(alice.person_id)).face_ids) == 1
        said = {"Onlooker-Reason": "a visit"}
        assert (await http.get(f"/people/{alice.person_id}", headers=said)).json()["name"] == "Alice"


async def test_who_works_with_people_sees_nobody_elses_work_and_a_door_only_signs_in(
    stage: Stage, people: People
) -> None:
    alice = (await people.create("Alice")).person_id
    log = ("/people/audit", f"/people/{alice}/audit")
    others = (f"/people/{alice}", "/people", "/people/attendance", f"/people/{alice}/export", f"/people/{alice}/faces")
    async with stage.recognizer() as service:

        async def asked(who: str, *paths: str) -> list[int]:
            async with client_of(service, KEYS, who) as http:
                return [(await http.get(path)).status_code for path in paths]

        async def sent(who: str, path: str) -> int:
            async with client_of(service, KEYS, who) as http:
                return (await http.post(path, content=b"x", headers={"Content-Type": "image/jpeg"})).status_code

        assert await asked("reader", *log, others[3]) == [403] * 3
        assert await asked("auditor", *log) == [200] * 2
        assert await asked("auditor", *others) == [403] * 5
        assert await asked("door", *log, *others) == [403] * 7
        assert await sent("door", "/people/attendance") == 422  # no picture, but it may ask
        paths = ("/people", "/people/identify", "/people/look", f"/people/{alice}/faces", f"/people/{alice}/merge")
        assert [await sent("door", path) for path in paths] == [403] * 5
        assert await sent("reader", "/people/attendance") == 403
        async with client_of(service, KEYS, "desk") as http:
            assert (await http.get(f"/people/{alice}/export")).status_code == 200


async def test_a_reason_has_an_end(http: httpx.AsyncClient) -> None:
    assert (await http.get("/people", headers={"Onlooker-Reason": "x" * 501})).status_code == 400


async def test_what_onlooker_does_by_itself_needs_no_reason(stage: Stage) -> None:
    dynamodb, table = await stage.aws.client("dynamodb"), stage.names.people_audit.name
    audit = Audit(dynamodb, table, clock=lambda: NOON, reasons=True)
    with pytest.raises(BadRequestError):
        await audit.note(Actor("front desk", "k1"), Action.READ, an_id())
    await audit.note(Actor("retention"), Action.ERASED, an_id())


async def test_the_log_is_told_page_by_page_newest_first(audit: Audit) -> None:
    alice = an_id()
    noted = [(await audit.note(Actor("a"), Action.READ, alice)).entry_id for _ in range(5)]
    first = await audit.of_month(f"{NOON:%Y-%m}", limit=3)
    rest = await audit.of_month(f"{NOON:%Y-%m}", limit=3, after=first.after)
    assert sorted(entry.entry_id for entry in (*first.entries, *rest.entries)) == sorted(noted)
    assert (len(first.entries), rest.after) == (3, None)
    with pytest.raises(BadRequestError):
        await audit.of_person(alice, limit=3, after="elsewhere")


async def test_an_entry_about_more_people_than_a_transaction_has_room_for(audit: Audit) -> None:
    crowd = [an_id() for _ in range(120)]
    await audit.note(Actor("a"), Action.IDENTIFIED, *crowd)
    assert [len((await audit.of_person(each, limit=5)).entries) for each in (crowd[0], crowd[-1])] == [1, 1]
    [entry] = (await audit.of_month(f"{NOON:%Y-%m}", limit=5)).entries
    assert len(entry.people) == 120


async def test_a_change_that_fails_is_raised_as_it_was(audit: Audit) -> None:
    alice = an_id()
    with pytest.raises(ConflictError, match="not now"):
        async with audit.around(Actor("a"), Action.CHANGED, alice):
            raise ConflictError("not now")
    page = await audit.of_person(alice, limit=5)
    assert sorted(entry.failed is not None for entry in page.entries) == [False, True]
