"""Sightings in the real emulator's tables: counts, first and last times are those of the items, whatever happens."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from botocore.exceptions import EndpointConnectionError

from onlooker_recognizer.people.registry.records import PersonRecord, Sighting, State
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import BadRequestError
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import BoundingBox
from people_records import a_sighting, an_id
from recognitions import NOON, an_image

from .conftest import Tables


def picture(number: int, *, key: str = "") -> ImageRef:
    """A picture that was uploaded so many minutes after noon."""
    return an_image(key or f"{number}.jpg", uploaded_at=NOON + timedelta(minutes=number))


def box(number: int) -> BoundingBox:
    return BoundingBox(left=number / 100, top=0.0, width=0.01, height=0.1)


async def seen_together(sightings: Sightings, *people: PersonRecord, in_: ImageRef) -> list[Sighting]:
    """Settle a picture with these people side by side."""
    seen = [a_sighting(person, in_, box=box(number)) for number, person in enumerate(people)]
    return await sightings.settle(in_.image_id, seen)


async def agree(tables: Tables, *people: PersonRecord) -> None:
    """Assert that what a person's record says is what the items say, and that each sighting is in all its places."""
    items = await tables.items("sightings")
    places: dict[str, set[str]] = {}
    for item in items:
        places.setdefault(item["sighting_id"]["S"], set()).add(item["about"]["S"].partition(":")[0])
    assert all(kinds == {"person", "day", "image"} for kinds in places.values())
    for person in people:
        record = await tables.people().get(person.person_id)
        page = await tables.sightings().of_person(person.person_id, limit=1000)
        times = [sighting.seen_at for sighting in page.sightings]
        told = (record.sightings, record.first_seen, record.last_seen)
        assert told == (len(times), min(times, default=None), max(times, default=None))


async def test_who_is_seen_is_found_by_person_by_day_and_by_picture(tables: Tables) -> None:
    people, sightings = tables.people(), tables.sightings()
    alice, bob = await people.create("Alice"), await people.create("Bob")
    first, second = picture(0), picture(24 * 60)
    assert await seen_together(sightings, alice, bob, in_=first) == []
    assert await seen_together(sightings, alice, in_=second) == []
    page = await sightings.of_person(alice.person_id, limit=10)
    assert [each.image_id for each in page.sightings] == [second.image_id, first.image_id]
    assert page.sightings[0] == a_sighting(alice, second, box=box(0))
    assert {each.person_id for each in await sightings.of_picture(first.image_id)} == {alice.person_id, bob.person_id}
    today = await sightings.of_day(NOON.date(), limit=10)
    assert {each.person_id for each in today.sightings} == {alice.person_id, bob.person_id}
    assert len((await sightings.of_day(NOON.date() + timedelta(days=1), limit=10)).sightings) == 1
    after = await people.get(alice.person_id)
    assert (after.sightings, after.first_seen, after.last_seen) == (2, first.uploaded_at, second.uploaded_at)
    assert after.version == 1  # nobody changed her
    await agree(tables, alice, bob)


async def test_a_day_is_utcs(tables: Tables) -> None:
    alice = await tables.people().create("Alice")
    image = an_image(uploaded_at=datetime.fromisoformat("2026-11-21T00:30:00+01:00"))
    await seen_together(tables.sightings(), alice, in_=image)
    [seen] = (await tables.sightings().of_day(NOON.date(), limit=2)).sightings
    assert seen.seen_at == datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


async def test_settling_again_changes_nothing(tables: Tables) -> None:
    alice = await tables.people().create("Alice")
    image = picture(1)
    await seen_together(tables.sightings(), alice, alice, in_=image)  # a picture in a picture
    before = await tables.items("people"), await tables.items("sightings")
    await seen_together(tables.sightings(), alice, alice, in_=image)
    assert (await tables.items("people"), await tables.items("sightings")) == before
    assert (await tables.people().get(alice.person_id)).sightings == 2


async def test_pages_go_on_where_the_last_one_ended(tables: Tables) -> None:
    alice = await tables.people().create("Alice")
    for number in range(5):
        await seen_together(tables.sightings(), alice, in_=picture(number))
    pages, after = [], None
    while True:
        page = await tables.sightings().of_person(alice.person_id, limit=2, after=after)
        pages.append([each.key for each in page.sightings])
        after = page.after
        if after is None:
            break
    assert pages == [["4.jpg", "3.jpg"], ["2.jpg", "1.jpg"], ["0.jpg"]]
    assert (await tables.sightings().of_person(an_id(), limit=2)).sightings == ()
    for cursor in ("", "1", "x" * 1025):
        with pytest.raises(BadRequestError):
            await tables.sightings().of_person(alice.person_id, limit=2, after=cursor)


