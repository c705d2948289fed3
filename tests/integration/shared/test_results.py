"""The results bucket."""

import uuid

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
