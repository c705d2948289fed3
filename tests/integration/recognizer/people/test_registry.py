"""People in the real emulator's tables: written at once, interrupted, or about somebody gone."""

import asyncio
import itertools

import pytest
from botocore.exceptions import EndpointConnectionError

from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_shared.errors import BadRequestError, ConflictError, NotFoundError
from people_records import a_face_id, a_face_of, an_id
from recognitions import NOON

from .conftest import Tables


def names(people: list[PersonRecord]) -> list[str]:
    return [person.name for person in people]


async def test_a_person_comes_back_as_they_were_made(people: People) -> None:
    made = await people.create(" Zoë  ", attributes={"Bio": "Paints.\nSings."}, external_id="hr-17")
    assert made.name == "Zoë"
    assert (made.state, made.version, made.created_at) == (State.KNOWN, 1, NOON)
    assert await people.get(made.person_id) == made
    assert await people.find([made.person_id, an_id(), made.person_id]) == {made.person_id: made}
    assert await people.find([]) == {}


async def test_names_are_data_in_every_script_and_with_markup(people: People) -> None:
    for name in ("أليس", "<script>alert('x')</script>", "名" * 200, "👩‍👩‍👧", "#name :name", "strangers"):
        made = await people.create(name)
        assert (await people.get(made.person_id)).name == name
        assert await people.named(name) == [made]


async def test_a_name_is_found_in_any_case_and_composition(people: People) -> None:
    made = await people.create("Jose\u0301 STRASSE")
    for name in ("josé straße", "JOSÉ  Strasse", " José Strasse "):
        assert await people.named(name) == [made]
    assert await people.named("Jose Strasse") == []
    other = await people.create("José Strasse")
    assert {each.person_id for each in await people.named("josé strasse")} == {made.person_id, other.person_id}


async def test_a_name_that_was_changed_leads_to_nobody_any_more(people: People, tables: Tables) -> None:
    first, second = await people.create("Alex"), await people.create("Alex")
    await people.change(first.person_id, name="Alexandra")
    assert [each.person_id for each in await people.named("Alex")] == [second.person_id]
    await people.change(second.person_id, name="alexandra")
    assert await people.named("Alex") == []
    assert len(await people.named("Alexandra")) == 2
    await people.delete(first.person_id)
    await people.delete(second.person_id)
    assert await tables.items("people") == []  # not even a digest of the name


async def test_of_two_who_enrol_somebody_new_at_once_one_makes_them(tables: Tables) -> None:
    async def enrol() -> PersonRecord:
        people = tables.people()
        try:
            return await people.create("Alice", alone=True)
        except ConflictError:
            [alice] = await people.named("Alice")
            return alice

    assert len({person.person_id for person in await asyncio.gather(*(enrol() for _ in range(8)))}) == 1
    assert names(await tables.people().everybody()) == ["Alice"]


async def test_the_same_person_is_not_made_twice(people: People) -> None:
    made = await people.create("Alice", person_id=an_id())
    with pytest.raises(ConflictError, match=made.person_id):
        await people.create("Bob", person_id=made.person_id)
    assert await people.everybody() == [made]
    assert await people.named("Bob") == []


async def test_strangers_are_counted_by_all_together(tables: Tables) -> None:
    made = await asyncio.gather(*(tables.people().create_unknown() for _ in range(12)))
    assert sorted(stranger.number or 0 for stranger in made) == list(range(1, 13))
    assert {stranger.name for stranger in made} == {f"Unknown {number}" for number in range(1, 13)}
    assert all(stranger.state is State.UNKNOWN for stranger in made)
    assert len(await tables.people().everybody()) == 12  # and no counter among them


async def test_the_same_stranger_is_not_made_twice(tables: Tables) -> None:
    person_id = an_id()
    made = await asyncio.gather(*(tables.people().create_unknown(person_id=person_id) for _ in range(6)))
    assert len({stranger.name for stranger in made}) == 1
    assert len(await tables.people().everybody()) == 1


async def test_everybody_is_read_page_by_page(tables: Tables) -> None:
    people = tables.people()
    long = {
        "Bio": "x" * 2000,
        **{f"a{n}": "y" * 1900 for n in range(24)},
    }  # some 48 kB each: DynamoDB's pages have 1 MB
    made = await asyncio.gather(*(people.create(f"P{n}", attributes=long) for n in range(30)))
    assert {each.person_id for each in await people.everybody()} == {each.person_id for each in made}


async def test_one_damaged_record_hides_nobody_else(people: People, tables: Tables) -> None:
    made = await people.create("Alice")
    await tables.dynamodb.put_item(
        TableName=tables.topology.people.name, Item={"person_id": {"S": an_id()}, "created_at": {"S": "once"}}
    )
    assert await people.everybody() == [made]


