"""Somebody is erased: nothing of them is left, and nothing that is late, repeated or put back brings them again."""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from installation import client_of, working
from onlooker_recognizer.__main__ import compose
from onlooker_recognizer.people.attendance.signing import Attendance
from onlooker_recognizer.people.consent.consents import Given
from onlooker_recognizer.people.erasure.erasing import Erase
from onlooker_recognizer.people.identification.identifying import Identifying
from onlooker_recognizer.people.profiles.table import Profiles
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageIdentified, ImageRecognized
from onlooker_shared.objects import list_objects
from onlooker_shared.queue import settler
from people_stage import PeopleStage, beside, people_of
from recognizer_stage import provisioned, until

KEPT = re.compile(r'"S": "(erased:|erase")')
"""What a tombstone has, and what is still owed."""


@pytest.fixture(scope="module", autouse=True)
def _at_once() -> Iterator[None]:
    """Messages are deleted at once, and it is looked again at once for who was erased."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settler, "LINGER", 0.01)
        patch.setenv("ONLOOKER_RECOGNIZER_ERASED_AGAIN", "0")
        yield


@pytest.fixture
async def here(real_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PeopleStage]:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", "faces,people")
    async with people_of(await provisioned(real_aws)) as made:
        yield made


@asynccontextmanager
async def served(here: PeopleStage) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the recognizer, composed as it ships and at work."""
    async with compose(here.stage.aws, here.stage.common) as service, working(service), client_of(service) as client:
        yield client


async def erased(client: httpx.AsyncClient, person_id: str, state: str = "proved") -> dict[str, Any]:
    """Have somebody erased; return the receipt once that is proved."""
    answer = await client.delete(f"/people/{person_id}")
    assert answer.status_code == 202, answer.text
    return await receipt(client, answer.headers["Location"], state)


async def receipt(client: httpx.AsyncClient, location: str, state: str = "proved") -> dict[str, Any]:
    async def told() -> dict[str, Any] | None:
        found: dict[str, Any] = (await client.get(location)).json()
        return found if found["state"] == state else None

    return await until(told)


def read(pictures: Path, name: str) -> bytes:
    return (pictures / "portraits" / name).read_bytes()


async def stored(here: PeopleStage) -> dict[str, str]:
    """Everything in tables and buckets but receipts, tombstones and the log, as text, by where it is."""
    dynamodb, s3 = await here.stage.aws.client("dynamodb"), await here.stage.aws.client("s3")
    names, found = here.stage.names, {}
    for table in {*names.tables} - {names.people_audit}:
        async for page in dynamodb.get_paginator("scan").paginate(TableName=table.name):
            texts = [json.dumps(item, default=str) for item in page["Items"]]
            found |= {f"{table.name}/{number}": each for number, each in enumerate(texts) if not KEPT.search(each)}
    for bucket in names.buckets:
        keys = [entry["Key"] async for entry in list_objects(s3, bucket.name)]
        for key in [key for key in keys if not key.startswith("erasures/")]:
            body = (await s3.get_object(Bucket=bucket.name, Key=key))["Body"]
            found[f"{bucket.name}/{key}"] = (await body.read()).decode("latin-1")
    return found


async def left_of(here: PeopleStage, *traces: str) -> dict[str, list[str]]:
    """Where one of some texts is still to be found, with a piece of what is there."""
    everything = await stored(here)
    return {
        place: [text[max(0, text.index(each) - 60) : text.index(each) + 60] for each in traces if each in text]
        for place, text in everything.items()
        if any(each in text or each in place for each in traces)
    }


async def traces_of(here: PeopleStage, person: PersonRecord) -> list[str]:
    record = await here.parts.people.get(person.person_id)
    return [person.person_id, person.name, *record.face_ids]


