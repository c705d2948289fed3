"""Objects of the faces bucket whose events were lost are found by the sweep: once, and also if they speak up late."""

from datetime import timedelta
from typing import Any

import pytest

from onlooker_recognizer.people.enrolment import faces_bucket
from onlooker_recognizer.people.registry.people import People
from onlooker_shared.images import ImageRef
from onlooker_shared.service import Service, Swept
from people_records import a_face_of
from recognizer_stage import Stage, jpeg, until
from rekognition_standin import StandIn

NOW = timedelta(0)


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object that says nothing is given up at once."""
    monkeypatch.setattr(faces_bucket, "PATIENCE", NOW)


async def registry(stage: Stage) -> People:
    return People(await stage.aws.client("dynamodb"), stage.names.people.name, stage.names.people_faces.name)


async def upload(stage: Stage, key: str, width: int = 400, **more: Any) -> None:
    s3 = await stage.aws.client("s3")
    await s3.put_object(Bucket=stage.names.faces.name, Key=key, Body=jpeg(width, 400), **more)


async def tag(stage: Stage, key: str, name: str) -> None:
    s3 = await stage.aws.client("s3")
    tags = {"TagSet": [{"Key": "person", "Value": name}]}
    await s3.put_object_tagging(Bucket=stage.names.faces.name, Key=key, Tagging=tags)


async def lose_events(stage: Stage, count: int) -> None:
    """Wait for the events of so many objects, and S3's test event, and lose them all."""

    async def arrived() -> bool:
        return await stage.waiting(stage.names.recognizer_people) >= count

    await until(arrived)
    sqs = await stage.aws.client("sqs")
    await sqs.purge_queue(QueueUrl=await stage.aws.queue_url(stage.names.recognizer_people.name))


async def swept(stage: Stage, service: Service) -> Swept:
    """Sweep, and wait until what was found is done."""

    async def idle() -> bool:
        return await stage.waiting(stage.names.recognizer_people) == 0

    assert service.sweep is not None
    found = await service.sweep(NOW)
    await until(idle)
    return found


async def names(stage: Stage) -> dict[str, int]:
    """Who is known, with how many faces."""
    return {person.name: len(person.face_ids) for person in await (await registry(stage)).everybody()}


async def test_what_was_lost_enrols_once(stage: Stage, standin: StandIn) -> None:
    for number in range(12):
        await upload(stage, f"é {number}.jpg", 300 + number, Tagging=f"person=Person%20{number}")
    await upload(stage, "folder/", 300)
    await lose_events(stage, 13)
    async with stage.recognizer() as service:
        first, asked = await swept(stage, service), standin.calls("DetectFaces")
        assert await swept(stage, service) == Swept(looked_at=13, sent_on=0)
    assert first == Swept(looked_at=13, sent_on=13)
    assert await names(stage) == {f"Person {number}": 1 for number in range(12)}
    assert standin.calls("DetectFaces") == asked == 12


async def test_what_may_still_be_queued_is_left_alone(stage: Stage) -> None:
    await upload(stage, "young.jpg", Tagging="person=Alice")
    async with stage.recognizer() as service:
        assert service.sweep is not None
        assert await service.sweep(timedelta(minutes=15)) == Swept(looked_at=1, sent_on=0)


async def test_what_was_refused_is_tried_again_only_once_it_changed(stage: Stage, standin: StandIn) -> None:
    people = await registry(stage)
    for _ in range(2):
        await people.create("Alice")
    await upload(stage, "a.jpg", Tagging="person=Alice")
    async with stage.recognizer() as service:
        await stage.take(stage.names.recognizer_people.dead_letter, 1)
        assert (await swept(stage, service)).sent_on == 0
        await tag(stage, "a.jpg", "Bob")
        assert (await swept(stage, service)).sent_on == 1
        assert (await swept(stage, service)).sent_on == 0
    assert await names(stage) == {"Alice": 0, "Bob": 1}


async def test_a_tag_that_is_set_long_after_the_upload_counts(stage: Stage) -> None:
    async with stage.recognizer() as service:
        await upload(stage, "a.jpg")
        await stage.take(stage.names.recognizer_people.dead_letter, 1)
        assert (await swept(stage, service)).sent_on == 0
        await tag(stage, "a.jpg", "Alice")
        assert (await swept(stage, service)).sent_on == 1
    assert await names(stage) == {"Alice": 1}


async def test_a_face_that_somebody_took_away_does_not_come_back(stage: Stage) -> None:
    people = await registry(stage)
    async with stage.recognizer() as service:
        await upload(stage, "a.jpg", Tagging="person=Alice")
        await until(lambda: names(stage))
        await swept(stage, service)
        [alice] = await people.everybody()
        await people.remove_face(alice.face_ids[0])
        assert (await swept(stage, service)).sent_on == 0
    assert await names(stage) == {"Alice": 0}


async def test_what_somebody_is_known_by_otherwise_is_left_alone_also_once_they_are_not(stage: Stage) -> None:
    people = await registry(stage)
    await upload(stage, "a.jpg", Tagging="person=Alice")
    await lose_events(stage, 1)
    async with stage.recognizer() as service:
        person = await people.create("Alice")
        await known_by(stage, people, person.person_id, "a.jpg")
        assert (await swept(stage, service)).sent_on == 0
        await people.delete(person.person_id)
        assert (await swept(stage, service)).sent_on == 0
    assert await names(stage) == {}


async def known_by(stage: Stage, people: People, person_id: str, key: str) -> None:
    """Have somebody have the face of an object, as a request that points to it does."""
    s3 = await stage.aws.client("s3")
    head = await s3.head_object(Bucket=stage.names.faces.name, Key=key)
    image = ImageRef.of(
        bucket=stage.names.faces.name,
        key=key,
        etag=head["ETag"],
        size=head["ContentLength"],
        uploaded_at=head["LastModified"],
    )
    await people.add_face(a_face_of(person_id, image=image))


@pytest.mark.parametrize("lost", [False, True], ids=["told", "event lost"])
async def test_of_what_is_deleted_nothing_is_remembered(stage: Stage, lost: bool) -> None:
    s3 = await stage.aws.client("s3")
    async with stage.recognizer() as service:
        await upload(stage, "alice.jpg", Tagging="person=Alice")
        await until(lambda: names(stage))
        await swept(stage, service)
        assert len(await noted(stage)) == 1
        assert "Alice" not in str(await noted(stage))
        if not lost:
            await s3.delete_object(Bucket=stage.names.faces.name, Key="alice.jpg")
            await until(lambda: nothing_noted(stage))
    if lost:
        await s3.delete_object(Bucket=stage.names.faces.name, Key="alice.jpg")
        await lose_events(stage, 1)
        async with stage.recognizer() as service:
            assert await swept(stage, service) == Swept(looked_at=0, sent_on=0)
    assert await noted(stage) == []


async def nothing_noted(stage: Stage) -> bool:
    return not await noted(stage)


async def noted(stage: Stage) -> list[Any]:
    dynamodb = await stage.aws.client("dynamodb")
    found = await dynamodb.scan(TableName=stage.names.sightings.name, ConsistentRead=True)
    return [item for item in found["Items"] if item["about"]["S"] == "faces-bucket"]
