"""A picture that is deleted leaves no result behind, in whatever order things happen; what lives keeps its own."""

import json
from datetime import timedelta
from typing import Any

import pytest

from onlooker_recognizer import events
from onlooker_recognizer.costs.ledger import Ledger
from onlooker_recognizer.deletions import Deletions
from onlooker_recognizer.events import Removal
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.people.collection.matching import Thresholds
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.sightings.recording import Recording
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.images import ImageRef, object_prefix
from onlooker_shared.messages import ImageDeleted, ImageFailed, ImageRecognized
from onlooker_shared.objects import list_objects
from onlooker_shared.publisher import Publisher
from onlooker_shared.results import StoredFailure, StoredResult, failure_key, result_key
from recognitions import NOON, a_recognition, an_image
from recognizer_stage import Stage, jpeg
from rekognition_standin import StandIn

NOW = timedelta(0)
EARLIER, LATER = "0055AED6DCD90281E5", "0055AED6DCD90281E6"


async def delete(stage: Stage, key: str, **more: Any) -> None:
    await (await stage.aws.client("s3")).delete_object(Bucket=stage.names.images.name, Key=key, **more)


async def stored(stage: Stage) -> list[str]:
    """What the results bucket holds."""
    return [entry["Key"] async for entry in list_objects(await stage.aws.client("s3"), stage.names.results.name)]


async def recording(stage: Stage) -> Recording:
    dynamodb, names = await stage.aws.client("dynamodb"), stage.names
    people = People(dynamodb, names.people.name, names.people_faces.name)
    sightings = Sightings(dynamodb, names.sightings.name, names.people.name)
    return Recording(sightings, Judge(people, Thresholds(90, 70)), await stage.results)


async def deletions(stage: Stage) -> Deletions:
    topic = await stage.aws.topic_arn(stage.names.image_recognized)
    publisher = Publisher(await stage.aws.client("sns"), topic)
    ledger = Ledger(await stage.aws.client("dynamodb"), stage.names.costs.name)
    return Deletions(await stage.aws.client("s3"), stage.names.results.name, publisher, await recording(stage), ledger)


async def keep_versions(stage: Stage) -> None:
    await (await stage.aws.client("s3")).put_bucket_versioning(
        Bucket=stage.names.images.name, VersioningConfiguration={"Status": "Enabled"}
    )


async def test_a_deleted_picture_leaves_nothing_and_is_told_of(stage: Stage) -> None:
    async with stage.recognizer():
        await stage.put("a folder/ü+1.jpg", jpeg())
        await stage.put("a folder/ü+2.jpg", b"words, words, words")
        arrived = {message.image.key: message.image for message in await stage.announced(2)}
        kept = await stage.put("other.jpg", jpeg())
        await stage.announced()
        for key in arrived:
            await delete(stage, key)
        told = {message.key: message for message in await stage.announced(2)}
        await stage.settled()

    assert await stored(stage) == [result_key(kept)]
    assert told.keys() == arrived.keys()
    for key, message in told.items():
        assert isinstance(message, ImageDeleted)
        assert (message.bucket, message.image_ids) == (stage.names.images.name, ())
        assert message.sequencer > arrived[key].sequencer
        assert message.deleted_at >= arrived[key].uploaded_at


async def test_every_version_that_was_overwritten_goes_too(stage: Stage) -> None:
    async with stage.recognizer():
        for width in (100, 200):
            await stage.put("a.jpg", jpeg(width))
            await stage.announced()
        assert len(await stored(stage)) == 2  # what was merely overwritten is kept
        await delete(stage, "a.jpg")
        await stage.announced()

    assert await stored(stage) == []


async def test_a_deletion_that_comes_twice_is_told_twice_and_harms_nothing(stage: Stage) -> None:
    await stage.put("a.jpg", jpeg())
    await delete(stage, "a.jpg")
    bodies = [message["Body"] for message in await stage.take(stage.names.recognizer_images.name, 3)]
    gone = next(body for body in bodies if "ObjectRemoved" in body)
    async with stage.recognizer():
        await stage.send(gone)
        await stage.send(gone)
        first, second = await stage.announced(2)

    assert isinstance(first, ImageDeleted)
    assert (first.bucket, first.key, first.sequencer) == (second.bucket, second.key, second.sequencer)


@pytest.mark.parametrize("widths", [(100, 100), (100, 200)], ids=["same bytes", "other bytes"])
async def test_an_upload_after_the_deletion_survives_though_its_event_comes_first(
    stage: Stage, widths: tuple[int, int]
) -> None:
    await stage.put("a.jpg", jpeg(widths[0]))
    await delete(stage, "a.jpg")
    again = await stage.put("a.jpg", jpeg(widths[1]))
    bodies = [message["Body"] for message in await stage.take(stage.names.recognizer_images.name, 4)]
    first, gone, second = sorted((body for body in bodies if "Records" in body), key=_sequencer)
    async with stage.recognizer():
        await stage.send(second)
        (recognized,) = await stage.announced()
        await stage.send(gone)
        (deleted,) = await stage.announced()
        await stage.send(first)
        await stage.settled()

    assert isinstance(recognized, ImageRecognized)
    assert isinstance(deleted, ImageDeleted)
    assert deleted.sequencer < recognized.image.sequencer
    assert await stored(stage) == [result_key(again)]


