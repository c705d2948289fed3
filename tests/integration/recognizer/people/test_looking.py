"""Whether people may be one is looked at in the background: each face once, nobody twice, nothing of who is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from structlog.testing import capture_logs

from onlooker_recognizer.people.collection.matching import Match, Thresholds
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_recognizer.people.registry.tombstones import Tombstones
from onlooker_recognizer.people.suggestions import looking as module
from onlooker_recognizer.people.suggestions.differences import Differences
from onlooker_recognizer.people.suggestions.items import open_key
from onlooker_recognizer.people.suggestions.looked_at import LookedAt
from onlooker_recognizer.people.suggestions.looking import Looking
from onlooker_recognizer.people.suggestions.pairs import Pairs
from onlooker_recognizer.people.suggestions.records import Bars, pair_id
from onlooker_recognizer.people.suggestions.table import Suggestions
from onlooker_recognizer.people.suggestions.timer import LONGEST_REST, LOOK_EVERY, SuggestionsTimer
from onlooker_shared.claims import Claims
from people_records import a_face_of, a_sighting
from recognitions import NOON, an_image

from .conftest import Tables


@dataclass
class Faces:
    """A collection that knows which faces are alike."""

    likeness: dict[frozenset[str], float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refuses: Exception | None = None
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """Happens while a face is searched by."""

    async def alike(self, face_id: str, *, threshold: float, most: int) -> tuple[Match, ...]:
        if self.refuses:
            raise self.refuses
        self.asked.append(face_id)
        if self.meanwhile:
            await self.meanwhile()
        found = [
            Match(next(iter(pair - {face_id})), similarity)
            for pair, similarity in self.likeness.items()
            if face_id in pair and similarity >= threshold
        ]
        return tuple(sorted(found, key=lambda match: -match.similarity))[:most]


@dataclass
class Scene:
    """People in an installation of their own, and what looks at their faces."""

    tables: Tables
    faces: Faces = field(default_factory=Faces)
    now: Any = NOON
    spent: bool = False
    """The month's budget."""

    def __post_init__(self) -> None:
        dynamodb, names = self.tables.dynamodb, self.tables.topology
        self.people: People = self.tables.people()
        self.judge = Judge(self.people, Thresholds(90, 70))
        table = names.people_suggestions.name
        self.suggestions = Suggestions(dynamodb, table, names.people.name)
        self.differences = Differences(dynamodb, table, names.people.name, self.judge)
        bars = Bars(suggest=80, person=90)
        self.pairs = Pairs(
            suggestions=self.suggestions,
            differences=self.differences,
            people=self.people,
            judge=self.judge,
            bars=bars,
        )
        self.bars = bars
        self.looking = self.another()

    def another(self) -> Looking:
        """What looks in another process."""
        return Looking(
            looked_at=LookedAt(self.tables.dynamodb, self.tables.topology.people_faces.name),
            collection=self.faces,
            people=self.people,
            judge=self.judge,
            sightings=self.tables.sightings(),
            suggestions=self.suggestions,
            pairs=self.pairs,
            bars=self.bars,
            saving=lambda: self.spent,
            clock=lambda: self.now,
        )

    def timestamp(self) -> float:
        return float(self.now.timestamp())

    async def stranger(self, image: Any = None) -> tuple[PersonRecord, str]:
        """Somebody with a face, and the face's id."""
        person = await self.people.create_unknown()
        return person, await self.face(person, image)

    async def face(self, person: PersonRecord, image: Any = None) -> str:
        face = a_face_of(person, image=image)
        await self.people.add_face(face)
        return face.face_id

    def are_alike(self, one: str, other: str, similarity: float = 85) -> None:
        self.faces.likeness[frozenset({one, other})] = similarity

    async def look(self) -> None:
        """Look until there is nothing left."""
        async with asyncio.timeout(20):
            while await self.looking.round(lambda: True):
                pass

    async def pairs_now(self) -> set[frozenset[str]]:
        found, _ = await self.pairs.page(limit=200, after=None)
        return {frozenset(pair.suggestion.people) for pair in found}

    async def merge(self, person: PersonRecord, into: PersonRecord) -> None:
        """Merge somebody as `Grouping` does."""
        await self.people.change(person.person_id, state=State.MERGED, merged_into=into.person_id)
        for face in await self.people.faces_of(person.person_id):
            await self.people.move_face(face.face_id, into.person_id)
        await self.differences.move(person.person_id, into.person_id)

    async def erase(self, person: PersonRecord) -> None:
        """Bury somebody, as an erasure begins."""
        names = self.tables.topology
        tombstones = Tombstones(self.tables.dynamodb, names.people.name, names.sightings.name)
        now = await self.people.get(person.person_id)
        assert await self.people.bury(now, tombstones.set(person.person_id, person.person_id, NOON))


