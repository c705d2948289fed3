"""Signing in and out by being seen, and who was there on a day; the stand-in for Rekognition knows everybody."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from installation import client_of
from onlooker_recognizer.people.attendance.presence import Direction
from onlooker_recognizer.people.attendance.signing import Attendance
from onlooker_recognizer.people.registry.people import People
from people_records import a_face_id, a_face_of, an_id
from recognizer_stage import Stage, jpeg
from rekognition_standin import StandIn

PICTURE = {"content": jpeg(), "headers": {"Content-Type": "image/jpeg"}}


@dataclass
class Clock:
    """A clock that the test sets."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def people(stage: Stage) -> People:
    return People(await stage.aws.client("dynamodb"), stage.names.people.name, stage.names.people_faces.name)


@pytest.fixture
async def alice(people: People, standin: StandIn) -> str:
    """The id of somebody whom every face resembles."""
    person, face_id = await people.create("Alice"), a_face_id()
    await people.add_face(a_face_of(person, face_id=face_id))
    standin.matches.append({"Similarity": 97.0, "Face": {"FaceId": face_id}})
    return person.person_id


@pytest.fixture
async def http(stage: Stage, alice: str) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.recognizer() as service, client_of(service) as client:
        yield client


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was signed may be signed again at once."""
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_COOLDOWN", "0")


def attendance_of(stage: Stage, dynamodb: Any, clock: Clock) -> Attendance:
    return Attendance(dynamodb, stage.names.attendance.name, cooldown=timedelta(seconds=60), clock=clock)


async def test_who_is_seen_is_signed_in_and_a_moment_later_not_again(http: httpx.AsyncClient, alice: str) -> None:
    first, again = [(await http.post("/people/attendance", **PICTURE)).json() for _ in range(2)]
    [told] = first["signed"]
    assert (told["person_id"], told["name"], told["direction"], told["repeated"]) == (alice, "Alice", "in", False)
    assert again["signed"] == [{**told, "repeated": True}]
    [session] = (await http.get("/people/attendance")).json()["sessions"]
    assert (session["name"], session["signed_in_at"], session["signed_out_at"]) == ("Alice", told["at"], None)
    actions = [entry["action"] for entry in (await http.get(f"/people/{alice}/audit")).json()["entries"]]
    assert actions == ["signed in or out"] * 2


@pytest.mark.usefixtures("at_once")
async def test_in_and_out_make_a_time_of_presence_that_can_be_had_as_csv(http: httpx.AsyncClient) -> None:
    body = {"picture": "data:image/jpeg;base64," + base64.b64encode(jpeg()).decode()}
    ways = [(await http.post("/people/attendance", json=body)).json()["signed"][0]["direction"] for _ in range(2)]
    assert ways == ["in", "out"]
    [session] = (await http.get("/people/attendance")).json()["sessions"]
    assert session["signed_out_at"] > session["signed_in_at"]
    assert session["seconds"] > 0
    for answer in (
        await http.get("/people/attendance?format=csv&time_zone=Asia/Tokyo"),
        await http.get("/people/attendance", headers={"Accept": "text/csv"}),
    ):
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["content-disposition"]
        head, row = answer.text.splitlines()
        assert head.startswith("person_id,name,")
        assert ",Alice," in row
    assert "+00:00" in row


@pytest.mark.usefixtures("at_once")
async def test_the_way_may_be_said(http: httpx.AsyncClient) -> None:
    for direction in ("out", "in", "in"):
        answer = await http.post(f"/people/attendance?direction={direction}", **PICTURE)
        assert answer.json()["signed"][0]["direction"] == direction
    assert len((await http.get("/people/attendance")).json()["sessions"]) == 2
    assert (await http.post("/people/attendance?direction=up", **PICTURE)).status_code == 422


async def test_nobody_who_is_not_known_is_signed(http: httpx.AsyncClient, standin: StandIn) -> None:
    standin.matches.clear()
    assert (await http.post("/people/attendance", **PICTURE)).json() == {"signed": [], "faces": 1}
    standin.faces.clear()
    assert (await http.post("/people/attendance", **PICTURE)).json() == {"signed": [], "faces": 0}
    stored = await http.post("/people/attendance", json={"picture": {"bucket": "b", "key": "k"}})
    assert stored.status_code == 422


@pytest.mark.parametrize("wrong", ["time_zone=Moon/Base", "time_zone=Europe", "time_zone=../etc", "day=tomorrow"])
async def test_days_and_places_that_there_are_not(http: httpx.AsyncClient, wrong: str) -> None:
    assert (await http.get(f"/people/attendance?{wrong}")).status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_days_at_the_end_of_time(http: httpx.AsyncClient, day: str) -> None:
    answer = await http.get(f"/people/attendance?day={day}&time_zone=Europe/Berlin")
    assert answer.status_code == 400


async def test_two_cameras_at_once_sign_somebody_once(stage: Stage) -> None:
    clock, dynamodb = Clock(), await stage.aws.client("dynamodb")
    attendance, alice = attendance_of(stage, dynamodb, clock), an_id()
    outcomes = await asyncio.gather(*(attendance.sign(alice) for _ in range(5)))
    assert sorted(each.repeated for each in outcomes) == [False, True, True, True, True]
    assert len(await attendance.between(clock.now, clock.now + timedelta(hours=1))) == 1


async def test_after_the_cooldown_and_over_days(stage: Stage) -> None:
    clock, dynamodb = Clock(), await stage.aws.client("dynamodb")
    attendance, alice = attendance_of(stage, dynamodb, clock), an_id()
    ways = []
    for pause in (0, 59, 1, 24 * 3600):
        clock.now += timedelta(seconds=pause)
        now = await attendance.sign(alice)
        ways.append((now.signed.direction, now.repeated))
    assert ways == [(Direction.IN, False), (Direction.IN, True), (Direction.OUT, False), (Direction.IN, False)]
    found = await attendance.between(clock.now - timedelta(days=2), clock.now + timedelta(seconds=1))
    assert [each.direction for each in found] == [Direction.IN, Direction.OUT, Direction.IN]


async def test_presence_follows_a_merge_and_ends_with_whom_it_is_of(
    http: httpx.AsyncClient, people: People, alice: str
) -> None:
    await http.post("/people/attendance", **PICTURE)
    bob = (await people.create("Bob")).person_id
    assert (await http.post(f"/people/{alice}/merge", json={"into": bob})).status_code == 200
    [session] = (await http.get("/people/attendance")).json()["sessions"]
    assert (session["person_id"], session["name"]) == (bob, "Bob")
    assert (await http.delete(f"/people/{bob}")).status_code == 202
    assert (await http.get("/people/attendance")).json()["sessions"] == []


async def test_the_web_apps_old_call_registers_with_an_id_and_only_looks_without(
    http: httpx.AsyncClient, people: People, standin: StandIn
) -> None:
    standin.matches.clear()
    picture = base64.b64encode(jpeg()).decode()
    looked = await http.post("/people/faces", json={"picture": picture})
    assert (len(looked.json()["faces"]), looked.json()["person"]) == (1, None)
    assert len(await people.everybody()) == 1
    first = (await http.post("/people/faces", json={"picture": picture, "face_id": "bob-17"})).json()
    assert (first["person"]["name"], first["person"]["external_id"], first["added"]) == ("bob-17", "bob-17", 1)
    again = (await http.post("/people/faces", json={"picture": picture, "face_id": "bob-17"})).json()
    assert (again["person"]["person_id"], again["added"]) == (first["person"]["person_id"], 0)
    assert (await http.post("/people/faces", json={"picture": "bm8gcGljdHVyZQ=="})).status_code == 422