async def test_nothing_is_left_of_who_is_erased_and_others_stay(here: PeopleStage, pictures: Path) -> None:
    stage, people = here.stage, here.parts.people
    alice = await here.enrol("Alice Äöü", read(pictures, "obama.jpg"), read(pictures, "obama-speaking.jpg"))
    bob = await here.enrol("Bob", read(pictures, "biden.jpg"))
    old = await people.create("Alise")
    await people.change(old.person_id, state=State.MERGED, merged_into=alice.person_id)
    await people.change(alice.person_id, attributes={"Bio": "Likes Äpfel."})
    dynamodb = await stage.aws.client("dynamodb")
    await Profiles(dynamodb, stage.names.profiles.name).put(alice.face_ids[0], {"Bio": "Likes Äpfel."})
    attendance = Attendance(
        dynamodb, stage.names.attendance.name, cooldown=timedelta(0), clock=lambda: datetime.now(UTC)
    )
    await attendance.sign(alice.person_id)
    given = Given(given_by="Alice Äöü", purpose="Likes Äpfel.")
    await here.parts.consents.record(alice.person_id, given, recorded_by="tests")
    traces = [*await traces_of(here, alice), old.person_id, "Alise", "Äpfel", "\\u00c4pfel", "\\u00c4\\u00f6"]
    async with served(here) as client:
        group = beside(pictures / "portraits/obama-standing.jpg", pictures / "portraits/biden.jpg")
        await stage.put("group.jpg", group)
        await stage.put("alone.jpg", read(pictures, "obama-standing.jpg"))
        assert {type(message) for message in await stage.announced(2)} == {ImageRecognized}
        assert len((await here.parts.sightings.of_person(alice.person_id, limit=9)).sightings) == 2

        told = await erased(client, alice.person_id)
        messages = await stage.announced(2)

        assert (await client.get(f"/people/{alice.person_id}")).status_code == 404
        assert (await client.get("/people", params={"q": "Ali"})).json()["people"] == []
        again = await client.delete(f"/people/{alice.person_id}")
        assert (again.status_code, again.json()["state"]) == (202, "proved")
        of_merged = await client.get(f"/people/erasures/{old.person_id}")
        assert of_merged.json()["erasure_id"] == alice.person_id

    assert await left_of(here, *traces) == {}
    assert {type(message) for message in messages} == {ImageIdentified}
    assert not any(face.person and face.person.name.startswith("Ali") for each in messages for face in faces_of(each))
    removed = told["removed"]
    assert (removed["people"], removed["collection_faces"], removed["crops"]) == (2, 2, 2)
    assert (removed["results"], removed["sightings"], removed["faces"], removed["profiles"]) == (2, 2, 2, 1)
    assert (removed["consents"], removed["attendance"]) == (1, 2)
    assert set(told["proof"]["found"].values()) == {0}
    assert (told["proof"]["searched"], told["proof"]["recognized"]) == (2, 0)
    assert told["proof"]["looked_at"]["results"] == 2
    assert not {"Alice", alice.face_ids[0]} & set(json.dumps(told).split('"'))
    assert await here.parts.collection.face_ids() == set((await people.get(bob.person_id)).face_ids)
    assert (await people.get(bob.person_id)).sightings == 1


def faces_of(message: Any) -> Any:
    return message.recognition.faces


