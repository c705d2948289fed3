"""What every index counts, and what it suggests."""

from datetime import datetime, timedelta

import pytest

from indexing import counts, put, suggested
from onlooker_tagger import documents
from onlooker_tagger.index import Index
from onlooker_tagger.queries import Count, Within
from recognitions import NOON, a_color, a_face, a_label, a_line, a_warning, an_image


def pairs(counted: tuple[Count, ...]) -> list[tuple[str, int]]:
    return [(each.name, each.count) for each in counted]


async def test_counts_every_aspect(index: Index) -> None:
    await put(index, an_image("a/1.jpg"), a_label("Cat"), a_face("HAPPY", age=(20, 28), name="Ann"), a_color("red"))
    await put(index, an_image("a/2.jpg"), a_label("Cat"), a_label("Dog"), a_face("SAD", age=(60, 70)), a_color("red"))
    await put(
        index,
        an_image("3.jpg"),
        a_face("HAPPY", age=(8, 9), name="Ann"),
        a_face(None),
        a_warning("Weapons", "Violence"),
    )
    await index.put(documents.failed(an_image("a/b/4.jpg"), "It is empty."))

    found = await counts(index)
    assert (found.total, found.recognized, found.failed, found.faces) == (4, 3, 1, 4)
    assert pairs(found.labels) == [("Cat", 2), ("Dog", 1)]
    assert pairs(found.persons) == [("Ann", 2)]
    assert sum(each.count for each in found.person_ids) == 2
    assert [(x.name, x.count, x.share) for x in found.emotions] == [("HAPPY", 2, 0.6667), ("SAD", 1, 0.3333)]
    assert pairs(found.ages) == [("0-9", 1), ("20-29", 2), ("60-69", 1)]
    assert pairs(found.moderation) == [("Weapons", 1)]
    assert pairs(found.colors) == [("red", 2)]
    assert pairs(found.folders) == [("a/", 2), ("", 1), ("a/b/", 1)]
    assert pairs(found.failures) == [("It is empty.", 1)]


async def test_counts_only_what_is_asked_for(index: Index) -> None:
    await put(index, an_image(), a_label("Cat"), a_face("HAPPY"))

    found = await counts(index, include=["emotions"])
    assert (found.total, found.faces, pairs(found.emotions)) == (1, 1, [("HAPPY", 1)])
    assert found.model_dump(exclude={"total", "recognized", "failed", "faces", "emotions"}) == dict.fromkeys(
        ("labels", "persons", "person_ids", "ages", "moderation", "colors", "folders", "failures", "timeline"), ()
    )
    assert (await counts(index, include=[])).total == 1


@pytest.mark.parametrize(
    ("interval", "starts"),
    [
        ("minute", ["2026-11-20T12:00:00Z", "2026-11-20T12:01:00Z", "2026-12-01T00:30:00Z"]),
        ("hour", ["2026-11-20T12:00:00Z", "2026-12-01T00:00:00Z"]),
        ("day", ["2026-11-20", "2026-12-01"]),
        ("month", ["2026-11", "2026-12"]),
    ],
)
async def test_tells_what_happened_when(index: Index, interval: str, starts: list[str]) -> None:
    await put(index, an_image("1.jpg"), a_face("HAPPY"), a_face("HAPPY"), a_face("SAD"))
    await put(index, an_image("2.jpg", uploaded_at=NOON + timedelta(seconds=61)), a_face(None))
    later = datetime.fromisoformat("2026-12-01T02:30:00+02:00")
    await index.put(documents.failed(an_image("3.jpg", uploaded_at=later), "It is empty."))

    timeline = (await counts(index, interval=interval)).timeline
    assert [period.start for period in timeline] == starts
    assert sum(period.count for period in timeline) == 3
    assert sum(period.faces for period in timeline) == 4
    assert timeline[0].emotions == {"HAPPY": 2, "SAD": 1}
    assert (timeline[-1].count, timeline[-1].failed, timeline[-1].emotions) == (1, 1, {})


# -- suggestions -------------------------------------------------------------------------------------------------------


async def test_suggests_labels_people_words_and_folders(index: Index) -> None:
    await put(index, an_image("cats/1.jpg"), a_label("Cat", "Pet"), a_face(name="Catherine Dun"), a_line("CATWALK now"))
    await put(index, an_image("cats/2.jpg"), a_label("Persian Cat", "Cat"))

    assert await suggested(index, "cat") == [
        ("label", "Cat", 2),  # the very word
        ("folder", "cats/", 2),  # begins so, twice
        ("person", "Catherine Dun", 1),
        ("text", "catwalk", 1),
        ("label", "Persian Cat", 1),  # only its second word does
    ]
    assert await suggested(index, "DÚN") == [("person", "Catherine Dun", 1)]
    assert await suggested(index, "pet") == [("label", "Pet", 1)]
    assert await suggested(index, "persian c") == [("label", "Persian Cat", 1)]
    assert len(await suggested(index, "c", limit=2)) == 2


async def test_suggests_a_label_by_an_everyday_word_for_it(index: Index) -> None:
    await put(index, an_image("1.jpg"), a_label("Dog"))

    assert await suggested(index, "pupp") == [("label", "Dog", 1)]
    assert await suggested(index, "kitt") == []  # no cat is there


async def test_forgets_suggestions_with_the_pictures(index: Index) -> None:
    await put(index, an_image("1.jpg", sequencer=f"{1:018X}"), a_label("Cat"))
    await put(index, an_image("1.jpg", content="2", sequencer=f"{2:018X}"), a_label("Cow"))

    assert await suggested(index, "c") == [("label", "Cow", 1)]


async def test_a_bound_key_learns_no_names_of_elsewhere(index: Index) -> None:
    await put(index, an_image("mine/1.jpg"), a_label("Cat"), a_face(name="Carl"), a_line("cabin"))
    await put(
        index, an_image("theirs/cave/1.jpg"), a_label("Car"), a_face(name="Cara"), a_line("cable"), a_label("Cat")
    )
    await put(index, an_image("mine/cafe/1.jpg", bucket="other"), a_label("Cake"))
    mine = Within(bucket="images", prefix="mine/")

    assert sorted(await suggested(index, "ca", mine)) == [
        ("label", "Cat", 1),
        ("person", "Carl", 1),
        ("text", "cabin", 1),
    ]
    assert await suggested(index, "theirs", mine) == []
    assert await suggested(index, "mine", mine) == [("folder", "mine/", 1)]


@pytest.mark.parametrize("typed", ["", " ", "!", "\x00", "😀"])
async def test_suggests_nothing_where_nothing_was_typed(index: Index, typed: str) -> None:
    await put(index, an_image(), a_label("Cat"))

    assert await suggested(index, typed) == []
