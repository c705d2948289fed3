"""What filters, sorting and free text find in every index."""

import asyncio
import random
from datetime import timedelta

import pytest

from indexing import ALL, keys, paged, put
from onlooker_shared.errors import BadRequestError, NotFoundError
from onlooker_tagger import documents
from onlooker_tagger.index import Index
from onlooker_tagger.queries import ImageQuery, StatisticsQuery, SuggestionQuery, Within, words
from recognitions import NOON, a_color, a_face, a_label, a_line, a_recognition, a_warning, an_image


async def test_finds_people_colours_and_what_not_everybody_should_see(index: Index) -> None:
    await put(index, an_image("party.jpg"), a_face(name="Ann Lee"), a_face(name="Zoë"), a_color("red"), a_color("blue"))
    await put(index, an_image("gun.jpg"), a_warning("Weapons", "Violence"), a_color("red"), a_face(name="Zoë"))
    await put(index, an_image("empty.jpg"))

    async def found(**asked: object) -> set[str]:
        return set(await keys(index, **asked))

    assert await found(person=["ann lee"]) == {"party.jpg"}
    assert await found(person=["ZOË"]) == {"party.jpg", "gun.jpg"}
    assert await found(person=["Zoë", "Ann Lee"]) == {"party.jpg"}
    assert await found(person=["Ann"]) == set()
    assert await found(color=["Red"]) == {"party.jpg", "gun.jpg"}
    assert await found(color=["red", "blue"]) == {"party.jpg"}
    assert await found(moderation="weapons") == await found(moderation="VIOLENCE") == {"gun.jpg"}
    assert await found(moderated=True) == {"gun.jpg"}
    assert await found(moderated=False) == {"party.jpg", "empty.jpg"}


async def test_finds_people_by_an_id_that_stays_when_their_names_change(index: Index) -> None:
    await put(index, an_image("party.jpg"), a_face(name="Ann", person_id="0a"), a_face(name="Ben", person_id="0b"))
    await put(index, an_image("other.jpg"), a_face(name="Ann", person_id="0c"))
    before = an_image("named.jpg")
    await put(index, before, a_face(name="Unknown 7", person_id="0d"))
    named = a_recognition(a_face(name="Ann", person_id="0d"), identified_at=NOON + timedelta(hours=1))
    await index.put(documents.recognized(before, named))

    async def found(**asked: object) -> set[str]:
        return set(await keys(index, **asked))

    assert await found(person_id=["0a"]) == {"party.jpg"}
    assert await found(person_id=["0a", "0b"]) == {"party.jpg"}
    assert await found(person_id=["0a", "0c"]) == set()
    assert await found(person_id=["0d"]) == {"named.jpg"}
    assert await found(person_id=["0A"]) == await found(person_id=["Ann"]) == await found(person_id=["0"]) == set()
    assert await found(person=["Ann"]) == {"party.jpg", "other.jpg", "named.jpg"}
    assert await found(person=["Unknown 7"]) == await found(q="unknown") == set()
    document = await index.get(before.image_id)
    assert (document.person_ids, document.faces[0].person_id) == (("0d",), "0d")


async def test_naming_somebody_moves_no_picture_in_time(index: Index) -> None:
    image = an_image("named.jpg")
    await put(index, image, a_face(name="Unknown 7"))
    asked = StatisticsQuery(interval="day")
    before = (await index.statistics(asked, ALL)).timeline

    named = a_recognition(a_face(name="Ann"), identified_at=NOON + timedelta(days=40))
    await index.put(documents.recognized(image, named))

    after = await index.statistics(asked, ALL)
    assert after.timeline == before
    assert [each.name for each in after.persons] == ["Ann"]


