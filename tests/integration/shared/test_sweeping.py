"""What sweeps share, against real buckets and queues."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from consuming import Rig
from onlooker_shared import sweeping
from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageFailed, decode
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import FAILURES, Results, StoredFailure
from recognitions import an_image

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FAILURE = StoredFailure(image=an_image(), reason="torn", traceparent=TRACEPARENT)
IMAGE_ID = FAILURE.image.image_id


@pytest.fixture
async def rig(aws: Aws) -> Rig:
    return await Rig.make(await aws.client("sqs"))


@pytest.fixture
async def results(aws: Aws) -> Results:
    s3, bucket = await aws.client("s3"), f"results-{uuid.uuid4().hex}"
    await s3.create_bucket(Bucket=bucket)
    return Results(s3, bucket)


async def announced(results: Results, image_id: str) -> ImageFailed:
    return (await results.get_failure(image_id)).message()


async def test_ids_come_in_chunks_none_missing_and_none_twice(
    aws: Aws, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "CHUNK", 3)
    s3 = await aws.client("s3")
    ids = sorted(uuid.uuid4().hex for _ in range(7))
    for image_id in ids:
        await s3.put_object(Bucket=results.bucket, Key=f"annotated/{image_id}.jpg", Body=b"")
    await s3.put_object(Bucket=results.bucket, Key="other/x.jpg", Body=b"")
    later = datetime.now(UTC) + timedelta(minutes=1)
    chunks = [chunk async for chunk in sweeping.stored_ids(s3, results.bucket, "annotated/", until=later)]
    assert [len(chunk) for chunk in chunks] == [3, 3, 1]
    assert [image_id for chunk in chunks for image_id in chunk] == ids


async def test_what_may_merely_be_queued_is_left_out(aws: Aws, results: Results) -> None:
    s3, now = await aws.client("s3"), datetime.now(UTC)
    await results.put_failure(FAILURE)

    async def found(**times: datetime) -> list[list[str]]:
        return [chunk async for chunk in sweeping.stored_ids(s3, results.bucket, FAILURES, **times)]

    minute = timedelta(minutes=1)
    assert await found(until=now - minute) == []
    assert await found(until=now + minute) == [[IMAGE_ID]]
    assert await found(until=now + minute, since=now + minute) == []


async def test_what_is_sent_on_is_as_its_topic_would_have_delivered_it(rig: Rig, results: Results) -> None:
    await results.put_failure(FAILURE)
    assert await sweeping.send_on(Sender(rig.sqs, rig.url), IMAGE_ID, announced(results, IMAGE_ID)) == 1
    (received,) = await rig.receive()
    message = decode(received.body)
    assert received.attributes == {"type": "image.failed.v1"}
    assert (message.image, message.traceparent) == (FAILURE.image, TRACEPARENT)


async def test_what_is_gone_or_damaged_stops_no_sweep(aws: Aws, rig: Rig, results: Results) -> None:
    s3, sender = await aws.client("s3"), Sender(rig.sqs, rig.url)
    assert await sweeping.send_on(sender, IMAGE_ID, announced(results, IMAGE_ID)) == 0
    await s3.put_object(Bucket=results.bucket, Key=f"{FAILURES}{IMAGE_ID}.json", Body=b'{"torn')
    assert await sweeping.send_on(sender, IMAGE_ID, announced(results, IMAGE_ID)) == 0
    assert await rig.depth() == (0, 0)