async def test_a_recognition_in_flight_when_the_deletion_is_handled_leaves_nothing(
    stage: Stage, standin: StandIn
) -> None:
    standin.gate.clear()
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        await standin.reached(2)
        await delete(stage, "a.jpg")
        (message,) = await stage.announced()
        assert isinstance(message, ImageDeleted)
        standin.gate.set()
        await stage.settled()

    assert await stored(stage) == []
    assert await stage.waiting(stage.names.tagger) == 0


async def test_a_refusal_in_flight_when_the_deletion_is_handled_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Originals.fetch

    async def fetch_then_lose(self: Originals, image: ImageRef) -> Any:
        original = await fetch(self, image)
        await delete(stage, image.key)
        return original

    monkeypatch.setattr(Originals, "fetch", fetch_then_lose)
    async with stage.recognizer():
        await stage.put("a.jpg", b"words, words, words")
        (message,) = await stage.announced()
        await stage.settled()

    assert isinstance(message, ImageDeleted)
    assert await stored(stage) == []
    assert await stage.waiting(stage.names.recognizer_images.dead_letter) == 0


async def test_a_crash_after_storing_leaves_nothing_of_a_picture_that_went_meanwhile(stage: Stage) -> None:
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        (message,) = await stage.announced()
        await delete(stage, "a.jpg")
        await stage.announced()
        await stage.settled()
    # As if the result had been stored after the deletion was handled, by a process that died over it.
    await (await stage.results).put(StoredResult(image=message.image, recognition=a_recognition(), rekognition={}))
    async with stage.recognizer():
        await stage.send(events.encode(message.image))
        await stage.settled()

    assert await stored(stage) == []
    assert await stage.waiting(stage.names.tagger) == 0


