"""What was made of deleted pictures is deleted, in whatever order the messages come; of all others it stays."""

from integration.annotator.conftest import House, a_photo
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageDeleted

FOLDERS = ("annotated", "previews", "screens", "thumbnails")


async def annotate(house: House, image: ImageRef) -> None:
    await house.announce(await house.recognize(image))
    assert (await house.announced()).image == image
    await house.settled()


def all_of(*images: ImageRef) -> set[str]:
    return {f"{folder}/{image.image_id}.jpg" for folder in FOLDERS for image in images}


async def of(house: House, *images: ImageRef) -> set[str]:
    """What is stored of these pictures."""
    return {key for key in await house.stored() if any(image.image_id in key for image in images)}


async def test_all_versions_of_a_deleted_picture_go_and_its_neighbours_stay(house: House) -> None:
    first = await house.upload(a_photo(64, 48), "deleting/one.jpg")
    await annotate(house, first)
    second = await house.upload(a_photo(64, 49), "deleting/one.jpg")
    await annotate(house, second)
    other = await house.upload(a_photo(64, 48), "deleting/other.jpg")
    await annotate(house, other)
    assert await of(house, first, second, other) == all_of(first, second, other)

    await house.forget(first)
    deleted = await house.forget(second)
    for _ in range(2):  # the queue may deliver twice
        await house.announce(deleted)
        await house.settled()
        assert await of(house, first, second, other) == all_of(other)


async def test_a_picture_that_was_uploaded_again_meanwhile_stays(house: House) -> None:
    image = await house.upload(a_photo(64, 48), "deleting/again.jpg")
    await annotate(house, image)
    late = await house.forget(image)
    await annotate(house, image)

    await house.announce(late)
    await house.settled()

    assert await of(house, image) == all_of(image)


async def test_only_the_versions_that_are_named_go(house: House) -> None:
    first = await house.upload(a_photo(64, 48), "deleting/versions.jpg")
    await annotate(house, first)
    second = await house.upload(a_photo(64, 49), "deleting/versions.jpg")
    await annotate(house, second)

    message = await house.forget(first)
    await house.announce(message.model_copy(update={"image_ids": (first.image_id,)}))
    await house.settled()

    assert await of(house, first, second) == all_of(second)


async def test_a_note_why_a_picture_is_not_annotated_goes_too(house: House) -> None:
    image = await house.upload(b"Dear Sir or Madam,", "deleting/letter.jpg")
    await house.announce(await house.recognize(image))
    await house.rejected()
    assert await of(house, image) == {f"unannotated/{image.image_id}.json"}

    await house.announce(await house.forget(image))
    await house.settled()

    assert await of(house, image) == set()


async def test_a_message_that_was_overtaken_by_the_deletion_leaves_nothing(house: House) -> None:
    """The original can still be read: a bucket that keeps versions keeps it."""
    image = await house.upload(a_photo(64, 48), "deleting/overtaken.jpg")
    message = await house.recognize(image)
    await house.announce(await house.forget(image))
    await house.settled()

    await house.announce(message, message.model_copy(update={"recognition": None}))
    await house.settled()

    assert await of(house, image) == set()
    assert await house.depth(house.topology.tagger.name) == 0, "nothing is announced"
    assert await house.depth(house.topology.annotator.dead_letter) == 0


async def test_of_what_was_never_annotated_nothing_is_to_be_deleted(house: House) -> None:
    image = await house.upload(a_photo(64, 48), "deleting/never.jpg")
    await house.announce(
        ImageDeleted(bucket=image.bucket, key=image.key, deleted_at=image.uploaded_at, image_ids=(image.image_id,))
    )
    await house.settled()
    assert await house.depth(house.topology.annotator.dead_letter) == 0
