"""From a message in the annotator's queue to stored pictures and an announcement, in a real queue, bucket and topic."""

import io
from datetime import timedelta

import numpy as np
from PIL import Image

from integration.annotator.conftest import GREY, House, a_photo
from onlooker_shared.annotations import thumbnail_key
from onlooker_shared.messages import Rendition
from onlooker_shared.objects import exists
from recognitions import NOON, a_face, annotated, identified

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_a_recognized_picture_is_drawn_stored_and_announced(house: House) -> None:
    image = await house.upload(a_photo(1280, 960), "Ordner/ein Foto+é.jpg")
    await house.announce(await house.recognize(image, a_face(name="Ada Lovelace")))

    announced = await house.announced()

    assert announced.image == image
    assert (announced.annotated.key, announced.thumbnail.key) == (
        f"annotated/{image.image_id}.jpg",
        f"thumbnails/{image.image_id}.jpg",
    )
    for rendition, size in ((announced.annotated, (1280, 960)), (announced.thumbnail, (480, 360))):
        assert (rendition.width, rendition.height, rendition.content_type) == (*size, "image/jpeg")
        assert 0.005 < await drawn_into(house, rendition) < 0.5, "something is drawn, and not everywhere"
    await house.settled()


async def test_two_pictures_are_stored_into_which_nothing_is_drawn(house: House) -> None:
    image = await house.upload(a_photo(3000, 2000))
    await house.announce(await house.recognize(image))

    announced = await house.announced()

    assert (announced.preview, announced.screen) != (None, None)
    for rendition, key, size in (
        (announced.preview, "previews", (512, 341)),
        (announced.screen, "screens", (1500, 1000)),
    ):
        assert rendition is not None
        assert (rendition.key, rendition.width, rendition.height) == (f"{key}/{image.image_id}.jpg", *size)
        assert await drawn_into(house, rendition) == 0


async def drawn_into(house: House, rendition: Rendition) -> float:
    """The share of a stored picture that is not as grey as the original."""
    with Image.open(io.BytesIO(await house.object(rendition.key))) as stored:
        assert (stored.format, stored.size) == ("JPEG", (rendition.width, rendition.height))
        return float((np.abs(np.asarray(stored).astype(int) - GREY) > 40).any(axis=2).mean())


async def test_a_picture_that_was_recognized_anew_is_drawn_anew(house: House) -> None:
    image = await house.upload(a_photo())
    await house.announce(await house.recognize(image))
    announced = await house.announced()
    before = await house.object(announced.thumbnail.key)
    message = await house.recognize(image, a_face(name="Ada Lovelace"))
    assert message.recognition is not None
    later = message.recognition.model_copy(update={"recognized_at": NOON + timedelta(hours=1)})

    await house.announce(message.model_copy(update={"recognition": later}))

    assert (await house.announced()).thumbnail == announced.thumbnail
    after = await house.object(announced.thumbnail.key)
    assert after != before

    await house.announce(message)  # of the earlier recognition, delivered late
    await house.announced()
    assert await house.object(announced.thumbnail.key) == after


async def test_a_name_that_was_given_later_is_drawn(house: House) -> None:
    image = await house.upload(a_photo())
    await house.announce(await house.recognize(image, a_face(name="Unknown 7")))
    thumbnail = (await house.announced()).thumbnail
    before = await house.object(thumbnail.key)

    await house.announce(identified(image, a_face(name="Ada Lovelace")))
    await house.announced()
    after = await house.object(thumbnail.key)
    await house.announce(identified(image, a_face(name="Unknown 7"), at=NOON + timedelta(minutes=1)))  # comes late
    await house.announced()

    assert before != after == await house.object(thumbnail.key)


async def test_each_stored_picture_says_its_size(house: House) -> None:
    image = await house.upload(a_photo())
    await house.announce(await house.recognize(image))
    announced = await house.announced()

    s3 = await house.home.aws.client("s3")
    for key, size in ((announced.annotated.key, (640, 480)), (announced.thumbnail.key, (480, 360))):
        head = await s3.head_object(Bucket=house.annotations.bucket, Key=key)
        assert head["ContentType"] == "image/jpeg"
        assert (int(head["Metadata"]["width"]), int(head["Metadata"]["height"])) == size


