"""Every index answers what looking at every document answers: random collections, random questions."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args

import pytest

from indexing import counts
from onlooker_shared.recognition import EmotionType
from onlooker_tagger import documents
from onlooker_tagger.documents import Deletion, Document, FaceSummary
from onlooker_tagger.index import Index
from onlooker_tagger.queries import Aspect, ImageQuery, StatisticsQuery, SuggestionQuery, Within
from oracle import Oracle
from recognitions import Found, a_color, a_face, a_label, a_line, a_recognition, a_warning, an_image

OBJECTS = 200
QUESTIONS, AT_ONCE = 100, 4
AT_A_TIME = 70
"""Things that happen together."""
ROUNDED = 0.001
"""By which two ranks may differ and count as one: OpenSearch calculates them with seven digits."""
FIRST = datetime(2026, 2, 27, 21, 0, 0, tzinfo=UTC)
EMOTIONS = get_args(EmotionType)[:4]
LABELS = {
    "Dog": ("Animal", "Pet"),
    "Poodle": ("Dog", "Animal"),
    "Cat": ("Animal", "Pet"),
    "Airliner": ("Vehicle",),
    "Airplane": ("Vehicle",),
    "Mobile Phone": ("Electronics",),
    "Coffee Cup": ("Cup",),
    "Cup": (),
    "Tree": ("Plant",),
    "Person": (),
    "Café": (),
}
ALIASES = {"Poodle": ("Barbet",), "Mobile Phone": ("Cell Phone",)}
PEOPLE = ("Ann Lee", "Zoë Müller", "Bo", "Cat Stevens", "José Núñez", "李小龍")
LINES = ("NO PARKING", "jumbo cell", "Café Müller", "STOP 42", "dogs welcome", "e-mail: ann@cups.org", "ÖFFNUNGSZEITEN")
FOLDERS = ("", "dogs/", "dogs/2026/", "dogs/2026-02/", "cats & co/", "é/ü/", "cam_1/")
FILES = ("IMG_{}.jpg", "my dog {}.png", "{}", "cup-{}.JPG")
WARNINGS = (("Weapons", "Violence"), ("Violence", None), ("Alcohol", None))
COLORS = ("red", "green", "blue", "Grey")
REASONS = ("It is empty.", "It is no picture.")
WORDS = (
    *("dog", "dogs", "puppy", "Puppies!", "pup", "jet", "jumbo jet", "plane", "cell phone", "phone", "cup", "cups"),
    *("coffee", "c", "ca", "cat", "ann", "ann lee", "müller", "MULLER cafe", "zoe", "josé", "李", "parking", "stop 42"),
    *("img", "img_1", "my-dog", "2026", "2026-02", "e-mail", "cups.org", "jpg", "animal", "pet cat", "nothing", "4"),
)
TYPED = ("d", "do", "dog", "dogs/", "p", "pup", "c", "ca", "cat", "ce", "cell p", "m", "mü", "z", "jo", "e", "s", "4")
TYPED += ("an", "ann l", "lee", "202", "co", "cat s", "xyz", "-dog", "c\x00a", "李", "off", "park")
WITHIN = (
    Within(),
    Within(),
    Within(bucket="images"),
    Within(bucket="images", prefix="dogs/"),
    Within(prefix="dogs/2026"),
)


class Maker:
    """Makes documents and questions by throwing dice."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def collection(self) -> tuple[list[Document | Deletion], list[Document]]:
        """What happens, and what is to be found afterwards."""
        happening: list[Document | Deletion] = []
        standing: list[Document] = []
        dice, seen = self._dice, set()
        for n in range(OBJECTS):
            bucket = dice.choice(("images", "images", "other"))
            key = dice.choice(FOLDERS) + dice.choice(FILES).format(n // 2)
            if (bucket, key) in seen:
                continue
            seen.add((bucket, key))
            uploads = [self._document(bucket, key, n, upload) for upload in range(dice.choice((1, 1, 2)))]
            happening += uploads
            if dice.random() < 0.1:
                last = uploads[-1].uploaded_at
                happening.append(Deletion(bucket=bucket, key=key, sequencer=f"{3:018X}", deleted_at=last))
            else:
                standing.append(uploads[-1])
        dice.shuffle(happening)
        return happening, standing

    def withins(self) -> list[Within]:
        """Who asks: for each question one."""
        return self._dice.choices(WITHIN, k=QUESTIONS)

    def filters(self) -> dict[str, Any]:
        """A few filters, most of which leave something."""
        dice = self._dice
        low, faces = dice.randrange(0, 80), dice.randint(0, 2)
        since = FIRST + timedelta(minutes=dice.randint(-100, 4000), microseconds=dice.randint(0, 5000))
        possible: dict[str, Callable[[], Any]] = {
            "q": self.text,
            "label": lambda: dice.sample([*LABELS, "ANIMAL", "pet", "vehicle"], dice.randint(1, 2)),
            "person": lambda: [dice.choice([*PEOPLE, "ann lee", "ZOË MÜLLER", "Ann"])],
            "person_id": lambda: [dice.choice(["p1", "P1", "p"])],
            "emotion": lambda: dice.choice(EMOTIONS),
            "min_age": lambda: low,
            "max_age": lambda: low + dice.randrange(0, 40),
            "min_faces": lambda: faces,
            "max_faces": lambda: faces + dice.randint(0, 1),
            "moderation": lambda: dice.choice(("violence", "Weapons", "alcohol", "x")),
            "moderated": lambda: dice.random() < 0.5,
            "color": lambda: dice.sample([*COLORS, "GREY"], dice.randint(1, 2)),
            "from": lambda: since,
            "to": lambda: since + timedelta(minutes=dice.randint(0, 4000)),
            "bucket": lambda: dice.choice(("images", "other", "none")),
            "prefix": lambda: dice.choice((*FOLDERS, "d", "dogs/2026/IMG_", "cats & co/my", "é/", "1")),
            "state": lambda: dice.choice(("recognized", "failed")),
        }
        return {name: possible[name]() for name in dice.sample(sorted(possible), dice.choice((0, 1, 1, 2, 3)))}

    def text(self) -> str:
        return " ".join(self._dice.choices(WORDS, k=self._dice.choice((1, 1, 2, 3))))

    def search(self, standing: list[Document], within: Within) -> dict[str, Any]:
        asked = self.filters()
        visible = [each.image_id for each in standing if within.covers(each)]
        if visible and self._dice.random() < 0.25:
            asked["similar_to"] = self._dice.choice(visible)
        return asked | {
            "sort": self._dice.choice((None, None, "newest", "oldest")),
            "limit": self._dice.choice((20, 100, 500)),
        }

    def statistics(self) -> dict[str, Any]:
        asked = self.filters() | {"interval": self._dice.choice(("minute", "hour", "day", "month"))}
        if self._dice.random() < 0.3:
            asked["include"] = self._dice.sample(get_args(Aspect), 3)
        return asked

    def typed(self) -> tuple[str, int]:
        return self._dice.choice(TYPED), self._dice.choice((3, 10, 20))

    def _document(self, bucket: str, key: str, n: int, at: int) -> Document:
        dice = self._dice
        moment = FIRST + timedelta(minutes=20 * (n // 3) + at, microseconds=dice.choice((0, 999, 1000, 500_000)))
        image = an_image(key, bucket=bucket, content=f"{n}/{at}", uploaded_at=moment, sequencer=f"{at + 1:018X}")
        if dice.random() < 0.1:
            return documents.failed(image, dice.choice(REASONS))
        found: list[Found] = [
            a_label(name, *LABELS[name], aliases=ALIASES.get(name, ()))
            for name in dice.sample(sorted(LABELS), dice.choice((0, 1, 2, 3, 5)))
        ]
        found += [a_line(line) for line in dice.sample(LINES, dice.choice((0, 0, 1, 2)))]
        found += [a_warning(*warning) for warning in dice.sample(WARNINGS, dice.choice((0, 0, 0, 1, 2)))]
        found += [a_color(color) for color in dice.sample(COLORS, dice.choice((0, 1, 2)))]
        found += [self._face() for _ in range(dice.choice((0, 0, 1, 1, 2, 4)))]
        document = documents.recognized(image, a_recognition(*found, recognized_at=moment))
        return document.model_copy(update={"faces": tuple(map(self._perhaps_ageless, document.faces))})

    def _face(self) -> Any:
        low = self._dice.randrange(0, 90)
        emotion, name = self._dice.choice((None, *EMOTIONS)), self._dice.choice((None, None, *PEOPLE))
        return a_face(emotion, age=(low, low + self._dice.randrange(0, 12)), name=name)

    def _perhaps_ageless(self, face: FaceSummary) -> FaceSummary:
        unknown = {"age_low": None, "age_high": None}
        return face.model_copy(update=unknown) if self._dice.random() < 0.2 else face


@pytest.fixture
async def filled(index: Index) -> tuple[Index, Oracle, list[Document]]:
    happening, standing = Maker(seed=1).collection()
    for n in range(0, len(happening), AT_A_TIME):  # so that some things change that were there before
        some = happening[n : n + AT_A_TIME]
        await asyncio.gather(*(index.put(one) if isinstance(one, Document) else index.delete(one) for one in some))
    return index, Oracle(standing), standing


Filled = tuple[Index, Oracle, list[Document]]


async def test_searches_find_what_looking_at_each_document_finds(filled: Filled) -> None:
    index, oracle, standing = filled
    made = Maker(seed=2)

    async def check(within: Within, asked: dict[str, Any]) -> None:
        query = ImageQuery.model_validate(asked)
        expected, found = oracle.found(query, within), await paged(index, within, **asked)
        assert sorted(found) == sorted(expected), asked
        values = [expected[image_id] * (-1 if query.order == "oldest" else 1) for image_id in found]
        assert all(one >= other - ROUNDED for one, other in pairwise(values)), (asked, values)

    await few_at_once(check(within, made.search(standing, within)) for within in made.withins())


async def test_statistics_count_what_looking_at_each_document_counts(filled: Filled) -> None:
    index, oracle, _ = filled
    made = Maker(seed=3)

    async def check(within: Within, asked: dict[str, Any]) -> None:
        expected = oracle.statistics(StatisticsQuery.model_validate(asked), within)
        assert await counts(index, within, **asked) == expected, (asked, within)

    await few_at_once(check(within, made.statistics()) for within in made.withins())


async def test_suggestions_are_the_names_that_begin_so_wherever_they_stand(filled: Filled) -> None:
    index, oracle, _ = filled
    made = Maker(seed=4)

    async def check(within: Within, typed: str, limit: int) -> None:
        found = await index.suggest(SuggestionQuery(q=typed, limit=limit), within)
        assert found == oracle.suggestions(typed, limit, within), (typed, within)

    await few_at_once(check(within, *made.typed()) for within in made.withins())


async def few_at_once(checks: Iterable[Awaitable[None]]) -> None:
    """Make checks, as many at once as keep an index busy."""
    left = iter(checks)

    async def some() -> None:
        for check in left:
            await check

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def paged(index: Index, within: Within, **asked: Any) -> list[str]:
    """The ids of all that a search finds, page by page."""
    found: list[str] = []
    page = await index.search(ImageQuery.model_validate(asked), within)
    found += [document.image_id for document in page.images]
    while page.cursor is not None:
        page = await index.search(ImageQuery.model_validate({**asked, "cursor": page.cursor}), within)
        found += [document.image_id for document in page.images]
    return found