async def test_finds_words_in_pictures_and_other_names_of_labels(index: Index) -> None:
    await put(index, an_image("1.jpg"), a_line("NO PARKING"), a_line("Café Müller"))
    await put(index, an_image("2.jpg"), a_label("Cougar", aliases=("Puma",)))

    assert (
        await keys(index, q="parking") == await keys(index, q="muller cafe") == await keys(index, q="park") == ["1.jpg"]
    )
    assert await keys(index, q="puma") == ["2.jpg"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("puppy", {"dog.jpg"}),
        ("Puppies!", {"dog.jpg"}),
        ("puppy sofa", {"dog.jpg"}),
        ("cell phone", {"phone.jpg"}),
        ("smartphones", {"phone.jpg"}),
        ("my smartphone", set()),
        ("pup", {"dog.jpg", "pup.jpg"}),
    ],
)
async def test_finds_labels_by_everyday_words(index: Index, text: str, found: set[str]) -> None:
    await put(index, an_image("dog.jpg"), a_label("Poodle", "Dog"), a_label("Sofa"))
    await put(index, an_image("phone.jpg"), a_label("Mobile Phone"))
    await put(index, an_image("pup.jpg"))

    assert set(await keys(index, q=text)) == found


async def test_a_label_by_its_name_comes_before_the_same_by_another_word(index: Index) -> None:
    await put(index, an_image("a.jpg"), a_label("Puppy"))
    await put(index, an_image("b.jpg"), a_label("Dog"))

    assert await keys(index, q="puppy") == ["a.jpg", "b.jpg"]


