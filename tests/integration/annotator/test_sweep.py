"""What the queues forgot is found in the buckets and sent to the annotator again."""

from datetime import timedelta

from installation import working
from integration.annotator.conftest import House, a_photo
from onlooker_annotator.geometry import Size
from onlooker_annotator.renditions import Encoded, Renditions
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageRecognized, decode
from onlooker_shared.service import Swept
from recognitions import NOON

NOW = timedelta(0)
DRAWN = Renditions(*(Encoded(name, Size(2, 1)) for name in (b"a", b"t", b"p", b"s")))


async def sweep(house: House, older_than: timedelta = NOW) -> Swept:
    assert house.service.sweep is not None
    return await house.service.sweep(older_than)


async def some(house: House, count: int) -> list[ImageRef]:
    """Recognized pictures, none annotated."""
    images = [await house.upload(a_photo(8, 8), f"{number}.jpg") for number in range(count)]
    for image in images:
        await house.recognize(image)
    return images


async def sent(house: House, count: int) -> set[str]:
    """The ids of the pictures in the annotator's queue."""
    found = set()
    for _ in range(count):
        body, _reason = await house.take(house.queue)
        message = decode(body)
        assert isinstance(message, ImageRecognized)
        found.add(message.image.image_id)
    return found


async def test_what_is_not_annotated_is_sent_on_and_the_rest_is_not(new_house: House) -> None:
    images = await some(new_house, 24)
    for image in images[:8]:
        await new_house.annotations.store(image.image_id, DRAWN, NOON, replacing=None)
    for image in images[8:12]:
        await new_house.annotations.store_reason(image.image_id, "The picture was deleted before it was annotated.")

    assert await sweep(new_house) == Swept(looked_at=24, sent_on=12)
    assert await sent(new_house, 12) == {image.image_id for image in images[12:]}


async def test_a_copy_without_its_thumbnail_is_not_finished(new_house: House) -> None:
    (image,) = await some(new_house, 1)
    await new_house.annotations.store(image.image_id, DRAWN, NOON, replacing=None)
    s3 = await new_house.home.aws.client("s3")
    await s3.delete_object(Bucket=new_house.annotations.bucket, Key=f"thumbnails/{image.image_id}.jpg")

    assert await sweep(new_house) == Swept(looked_at=1, sent_on=1)


async def test_what_may_still_be_queued_is_left_alone(new_house: House) -> None:
    await some(new_house, 3)

    assert await sweep(new_house, timedelta(minutes=1)) == Swept(looked_at=0, sent_on=0)


async def test_a_damaged_result_holds_up_no_other(new_house: House) -> None:
    s3 = await new_house.home.aws.client("s3")
    await s3.put_object(Bucket=new_house.results.bucket, Key=f"results/{'0' * 32}.json", Body=b'{"image": ')
    (image,) = await some(new_house, 1)

    assert await sweep(new_house) == Swept(looked_at=2, sent_on=1)
    assert await sent(new_house, 1) == {image.image_id}


async def test_nothing_recognized_is_nothing_to_do(new_house: House) -> None:
    assert await sweep(new_house) == Swept(looked_at=0, sent_on=0)


async def test_what_was_swept_is_annotated_and_then_left_alone(new_house: House) -> None:
    images = await some(new_house, 3)

    async with working(new_house.service):
        assert (await sweep(new_house)).sent_on == 3
        assert {(await new_house.announced()).image.image_id for _ in images} == {image.image_id for image in images}
        assert (await sweep(new_house)).sent_on == 0


async def test_what_was_annotated_before_there_were_previews_is_sent_on(new_house: House) -> None:
    (image,) = await some(new_house, 1)
    await new_house.annotations.store(image.image_id, DRAWN, NOON, replacing=None)
    s3 = await new_house.home.aws.client("s3")
    await s3.delete_object(Bucket=new_house.annotations.bucket, Key=f"previews/{image.image_id}.jpg")

    assert await sweep(new_house) == Swept(looked_at=1, sent_on=1)


async def test_what_lost_a_part_is_drawn_anew(new_house: House) -> None:
    """As when the same picture overtakes the deletion of what was drawn of it before."""
    (image,) = await some(new_house, 1)
    preview = f"previews/{image.image_id}.jpg"
    s3 = await new_house.home.aws.client("s3")
    async with working(new_house.service):
        await sweep(new_house)
        await new_house.announced()
        await s3.delete_object(Bucket=new_house.annotations.bucket, Key=preview)

        assert (await sweep(new_house)).sent_on == 1
        await new_house.announced()

    assert preview in await new_house.stored()


async def test_orphans_are_deleted_whatever_is_left_of_them(new_house: House) -> None:
    images = await some(new_house, 4)
    for image in images:
        await new_house.annotations.store(image.image_id, DRAWN, NOON, replacing=None)
    await new_house.annotations.store("0" * 32, DRAWN, NOON, replacing=None)
    await new_house.annotations.store("f" * 32, DRAWN, NOON, replacing=None)
    await new_house.annotations.store_reason("8" * 32, "The picture was deleted before it was annotated.")
    s3 = await new_house.home.aws.client("s3")
    await s3.delete_object(Bucket=new_house.annotations.bucket, Key=f"thumbnails/{'f' * 32}.jpg")
    await new_house.forget(images[2])

    assert await sweep(new_house) == Swept(looked_at=3, sent_on=0)
    kept = {image.image_id for image in (*images[:2], images[3])}
    assert await new_house.stored() == {
        f"{folder}/{image_id}.jpg" for folder in ("annotated", "previews", "screens", "thumbnails") for image_id in kept
    }
