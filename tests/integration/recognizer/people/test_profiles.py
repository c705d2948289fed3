"""The table of profiles that others kept, and the people that are made of it."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest
from botocore.exceptions import EndpointConnectionError

from onlooker_recognizer.people.audit.log import Action, Actor, Audit
from onlooker_recognizer.people.consent.consents import Consents, Given
from onlooker_recognizer.people.enrolment.refusals import ConsentMissingError
from onlooker_recognizer.people.profiles.collected import CollectedFace
from onlooker_recognizer.people.profiles.importing import Imported, Outcome, ProfileImport, person_id_of
from onlooker_recognizer.people.profiles.table import Profile, Profiles
from onlooker_recognizer.people.registry.records import Source, State
from onlooker_shared.errors import BadRequestError
from people_records import a_face_id, a_face_of
from recognitions import BOX, NOON

from .conftest import Tables

BY = Actor("somebody", "1")


@pytest.fixture
def profiles(tables: Tables) -> Profiles:
    return Profiles(tables.dynamodb, tables.topology.profiles.name)


@dataclass
class Importing:
    """An import, and what the collection has."""

    tables: Tables
    faces: Mapping[str, CollectedFace] = field(default_factory=dict)
    consents_required: bool = False

    @property
    def consents(self) -> Consents:
        table = self.tables.topology.consents.name
        return Consents(self.tables.dynamodb, table, clock=lambda: NOON, required=self.consents_required)

    @property
    def audit(self) -> Audit:
        return Audit(self.tables.dynamodb, self.tables.topology.people_audit.name, clock=lambda: NOON)

    async def _collected(self, face_ids: Collection[str]) -> Mapping[str, CollectedFace]:
        return {face_id: face for face_id, face in self.faces.items() if face_id in face_ids}

    async def run(self, *, limit: int = 100, consent: Given | None = None) -> dict[str, Imported]:
        """Import everything, page by page."""
        importing = ProfileImport(
            Profiles(self.tables.dynamodb, self.tables.topology.profiles.name),
            self.tables.people(),
            collected=self._collected,
            consents=self.consents,
            audit=self.audit,
            clock=lambda: NOON,
        )
        page = await importing.page(by=BY, limit=limit, consent=consent)
        found = list(page.profiles)
        while page.after is not None:
            page = await importing.page(by=BY, limit=limit, after=page.after, consent=consent)
            found += page.profiles
        assert len({each.face_id for each in found}) == len(found)
        return {each.face_id: each for each in found}


def importing(tables: Tables, faces: Mapping[str, CollectedFace] | None = None) -> Importing:
    return Importing(tables, faces or {})


def collected(*face_ids: str, external_image_id: str | None = None) -> dict[str, CollectedFace]:
    return {face_id: CollectedFace(BOX, 99.9, "7.0", external_image_id) for face_id in face_ids}


async def every(profiles: Profiles, limit: int = 100) -> list[Profile]:
    """All profiles, page by page."""
    page = await profiles.page(limit=limit)
    found = list(page.profiles)
    while page.after is not None:
        page = await profiles.page(limit=limit, after=page.after)
        found += page.profiles
    return found


async def test_a_profile_comes_back_as_it_was_put(profiles: Profiles) -> None:
    face_id = a_face_id()
    await profiles.put(face_id, {"Bio": "Paints.", "#:odd name": "", "Город": "Ульм"})
    put = await profiles.put(face_id, {"Bio": "Paints no more.", "Town": ""})
    assert await profiles.find([face_id, a_face_id()]) == {face_id: put}
    assert put == Profile(face_id, {"Bio": "Paints no more.", "Town": ""})
    await profiles.delete(face_id)
    await profiles.delete(face_id)
    assert await every(profiles) == []


async def test_all_profiles_are_read_page_by_page(profiles: Profiles) -> None:
    face_ids = {a_face_id() for _ in range(6)}
    await asyncio.gather(*(profiles.put(face_id, {"Bio": "x" * 250_000}) for face_id in face_ids))
    assert sorted(each.face_id for each in await every(profiles)) == sorted(face_ids)
    assert sorted(each.face_id for each in await every(profiles, limit=2)) == sorted(face_ids)


async def test_what_others_wrote_stays_as_they_wrote_it_unless_it_is_changed(
    tables: Tables, profiles: Profiles
) -> None:
    face_id = a_face_id()
    theirs = {
        "FaceId": {"S": face_id},
        "Bio": {"S": "Paints."},
        "Age": {"N": "42"},
        "Likes": {"SS": ["cats", "tea"]},
        "Photo": {"B": b"\xff\xd8"},
        "Old": {"BOOL": True},
    }
    await tables.dynamodb.put_item(TableName=tables.topology.profiles.name, Item=theirs)
    [profile] = await every(profiles)
    assert profile == Profile(
        face_id, {"Age": "42", "Bio": "Paints.", "Likes": '["cats", "tea"]', "Old": "true"}, ("Photo",)
    )
    wanted = {name: text for name, text in profile.attributes.items() if name != "Old"} | {"Bio": "Sings."}
    assert (await profiles.put(face_id, wanted)).attributes == wanted
    [item] = await tables.items("profiles")
    assert item == {name: theirs[name] for name in ("FaceId", "Age", "Likes", "Photo")} | {"Bio": {"S": "Sings."}}


@pytest.mark.parametrize(
    ("face_id", "attributes"),
    [("", {}), ("x" * 256, {}), ("f", {"FaceId": "g"}), ("f", {"": "x"}), ("f", {"Bio": "x" * 300_001})],
)
async def test_what_is_no_profile_is_refused(profiles: Profiles, face_id: str, attributes: dict[str, str]) -> None:
    with pytest.raises(BadRequestError):
        await profiles.put(face_id, attributes)


async def test_profiles_become_people_with_their_faces_once(tables: Tables, profiles: Profiles) -> None:
    people, alice_face, bob_face, old_face = tables.people(), a_face_id(), a_face_id(), a_face_id()
    await profiles.put(alice_face, {"Name": "Alice", "Bio": "Paints.", "Photo": "x" * 2001})
    await profiles.put(bob_face, {"Bio": "Sings."})
    await profiles.put(old_face, {"Name": "Carol"})
    faces = collected(alice_face) | collected(bob_face, external_image_id="bob_b")
    first = await importing(tables, faces).run()
    assert {each.outcome for each in first.values()} == {Outcome.TAKEN}
    assert [face_id for face_id, each in first.items() if not each.has_face] == [old_face]
    assert [face_id for face_id, each in first.items() if each.left_out] == [alice_face]

    alice = await people.get(first[alice_face].person_id or "")
    assert (alice.name, alice.state, alice.attributes) == ("Alice", State.KNOWN, {"Bio": "Paints."})
    [face] = await people.faces_of(alice.person_id)
    assert (face.face_id, face.source, face.bounding_box, face.sharpness) == (alice_face, Source.IMPORTED, BOX, None)
    bob = await people.get(first[bob_face].person_id or "")
    assert (bob.name, bob.external_id, bob.attributes) == ("bob_b", "bob_b", {"Bio": "Sings."})

    await people.change(bob.person_id, name="Bob")
    before = await people.everybody()
    again = await importing(tables, faces).run()
    assert {each.outcome for each in again.values()} == {Outcome.KNOWN}
    assert {each.person_id for each in again.values()} == {each.person_id for each in first.values()}
    assert await people.everybody() == before

    later = await importing(tables, collected(old_face)).run()  # it is in the collection after all
    assert (later[old_face].outcome, later[old_face].has_face) == (Outcome.TAKEN, True)
    assert [each.face_id for each in await people.faces_of(first[old_face].person_id or "")] == [old_face]


async def test_pages_together_are_everything_and_each_person_has_an_entry(tables: Tables, profiles: Profiles) -> None:
    face_ids = [a_face_id() for _ in range(7)]
    for number, face_id in enumerate(face_ids):
        await profiles.put(face_id, {"Name": f"Person {number}"})
    here = importing(tables, collected(*face_ids))
    assert len(await here.run(limit=3)) == 7
    assert len(await tables.people().everybody()) == 7
    for face_id in face_ids:
        [entry] = (await here.audit.of_person(person_id_of(face_id), limit=5)).entries
        assert (entry.action, entry.owner, entry.people) == (Action.IMPORTED, "somebody", (person_id_of(face_id),))
    await here.run()
    assert len((await here.audit.of_month(f"{NOON:%Y-%m}", limit=20)).entries) == 7  # nothing was done the second time


async def test_where_consent_is_required_nobody_is_imported_without(tables: Tables, profiles: Profiles) -> None:
    face_id = a_face_id()
    await profiles.put(face_id, {"Name": "Alice"})
    here = Importing(tables, collected(face_id), consents_required=True)
    with pytest.raises(ConsentMissingError):
        await here.run()
    assert await tables.people().everybody() == []
    given = Given(given_by="Everybody, on paper", purpose="The door")
    for _ in range(2):
        await here.run(consent=given)
    [consent] = await here.consents.of_person(person_id_of(face_id))
    assert (consent.purpose, consent.recorded_by) == ("The door", "somebody")


async def test_a_face_that_is_somebodys_already_stays_theirs(tables: Tables, profiles: Profiles) -> None:
    alice = await tables.people().create("Alice")
    face = a_face_of(alice)
    await tables.people().add_face(face)
    await profiles.put(face.face_id, {"Name": "Somebody else"})
    found = await importing(tables, collected(face.face_id)).run()
    assert (found[face.face_id].outcome, found[face.face_id].person_id) == (Outcome.KNOWN, alice.person_id)
    assert [person.name for person in await tables.people().everybody()] == ["Alice"]


async def test_who_was_merged_meanwhile_gets_no_face_by_an_import(tables: Tables, profiles: Profiles) -> None:
    people, face_id = tables.people(), a_face_id()
    await profiles.put(face_id, {"Name": "Alice"})
    made = (await importing(tables).run())[face_id].person_id or ""
    other = await people.create("Alice Example")
    await people.change(made, state=State.MERGED, merged_into=other.person_id)
    found = await importing(tables, collected(face_id)).run()
    assert found[face_id].outcome is Outcome.REFUSED
    assert other.person_id in (found[face_id].reason or "")
    assert await people.faces([face_id]) == {}


@pytest.mark.parametrize(
    "outcomes", [["fails"], ["loses its answer"], ["works", "fails"], ["works", "loses its answer"]]
)
async def test_an_interrupted_import_is_finished_by_the_next(
    tables: Tables, profiles: Profiles, outcomes: list[str]
) -> None:
    face_id = a_face_id()
    await profiles.put(face_id, {"Name": "Alice"})
    with pytest.raises(EndpointConnectionError):
        await importing(tables.breaking("works", *outcomes), collected(face_id)).run()  # the first is the audit's
    await importing(tables, collected(face_id)).run()
    [alice] = await tables.people().everybody()
    assert (alice.name, alice.face_ids) == ("Alice", (face_id,))


async def test_two_imports_at_once_make_nobody_twice(tables: Tables, profiles: Profiles) -> None:
    face_ids = [a_face_id() for _ in range(10)]
    for face_id in face_ids:
        await profiles.put(face_id, {"Name": "Alice"})
    both = await asyncio.gather(*(importing(tables, collected(*face_ids)).run() for _ in range(2)))
    assert not [each for found in both for each in found.values() if each.outcome is Outcome.REFUSED]
    everybody = await tables.people().everybody()
    assert len(everybody) == 10
    assert sorted(face_id for person in everybody for face_id in person.face_ids) == sorted(face_ids)