async def test_sorts_by_time_both_ways(index: Index) -> None:
    for n in range(7):
        await put(index, an_image(f"{n}.jpg", uploaded_at=NOON + timedelta(seconds=n // 2)), a_label("Cat"))

    newest, oldest = await keys(index, q="cat", sort="newest"), await keys(index, sort="oldest")
    assert [int(key[0]) // 2 for key in newest] == [3, 2, 2, 1, 1, 0, 0]
    assert oldest == newest[::-1]
    for sort in ("newest", "oldest"):
        assert await paged(index, sort=sort, limit=2) == await keys(index, sort=sort)


# -- what is like another picture --------------------------------------------------------------------------------------


async def like(index: Index, image_id: str, within: Within = ALL, **asked: object) -> list[str]:
    return await keys(index, within, similar_to=image_id, **asked)


async def test_what_shares_rare_labels_is_more_alike(index: Index) -> None:
    one = await put(index, an_image("one.jpg"), a_label("Person"), a_label("Tree"), a_label("Accordion", "Instrument"))
    await put(index, an_image("tree.jpg"), a_label("Tree"), a_label("Person"))
    await put(index, an_image("person.jpg"), a_label("Person"))
    await put(index, an_image("accordion.jpg"), a_label("Accordion", "Instrument"))
    await put(index, an_image("instrument.jpg"), a_label("Violin", "Instrument"))
    await put(index, an_image("other.jpg"), a_label("Fish"))
    for n in range(4):
        await put(index, an_image(f"crowd{n}.jpg"), a_label("Person"))

    found = await like(index, one)
    assert found[:3] == ["accordion.jpg", "tree.jpg", "instrument.jpg"]
    assert set(found[3:]) == {"person.jpg", "crowd0.jpg", "crowd1.jpg", "crowd2.jpg", "crowd3.jpg"}
    assert await like(index, one, label=["violin"]) == ["instrument.jpg"]
    assert await paged(index, similar_to=one, limit=2) == found


async def test_nothing_is_like_a_picture_without_labels_or_one_that_is_not_there(index: Index) -> None:
    plain = await put(index, an_image("plain.jpg"))
    await put(index, an_image("cat.jpg"), a_label("Cat"))

    assert await like(index, plain) == []
    with pytest.raises(NotFoundError):
        await like(index, "0" * 32)


async def test_a_bound_key_compares_only_what_it_may_know_of(index: Index) -> None:
    mine = await put(index, an_image("mine/1.jpg"), a_label("Cat"), a_label("Dog"))
    await put(index, an_image("mine/2.jpg"), a_label("Cat"))
    await put(index, an_image("mine/3.jpg"), a_label("Dog"))
    await put(index, an_image("mine/4.jpg"), a_label("Dog"))
    theirs = await put(index, an_image("theirs/1.jpg"), a_label("Cat"))
    for n in range(2, 9):  # would make Cat the more frequent one
        await put(index, an_image(f"theirs/{n}.jpg"), a_label("Cat"))
    within = Within(bucket="images", prefix="mine/")

    assert (await like(index, mine, within))[0] == "mine/2.jpg"
    assert len(await like(index, mine, within)) == 3
    with pytest.raises(NotFoundError):
        await like(index, theirs, within)


# -- what nobody means -------------------------------------------------------------------------------------------------

PIECES = [
    '"',
    "*",
    "(",
    ")",
    "NEAR(",
    "a OR b",
    "labels:",
    "^",
    "-cat",
    "{persons}",
    "\x00",
    "😀",
    "ß",
    "İ",
    "ﬀ",
    "é",
    "'",
    ";--",
]
PIECES += [
    "%",
    "_",
    "\\",
    "\u202e",
    "\ud7ff",
    "中文",
    "١٢",
    "cat",
    "AND",
    "NOT",
    "/.*/",
    "[a TO b]",
    "\t",
    "\u0301",
    "x" * 99,
]


def odd_texts() -> list[str]:
    dice = random.Random(3)
    return ["".join(dice.choices(PIECES, k=dice.randint(1, 8)))[:500] for _ in range(60)]


async def test_odd_texts_are_searched_for_and_never_an_error(index: Index) -> None:
    await put(index, an_image("a'b%_c.jpg"), a_label("Cat"), a_face(name='O"Neil (😀)'), a_line("{persons} : x*"))

    for text in odd_texts():
        if words(text):
            page = await index.search(ImageQuery(q=text), ALL)
            assert (await index.statistics(StatisticsQuery(q=text), ALL)).total == len(page.images), text
        assert len((await index.suggest(SuggestionQuery(q=text), ALL)).suggestions) <= 10, text
        name = text.replace("\x00", "") or "x"
        assert await keys(index, label=[name], prefix=name, bucket=name) == [], text


async def test_the_most_that_may_be_asked_for_at_once_is_answered(index: Index) -> None:
    one = await put(index, an_image("1.jpg"), *(a_label(f"Label {n}", f"Parent {n}") for n in range(100)))
    words_of_text = " ".join(f"{chr(0x4E00 + n)}-{chr(0x4F00 + n)}-x-y" for n in range(50))
    names = [str(n) for n in range(20)]

    assert await keys(index, q=words_of_text, similar_to=one, label=names, person=names, color=names[:5]) == []
    for typed in ("\ufdfa" * 500, "a" + "." * 499, "a" + "\\" * 199):
        assert (await index.suggest(SuggestionQuery(q=typed), ALL)).suggestions == ()


async def test_moments_are_compared_to_the_millisecond(index: Index) -> None:
    moments = [NOON + timedelta(milliseconds=n) for n in range(0, 999, 37)]  # half of them no float has exactly
    images = [an_image(f"{n}.jpg", uploaded_at=moment) for n, moment in enumerate(moments)]
    await asyncio.gather(*(put(index, image) for image in images))

    for n, moment in enumerate(moments):
        assert await keys(index, since=moment, until=moment + timedelta(milliseconds=1)) == [f"{n}.jpg"]


@pytest.mark.parametrize("asked", [{"label": ["\x00"]}, {"prefix": "\x00"}, {"bucket": "x\x00"}, {"person": ["\x00"]}])
async def test_a_filter_with_a_nul_finds_nothing(index: Index, asked: dict[str, object]) -> None:
    await put(index, an_image(), a_label("Cat"))

    assert await keys(index, **asked) == []


@pytest.mark.parametrize(
    "other", [{"q": "cat"}, {"sort": "oldest"}, {"label": ["cat"]}, {"color": ["red"]}, {"moderated": False}]
)
async def test_refuses_the_cursor_of_any_other_search(index: Index, other: dict[str, object]) -> None:
    for n in range(3):
        await put(index, an_image(f"{n}.jpg"), a_label("Cat"))
    page = await index.search(ImageQuery(limit=1), ALL)

    with pytest.raises(BadRequestError, match="another search"):
        await index.search(ImageQuery.model_validate({**other, "cursor": page.cursor}), ALL)


async def test_a_reason_is_no_word_of_the_picture(index: Index) -> None:
    await index.put(documents.failed(an_image("x.jpg"), "It is empty."))

    assert await keys(index, q="empty") == []