async def test_somebody_else_after_all(tables: Tables) -> None:
    people, sightings = tables.people(), tables.sightings()
    alice, bob = await people.create("Alice"), await people.create("Bob")
    for number in range(3):
        await seen_together(sightings, alice, in_=picture(number))
    await seen_together(sightings, bob, in_=picture(2))  # the last one
    await agree(tables, alice, bob)
    assert (await people.get(alice.person_id)).last_seen == picture(1).uploaded_at
    await seen_together(sightings, bob, in_=picture(0))  # the first one
    await agree(tables, alice, bob)
    await sightings.settle(picture(1).image_id, [])  # the only one
    await agree(tables, alice, bob)
    after = await people.get(alice.person_id)
    assert (after.sightings, after.first_seen, after.last_seen) == (0, None, None)


async def test_one_in_the_middle_goes(tables: Tables) -> None:
    alice = await tables.people().create("Alice")
    for number in range(3):
        await seen_together(tables.sightings(), alice, in_=picture(number))
    await tables.sightings().settle(picture(1).image_id, [])
    await agree(tables, alice)


async def test_what_is_known_better_takes_the_place_of_what_was_known(tables: Tables) -> None:
    sightings, alice, image = tables.sightings(), await tables.people().create("Alice"), picture(1)
    seen = a_sighting(alice, image, similarity=91)
    await sightings.settle(image.image_id, [seen])
    surer = seen.model_copy(update={"similarity": 100.0, "decided_by": "somebody"})
    await sightings.settle(image.image_id, [surer])
    assert await sightings.of_picture(image.image_id) == [surer]
    assert (await sightings.of_person(alice.person_id, limit=5)).sightings == (surer,)
    await agree(tables, alice)


async def test_the_same_picture_uploaded_again_is_seen_then(tables: Tables) -> None:
    sightings, alice = tables.sightings(), await tables.people().create("Alice")
    early, late = picture(1, key="a.jpg"), picture(2000, key="a.jpg")
    assert early.image_id == late.image_id
    await seen_together(sightings, alice, in_=early)
    await seen_together(sightings, alice, in_=late)
    assert (await tables.people().get(alice.person_id)).first_seen == late.uploaded_at
    await agree(tables, alice)


async def test_pictures_of_one_person_at_once_are_all_counted(tables: Tables) -> None:
    alice, bob = await tables.people().create("Alice"), await tables.people().create("Bob")
    numbers = list(range(16))
    random.Random(7).shuffle(numbers)
    await asyncio.gather(*(seen_together(tables.sightings(), alice, bob, in_=picture(number)) for number in numbers))
    await agree(tables, alice, bob)
    assert (await tables.people().get(alice.person_id)).sightings == 16
    await asyncio.gather(
        *(seen_together(tables.sightings(), alice, in_=picture(number)) for number in range(16, 24)),
        *(tables.sightings().settle(picture(number).image_id, []) for number in numbers),
    )
    await agree(tables, alice, bob)
    assert (await tables.people().get(alice.person_id)).first_seen == picture(16).uploaded_at


async def test_one_picture_settled_by_two_at_once_is_as_one_of_them_said(tables: Tables) -> None:
    people = [await tables.people().create(name) for name in ("Alice", "Bob", "Carol")]
    for number in range(3):
        image = picture(number)
        await asyncio.gather(
            seen_together(tables.sightings(), people[0], people[1], in_=image),
            seen_together(tables.sightings(), people[0], people[1], in_=image),
            seen_together(tables.sightings(), people[2], in_=image),
        )
        there = {each.person_id for each in await tables.sightings().of_picture(image.image_id)}
        assert there in ({people[0].person_id, people[1].person_id}, {people[2].person_id})
    await agree(tables, *people)


async def test_a_crowd_takes_several_transactions(tables: Tables) -> None:
    people, sightings, image = tables.people(), tables.sightings(), picture(1)
    crowd = await asyncio.gather(*(people.create(f"P{number}") for number in range(30)))
    assert await seen_together(sightings, *crowd, in_=image) == []
    assert len(await sightings.of_picture(image.image_id)) == 30
    assert {person.sightings for person in await people.everybody()} == {1}
    assert await seen_together(sightings, *[crowd[0]] * 100, in_=image) == []  # a wall of one face
    await agree(tables, *crowd)
    assert (await people.get(crowd[0].person_id)).sightings == 100
    await sightings.settle(image.image_id, [])
    assert await tables.items("sightings") == []
    await agree(tables, *crowd)


async def test_who_is_gone_or_merged_is_seen_no_more(tables: Tables) -> None:
    people, sightings, image = tables.people(), tables.sightings(), picture(1)
    alice, bob, carol = [await people.create(name) for name in ("Alice", "Bob", "Carol")]
    await people.delete(alice.person_id)
    await people.change(bob.person_id, state=State.MERGED, merged_into=carol.person_id)
    refused = await seen_together(sightings, alice, bob, carol, in_=image)
    assert {each.person_id for each in refused} == {alice.person_id, bob.person_id}
    assert [each.person_id for each in await sightings.of_picture(image.image_id)] == [carol.person_id]
    assert await people.find([alice.person_id]) == {}
    await agree(tables, bob, carol)