def both(one: PersonRecord, other: PersonRecord) -> frozenset[str]:
    return frozenset({one.person_id, other.person_id})


@pytest.fixture
def scene(tables: Tables) -> Scene:
    return Scene(tables)


async def test_two_strangers_who_are_alike_are_suggested_and_each_face_is_searched_by_once(scene: Scene) -> None:
    (one, a), (two, b), (_, c) = [await scene.stranger() for _ in range(3)]
    scene.are_alike(a, b, 85)
    scene.are_alike(b, c, 79)
    await scene.look()
    await scene.look()
    await scene.another().round(lambda: True)
    assert await scene.pairs_now() == {both(one, two)}
    assert sorted(scene.faces.asked) == sorted([a, b, c])


async def test_of_many_faces_of_two_people_the_most_alike_ones_are_shown(scene: Scene) -> None:
    (one, a), (two, b) = await scene.stranger(), await scene.stranger()
    scene.are_alike(a, b, 82)
    await scene.look()
    scene.are_alike(await scene.face(one), b, 88)
    scene.are_alike(a, await scene.face(two), 81)
    await scene.look()
    ((pair,), _) = await scene.pairs.page(limit=10, after=None)
    assert pair.suggestion.similarity == 88
    assert pair.face_of(two) == b


async def test_two_who_were_seen_in_one_picture_are_two(scene: Scene) -> None:
    together = an_image("both.jpg")
    (one, a), (two, b) = await scene.stranger(together), await scene.stranger()
    await scene.tables.sightings().settle(
        together.image_id, [a_sighting(one, together), a_sighting(two, together, similarity=96)]
    )
    scene.are_alike(a, b, 89)
    await scene.look()
    assert await scene.pairs_now() == set()


async def test_who_is_not_the_same_is_never_suggested_again(scene: Scene) -> None:
    (one, a), (two, b) = await scene.stranger(), await scene.stranger()
    scene.are_alike(a, b)
    await scene.look()
    assert await scene.differences.differ(one.person_id, two.person_id)
    scene.are_alike(await scene.face(one), b, 99.9)
    await scene.look()
    assert await scene.pairs_now() == set()
    assert await scene.suggestions.open() == []


async def test_nor_whoever_both_are_merged_into_later(scene: Scene) -> None:
    people = [await scene.stranger() for _ in range(4)]
    (one, _), (two, _), (three, c), (four, d) = people
    await scene.differences.differ(one.person_id, two.person_id)
    await scene.merge(one, three)
    assert await scene.differences.are_different(three.person_id, two.person_id)
    await scene.merge(two, four)
    scene.are_alike(c, d, 99)
    await scene.look()
    assert await scene.differences.are_different(four.person_id, three.person_id)
    assert await scene.pairs_now() == set()
    keys = {(each["about"]["S"], each["entry_id"]["S"]) for each in await scene.tables.items("people_suggestions")}
    assert not any(old.person_id in key for old in (one, two) for pair in keys for key in pair)