async def test_a_result_that_becomes_a_later_uploads_while_it_is_deleted_stays(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes again: another recognizer notes the newer upload between our look and our deletion."""
    image = an_image(bucket=stage.names.images.name, sequencer=EARLIER)
    newer = StoredResult(
        image=image.model_copy(update={"sequencer": LATER}), recognition=a_recognition(), rekognition={}
    )
    results = await stage.results
    await results.put(newer.model_copy(update={"image": image}))
    read, reads = Deletions._read, []

    async def read_then_overwritten(self: Deletions, key: str) -> Any:
        found = await read(self, key)
        if not reads:
            await results.put(newer)
        reads.append(key)
        return found

    monkeypatch.setattr(Deletions, "_read", read_then_overwritten)
    await (await deletions(stage)).delete(
        Removal(bucket=image.bucket, key=image.key, deleted_at=NOON, sequencer=EARLIER)
    )

    assert (await results.get(image.image_id)).image.sequencer == LATER
    assert reads == [result_key(image.image_id)] * 2


async def test_what_merely_shares_the_ids_beginning_stays_and_what_nobody_can_read_goes(stage: Stage) -> None:
    """64 bits may meet by chance; a document that tells nothing is of no use."""
    ours, theirs = an_image("ours.jpg"), an_image("theirs.jpg")
    beginning = object_prefix(ours.bucket, ours.key)
    s3, results = await stage.aws.client("s3"), stage.names.results.name
    lookalike, damaged = f"results/{beginning}{'0' * 16}.json", f"failures/{beginning}{'1' * 16}.json"
    result = StoredResult(image=theirs, recognition=a_recognition(), rekognition={})
    await s3.put_object(Bucket=results, Key=lookalike, Body=result.model_dump_json().encode())
    await s3.put_object(Bucket=results, Key=damaged, Body=b'{"image": ')
    await (await stage.results).put_failure(StoredFailure(image=ours, reason="torn"))
    await (await deletions(stage)).delete(Removal(bucket=ours.bucket, key=ours.key, deleted_at=NOON))

    assert await stored(stage) == [lookalike]


async def test_with_versions_a_delete_marker_takes_all_and_a_versions_end_only_its_own(stage: Stage) -> None:
    await keep_versions(stage)
    async with stage.recognizer():
        versions = {}
        for width in (100, 200, 300):
            await stage.put("a.jpg", jpeg(width))
            (message,) = await stage.announced()
            versions[width] = message.image
        await delete(stage, "a.jpg", VersionId=versions[100].version_id)
        (one,) = await stage.announced()
        left = await stored(stage)
        await delete(stage, "a.jpg")
        (all_of_it,) = await stage.announced()
        await stage.settled()

    assert one.image_ids == (versions[100].image_id,)
    assert sorted(left) == sorted(result_key(versions[width].image_id) for width in (200, 300))
    assert all_of_it.image_ids == ()
    assert await stored(stage) == []


async def test_with_versions_a_recognition_in_flight_over_a_delete_marker_leaves_nothing(
    stage: Stage, standin: StandIn
) -> None:
    await keep_versions(stage)
    standin.gate.clear()
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        await standin.reached(2)
        await delete(stage, "a.jpg")
        await stage.announced()
        standin.gate.set()
        await stage.settled()

    assert await stored(stage) == []


async def test_what_was_stored_before_there_were_versions_goes_by_the_name_that_s3_gives_it(stage: Stage) -> None:
    unversioned = an_image("a.jpg")
    versioned = unversioned.model_copy(update={"image_id": unversioned.image_id[:16] + "0" * 16, "version_id": "v1"})
    for image in (unversioned, versioned):
        await (await stage.results).put(StoredResult(image=image, recognition=a_recognition(), rekognition={}))
    doing = await deletions(stage)
    gone = Removal(bucket=unversioned.bucket, key=unversioned.key, deleted_at=NOON, version_id="null")
    await doing.delete(gone)
    told = await stage.announced(2)
    await doing.delete(gone)  # nothing is known of it any more: to name no version would mean all of them

    assert [message.image_ids for message in told] == [(unversioned.image_id,)] * 2
    assert await stored(stage) == [result_key(versioned.image_id)]
    assert await stage.waiting(stage.names.tagger) == 0


async def test_the_end_of_a_version_without_a_name_is_told_though_that_fails_once_it_is_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = an_image("a.jpg")
    await (await stage.results).put(StoredResult(image=image, recognition=a_recognition(), rekognition={}))
    publish = Publisher.publish

    async def publish_unless_deleted(self: Publisher, message: Any) -> None:
        if not await stored(stage):
            raise ConnectionError
        await publish(self, message)

    monkeypatch.setattr(Publisher, "publish", publish_unless_deleted)
    doing = await deletions(stage)
    gone = Removal(bucket=image.bucket, key=image.key, deleted_at=NOON, version_id="null")
    with pytest.raises(ConnectionError):
        await doing.delete(gone)
    await doing.delete(gone)  # as the message comes again

    (message,) = await stage.announced()
    assert message.image_ids == (image.image_id,)


async def test_the_sweep_finds_results_and_failures_whose_object_is_gone(stage: Stage) -> None:
    async with stage.recognizer():
        await stage.put("gone.jpg", jpeg())
        await stage.put("gone too.jpg", b"words, words, words")
        await stage.put("overwritten.jpg", jpeg(100))
        await stage.announced(3)
        await stage.put("overwritten.jpg", jpeg(200))
        await stage.announced()
        await stage.dead()
        await stage.settled()
    await delete(stage, "gone.jpg")
    await delete(stage, "gone too.jpg")
    await stage.lose_events(2)

    async with stage.recognizer() as service:
        assert service.sweep is not None
        swept = await service.sweep(timedelta(hours=1))
        told = await stage.announced(2)
        await stage.settled()
        again = await service.sweep(NOW)

    assert (swept.sent_on, again.sent_on) == (2, 0)
    assert {(type(message), message.key) for message in told} == {
        (ImageDeleted, "gone.jpg"),
        (ImageDeleted, "gone too.jpg"),
    }
    left = [await (await stage.results).get(key[8:40]) for key in await stored(stage)]
    assert [result.image.key for result in left] == ["overwritten.jpg"] * 2


async def test_the_sweep_leaves_what_it_cannot_judge(stage: Stage) -> None:
    """Pictures of other buckets, ids as they were made before, and an object that came while it was listed."""
    elsewhere, older = an_image(bucket="elsewhere"), an_image(bucket=stage.names.images.name)
    older = older.model_copy(update={"image_id": "0" * 32})
    for image in (elsewhere, older):
        await (await stage.results).put(StoredResult(image=image, recognition=a_recognition(), rekognition={}))
    async with stage.recognizer() as service:
        assert service.sweep is not None
        assert (await service.sweep(NOW)).sent_on == 0


async def test_a_failure_tells_when_it_was(stage: Stage) -> None:
    async with stage.recognizer():
        image_id = await stage.put("a.jpg", b"words, words, words")
        (message,) = await stage.announced()
    failure = await (await stage.results).get_failure(image_id)
    assert isinstance(message, ImageFailed)
    assert failure.failed_at is not None
    assert failure.failed_at >= message.image.uploaded_at
    assert failure_key(image_id) in await stored(stage)


def _sequencer(body: str) -> str:
    sequencer: str = json.loads(body)["Records"][0]["s3"]["object"]["sequencer"]
    return sequencer
