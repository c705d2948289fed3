"""What every index does, whatever it is made of."""

import asyncio
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from indexing import ALL, keys, put
from onlooker_shared.annotations import Annotation
from onlooker_shared.errors import BadRequestError, NotFoundError
from onlooker_shared.images import ImageRef
from onlooker_tagger import documents
from onlooker_tagger.index import Index
from onlooker_tagger.queries import ImageQuery, StatisticsQuery, Within
from recognitions import NOON, a_face, a_label, a_recognition, an_image, annotated


def annotation(image: ImageRef) -> Annotation:
    message = annotated(image)
    return Annotation(annotated=message.annotated, thumbnail=message.thumbnail)


# -- what is kept ------------------------------------------------------------------------------------------------------


async def test_gives_back_what_was_put(index: Index) -> None:
    document = documents.recognized(an_image(), a_recognition(a_face(), a_label("Cat", "Pet")))

    await index.put(document)

    assert await index.get(document.image_id) == document


async def test_knows_nothing_of_a_picture_never_put(index: Index) -> None:
    with pytest.raises(NotFoundError):
        await index.get("0" * 32)


async def test_putting_again_changes_nothing(index: Index) -> None:
    for _ in range(3):
        await put(index, an_image(), a_face(), a_label("Cat"))

    assert await keys(index) == ["cat.jpg"]
    counted = await index.statistics(StatisticsQuery(), ALL)
    assert (counted.total, counted.faces, [(x.name, x.count) for x in counted.labels]) == (1, 1, [("Cat", 1)])


@pytest.mark.parametrize("arrival", list(permutations(range(3))))
async def test_the_newest_upload_wins_in_whatever_order_the_messages_come(index: Index, arrival: list[int]) -> None:
    uploads = [an_image(content=str(n), sequencer=f"{n + 1:018X}") for n in range(3)]
    for n in arrival:
        await put(index, uploads[n], a_label(f"Version{n}"))

    assert (await index.get(uploads[2].image_id)).tags == ("Version2",)
    assert await keys(index, label=["Version2"]) == ["cat.jpg"]
    for n in (0, 1):
        assert await keys(index, q=f"Version{n}") == []
        with pytest.raises(NotFoundError):
            await index.get(uploads[n].image_id)
    assert await index.missing([upload.image_id for upload in uploads]) == set()


async def test_the_first_content_uploaded_again_is_found_again(index: Index) -> None:
    first, second, again = (
        an_image(content=content, sequencer=f"{n:018X}") for n, content in enumerate("ABA", start=1)
    )
    for upload in (first, second, again):
        await put(index, upload)

    assert (await index.get(first.image_id)).sequencer == again.sequencer


async def test_an_annotation_is_merged_whether_it_comes_before_or_after_the_result(index: Index) -> None:
    early, late = an_image("early.jpg"), an_image("late.jpg")
    await index.annotate(early.image_id, annotation(early))
    await put(index, early)
    await put(index, late)
    await index.annotate(late.image_id, annotation(late))
    await put(index, late)

    for image in (early, late):
        document = await index.get(image.image_id)
        assert document.annotated == annotation(image).annotated
        assert document.thumbnail == annotation(image).thumbnail
    assert all(document.thumbnail for document in (await index.search(ImageQuery(), ALL)).images)


async def test_tells_a_sweep_what_it_was_never_told(index: Index) -> None:
    here, elsewhere = an_image("here.jpg"), an_image("elsewhere.jpg")
    await put(index, here)
    await index.annotate(elsewhere.image_id, annotation(elsewhere))
    both = [here.image_id, elsewhere.image_id]

    assert await index.missing(both) == {elsewhere.image_id}
    assert await index.unannotated(both) == {here.image_id}


# -- what is found -----------------------------------------------------------------------------------------------------