async def test_a_change_is_seen_with_the_next_version(people: People) -> None:
    made = await people.create("Alice", external_id="1")
    changed = await people.change(made.person_id, name="Alicia", attributes={"Bio": "New."}, external_id=None)
    assert changed == made.model_copy(
        update={"name": "Alicia", "attributes": {"Bio": "New."}, "external_id": None, "version": 2}
    )
    assert await people.get(made.person_id) == changed
    assert await people.change(made.person_id, name=" Alicia ") == changed  # nothing to change


async def test_of_two_changes_of_one_version_one_is_refused(tables: Tables) -> None:
    made = await tables.people().create("Alice")

    async def rename(name: str) -> PersonRecord | ConflictError:
        try:
            return await tables.people().change(made.person_id, version=1, name=name)
        except ConflictError as conflict:
            return conflict

    outcomes = await asyncio.gather(rename("Bob"), rename("Carol"))
    [changed] = [each for each in outcomes if isinstance(each, PersonRecord)]
    [refused] = [each for each in outcomes if isinstance(each, ConflictError)]
    assert "version 2, not 1" in refused.detail
    assert await tables.people().get(made.person_id) == changed
    assert names(await tables.people().named("Bob") + await tables.people().named("Carol")) == [changed.name]


async def test_changes_without_a_version_all_happen(tables: Tables) -> None:
    made = await tables.people().create("Alice")
    await asyncio.gather(
        tables.people().change(made.person_id, name="Bob"),
        tables.people().change(made.person_id, external_id="7"),
        tables.people().change(made.person_id, attributes={"Bio": "Yes."}),
        tables.people().add_face(a_face_of(made)),
    )
    after = await tables.people().get(made.person_id)
    assert (after.name, after.external_id, after.attributes, after.version) == ("Bob", "7", {"Bio": "Yes."}, 5)


async def test_what_makes_no_sense_is_refused_with_words(people: People) -> None:
    made = await people.create("Alice")
    with pytest.raises(BadRequestError, match="cover"):
        await people.change(made.person_id, cover=a_face_id())
    with pytest.raises(BadRequestError, match="merged"):
        await people.change(made.person_id, state=State.MERGED, merged_into=made.person_id)
    with pytest.raises(BadRequestError, match="control character"):
        await people.create("a\x00b")
    with pytest.raises(NotFoundError):
        await people.change(an_id(), name="Nobody")
    assert await people.everybody() == [made]


async def test_who_was_merged_leads_to_whom_they_became(people: People) -> None:
    chain = [await people.create(f"P{n}") for n in range(4)]
    for one, next_one in itertools.pairwise(chain):
        await people.change(one.person_id, state=State.MERGED, merged_into=next_one.person_id)
    assert (await people.resolve(chain[0].person_id)).name == "P3"
    assert await people.named("P0") == []
    with pytest.raises(ConflictError, match="merge into that one"):  # it would be a circle
        await people.change(chain[3].person_id, state=State.MERGED, merged_into=chain[1].person_id)
    await people.change(chain[0].person_id, state=State.KNOWN, merged_into=None)
    assert names(await people.named("P0")) == ["P0"]
    with pytest.raises(NotFoundError):
        await people.resolve(an_id())


async def test_whatever_this_process_does_to_people_lists_know_at_once(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onlooker_recognizer.people.registry.roll.NOT_WORTH_IT", 0.0)
    monkeypatch.setattr("onlooker_recognizer.people.registry.roll.TIMES", 10_000)

    async def listed() -> dict[str, PersonRecord]:
        return {person.person_id: person for person in await people.listed()}

    assert await listed() == {}
    alice, bob = await people.create("Alice"), await people.create("Bob")
    face = a_face_of(alice)
    for change in (
        lambda: people.change(alice.person_id, name="Alicia"),
        lambda: people.add_face(face),
        lambda: people.move_face(face.face_id, bob.person_id),
        lambda: people.remove_face(face.face_id),
        lambda: people.bury(bob, ()),
        lambda: people.delete(alice.person_id),
    ):
        await change()
        assert await listed() == await people.find([alice.person_id, bob.person_id])


@pytest.mark.parametrize("outcome", ["fails", "loses its answer"])
async def test_what_an_outage_interrupted_is_done_when_it_is_repeated(tables: Tables, outcome: str) -> None:
    people = tables.people()
    alice, bob = await people.create("Alice"), await people.create("Bob")
    face = a_face_of(alice)
    for action in (
        lambda to: to.add_face(face),
        lambda to: to.move_face(face.face_id, bob.person_id),
        lambda to: to.change(bob.person_id, name="Robert"),
        lambda to: to.delete(bob.person_id),
    ):
        with pytest.raises(EndpointConnectionError):
            await action(tables.breaking(outcome).people())
        await action(people)
    assert await people.everybody() == [(await people.get(alice.person_id))]
    assert (await people.get(alice.person_id)).face_ids == ()
    assert await tables.items("people_faces") == []
