"""Pictures in the faces bucket enrol whom they name; what is in them is scripted, the buckets and queues are real."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onlooker_recognizer.costs.ledger import Ledger
from onlooker_recognizer.people.enrolment import faces_bucket
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord
from recognizer_stage import Stage, jpeg, until
from rekognition_standin import FACE, StandIn


async def registry(stage: Stage) -> People:
    return People(await stage.aws.client("dynamodb"), stage.names.people.name, stage.names.people_faces.name)


async def upload(stage: Stage, key: str, body: bytes | None = None, **more: Any) -> None:
    s3 = await stage.aws.client("s3")
    await s3.put_object(Bucket=stage.names.faces.name, Key=key, Body=body or jpeg(400, 400), **more)


async def settled(stage: Stage) -> None:
    """Wait until the queue of people is empty."""

    async def empty() -> bool:
        return await stage.waiting(stage.names.recognizer_people) == 0

    await until(empty)


async def known(stage: Stage) -> list[PersonRecord]:
    return await (await registry(stage)).everybody()


async def reason(stage: Stage) -> str:
    """Why the only message died."""
    (letter,) = await stage.take(stage.names.recognizer_people.dead_letter, 1)
    return str(letter["MessageAttributes"]["Reason"]["StringValue"])


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object that says nothing yet is looked at again at once."""
    monkeypatch.setattr(faces_bucket, "SHORTEST", 0.0)
    monkeypatch.setattr(faces_bucket, "LONGEST", 0.1)


@pytest.mark.parametrize(
    "said",
    [{"Tagging": "person=Alice%20A"}, {"Tagging": "a.jpg=Alice%20A"}, {"Metadata": {"person": "Alice A"}}],
    ids=["tag", "tag by the object's name", "metadata"],
)
async def test_whom_an_object_names_is_enrolled(stage: Stage, said: dict[str, Any]) -> None:
    async with stage.recognizer():
        await upload(stage, "team/a.jpg", **said)
        await until(lambda: known(stage))
        await settled(stage)
    (person,) = await known(stage)
    (face,) = await (await registry(stage)).faces_of(person.person_id)
    assert (person.name, face.bucket, face.key) == ("Alice A", stage.names.faces.name, "team/a.jpg")


async def test_what_is_asked_about_them_is_charged_to_the_faces_bucket(stage: Stage) -> None:
    async with stage.recognizer():
        await upload(stage, "a.jpg", Tagging="person=Alice")
        await until(lambda: known(stage))
        await settled(stage)
    ledger = Ledger(await stage.aws.client("dynamodb"), stage.names.costs.name)
    charged = await ledger.month(f"{datetime.now(UTC):%Y-%m}")
    assert {"DetectFaces", "IndexFaces"} <= {each.operation for each in charged}
    assert {each.bucket for each in charged} == {stage.names.faces.name}


async def test_the_pictures_of_one_who_is_new_make_one_person_also_if_they_come_together(stage: Stage) -> None:
    for number in range(3):
        await upload(stage, f"{number}.jpg", jpeg(400 + number, 400), Tagging="person=Alice")
    async with stage.recognizer():
        await settled(stage)
    (person,) = await known(stage)
    assert len(person.face_ids) == 3


async def test_the_same_event_again_adds_nothing(stage: Stage) -> None:
    await upload(stage, "a.jpg", Tagging="person=Alice")
    await upload(stage, "a.jpg", Tagging="person=Alice")
    async with stage.recognizer():
        await settled(stage)
    (person,) = await known(stage)
    assert len(person.face_ids) == 1


async def test_a_tag_that_is_set_after_the_upload_counts(stage: Stage, standin: StandIn) -> None:
    async with stage.recognizer():
        await upload(stage, "a.jpg")
        await until(lambda: put_back(stage))
        s3 = await stage.aws.client("s3")
        tags = {"TagSet": [{"Key": "person", "Value": "Alice"}]}
        await s3.put_object_tagging(Bucket=stage.names.faces.name, Key="a.jpg", Tagging=tags)
        await until(lambda: known(stage))
        await settled(stage)
    assert [person.name for person in await known(stage)] == ["Alice"]


async def put_back(stage: Stage) -> bool:
    """Whether a message waits to be looked at again."""
    sqs = await stage.aws.client("sqs")
    url = await stage.aws.queue_url(stage.names.recognizer_people.name)
    answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"])
    return answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"] != "0"


async def test_an_object_that_never_says_whose_it_is_is_given_up(
    stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces_bucket, "PATIENCE", timedelta(0))
    async with stage.recognizer():
        await upload(stage, "a.jpg")
        assert "person=NAME" in await reason(stage)
    assert (await known(stage), standin.calls("DetectFaces")) == ([], 0)


@pytest.mark.parametrize(
    ("faces", "words"), [([], "No face can be seen"), ([FACE, FACE], "2 faces can be seen")], ids=["none", "two"]
)
async def test_a_picture_that_enrols_nobody_is_given_up_with_the_reason(
    stage: Stage, standin: StandIn, faces: list[dict[str, Any]], words: str
) -> None:
    standin.faces = faces
    async with stage.recognizer():
        await upload(stage, "a.jpg", Tagging="person=Alice")
        assert words in await reason(stage)
    assert await known(stage) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Metadata": {"person": "A" * 300}}, "300 characters"),
        ({"Tagging": f"person_id={'0' * 32}"}, "no person with the id"),
    ],
)
async def test_a_name_that_is_none_and_an_id_that_nobody_has_are_told(
    stage: Stage, said: dict[str, Any], words: str
) -> None:
    async with stage.recognizer():
        await upload(stage, "a.jpg", **said)
        assert words in await reason(stage)


async def test_of_two_people_of_one_name_the_id_says_which(stage: Stage) -> None:
    people = await registry(stage)
    first, second = await people.create("Alice"), await people.create("Alice")
    async with stage.recognizer():
        await upload(stage, "a.jpg", Tagging="person=Alice")
        assert "2 people are called so" in await reason(stage)
        await upload(stage, "b.jpg", Tagging=f"person_id={second.person_id}")
        await settled(stage)
    counts = [len((await people.get(person.person_id)).face_ids) for person in (first, second)]
    assert counts == [0, 1]


async def test_what_was_deleted_or_overwritten_meanwhile_is_left_alone(stage: Stage) -> None:
    s3 = await stage.aws.client("s3")
    await upload(stage, "gone.jpg", Tagging="person=Alice")
    await s3.delete_object(Bucket=stage.names.faces.name, Key="gone.jpg")
    await upload(stage, "new.jpg", jpeg(300, 300), Tagging="person=Bob")
    await upload(stage, "new.jpg", jpeg(400, 400), Tagging="person=Carol")
    async with stage.recognizer():
        await settled(stage)
    assert [person.name for person in await known(stage)] == ["Carol"]
    assert await stage.waiting(stage.names.recognizer_people.dead_letter) == 0