async def test_finds_words_in_labels_parents_names_and_file_names(index: Index) -> None:
    await put(index, an_image("holiday/IMG_2041 Zoë.jpg"), a_label("Puppy", "Dog"), a_face(name="José Núñez"))
    await put(index, an_image("other.jpg"), a_label("Coffee Cup"))

    for text in ("puppy", "dogs", "jose nunez", "2041", "zoe", "holi", "PUPPY holiday", "img_20"):
        assert await keys(index, q=text) == ["holiday/IMG_2041 Zoë.jpg"], text
    assert await keys(index, q="puppy coffee") == []


@pytest.mark.parametrize(
    "text", ['cup" OR "dog', "cup*", "NEAR(cup dog)", "labels:cup", "cup -dog", "^cup AND", "😀 cup"]
)
async def test_takes_no_text_for_syntax(index: Index, text: str) -> None:
    await put(index, an_image("dog.jpg"), a_label("Dog"))

    assert await keys(index, q=text) == []


async def test_the_best_match_comes_first(index: Index) -> None:
    await put(index, an_image("a.jpg"), a_label("Cat"), a_label("Sofa"), a_label("Lamp"), a_label("Room"))
    await put(index, an_image("b.jpg"), a_label("Dog"), a_face(name="Cat"))
    await put(index, an_image("c.jpg"), a_label("Cat"))

    assert await keys(index, q="cat") == ["b.jpg", "c.jpg", "a.jpg"]


async def test_filters_hold_together(index: Index) -> None:
    await put(index, an_image("child.jpg"), a_face("HAPPY", age=(4, 8)), a_face("SAD", age=(30, 40)), a_label("Toy"))
    await put(index, an_image("adult.jpg"), a_face("HAPPY", age=(30, 40), name="Ann"), a_label("Puppy", "Dog"))
    await index.put(documents.failed(an_image("broken.jpg"), "This is no picture."))

    async def found(**asked: Any) -> set[str]:
        return set(await keys(index, **asked))

    assert await found(emotion="happy") == {"child.jpg", "adult.jpg"}
    assert await found(emotion="HAPPY", max_age=10) == {"child.jpg"}
    assert await found(emotion="SAD", max_age=10) == set()  # the sad face is another one
    assert await found(min_age=35) == {"child.jpg", "adult.jpg"}
    assert await found(min_faces=2) == {"child.jpg"}
    assert await found(max_faces=0) == {"broken.jpg"}
    assert await found(label=["dog"]) == {"adult.jpg"}
    assert await found(label=["dog", "toy"]) == set()
    assert await found(person=["ann"]) == {"adult.jpg"}
    assert await found(state="failed") == {"broken.jpg"}


async def test_a_failed_picture_is_found_with_its_reason(index: Index) -> None:
    await index.put(documents.failed(an_image("broken.jpg"), "This is no picture."))

    [document] = (await index.search(ImageQuery(state="failed"), ALL)).images
    assert document.reason == "This is no picture."


async def test_finds_by_time_and_place(index: Index) -> None:
    for hour in range(3):
        for camera in ("door/1.jpg", "yard/1.jpg"):
            image = an_image(f"{hour}/{camera}", bucket=f"b{hour}", uploaded_at=NOON + timedelta(hours=hour))
            await put(index, image)

    assert await keys(index, bucket="b1") == await keys(index, since="2026-11-20T13:00Z", until="2026-11-20T14:00Z")
    assert sorted(await keys(index, bucket="b1")) == ["1/door/1.jpg", "1/yard/1.jpg"]
    assert [key[0] for key in await keys(index)] == ["2", "2", "1", "1", "0", "0"]
    assert await keys(index, bucket="b2", prefix="2/door/") == ["2/door/1.jpg"]