async def test_the_trace_of_the_upload_goes_on(house: House) -> None:
    image = await house.upload(a_photo())
    message = await house.recognize(image)
    await house.announce(message.model_copy(update={"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}))

    traceparent = (await house.announced()).traceparent

    assert traceparent is not None
    assert traceparent.split("-")[1] == TRACE_ID


async def test_a_redelivered_message_is_announced_again_and_nothing_is_drawn_again(house: House) -> None:
    image = await house.upload(a_photo())
    message = await house.recognize(image)
    await house.announce(message)
    first = await house.announced()
    await house.delete(image)  # drawing again would fail

    await house.announce(message)
    second = await house.announced()

    assert (second.image, second.annotated, second.thumbnail) == (first.image, first.annotated, first.thumbnail)
    await house.settled()
    assert await house.depth(house.topology.annotator.dead_letter) == 0


async def test_a_picture_that_comes_twice_at_once_ends_as_one(house: House) -> None:
    image = await house.upload(a_photo())
    message = await house.recognize(image)
    await house.announce(message, message)

    first, second = await house.announced(), await house.announced()

    assert first.annotated == second.annotated
    assert await house.annotations.find(image.image_id) is not None


async def test_a_crash_between_both_pictures_is_made_good(house: House) -> None:
    image = await house.upload(a_photo())
    message = await house.recognize(image)
    await house.announce(message)
    await house.announced()
    s3 = await house.home.aws.client("s3")
    await s3.delete_object(Bucket=house.annotations.bucket, Key=thumbnail_key(image.image_id))

    await house.announce(message)
    await house.announced()

    assert await exists(s3, house.annotations.bucket, thumbnail_key(image.image_id))


async def test_a_thumbnail_that_does_not_say_its_size_is_made_anew(house: House) -> None:
    image = await house.upload(a_photo())
    message = await house.recognize(image)
    s3, key = await house.home.aws.client("s3"), thumbnail_key(image.image_id)
    await s3.put_object(Bucket=house.annotations.bucket, Key=key, Body=b"copied without its metadata")

    await house.announce(message)

    assert (await house.announced()).thumbnail.width == 480
    assert (await house.object(key)).startswith(b"\xff\xd8")


async def test_a_result_too_large_for_a_message_is_read_from_its_bucket(house: House) -> None:
    image = await house.upload(a_photo())
    message = await house.recognize(image, *[a_face()] * 60)
    await house.announce(message.model_copy(update={"recognition": None}))

    assert (await house.announced()).image == image


async def test_a_picture_without_anything_in_it_is_annotated_too(house: House) -> None:
    image = await house.upload(a_photo())
    message = await house.recognize(image)
    assert message.recognition is not None
    nothing = message.recognition.model_copy(update={"faces": (), "labels": ()})

    await house.announce(message.model_copy(update={"recognition": nothing}))

    assert (await house.announced()).thumbnail.width == 480


async def test_a_deleted_picture_is_done_with(house: House) -> None:
    image = await house.upload(a_photo())
    message = await house.recognize(image)
    await house.delete(image)

    await house.announce(message)
    await house.settled()

    assert await house.annotations.find_reason(image.image_id) == "The picture was deleted before it was annotated."
    assert await house.depth(house.topology.tagger.name) == 0
    assert await house.depth(house.topology.annotator.dead_letter) == 0


async def test_another_pictures_boxes_are_never_drawn_into_an_overwritten_one(house: House) -> None:
    old = await house.upload(a_photo(640, 480), "again.jpg")
    message = await house.recognize(old)
    new = await house.upload(a_photo(300, 200), "again.jpg")

    await house.announce(message, await house.recognize(new))

    assert (await house.announced()).image == new
    await house.settled()
    assert await house.annotations.find(old.image_id) is None
    assert await house.annotations.find_reason(old.image_id) == "The picture was overwritten before it was annotated."


async def test_a_picture_that_can_not_be_decoded_is_rejected_with_the_reason(house: House) -> None:
    image = await house.upload(b"Dear Sir or Madam,")
    await house.announce(await house.recognize(image))

    assert await house.rejected() == "The bytes are no picture of a known format."
    assert await house.annotations.find_reason(image.image_id) == "The bytes are no picture of a known format."
    await house.settled()


async def test_a_message_for_others_is_rejected(house: House) -> None:
    image = await house.upload(a_photo())
    await house.announce(annotated(image))

    assert (
        await house.rejected()
        == "The annotator takes image.recognized.v1, image.identified.v1 and image.deleted.v1, not image.annotated.v1."
    )


async def test_more_pictures_than_may_be_in_work_are_all_annotated(house: House) -> None:
    images = [await house.upload(a_photo(64, 48 + number), f"{number}.jpg") for number in range(12)]
    for image in images:
        await house.announce(await house.recognize(image))

    assert {(await house.announced()).image.key for _ in images} == {image.key for image in images}
    await house.settled()