async def test_nor_while_a_merge_is_under_way(scene: Scene) -> None:
    (one, a), (two, b), (three, _) = [await scene.stranger() for _ in range(3)]
    await scene.differences.differ(one.person_id, two.person_id)
    await scene.people.change(one.person_id, state=State.MERGED, merged_into=three.person_id)  # and no further
    scene.are_alike(a, b, 99)
    await scene.look()
    assert await scene.pairs_now() == set()


async def test_a_suggestion_follows_its_faces(scene: Scene) -> None:
    (one, a), (two, b), (three, _), (four, _) = [await scene.stranger() for _ in range(4)]
    scene.are_alike(a, b)
    await scene.look()
    await scene.merge(one, three)  # a chain
    await scene.merge(three, four)
    assert await scene.pairs_now() == {both(four, two)}
    assert await scene.pairs.find(pair_id(one.person_id, two.person_id)) is None
    assert await scene.pairs.find(pair_id(four.person_id, two.person_id)) is not None
    await scene.merge(two, four)  # it is decided by that
    assert await scene.pairs_now() == set()
    await scene.pairs.tidy()
    assert await scene.suggestions.open() == []


async def test_a_face_that_became_somebody_elses_is_looked_at_again(scene: Scene) -> None:
    (one, a), (two, b), (three, _) = [await scene.stranger() for _ in range(3)]
    scene.are_alike(a, b)
    await scene.differences.differ(one.person_id, two.person_id)
    await scene.look()
    await scene.people.move_face(a, three.person_id)
    await scene.look()
    assert await scene.pairs_now() == {both(three, two)}


async def test_nothing_of_who_is_erased_meanwhile_comes_back(scene: Scene) -> None:
    (one, a), (two, b), (_, c) = [await scene.stranger() for _ in range(3)]
    scene.are_alike(a, b)
    scene.are_alike(b, c)

    async def erase() -> None:
        scene.faces.meanwhile = None
        await scene.erase(two)

    scene.faces.meanwhile = erase
    await scene.look()
    assert two.person_id not in str(await scene.tables.items("people_suggestions"))
    assert not await scene.differences.differ(one.person_id, two.person_id)
    assert two.person_id not in str(await scene.tables.items("people_suggestions"))
    assert await scene.pairs_now() == set()


async def test_who_is_erased_after_the_suggestion_is_not_shown(scene: Scene) -> None:
    (one, a), (two, b) = await scene.stranger(), await scene.stranger()
    scene.are_alike(a, b)
    await scene.look()
    await scene.erase(one)
    assert await scene.pairs_now() == set()
    assert await scene.pairs.find(pair_id(one.person_id, two.person_id)) is None


async def test_faces_that_a_restored_collection_knows_otherwise_are_looked_at_again(scene: Scene) -> None:
    (one, a), (two, b) = await scene.stranger(), await scene.stranger()
    scene.are_alike(a, b)
    await scene.look()
    await scene.people.remove_face(a)
    again = await scene.face(one)
    assert await scene.pairs_now() == set()
    scene.are_alike(again, b)
    await scene.look()
    assert await scene.pairs_now() == {both(one, two)}


async def test_a_damaged_suggestion_is_in_nobodys_way(scene: Scene) -> None:
    (one, a), (two, b) = await scene.stranger(), await scene.stranger()
    scene.are_alike(a, b)
    await scene.look()
    table, key = scene.tables.topology.people_suggestions.name, open_key(pair_id(one.person_id, two.person_id))
    await scene.tables.dynamodb.put_item(TableName=table, Item={**key, "body": {"S": "{"}})
    scene.are_alike(await scene.face(one), b)
    await scene.look()
    assert await scene.pairs_now() == {both(one, two)}
    await scene.tables.dynamodb.put_item(TableName=table, Item={**key, "body": {"S": "{"}})
    assert await scene.pairs_now() == set()
    assert await scene.suggestions.count() == 0


