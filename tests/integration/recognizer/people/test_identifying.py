"""Who is in a picture, by the real local Rekognition server: named, recorded, taken back, and paid for once."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from installation import client_of
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.objects import list_objects
from onlooker_shared.queue import settler
from onlooker_shared.recognition import Recognition
from people_records import a_face_id
from people_stage import PeopleStage, beside, people_of
from recognizer_stage import Stage, provisioned

PAID = ("SearchFacesByImage", "SearchUsersByImage", "IndexFaces")


@pytest.fixture(scope="module", autouse=True)
def _no_lingering() -> Iterator[None]:
    """Handled messages are deleted at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settler, "LINGER", 0.01)
        yield


@pytest.fixture
async def here(real_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PeopleStage]:
    """An installation that looks for faces and people alone, with nobody in it."""
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", "faces,people")
    async with people_of(await provisioned(real_aws)) as made:
        yield made


def paid() -> float:
    """How many calls about people were paid for until now."""
    outcomes = ({"operation": operation, "outcome": "ok"} for operation in PAID)
    return sum(REGISTRY.get_sample_value("onlooker_rekognition_calls_total", each) or 0 for each in outcomes)


async def announced(stage: Stage) -> Recognition:
    (message,) = await stage.announced()
    await stage.settled()
    assert isinstance(message, ImageRecognized)
    assert message.recognition is not None
    return message.recognition


async def seen(here: PeopleStage, person: PersonRecord) -> list[str]:
    """Keys of the pictures that a person was seen in."""
    page = await here.parts.sightings.of_person(person.person_id, limit=50)
    assert (await here.parts.people.get(person.person_id)).sightings == len(page.sightings)
    return [sighting.key for sighting in page.sightings]


def read(pictures: Path, name: str) -> bytes:
    return (pictures / "portraits" / name).read_bytes()


async def test_everybody_who_is_known_is_named_recorded_and_paid_for_once(here: PeopleStage, pictures: Path) -> None:
    portraits, stage = pictures / "portraits", here.stage
    alice = await here.enrol("Alice", read(pictures, "obama.jpg"), read(pictures, "obama-speaking.jpg"))  # a user
    bob = await here.enrol("Bob", read(pictures, "biden.jpg"))
    group = beside(portraits / "obama-standing.jpg", portraits / "biden.jpg", pictures / "scenes" / "astronaut.png")
    async with stage.recognizer():
        before = paid()
        image_id = await stage.put("group.jpg", group)
        found = await announced(stage)
        once = paid()
        await stage.put("group.jpg", group)  # the same again: another event about the same bytes
        await stage.announced()
        await stage.settled()

    by_place = sorted(found.faces, key=lambda face: face.bounding_box.left)
    assert [face.person and face.person.name for face in by_place] == ["Alice", "Bob", None]
    assert all(face.person.similarity >= 90 for face in by_place[:2] if face.person)
    assert set(found.features) == {"faces", "people"}
    assert found.identified_at is not None
    assert found.as_of == found.identified_at >= found.recognized_at
    assert (await (await stage.results).get(image_id)).recognition == found
    assert (await seen(here, alice), await seen(here, bob)) == (["group.jpg"], ["group.jpg"])
    assert 3 <= once - before <= 6  # each face by its users, and by faces where those leave a doubt
    assert paid() == once

    async with stage.recognizer():
        await (await stage.aws.client("s3")).delete_object(Bucket=stage.names.images.name, Key="group.jpg")
        await stage.announced()
        await stage.settled()
    assert (await seen(here, alice), await seen(here, bob)) == ([], [])


async def test_while_nobody_has_a_face_nothing_is_asked(here: PeopleStage, pictures: Path) -> None:
    before = paid()
    async with here.stage.recognizer():
        await here.stage.put("a.jpg", read(pictures, "obama.jpg"))
        found = await announced(here.stage)
    assert (found.faces[0].person, found.features) == (None, ("faces", "people"))
    assert paid() == before


async def test_who_is_ignored_is_not_shown_and_who_was_merged_is_who_they_are_now(
    here: PeopleStage, pictures: Path
) -> None:
    people, stage = here.parts.people, here.stage
    alice = await here.enrol("Alice", read(pictures, "obama.jpg"))
    poster = await here.enrol("Poster", read(pictures, "biden.jpg"))
    carol = await people.create("Carol")
    await people.change(poster.person_id, state=State.IGNORED)
    await people.change(alice.person_id, state=State.MERGED, merged_into=carol.person_id)
    async with stage.recognizer():
        await stage.put("two.jpg", beside(pictures / "portraits/obama-speaking.jpg", pictures / "portraits/biden.jpg"))
        found = await announced(stage)
    by_place = sorted(found.faces, key=lambda face: face.bounding_box.left)
    assert [face.person and face.person.name for face in by_place] == ["Carol", None]
    assert not any(each.name == "Poster" for face in by_place for each in face.candidates)
    assert (await seen(here, carol), await seen(here, alice)) == (["two.jpg"], [])


