"""What the queue lost, the sweep finds: pictures without a result or a failure come back, nothing else does."""

from datetime import timedelta

from onlooker_shared.service import Swept
from recognizer_stage import Stage, jpeg
from rekognition_standin import StandIn

NOW = timedelta(0)


async def test_only_pictures_without_an_answer_are_sent_on(stage: Stage, standin: StandIn) -> None:
    async with stage.recognizer():
        await stage.put("recognized.jpg", jpeg())
        await stage.put("failed.jpg", b"words, words, words")
        await stage.announced(2)
        await stage.settled()
    lost = {await stage.put(f"lost {n}/é+.jpg", jpeg(100 + n)) for n in range(12)}
    await stage.put("folder/", b"")
    await (await stage.aws.client("s3")).put_object(Bucket=stage.names.results.name, Key="results/notes.txt", Body=b"")
    await stage.lose_events(13)

    async with stage.recognizer() as service:
        assert service.sweep is not None
        swept = await service.sweep(NOW)
        announced = await stage.announced(12)
        await stage.settled()
        again = await service.sweep(NOW)

    assert swept == Swept(looked_at=14, sent_on=12)
    assert again == Swept(looked_at=14, sent_on=0)
    assert {message.image.image_id for message in announced} == lost
    assert standin.calls("DetectFaces") == 13


async def test_what_may_still_be_queued_is_left_alone(stage: Stage) -> None:
    await stage.put("young.jpg", jpeg())
    async with stage.recognizer() as service:
        assert service.sweep is not None
        assert await service.sweep(timedelta(minutes=15)) == Swept(looked_at=1, sent_on=0)


async def test_of_a_versioned_bucket_the_current_version_is_sent_on_under_its_own_id(stage: Stage) -> None:
    s3, bucket = await stage.aws.client("s3"), stage.names.images.name
    await s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for width in (100, 200):
        latest = await s3.put_object(Bucket=bucket, Key="a.jpg", Body=jpeg(width))
    await stage.lose_events(3)  # with S3's test event

    async with stage.recognizer() as service:
        assert service.sweep is not None
        swept = await service.sweep(NOW)
        (message,) = await stage.announced()
        await stage.settled()
        again = await service.sweep(NOW)

    assert (swept.sent_on, again.sent_on) == (1, 0)
    assert message.image.version_id == latest["VersionId"]