async def test_what_was_theirs_goes_without_them(tables: Tables) -> None:
    people, sightings = tables.people(), tables.sightings()
    alice, bob = await people.create("Alice"), await people.create("Bob")
    for number in range(3):
        await seen_together(sightings, alice, bob, in_=picture(number))
    await people.delete(alice.person_id)
    await people.change(bob.person_id, state=State.MERGED, merged_into=(await people.create("Carol")).person_id)
    await asyncio.gather(*(tables.sightings().settle(picture(number).image_id, []) for number in range(3)))
    assert await tables.items("sightings") == []
    assert await people.find([alice.person_id]) == {}
    await agree(tables, bob)


async def test_who_is_merged_or_deleted_just_before_it_is_written_is_not_seen(tables: Tables) -> None:
    people = tables.people()
    alice, bob, carol = [await people.create(name) for name in ("Alice", "Bob", "Carol")]
    merge = partial(people.change, alice.person_id, state=State.MERGED, merged_into=bob.person_id)
    for number, gone, meanwhile in ((1, alice, merge), (2, carol, partial(people.delete, carol.person_id))):
        sightings = tables.overtaken_by(meanwhile).sightings()
        refused = await seen_together(sightings, gone, bob, in_=picture(number))
        assert [each.person_id for each in refused] == [gone.person_id]
        there = await tables.sightings().of_picture(picture(number).image_id)
        assert [each.person_id for each in there] == [bob.person_id]
    assert await people.find([carol.person_id]) == {}
    await agree(tables, alice, bob)


async def test_an_end_that_moves_just_before_it_is_written_is_right(tables: Tables) -> None:
    alice, images = await tables.people().create("Alice"), [picture(number) for number in range(6)]
    for image in images[2:4]:
        await seen_together(tables.sightings(), alice, in_=image)
    for image, sooner in ((images[4], images[5]), (images[1], images[0])):
        see = partial(seen_together, tables.sightings(), alice, in_=sooner)
        await seen_together(tables.overtaken_by(see).sightings(), alice, in_=image)
        await agree(tables, alice)
    for image, sooner in ((images[5], images[4]), (images[0], images[1]), (images[2], images[3])):
        forget = partial(tables.sightings().settle, sooner.image_id, [])
        await tables.overtaken_by(forget).sightings().settle(image.image_id, [])
        await agree(tables, alice)
    assert (await tables.people().get(alice.person_id)).last_seen is None


async def test_who_is_deleted_meanwhile_does_not_come_back(tables: Tables) -> None:
    people, late = tables.people(), picture(100)
    for number in range(4):
        alice = await people.create("Alice")
        await asyncio.gather(
            seen_together(tables.sightings(), alice, in_=picture(number)), people.delete(alice.person_id)
        )
        assert len(await seen_together(tables.sightings(), alice, in_=late)) == 1
    assert await tables.items("people") == []
    assert await tables.sightings().of_picture(late.image_id) == []


@pytest.mark.parametrize("before", [[], ["works"]])
@pytest.mark.parametrize("outcome", ["fails", "loses its answer"])
async def test_an_interrupted_settling_is_finished_by_the_next(tables: Tables, before: list[str], outcome: str) -> None:
    people, image = tables.people(), picture(1)
    group = await asyncio.gather(*(people.create(f"P{number}") for number in range(26)))  # for two transactions
    for crowd in (group, []):
        with pytest.raises(EndpointConnectionError):
            await seen_together(tables.breaking(*before, outcome).sightings(), *crowd, in_=image)
        await seen_together(tables.sightings(), *crowd, in_=image)
        assert len(await tables.sightings().of_picture(image.image_id)) == len(crowd)
        await agree(tables, *group[:2], *group[-2:])


async def test_a_sighting_of_another_picture_is_a_mistake(tables: Tables) -> None:
    with pytest.raises(ValueError, match="another picture"):
        await tables.sightings().settle(picture(1).image_id, [a_sighting(an_id(), picture(2))])
    assert await tables.items("sightings") == []


async def test_any_order_of_coming_and_going_leaves_records_that_agree(tables: Tables) -> None:
    chance = random.Random(20261122)
    people = [await tables.people().create(name) for name in ("Alice", "Bob")]
    for _ in range(8):
        crowd = [
            (picture(number), [person for person in people if chance.random() < 0.5])
            for number in chance.sample(range(6), 3)
        ]
        await asyncio.gather(*(seen_together(tables.sightings(), *seen, in_=image) for image, seen in crowd))
    await agree(tables, *people)