async def test_a_stranger_is_remembered_once_and_told_again(
    here: PeopleStage, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_UNKNOWN", "remember")
    stage = here.stage
    async with stage.recognizer():
        await stage.put("first.jpg", read(pictures, "obama.jpg"))
        first = (await announced(stage)).faces[0]
        await stage.put("second.jpg", read(pictures, "obama-speaking.jpg"))
        second = (await announced(stage)).faces[0]
        await stage.put("other.jpg", read(pictures, "biden.jpg"))
        other = (await announced(stage)).faces[0]

    assert first.person is not None
    assert second.person is not None
    assert other.person is not None
    assert (first.person.name, first.person.known, other.person.name) == ("Unknown 1", False, "Unknown 2")
    assert second.person.person_id == first.person.person_id
    assert [face.person.times_seen for face in (first, second, other) if face.person] == [1, 2, 1]
    everybody = await here.parts.people.everybody()
    assert [(each.name, each.state) for each in everybody] == [
        ("Unknown 1", State.UNKNOWN),
        ("Unknown 2", State.UNKNOWN),
    ]
    assert await seen(here, everybody[0]) == ["second.jpg", "first.jpg"]
    faces = await here.parts.people.faces_of(everybody[0].person_id)
    assert faces[0].face_id == first.face_id
    crops = [
        entry["Key"] async for entry in list_objects(await stage.aws.client("s3"), stage.names.results.name, "crops/")
    ]
    assert {face.crop for face in faces} <= set(crops)


async def test_strangers_in_one_picture_are_not_told_to_resemble_each_other(
    here: PeopleStage, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_UNKNOWN", "remember")
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_CANDIDATE_THRESHOLD", "0")  # everybody resembles everybody
    portraits = pictures / "portraits"
    async with here.stage.recognizer():
        await here.stage.put("two.jpg", beside(portraits / "obama.jpg", portraits / "biden.jpg"))
        first = await announced(here.stage)
        await here.stage.put("three.jpg", beside(portraits / "biden.jpg", pictures / "scenes" / "astronaut.png"))
        later = await announced(here.stage)

    assert [face.candidates for face in first.faces] == [(), ()]
    names = {face.person.name: {each.name for each in face.candidates} for face in later.faces if face.person}
    obama = next(
        face.person.name for face in sorted(first.faces, key=lambda face: face.bounding_box.left) if face.person
    )
    assert len(names) == 2
    assert all(resembled == {obama} for resembled in names.values())


async def test_a_collection_that_was_deleted_is_made_anew_of_the_crops(here: PeopleStage, pictures: Path) -> None:
    stage, people = here.stage, here.parts.people
    alice = await here.enrol("Alice", read(pictures, "obama.jpg"), read(pictures, "obama-speaking.jpg"))
    bob = await here.enrol("Bob", read(pictures, "biden.jpg"))
    lost = await people.faces_of(bob.person_id)
    client = await stage.aws.client("rekognition")
    await client.delete_collection(CollectionId=here.parts.collection.name)
    async with stage.recognizer():
        await stage.put("a.jpg", read(pictures, "obama-standing.jpg"))
        found = await announced(stage)

    assert found.faces[0].person is not None
    assert found.faces[0].person.name == "Alice"
    assert await here.parts.collection.face_ids() == {
        face.face_id for each in (alice, bob) for face in await people.faces_of(each.person_id)
    }
    (again,) = await people.faces_of(bob.person_id)
    assert again.face_id != lost[0].face_id
    assert again.crop == lost[0].crop
    assert (await people.get(bob.person_id)).cover == again.face_id
    described = await client.describe_collection(CollectionId=here.parts.collection.name)
    assert (described["FaceCount"], described["UserCount"]) == (3, 2)


async def test_who_is_imported_with_a_collection_that_was_there_before_is_named(
    here: PeopleStage, pictures: Path
) -> None:
    collection = here.parts.collection.name
    assert await here.parts.collected.find([a_face_id()]) == {}  # there is no collection at all yet
    await here.calls.call("CreateCollection", {"CollectionId": collection})
    picture = {"Image": {"Bytes": read(pictures, "obama.jpg")}, "ExternalImageId": "b.obama"}
    indexed = await here.calls.call("IndexFaces", {"CollectionId": collection, **picture})
    face_id = indexed["FaceRecords"][0]["Face"]["FaceId"]
    dynamodb = await here.stage.aws.client("dynamodb")
    profile = {"FaceId": {"S": face_id}, "Bio": {"S": "Speaks."}}
    await dynamodb.put_item(TableName=here.stage.names.profiles.name, Item=profile)

    async with here.stage.recognizer() as service, client_of(service) as client:
        answer = await client.post("/people/profiles/import")
        assert answer.json()["taken"] == 1, answer.text
        await here.stage.put("again.jpg", read(pictures, "obama-speaking.jpg"))
        found = await announced(here.stage)

    [person] = [face.person for face in found.faces if face.person]
    known = await here.parts.people.get(person.person_id)
    assert (person.name, known.attributes, known.face_ids) == ("b.obama", {"Bio": "Speaks."}, (face_id,))
