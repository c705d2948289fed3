"""Consents: recorded, listed, withdrawn; and, where they are required, what is not done without one."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from installation import client_of
from onlooker_recognizer.people.consent.consents import Consents, Given
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_shared.errors import NotFoundError, SettingsError
from people_records import a_face_of, an_id
from recognitions import NOON
from recognizer_stage import Stage, jpeg

GIVEN = {"given_by": "Alice's mother", "purpose": "the school's album"}


@pytest.fixture
async def people(stage: Stage) -> People:
    return People(await stage.aws.client("dynamodb"), stage.names.people.name, stage.names.people_faces.name)


@pytest.fixture
async def http(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.recognizer() as service, client_of(service) as client:
        yield client


@pytest.fixture
async def strict(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The API of an installation where nobody is made known without a consent."""
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_CONSENT", "required")
    async with stage.recognizer() as service, client_of(service) as client:
        yield client


async def consents_of(stage: Stage, now: datetime = NOON) -> Consents:
    return Consents(await stage.aws.client("dynamodb"), stage.names.consents.name, clock=lambda: now)


def form(name: str, **fields: str) -> dict[str, Any]:
    return {"data": {"name": name, **fields}, "files": [("pictures", ("a.jpg", jpeg(), "image/jpeg"))]}


async def test_a_consent_is_kept_told_and_withdrawn(http: httpx.AsyncClient, people: People) -> None:
    alice = (await people.create("Alice")).person_id
    path = f"/people/{alice}/consents"
    until = datetime.now(UTC) + timedelta(days=30)
    made = await http.post(path, json={**GIVEN, "until": until.isoformat()})
    assert made.status_code == 201
    [told] = (await http.get(path)).json()["consents"]
    assert told == made.json()
    assert (told["given_by"], told["purpose"], told["recorded_by"]) == ("Alice's mother", "the school's album", "tests")
    assert datetime.fromisoformat(told["until"]) == until
    assert (await http.get(path)).json()["open"]
    ends = [await http.delete(f"{path}/{told['consent_id']}") for _ in range(2)]
    assert ends[0].json()["withdrawn_at"] == ends[1].json()["withdrawn_at"] is not None
    assert not (await http.get(path)).json()["open"]
    actions = [entry["action"] for entry in (await http.get(f"/people/{alice}/audit")).json()["entries"]]
    assert actions.count("consented") == 1
    assert "consent withdrawn" in actions


@pytest.mark.parametrize(
    "wrong",
    [
        {"given_by": " ", "purpose": "x"},
        {"given_by": "a", "purpose": "x" * 501},
        {"given_by": "a", "purpose": "x", "until": "2020-01-01T00:00:00Z"},
        {"given_by": "a", "purpose": "x", "until": "2099-01-01T00:00:00"},
        {"given_by": "a", "purpose": "x", "until": None, "for": "ever"},
    ],
)
async def test_a_consent_that_says_too_little(http: httpx.AsyncClient, people: People, wrong: dict[str, Any]) -> None:
    alice = (await people.create("Alice")).person_id
    assert (await http.post(f"/people/{alice}/consents", json=wrong)).status_code == 422
    assert (await http.get(f"/people/{alice}/consents")).json()["consents"] == []


async def test_of_somebody_who_is_not_there(http: httpx.AsyncClient, people: People) -> None:
    alice = (await people.create("Alice")).person_id
    assert (await http.post(f"/people/{an_id()}/consents", json=GIVEN)).status_code == 404
    assert (await http.delete(f"/people/{alice}/consents/{an_id()}")).status_code == 404


async def test_without_a_consent_nobody_is_made_known_where_it_is_required(
    strict: httpx.AsyncClient, stage: Stage, people: People
) -> None:
    known = (await people.create("Alice")).person_id
    await people.add_face(a_face_of(known))
    face_id = (await people.get(known)).face_ids[0]
    refused = [
        await strict.post("/people", **form("Bob")),
        await strict.post(f"/people/{known}/faces", files=[("pictures", ("a.jpg", jpeg(), "image/jpeg"))]),
        await strict.post(f"/people/{known}/split", json={"faces": [face_id], "name": "Bob"}),
    ]
    assert [(answer.status_code, answer.json()["reason"]) for answer in refused] == [(409, "consent_missing")] * 3
    assert [person.name for person in await people.everybody()] == ["Alice"]
    stranger = (await people.create_unknown()).person_id
    named = await strict.patch(f"/people/{stranger}", json={"name": "Bob"})
    assert (named.status_code, named.json()["reason"]) == (409, "consent_missing")
    assert (await strict.post(f"/people/{stranger}/consents", json=GIVEN)).status_code == 201
    assert (await strict.patch(f"/people/{stranger}", json={"name": "Bob"})).json()["state"] == "known"


async def test_with_a_consent_in_the_same_request_somebody_is_enrolled(strict: httpx.AsyncClient, stage: Stage) -> None:
    enrolled = await strict.post("/people", **form("Bob", consent='{"given_by": "Bob", "purpose": "the door"}'))
    assert enrolled.status_code == 201, enrolled.text
    bob = enrolled.json()["person"]["person_id"]
    [consent] = await (await consents_of(stage)).of_person(bob)
    assert (consent.given_by, consent.purpose) == ("Bob", "the door")
    again = await strict.post(f"/people/{bob}/faces", files=[("pictures", ("b.jpg", jpeg(), "image/jpeg"))])
    assert again.status_code == 200  # the one that is open is enough


async def test_who_is_merged_brings_their_consents_along(http: httpx.AsyncClient, stage: Stage, people: People) -> None:
    alice, ali = [(await people.create(name)).person_id for name in ("Alice", "Ali")]
    await http.post(f"/people/{ali}/consents", json=GIVEN)
    assert (await http.post(f"/people/{ali}/merge", json={"into": alice})).status_code == 200
    consents = await consents_of(stage)
    assert [len(await consents.of_person(each)) for each in (ali, alice)] == [0, 1]


async def test_whose_last_consent_ended(stage: Stage) -> None:
    before = await consents_of(stage, NOON)
    given = Given(given_by="a", purpose="x")
    short = given.model_copy(update={"until": NOON + timedelta(days=1)})
    lasting, expired, renewed, withdrawn = [an_id() for _ in range(4)]
    await before.record(lasting, given, recorded_by="tests")
    for each in (expired, renewed):
        await before.record(each, short, recorded_by="tests")
    await before.record(renewed, given, recorded_by="tests")
    ended = await before.record(withdrawn, given, recorded_by="tests")
    await before.withdraw(withdrawn, ended.consent_id)
    assert await before.ended() == [withdrawn]
    after = await consents_of(stage, NOON + timedelta(days=1))
    assert await after.ended() == sorted([expired, withdrawn])
    with pytest.raises(NotFoundError):
        await after.withdraw(lasting, ended.consent_id)


def test_strangers_are_not_remembered_where_consent_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_CONSENT", "required")
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_UNKNOWN", "remember")
    with pytest.raises(SettingsError, match="strangers cannot consent"):
        RecognizerSettings()