async def test_a_bound_key_finds_and_counts_only_what_it_may(index: Index) -> None:
    await put(index, an_image("mine/a.jpg", bucket="one"), a_face(), a_label("Cat"))
    await put(index, an_image("theirs/a.jpg", bucket="one"), a_face(), a_label("Dog"))
    await put(index, an_image("mine/a.jpg", bucket="two"), a_label("Dog"))
    mine = Within(bucket="one", prefix="mine/")

    assert await keys(index, mine) == ["mine/a.jpg"]
    assert await keys(index, mine, q="dog") == []
    assert await keys(index, mine, bucket="two") == []
    counted = await index.statistics(StatisticsQuery(), mine)
    assert (counted.total, counted.faces, [x.name for x in counted.labels]) == (1, 1, ["Cat"])


async def test_a_bound_key_cannot_tell_from_ranks_what_is_elsewhere(index: Index) -> None:
    for n in range(2):
        await put(index, an_image(f"mine/{n}.jpg"), a_label("Cat"))
    asked, mine = ImageQuery(q="cat", limit=1), Within(bucket="images", prefix="mine/")
    before = (await index.search(asked, mine)).cursor

    for n in range(5):
        await put(index, an_image(f"theirs/{n}.jpg"), a_label("Cat"))

    assert before is not None
    assert (await index.search(asked, mine)).cursor == before


@pytest.mark.parametrize("asked", [{}, {"q": "cat"}, {"q": "cat", "sort": "newest"}, {"label": ["Cat"]}])
async def test_pages_meet_every_picture_once_though_others_arrive(index: Index, asked: dict[str, object]) -> None:
    images = [an_image(f"{n}.jpg", uploaded_at=NOON + timedelta(seconds=n // 3)) for n in range(23)]
    await asyncio.gather(*(put(index, image, a_label("Cat")) for image in images))
    met: list[str] = []
    cursor = None
    while True:
        page = await index.search(ImageQuery.model_validate({**asked, "limit": 5, "cursor": cursor}), ALL)
        met += [document.key for document in page.images]
        cursor = page.cursor
        if cursor is None:
            break
        await put(index, an_image(f"new{len(met)}.jpg", uploaded_at=NOON + timedelta(hours=1)), a_label("Cat"))

    assert len(set(met)) == len(met)
    assert {key for key in met if "new" not in key} == {f"{n}.jpg" for n in range(23)}


async def test_refuses_the_cursor_of_another_search(index: Index) -> None:
    for n in range(3):
        await put(index, an_image(f"{n}.jpg"))
    page = await index.search(ImageQuery(limit=1), ALL)

    with pytest.raises(BadRequestError, match="another search"):
        await index.search(ImageQuery(state="failed", cursor=page.cursor), ALL)


async def test_counts_what_the_filters_leave(index: Index) -> None:
    await put(index, an_image("1.jpg"), a_face("HAPPY"), a_face("SAD"), a_label("Cat", "Pet"))
    await put(index, an_image("2.jpg", uploaded_at=NOON + timedelta(hours=20)), a_face("HAPPY"), a_label("Cat"))
    await index.put(documents.failed(an_image("3.jpg"), "broken"))

    everything = await index.statistics(StatisticsQuery(), ALL)
    assert (everything.total, everything.recognized, everything.failed, everything.faces) == (3, 2, 1, 3)
    assert [(x.name, x.count) for x in everything.labels] == [("Cat", 2)]
    assert [(x.name, x.count, x.share) for x in everything.emotions] == [("HAPPY", 2, 0.6667), ("SAD", 1, 0.3333)]
    assert [(x.start, x.count) for x in everything.timeline] == [("2026-11-20", 2), ("2026-11-21", 1)]
    hourly = await index.statistics(StatisticsQuery(interval="hour", emotion="SAD"), ALL)
    assert [(x.start, x.count) for x in hourly.timeline] == [("2026-11-20T12:00:00Z", 1)]


async def test_an_empty_index_answers(index: Index) -> None:
    await index.ping()
    assert await keys(index) == []
    assert (await index.statistics(StatisticsQuery(), ALL)).total == 0
