"""A stranger is made once, whoever dies in the middle and however many pictures come at once."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from onlooker_recognizer.people.collection.answers import Found, Indexed, Unfit
from onlooker_recognizer.people.collection.crops import Crop
from onlooker_recognizer.people.collection.lookup import Looked
from onlooker_recognizer.people.collection.matching import Match, Thresholds
from onlooker_recognizer.people.identification.strangers import ENOUGH_FACES, Strangers
from onlooker_recognizer.people.identification.verdicts import Judge, Verdict
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import Source, State
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import BoundingBox, Quality
from recognitions import NOON, a_face, an_image

from .conftest import Tables

BOX = BoundingBox(left=0.4, top=0.4, width=0.2, height=0.2)


@dataclass
class Faces:
    """A collection in memory. A crop is text: who it is, and how alike others of theirs it is."""

    there: dict[tuple[bytes, str], str] = field(default_factory=dict)
    users: dict[str, set[str]] = field(default_factory=dict)
    fails: int = 0
    deleted: list[str] = field(default_factory=list)

    async def index(self, jpeg: bytes, *, person_id: str) -> Indexed | Unfit:
        if jpeg.startswith(b"blurred"):
            return Unfit(("LOW_SHARPNESS",))
        face_id = self.there.setdefault((jpeg, person_id), f"f{len(self.there)}")
        return Indexed(face_id, BOX, 99.0, Quality(brightness=80, sharpness=80), "7.0")

    async def associate(self, person_id: str, face_ids: list[str]) -> None:
        self.users[person_id] = set(face_ids)

    async def delete_faces(self, face_ids: list[str]) -> None:
        self.deleted += face_ids

    def search(self, jpeg: bytes) -> Found:
        """The same crop is alike beyond doubt, another of the same one as alike as it says."""
        who, _, alike = jpeg.decode().partition(" ")
        matches = [
            Match(face_id, 100.0 if other == jpeg else float(alike or 95))
            for (other, _), face_id in self.there.items()
            if other.decode().partition(" ")[0] == who
        ]
        return Found(BOX, tuple(sorted(matches, key=lambda match: -match.similarity)))


@dataclass
class Crops:
    """Where crops are put; broken, if so told."""

    kept: dict[str, bytes] = field(default_factory=dict)
    broken: bool = False

    async def put(self, face_id: str, jpeg: bytes) -> str:
        if self.broken:
            raise ConnectionResetError
        self.kept[face_id] = jpeg
        return f"crops/{face_id}.jpg"

    async def delete(self, key: str) -> None:
        self.kept.pop(key.removeprefix("crops/").removesuffix(".jpg"), None)


@dataclass
class Scene:
    """One recognizer's memory of strangers."""

    people: People
    faces: Faces = field(default_factory=Faces)
    crops: Crops = field(default_factory=Crops)
    strangers: Any = None

    def __post_init__(self) -> None:
        self.judge = Judge(self.people, Thresholds(90, 70))
        self.strangers = Strangers(
            lookup=self,
            judge=self.judge,
            collection=self.faces,
            people=self.people,
            crops=self.crops,
            clock=lambda: NOON,
        )

    def looked(self, who: str, box: BoundingBox = BOX) -> Looked:
        face = a_face().model_copy(update={"bounding_box": box})
        return Looked(face, Crop(who.encode(), box), self.faces.search(who.encode()))

    async def again(self, looked: Looked) -> Looked:
        return Looked(looked.face, looked.crop, self.faces.search(looked.crop.jpeg))

    async def see(self, who: str, image: ImageRef, *, taken: frozenset[str] = frozenset()) -> Verdict:
        since = self.strangers.added
        looked = self.looked(who)
        (verdict,) = await self.judge.decide([looked], image_id=image.image_id)
        return await self.strangers.meet(image, looked, verdict, since=since, taken=taken)


@pytest.fixture
def scene(tables: Tables) -> Scene:
    return Scene(tables.people())


def image(number: int) -> ImageRef:
    return an_image(f"{number}.jpg")


async def names(scene: Scene) -> list[str]:
    return [person.name for person in await scene.people.everybody()]


