"""What every index forgets, and what it remembers so that nothing comes back."""

from datetime import timedelta

import pytest

from indexing import counts, keys, put, suggested
from onlooker_shared.annotations import Annotation
from onlooker_shared.errors import NotFoundError, Reject
from onlooker_shared.outages import Outages
from onlooker_shared.results import Results, StoredResult
from onlooker_tagger import documents
from onlooker_tagger.documents import Deletion
from onlooker_tagger.handlers import Handler
from onlooker_tagger.index import Index
from recognitions import NOON, a_face, a_label, a_recognition, an_image, annotated, recognized

EARLIER, LATER = f"{1:018X}", f"{3:018X}"
DELETED = Deletion(bucket="images", key="cat.jpg", sequencer=f"{2:018X}", deleted_at=NOON + timedelta(minutes=2))


def annotation(image: documents.ImageRef) -> Annotation:
    message = annotated(image)
    return Annotation(annotated=message.annotated, thumbnail=message.thumbnail)


async def test_a_deleted_picture_is_nowhere_any_more(index: Index) -> None:
    image = an_image(sequencer=EARLIER)
    await put(index, image, a_label("Cat"), a_face(name="Ann"))
    await index.annotate(image.image_id, annotation(image))
    for _ in range(2):
        await index.delete(DELETED)

    with pytest.raises(NotFoundError):
        await index.get(image.image_id)
    assert await keys(index) == await keys(index, q="cat") == await keys(index, person=["Ann"]) == []
    assert (await counts(index)).total == 0
    assert await suggested(index, "a") == []
    assert await index.missing([image.image_id]) == set()


async def test_what_comes_late_of_a_deleted_picture_does_not_bring_it_back(index: Index) -> None:
    image = an_image(sequencer=EARLIER)
    await index.delete(DELETED)
    await put(index, image, a_label("Cat"))
    await index.put(documents.failed(image, "It is empty."))
    await index.annotate(image.image_id, annotation(image))

    assert await keys(index) == []
    assert await index.missing([image.image_id]) == set()


async def test_what_is_uploaded_after_a_deletion_is_found(index: Index) -> None:
    await put(index, an_image(sequencer=EARLIER), a_label("Cat"))
    await index.delete(DELETED)
    await put(index, an_image(sequencer=LATER), a_label("Dog"))  # the same bytes, so the same id
    await index.delete(DELETED)  # SQS may deliver twice, and late

    assert await keys(index, label=["Dog"]) == ["cat.jpg"]
    assert await keys(index, label=["Cat"]) == []
    assert (await counts(index)).total == 1


async def test_without_sequencers_the_time_decides(index: Index) -> None:
    deletion = DELETED.model_copy(update={"sequencer": ""})
    await index.delete(deletion)
    await put(index, an_image(uploaded_at=NOON))
    assert await keys(index) == []

    await put(index, an_image(content="2", uploaded_at=NOON + timedelta(minutes=3)))
    assert await keys(index) == ["cat.jpg"]


async def test_only_the_versions_that_are_named_are_deleted(index: Index) -> None:
    older, newer = (an_image(content=str(n), sequencer=f"{n:018X}") for n in (1, 2))
    await put(index, older)
    await put(index, newer)

    await index.delete(DELETED.model_copy(update={"image_ids": (older.image_id,)}))
    assert (await index.get(newer.image_id)).key == "cat.jpg"
    await index.delete(DELETED.model_copy(update={"image_ids": (newer.image_id,)}))
    assert await keys(index) == []
    await put(index, newer)
    assert await keys(index) == []


async def test_other_objects_stay(index: Index) -> None:
    await put(index, an_image("cat.jpg", bucket="other"))
    await put(index, an_image("cat.jpg2"))
    await index.delete(DELETED)

    assert len(await keys(index)) == 2


async def test_a_picture_recognized_again_says_what_the_later_recognition_found(index: Index) -> None:
    image = an_image(sequencer=EARLIER)
    first, second = (
        a_recognition(a_label("Cat")),
        a_recognition(a_label("Dog"), recognized_at=NOON + timedelta(hours=1)),
    )
    for recognition in (second, first):
        await index.put(documents.recognized(image, recognition))

    assert (await index.get(image.image_id)).tags == ("Dog",)
    assert await keys(index, label=["Cat"]) == []
    assert (await counts(index)).total == 1


async def test_what_is_forgotten_is_nowhere_and_found_again_once_it_is_put_again(index: Index) -> None:
    image, other = an_image(sequencer=EARLIER), an_image("other.jpg")
    for each in (image, other):
        await put(index, each, a_label("Cat"))
        await index.annotate(each.image_id, annotation(each))

    for _ in range(2):
        await index.forget([image.image_id, "0" * 32])
        assert await keys(index) == await keys(index, q="cat") == ["other.jpg"]
        assert await index.missing([image.image_id]) == await index.unannotated([image.image_id]) == {image.image_id}
        with pytest.raises(NotFoundError):
            await index.get(image.image_id)

    await put(index, image, a_label("Dog"))
    assert (await index.get(image.image_id)).tags == ("Dog",)
    assert sorted(await keys(index)) == ["cat.jpg", "other.jpg"]


async def test_forgetting_an_older_version_leaves_the_newer_one(index: Index) -> None:
    older, newer = (an_image(content=str(n), sequencer=f"{n:018X}") for n in (1, 2))
    for each in (older, newer):
        await put(index, each)

    await index.forget([older.image_id])

    assert (await index.get(newer.image_id)).key == "cat.jpg"


async def test_goes_through_all_it_holds_page_by_page(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onlooker_tagger.sqlite.index.HELD_PAGE", 3)
    monkeypatch.setattr("onlooker_tagger.opensearch.index.HELD_PAGE", 3)
    images = [an_image(f"{n}.jpg", uploaded_at=NOON + timedelta(minutes=n)) for n in range(8)]
    for image in images:
        await put(index, image)

    pages = [page async for page in index.held(NOON + timedelta(minutes=6))]

    assert [len(page) for page in pages] == [3, 3, 1]
    assert {image_id for page in pages for image_id in page} == {image.image_id for image in images[:7]}


class Emptied(Results):
    """A results bucket that has nothing any more."""

    def __init__(self) -> None:
        self.bucket = "results"

    async def get(self, image_id: str) -> StoredResult:
        raise NotFoundError("gone")


async def test_a_message_whose_result_went_with_its_picture_is_done_with(index: Index) -> None:
    handler = Handler(index, Emptied(), Outages(), lambda: NOON)
    message = recognized(an_image(sequencer=EARLIER))
    await handler.handle(message)
    await index.delete(DELETED)

    await handler.handle(message.model_copy(update={"recognition": None}))
    with pytest.raises(Reject, match="is gone"):
        await handler.handle(recognized(an_image("other.jpg")).model_copy(update={"recognition": None}))
    assert await keys(index) == []