async def test_two_recognizers_at_once_suggest_each_pair_once(scene: Scene) -> None:
    strangers = [await scene.stranger() for _ in range(4)]
    for number, (_, face) in enumerate(strangers):
        for _, other in strangers[number + 1 :]:
            scene.are_alike(face, other, 80 + number)
    await asyncio.gather(scene.look(), *(scene.another().round(lambda: True) for _ in range(2)))
    assert len(await scene.pairs_now()) == len(await scene.suggestions.open()) == 6


async def test_a_round_is_bounded_and_the_next_one_goes_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    faces = {(await scene.stranger())[1] for _ in range(5)}
    asked = []
    while await scene.looking.round(lambda: True):
        asked.append(len(scene.faces.asked))
    assert asked == [2, 4, 5]
    assert set(scene.faces.asked) == faces


async def test_nobody_looks_for_more_while_enough_wait_for_somebody(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OPEN", 1)
    (one, a), (two, b) = await scene.stranger(), await scene.stranger()
    scene.are_alike(a, b)
    await scene.look()
    _, later = await scene.stranger()
    await scene.look()
    assert later not in scene.faces.asked
    await scene.differences.differ(one.person_id, two.person_id)
    await scene.look()
    assert later in scene.faces.asked


async def test_nobody_is_searched_by_while_the_budget_is_spent(scene: Scene) -> None:
    (one, a), (two, b) = await scene.stranger(), await scene.stranger()
    scene.are_alike(a, b)
    scene.spent = True
    assert not await scene.looking.round(lambda: True)
    assert scene.faces.asked == []
    scene.spent = False
    await scene.look()
    assert await scene.pairs_now() == {both(one, two)}


async def test_pages_begin_where_the_last_one_ended_also_if_people_changed_meanwhile(scene: Scene) -> None:
    strangers = [await scene.stranger() for _ in range(4)]
    for number, (_, face) in enumerate(strangers):
        for _, other in strangers[number + 1 :]:
            scene.are_alike(face, other, 90 - number)
    await scene.look()
    seen: list[float] = []
    after = None
    while True:
        found, after = await scene.pairs.page(limit=2, after=after)
        seen += [pair.suggestion.similarity for pair in found]
        if after is None:
            break
        (new, _) = await scene.stranger()
        await scene.people.move_face(found[-1].suggestion.faces[0], new.person_id)
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 6


def denied() -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "SearchFaces")


async def test_what_is_denied_is_logged_once_and_tried_seldom(scene: Scene) -> None:
    await scene.stranger()
    claims = Claims(scene.tables.dynamodb, scene.tables.topology.claims.name, clock=scene.timestamp)
    timer, other = SuggestionsTimer(scene.looking, claims), SuggestionsTimer(scene.another(), claims)
    scene.faces.refuses = denied()
    with capture_logs() as logs:
        assert [await timer.look(), await timer.look()] == [LONGEST_REST] * 2
        assert await other.look() == LOOK_EVERY  # it is not its turn
        scene.faces.refuses = None
        assert await timer.look() == 0
        assert await timer.look() == LOOK_EVERY
    assert [each["event"] for each in logs if each["event"].startswith("suggestions")] == [
        "suggestions.not_looked",
        "suggestions.looking_again",
    ]
    scene.now += timedelta(minutes=4)
    assert await other.look() == LOOK_EVERY  # another takes over
    assert len(scene.faces.asked) == 1


async def test_who_is_away_is_asked_less_and_less_often(scene: Scene) -> None:
    await scene.stranger()
    claims = Claims(scene.tables.dynamodb, scene.tables.topology.claims.name)
    timer = SuggestionsTimer(scene.looking, claims)
    scene.faces.refuses = ConnectionError("away")
    rests = [await timer.look() for _ in range(7)]
    assert rests == [60, 120, 240, 480, 900, 900, 900]
