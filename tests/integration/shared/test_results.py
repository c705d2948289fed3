"""The results bucket."""

import uuid
from datetime import timedelta

import pytest

from onlooker_shared.aws import Aws
from onlooker_shared.errors import NotFoundError
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.objects import exists, list_objects
from onlooker_shared.recognition import Recognition
from onlooker_shared.results import Results, StoredFailure, StoredResult, failure_key, result_key
from recognitions import NOON, a_face, an_image

STORED = StoredResult(
    image=an_image(),
    recognition=Recognition(width=3, height=2, format="PNG", faces=(a_face(),), recognized_at=NOON),
    rekognition={"DetectLabels": {"Labels": [], "LabelModelVersion": "3.0"}},
)
IMAGE_ID = STORED.image.image_id


@pytest.fixture
async def results(aws: Aws) -> Results:
    s3, bucket = await aws.client("s3"), f"results-{uuid.uuid4().hex}"
    await s3.create_bucket(Bucket=bucket)
    return Results(s3, bucket)


async def test_a_result_is_read_as_it_was_stored_and_storing_it_again_is_harmless(results: Results) -> None:
    for _ in range(2):
        await results.put(STORED)
        assert await results.get(IMAGE_ID) == STORED


async def test_a_result_names_the_latest_upload_of_its_bytes(results: Results) -> None:
    await results.put(STORED)
    earlier, later = (an_image(sequencer=sequencer) for sequencer in ("0055AED6DCD90281E5", "0055AED6DCD90281E6"))
    noted = await results.note_upload(later)
    assert noted == STORED.model_copy(update={"image": later}) == await results.note_upload(earlier)
    assert await results.get(IMAGE_ID) == noted


async def test_where_all_sequencers_are_the_same_the_later_upload_is_noted(results: Results) -> None:
    same = "0055AED6DCD90281E5"
    before, later = (an_image(sequencer=same, uploaded_at=NOON + timedelta(seconds=n)) for n in (0, 1))
    await results.put(STORED.model_copy(update={"image": before}))
    assert (await results.note_upload(later)).image == later == (await results.note_upload(before)).image


async def test_noting_an_upload_undoes_nothing_that_is_stored_meanwhile(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process recognizes the picture again between the look and the note."""
    await results.put(STORED)
    newer = STORED.model_copy(
        update={"recognition": STORED.recognition.model_copy(update={"recognized_at": NOON + timedelta(hours=1)})}
    )
    get, meanwhile = Results._get, [newer]

    async def get_then_overtaken(self: Results, key: str, image_id: str) -> tuple[bytes, str]:
        found = await get(self, key, image_id)
        if meanwhile:
            await results.put(meanwhile.pop())
        return found

    monkeypatch.setattr(Results, "_get", get_then_overtaken)
    noted = await results.note_upload(an_image(sequencer="0055AED6DCD90281E5"))

    assert noted.recognition == newer.recognition
    assert await results.get(IMAGE_ID) == noted


async def test_an_upload_is_not_noted_where_there_is_no_result_any_more(results: Results) -> None:
    with pytest.raises(NotFoundError, match=IMAGE_ID):
        await results.note_upload(an_image())


async def test_a_failure_that_was_overcome_is_deleted(results: Results) -> None:
    await results.put_failure(StoredFailure(image=an_image(), reason="torn"))
    for _ in range(2):
        await results.delete_failure(IMAGE_ID)
    with pytest.raises(NotFoundError):
        await results.get_failure(IMAGE_ID)


async def test_a_failure_is_read_as_it_was_stored(results: Results) -> None:
    failure = StoredFailure(image=an_image(), reason="torn")
    await results.put_failure(failure)
    assert await results.get_failure(IMAGE_ID) == failure


async def test_what_is_not_there_is_not_found(results: Results) -> None:
    with pytest.raises(NotFoundError, match=IMAGE_ID):
        await results.get(IMAGE_ID)
    with pytest.raises(NotFoundError, match=IMAGE_ID):
        await results.get_failure(IMAGE_ID)


async def test_a_message_without_its_bulk_is_completed_from_the_bucket(results: Results) -> None:
    await results.put(STORED)
    message = STORED.message(results.bucket)
    assert await results.recognition_of(message) == STORED.recognition
    pointer = ImageRecognized.model_validate(message.model_dump() | {"recognition": None})
    assert await results.recognition_of(pointer) == STORED.recognition


async def test_objects_under_a_prefix_are_listed_in_the_order_of_their_bytes(aws: Aws, results: Results) -> None:
    s3 = await aws.client("s3")
    await results.put(STORED)
    keys = sorted(f"many/{n}é" for n in range(12))
    for key in keys:
        await s3.put_object(Bucket=results.bucket, Key=key, Body=b"")
    assert [entry["Key"] async for entry in list_objects(s3, results.bucket, "many/")] == keys
    assert await exists(s3, results.bucket, result_key(IMAGE_ID))
    assert not await exists(s3, results.bucket, failure_key(IMAGE_ID))