async def test_an_erasure_in_the_middle_of_a_recognition_lets_nothing_come_back(
    here: PeopleStage, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = here.stage
    alice = await here.enrol("Alice", read(pictures, "obama.jpg"), read(pictures, "obama-speaking.jpg"))
    traces = await traces_of(here, alice)
    told, go_on = asyncio.Event(), asyncio.Event()
    identify = Identifying.identify

    async def slowly(*asked: Any, **more: Any) -> Any:
        found = await identify(*asked, **more)
        assert found.recognition.faces[0].person is not None, "she was recognized before she was erased"
        told.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(Identifying, "identify", slowly)
    async with served(here) as client:
        await stage.put("a.jpg", read(pictures, "obama-standing.jpg"))
        await told.wait()
        await erased(client, alice.person_id)
        go_on.set()
        (message,) = await stage.announced()
        await stage.settled()

    assert faces_of(message)[0].person is None
    assert await left_of(here, *traces) == {}


async def test_what_a_recognizer_left_that_died_is_taken_back_when_its_message_comes_again(
    here: PeopleStage, pictures: Path
) -> None:
    stage = here.stage
    alice = await here.enrol("Alice", read(pictures, "obama.jpg"))
    traces = await traces_of(here, alice)
    picture = read(pictures, "obama-standing.jpg")
    async with served(here) as client:
        image_id = await stage.put("a.jpg", picture)
        await stage.announced()
        await stage.settled()
        result = await (await stage.results).get(image_id)
        assert result.recognition.faces[0].person is not None
        await erased(client, alice.person_id)
        await stage.announced()
        await (await stage.results).put(result)  # late, by one that ended there
        await stage.put("a.jpg", picture)
        (message,) = await stage.announced()
        await stage.settled()

    assert faces_of(message)[0].person is None
    assert await left_of(here, *traces) == {}


async def test_a_collection_that_is_made_anew_and_jobs_that_come_again_bring_nobody_back(
    here: PeopleStage, pictures: Path
) -> None:
    stage = here.stage
    alice = await here.enrol("Alice", read(pictures, "obama.jpg"))
    bob = await here.enrol("Bob", read(pictures, "biden.jpg"))
    client_of_rekognition, sqs = await stage.aws.client("rekognition"), await stage.aws.client("sqs")
    url = await stage.aws.queue_url(stage.names.recognizer_people.name)
    async with served(here) as client:
        before = await erased(client, alice.person_id)
        for again in (False, True):
            job = Erase(erasure_id=alice.person_id, again=again)
            await sqs.send_message(QueueUrl=url, MessageBody=job.model_dump_json())
        await client_of_rekognition.delete_collection(CollectionId=here.parts.collection.name)
        await stage.put("a.jpg", beside(pictures / "portraits/obama-standing.jpg", pictures / "portraits/biden.jpg"))
        (message,) = await stage.announced()

        async def idle() -> bool:
            return await stage.waiting(url.rpartition("/")[2]) == 0

        await until(idle)
        after = await receipt(client, f"/people/erasures/{alice.person_id}")

    assert sorted(str(face.person and face.person.name) for face in faces_of(message)) == ["Bob", "None"]
    assert after["removed"] == before["removed"]
    assert len(await here.parts.collection.face_ids()) == 1
    assert (await here.parts.people.get(bob.person_id)).face_ids


async def test_a_face_that_nobody_could_write_down_is_found_in_the_collection(
    here: PeopleStage, pictures: Path
) -> None:
    alice, bob = await here.enrol("Alice", read(pictures, "obama.jpg")), await here.parts.people.create("Bob")
    moved = await here.add_face(alice.person_id, read(pictures, "biden.jpg"))
    await here.parts.people.move_face(moved.face_id, bob.person_id)
    await here.parts.collection.index(read(pictures, "obama-standing.jpg"), person_id=alice.person_id)
    assert len(await here.parts.collection.face_ids()) == 3
    async with served(here) as client:
        told = await erased(client, alice.person_id)

    assert told["removed"]["collection_faces"] == 2
    assert await here.parts.collection.face_ids() == {moved.face_id}, "it is Bob's, whoever it was added for"


async def test_a_stranger_who_was_erased_is_not_remembered_of_the_same_picture_again(
    here: PeopleStage, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_UNKNOWN", "remember")
    stage = here.stage
    async with served(here) as client:
        image_id = await stage.put("first.jpg", read(pictures, "obama.jpg"))
        (message,) = await stage.announced()
        await stage.settled()
        stranger = faces_of(message)[0].person
        assert stranger.name == "Unknown 1"
        await erased(client, stranger.person_id)
        await client.post(f"/recognitions/{image_id}")
        *_, message = await stage.announced(2)
        await stage.settled()

    assert faces_of(message)[0].person is None
    assert await left_of(here, stranger.person_id) == {}
    assert await here.parts.collection.face_ids() == set()


async def test_pictures_go_too_where_that_is_wanted(
    here: PeopleStage, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_ERASED_PICTURES", "delete")
    stage = here.stage
    alice = await here.enrol("Alice", read(pictures, "obama.jpg"))
    async with served(here) as client:
        await stage.put("a.jpg", read(pictures, "obama-standing.jpg"))
        await stage.put("b.jpg", read(pictures, "biden.jpg"))
        await stage.announced(2)
        await stage.settled()
        told = await erased(client, alice.person_id)
        await stage.settled()
    s3 = await stage.aws.client("s3")
    assert [entry["Key"] async for entry in list_objects(s3, stage.names.images.name)] == ["b.jpg"]
    assert len([entry async for entry in list_objects(s3, stage.names.results.name, "results/")]) == 1
    assert told["removed"]["pictures"] == 1


async def test_objects_of_the_faces_bucket_go_and_their_late_messages_enrol_nobody(
    here: PeopleStage, pictures: Path
) -> None:
    stage = here.stage
    s3, bucket = await stage.aws.client("s3"), stage.names.faces.name
    async with served(here) as client:
        await s3.put_object(Bucket=bucket, Key="x1.jpg", Body=read(pictures, "obama.jpg"), Tagging="person=Alice")

        async def enrolled() -> list[PersonRecord]:
            return [each for each in await here.parts.people.named("alice") if each.face_ids]

        (alice,) = await until(enrolled)
        await s3.put_object(Bucket=bucket, Key="x2.jpg", Body=b"no picture", Tagging="person=ALICE")
        await s3.put_object(Bucket=bucket, Key="bob.jpg", Body=b"no picture", Tagging="person=Bob")
        told = await erased(client, alice.person_id)
        await client.post("/queues/recognizer-people/redrive")

    assert [entry["Key"] async for entry in list_objects(s3, bucket)] == ["bob.jpg"]
    assert told["removed"]["faces_bucket"] == 2
    assert await here.parts.people.named("Alice") == []


async def test_who_was_merged_and_who_is_nobody_cannot_be_erased(here: PeopleStage) -> None:
    people = here.parts.people
    alice, old = await people.create("Alice"), await people.create("Alise")
    await people.change(old.person_id, state=State.MERGED, merged_into=alice.person_id)
    async with served(here) as client:
        refused = await client.delete(f"/people/{old.person_id}")
        assert (refused.status_code, alice.person_id in refused.json()["detail"]) == (409, True)
        assert (await client.delete(f"/people/{'0' * 32}")).status_code == 404
        assert (await client.get(f"/people/erasures/{'0' * 32}")).status_code == 404
        assert (await client.get(f"/people/{alice.person_id}")).status_code == 200


async def test_everything_that_is_stored_of_somebody_comes_in_a_zip(here: PeopleStage, pictures: Path) -> None:
    stage = here.stage
    alice = await here.enrol("Alice Äöü", read(pictures, "obama.jpg"))
    bob = await here.enrol("Bob", read(pictures, "biden.jpg"))
    dynamodb, table = await stage.aws.client("dynamodb"), stage.names.attendance.name
    attendance = Attendance(dynamodb, table, cooldown=timedelta(0), clock=lambda: datetime.now(UTC))
    profiles = Profiles(dynamodb, stage.names.profiles.name)
    for person, bio in ((alice, "Engineer"), (bob, "Friend of Bob")):
        await attendance.sign(person.person_id)
        (known_by,) = (await here.parts.people.get(person.person_id)).face_ids
        await profiles.put(known_by, {"Bio": bio})
    async with served(here) as client:
        await stage.put("two.jpg", beside(pictures / "portraits/obama-standing.jpg", pictures / "portraits/biden.jpg"))
        await stage.announced()
        await stage.settled()
        answer = await client.get(f"/people/{alice.person_id}/export")
        assert (await client.get(f"/people/{'0' * 32}/export")).status_code == 404
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    told = {name: json.loads(content) for name, content in files.items() if name.endswith(".json")}
    (face,) = told["faces.json"]
    assert files[f"faces/{face['face_id']}.jpg"][:2] == b"\xff\xd8"
    assert [each["name"] for each in told["person.json"]] == ["Alice Äöü"]
    assert told["profiles.json"] == [{"face_id": face["face_id"], "attributes": {"Bio": "Engineer"}}]
    assert [each["key"] for each in told["sightings.json"]] == ["two.jpg"]
    ((shown,),) = (each["faces"] for each in told["results.json"])
    assert shown["person"]["name"] == "Alice Äöü"
    assert [each["action"] for each in told["audit.json"]] == ["exported"]
    assert [each["direction"] for each in told["attendance.json"]] == ["in"]
    assert not any(b"Bob" in content for content in files.values())