async def test_a_stranger_has_a_number_a_face_and_its_crop(scene: Scene) -> None:
    verdict = await scene.see("ann", image(1))
    assert verdict.person is not None
    assert (verdict.person.name, verdict.person.state, verdict.similarity) == ("Unknown 1", State.UNKNOWN, 100.0)
    (face,) = await scene.people.faces_of(verdict.person.person_id)
    assert (face.face_id, face.source, face.image_id) == (verdict.face_id, Source.SEEN, image(1).image_id)
    assert scene.crops.kept == {face.face_id: b"ann"}


async def test_who_ended_in_the_middle_makes_the_same_stranger_again(scene: Scene) -> None:
    scene.crops.broken = True  # the face is in the collection by then, and nobody's
    with pytest.raises(ConnectionResetError):
        await scene.see("ann", image(1))
    scene.crops.broken = False
    verdict = await scene.see("ann", image(1))
    assert verdict.person is not None
    assert await names(scene) == ["Unknown 1"]
    assert len(scene.faces.there) == 1
    again = await scene.see("ann", image(1))  # and what is recognized again is who it was
    assert again.person is not None
    assert again.person.person_id == verdict.person.person_id
    assert again.face_id == verdict.face_id


async def test_a_crowd_of_pictures_of_one_stranger_makes_one(scene: Scene) -> None:
    verdicts = await asyncio.gather(*(scene.see("ann 99", image(number)) for number in range(8)))
    assert {verdict.person.name for verdict in verdicts if verdict.person} == {"Unknown 1"}
    assert all(verdict.person for verdict in verdicts)


async def test_further_views_are_added_but_few_and_only_where_they_tell_more(scene: Scene) -> None:
    first = await scene.see("ann 99", image(1))
    await scene.see("ann 98.5", image(2))  # nothing new
    assert first.person is not None
    person_id = first.person.person_id
    assert len(await scene.people.faces_of(person_id)) == 1
    for number in range(3, 12):
        await scene.see(f"ann 95.{number}", image(number))
    assert len(await scene.people.faces_of(person_id)) == ENOUGH_FACES
    assert len(scene.faces.users[person_id]) == ENOUGH_FACES
    assert await names(scene) == ["Unknown 1"]


async def test_two_who_are_alike_in_one_picture_are_two(scene: Scene) -> None:
    first = await scene.see("ann", image(1))
    assert first.person is not None
    since = -1  # somebody was added since it was looked up
    looked = scene.looked("ann 93", BoundingBox(left=0.1, top=0.1, width=0.1, height=0.1))
    taken = {first.person.person_id}
    second = await scene.strangers.meet(image(1), looked, Verdict(), since=since, taken=taken)
    assert second.person is not None
    assert second.person.name == "Unknown 2"
    assert [person.name for person, _ in second.candidates] == ["Unknown 1"]


async def test_a_face_that_rekognition_finds_too_poor_is_nobodys(scene: Scene) -> None:
    assert (await scene.see("blurred", image(1))).person is None
    assert await names(scene) == []


async def test_who_is_known_gets_no_faces_by_being_seen(scene: Scene) -> None:
    first = await scene.see("ann", image(1))
    assert first.person is not None
    await scene.people.change(first.person.person_id, name="Ann", state=State.KNOWN)
    verdict = await scene.see("ann 92", image(2))
    assert verdict.person is not None
    assert verdict.person.name == "Ann"
    assert len(await scene.people.faces_of(first.person.person_id)) == 1


async def test_a_stranger_who_is_merged_this_moment_keeps_no_face_of_theirs(scene: Scene) -> None:
    first = await scene.see("ann", image(1))
    assert first.person is not None
    looked = scene.looked("ann 92")
    (verdict,) = await scene.judge.decide([looked], image_id=image(2).image_id)
    other = await scene.people.create("Ann")
    await scene.people.change(first.person.person_id, state=State.MERGED, merged_into=other.person_id)
    await scene.strangers.meet(image(2), looked, verdict, since=scene.strangers.added, taken=frozenset())
    assert len(scene.faces.deleted) == 1
    assert set(scene.crops.kept) == {first.face_id}
