"""The tagger as it is deployed: from its queue to its HTTP API."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from installation import Installation, Keys, client_of, eventually, installation, working
from onlooker_shared.annotations import Annotation
from onlooker_shared.aws import Aws
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import Results, StoredFailure, StoredResult
from onlooker_shared.service import Service
from onlooker_tagger.__main__ import compose
from recognitions import a_face, a_label, a_recognition, an_image, annotated, failed, identified, recognized


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


@pytest.fixture
async def service(here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    monkeypatch.setenv("ONLOOKER_TAGGER_DATABASE", str(tmp_path / "tags.db"))
    async with compose(here.aws, here.common) as composed:
        yield composed


@pytest.fixture
async def sender(here: Installation) -> Sender:
    return Sender(await here.aws.client("sqs"), await here.aws.queue_url(here.topology.tagger.name))


@pytest.fixture
async def results(here: Installation) -> Results:
    return Results(await here.aws.client("s3"), here.topology.results.name)


async def found(client: httpx.AsyncClient, **asked: str) -> list[dict[str, object]]:
    answer = await client.get("/tags/images", params=asked)
    assert answer.status_code == 200, answer.text
    images: list[dict[str, object]] = answer.json()["images"]
    return images


async def put_thumbnail(here: Installation, image: ImageRef) -> None:
    """Store a thumbnail as the annotator does."""
    s3, bucket = await here.aws.client("s3"), here.topology.annotated.name
    stored = Annotation.of(image.image_id, bucket, annotated=(640, 480), thumbnail=(300, 225))
    await s3.put_object(Bucket=bucket, Key=stored.thumbnail.key, Body=b"jpeg", Metadata=stored.metadata)


async def test_a_recognized_picture_becomes_searchable(service: Service, sender: Sender) -> None:
    cat, broken = an_image("cat.jpg"), an_image("broken.jpg")
    for message in (recognized(cat, a_face(), a_label("Cat")), annotated(cat), failed(broken, "It is empty.")):
        await sender.send(message)
        await sender.send(message)  # SQS may deliver twice

    async with client_of(service) as client, working(service):
        await eventually(lambda: found(client), lambda images: len(images) == 2)
        [image] = await eventually(lambda: found(client, q="cat"), lambda images: bool(images[0]["thumbnail"]))
        assert (await client.get(f"/tags/images/{cat.image_id}")).json() == image
        statistics = (await client.get("/tags/statistics")).json()

    assert image["tags"] == ["Cat"]
    assert (statistics["total"], statistics["failed"], statistics["faces"]) == (2, 1, 1)


async def test_who_was_named_later_is_found_by_the_name_and_by_the_id(service: Service, sender: Sender) -> None:
    image, ann = an_image(), {"name": "Ann", "person_id": "0a"}
    messages = recognized(image, a_face(name="Unknown 7", person_id="0a")), identified(image, a_face(**ann))
    await sender.send(messages[0])

    async with client_of(service) as client, working(service):
        [before] = await eventually(lambda: found(client, person="unknown 7"), lambda images: len(images) == 1)
        for message in reversed(messages):  # the older one comes again, late
            await sender.send(message)
        [after] = await eventually(lambda: found(client, person="ann"), lambda images: len(images) == 1)
        assert await found(client, person_id="0a") == [after]
        assert await found(client, person="unknown 7") == []

    assert (after["created_at"], after["recognized_at"]) == (before["created_at"], before["recognized_at"])
    assert after["identified_at"] > after["recognized_at"]


async def test_reads_a_result_that_was_too_large_for_its_message(
    service: Service, sender: Sender, results: Results
) -> None:
    image = an_image()
    await results.put(StoredResult(image=image, recognition=a_recognition(a_label("Cat")), rekognition={}))
    await sender.send(recognized(image).model_copy(update={"recognition": None}))

    async with client_of(service) as client, working(service):
        await eventually(lambda: found(client, q="cat"))


async def test_a_message_whose_result_is_gone_is_a_dead_letter_that_says_so(
    here: Installation, service: Service, sender: Sender
) -> None:
    sqs = await here.aws.client("sqs")
    dead_letters = await here.aws.queue_url(here.topology.tagger.dead_letter)
    await sender.send(recognized(an_image()).model_copy(update={"recognition": None}))

    async with working(service):
        answer = await sqs.receive_message(QueueUrl=dead_letters, WaitTimeSeconds=10, MessageAttributeNames=["All"])

    assert "is gone" in answer["Messages"][0]["MessageAttributes"]["Reason"]["StringValue"]


async def test_a_sweep_derives_a_lost_index_from_the_buckets(
    here: Installation, service: Service, results: Results
) -> None:
    assert service.sweep is not None
    cat, broken = an_image("cat.jpg"), an_image("broken.jpg")
    await results.put(StoredResult(image=cat, recognition=a_recognition(a_label("Cat")), rekognition={}))
    await results.put_failure(StoredFailure(image=broken, reason="It is empty."))
    await put_thumbnail(here, cat)

    async with client_of(service) as client, working(service):
        answer = await client.post("/sweeps/tagger", params={"older_than": 0})
        assert answer.json() == {"looked_at": 3, "sent_on": 3}
        [image] = await eventually(
            lambda: found(client, q="cat"), lambda images: bool(images and images[0]["thumbnail"])
        )
        await eventually(lambda: found(client, state="failed"))
        assert (await client.post("/sweeps/tagger", params={"older_than": 0})).json() == {"looked_at": 3, "sent_on": 0}

    sent_on = annotated(cat, bucket=here.topology.annotated.name)
    assert image["thumbnail"] == sent_on.thumbnail.model_dump()
    assert image["annotated"] == sent_on.annotated.model_dump()


async def test_a_sweep_passes_over_a_result_that_cannot_be_read(
    here: Installation, service: Service, results: Results
) -> None:
    s3 = await here.aws.client("s3")
    await s3.put_object(Bucket=results.bucket, Key=f"results/{'0' * 32}.json", Body=b'{"image": ')
    await results.put(StoredResult(image=an_image(), recognition=a_recognition(), rekognition={}))

    async with client_of(service) as client:
        answer = await client.post("/sweeps/tagger", params={"older_than": 0})

    assert answer.json() == {"looked_at": 2, "sent_on": 1}


async def test_a_sweep_leaves_alone_what_may_still_be_in_the_queue(service: Service, results: Results) -> None:
    await results.put(StoredResult(image=an_image(), recognition=a_recognition(), rekognition={}))

    async with client_of(service) as client:
        answer = await client.post("/sweeps/tagger", params={"older_than": 3600})

    assert answer.json() == {"looked_at": 0, "sent_on": 0}


async def test_a_sweep_forgets_what_has_neither_result_nor_failure_any_more(
    service: Service, sender: Sender, results: Results
) -> None:
    cat, broken, gone = an_image("cat.jpg"), an_image("broken.jpg"), an_image("gone.jpg")
    await results.put(StoredResult(image=cat, recognition=a_recognition(), rekognition={}))
    await results.put_failure(StoredFailure(image=broken, reason="It is empty."))
    for message in (recognized(cat), failed(broken), recognized(gone)):
        await sender.send(message)

    async with client_of(service) as client, working(service):
        await eventually(lambda: found(client), lambda images: len(images) == 3)
        await client.post("/sweeps/tagger", params={"older_than": 10**9})
        assert len(await found(client)) == 3, "too new to be judged"
        assert (await client.post("/sweeps/tagger", params={"older_than": 0})).json()["sent_on"] == 0
        assert {image["key"] for image in await found(client)} == {"cat.jpg", "broken.jpg"}


async def test_a_sweep_forgets_nothing_whose_result_comes_while_it_lists(
    here: Installation, service: Service, sender: Sender, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object, **__: object) -> AsyncIterator[list[str]]:
        return
        yield []

    monkeypatch.setattr("onlooker_tagger.sweep.stored_ids", nothing)  # as if both came right after they were listed
    cat, broken = an_image("cat.jpg"), an_image("broken.jpg")
    await results.put(StoredResult(image=cat, recognition=a_recognition(), rekognition={}))
    await results.put_failure(StoredFailure(image=broken, reason="It is empty."))
    for message in (recognized(cat), failed(broken)):
        await sender.send(message)

    async with client_of(service) as client, working(service):
        await eventually(lambda: found(client), lambda images: len(images) == 2)
        await client.post("/sweeps/tagger", params={"older_than": 0})
        assert len(await found(client)) == 2


async def test_a_key_sees_only_what_it_is_bound_to(service: Service, sender: Sender) -> None:
    image = an_image("mine/cat.jpg")
    scopes = frozenset({Scope.TAGS_READ})
    keys = Keys(
        {
            "mine": Principal(key_id="1", owner="me", scopes=scopes, bucket="images", prefix="mine/"),
            "theirs": Principal(key_id="2", owner="they", scopes=scopes, bucket="images", prefix="theirs/"),
            "none": Principal(key_id="3", owner="nobody", scopes=frozenset({Scope.IMAGES_READ})),
        }
    )
    await sender.send(recognized(image))

    async with working(service), client_of(service, keys, "mine") as mine, client_of(service, keys, "theirs") as theirs:
        await eventually(lambda: found(mine))
        assert await found(theirs) == []
        hidden = await theirs.get(f"/tags/images/{image.image_id}")
        unknown = await theirs.get(f"/tags/images/{'0' * 32}")
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.json()["detail"] == unknown.json()["detail"].replace("0" * 32, image.image_id), "as if none were"
    async with client_of(service, keys, "none") as none:
        assert (await none.get("/tags/images")).status_code == 403
