"""What can be asked of the index and what it answers, as data."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from onlooker_shared import cursor
from onlooker_shared.errors import BadRequestError
from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.keys import Principal
from onlooker_shared.recognition import EmotionType
from onlooker_tagger.documents import Document, State
from onlooker_tagger.facts import folded

MAX_TEXT = 500
"""Characters of a free-text search; longer ones are mistakes."""
MOST_WORDS = 50
"""Of a free-text search; each is looked for in four places, and an index takes a thousand conditions at once."""
MAX_LIMIT = 500
"""Pictures on one page."""
OLDEST_AGE = 150
MOST_FACES = 10_000
"""In one picture that may be asked for; Rekognition finds 100."""
LARGEST = 2**63 - 1
"""What an index can compare with."""
TOP = 50
"""Labels, people, colours, ... that statistics name at most of each."""
TIMELINE_LIMIT = 366
"""Periods that statistics go back at most, counted from the newest picture."""
MOST_SUGGESTIONS = 20

T = TypeVar("T", int, datetime)
Sort = Literal["newest", "oldest", "relevance"]
Interval = Literal["minute", "hour", "day", "month"]
Aspect = Literal[
    "labels", "persons", "person_ids", "emotions", "ages", "moderation", "colors", "folders", "failures", "timeline"
]
"""What statistics can count besides the totals."""
Kind = Literal["label", "person", "text", "folder"]
"""What a suggestion is: a label (or parent), a name, a word of text in pictures, or the beginning of keys."""


def _of_some_words(text: str) -> str:
    found = words(text)
    if not found:
        raise ValueError("holds no letter or digit to search for")
    if len(found) > MOST_WORDS:
        raise ValueError(f"holds {len(found)} words; search for {MOST_WORDS} at most")
    if len(folded(text)) > MAX_TEXT:  # some signs stand for whole sentences
        raise ValueError(f"is longer than {MAX_TEXT} letters once each sign is spelled out")
    return text


def _utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is before the year 1 or after the year 9999 in UTC") from error


def _is_empty(low: T | None, high: T | None) -> bool:
    return low is not None and high is not None and low > high


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Moment = Annotated[datetime, AfterValidator(_utc)]
Age = Annotated[int, Field(ge=0, le=OLDEST_AGE)]
FaceCount = Annotated[int, Field(ge=0, le=MOST_FACES)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class Filters(BaseModel):
    """Which pictures are meant. All that is given must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    q: Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_of_some_words)] | None = Field(
        default=None,
        description="Words, each in labels (their parents, aliases, synonyms), names, text in the picture or the file "
        "name; the last may be a beginning.",
    )
    label: tuple[Name, ...] = Field(default=(), max_length=20, description="Labels or parents, all of them; any case.")
    person: tuple[Name, ...] = Field(default=(), max_length=20, description="Names of people in it, all; any case.")
    person_id: tuple[Name, ...] = Field(
        default=(), max_length=20, description="Ids of people in it, all; they stay when names change."
    )
    emotion: Annotated[EmotionType, BeforeValidator(_upper)] | None = Field(
        default=None, description="The most confident emotion of some face."
    )
    min_age: Age | None = Field(default=None, description="Some face may be this old or older.")
    max_age: Age | None = Field(default=None, description="Some face may be this old or younger.")
    min_faces: FaceCount | None = None
    max_faces: FaceCount | None = None
    moderation: Name | None = Field(default=None, description="A moderation label or a parent of one; any case.")
    moderated: bool | None = Field(default=None, description="Whether there is any moderation label.")
    color: tuple[Name, ...] = Field(default=(), max_length=5, description="Plain colours in it, all: red, blue, ...")
    since: Moment | None = Field(
        default=None, alias="from", description="Uploaded at this time or later; UTC if unsaid."
    )
    until: Moment | None = Field(default=None, alias="to", description="Uploaded before this time.")
    bucket: Name | None = None
    prefix: str = Field(default="", max_length=1024, description="What the key begins with.")
    state: State | None = None

    @model_validator(mode="after")
    def _ranges_hold_something(self) -> Self:
        for name, empty in (
            ("age", _is_empty(self.min_age, self.max_age)),
            ("faces", _is_empty(self.min_faces, self.max_faces)),
            ("from/to", _is_empty(self.since, self.until)),
        ):
            if empty:
                raise ValueError(f"the range of {name} is empty: its lower end is above its upper end")
        return self


class ImageQuery(Filters):
    """One page of a search."""

    similar_to: Annotated[str, Field(pattern=IMAGE_ID_PATTERN)] | None = Field(
        default=None, description="The id of a picture: others that share labels with it, rare ones counting more."
    )
    sort: Sort | None = Field(
        default=None, description="`relevance` if there are words or a picture to compare with, else `newest`."
    )
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, description="The `cursor` of the page before.")

    @property
    def order(self) -> Sort:
        """How the pictures are sorted."""
        comparable = self.q is not None or self.similar_to is not None
        if self.sort is None:
            return "relevance" if comparable else "newest"
        return "newest" if self.sort == "relevance" and not comparable else self.sort

    def position(self) -> tuple[float, int] | None:
        """Return where the page begins: after this sort value and row.

        Raises:
            BadRequestError: the cursor was not given out for this search.
        """
        if self.cursor is None:
            return None
        found = cursor.decode(self.cursor)
        match found:
            case {"of": str(of), "at": [int() | float() as value, int(row)]} if (
                of == self._fingerprint() and abs(value) <= LARGEST and abs(row) <= LARGEST
            ):
                return float(value), row
        raise another_search()

    def cursor_at(self, value: float, row: int) -> str:
        """Return the cursor of the page after a sort value and row."""
        return cursor.encode({"of": self._fingerprint(), "at": [value, row]})

    def _fingerprint(self) -> str:
        asked = self.model_dump_json(exclude={"cursor", "limit", "sort"}) + self.order
        return hashlib.sha256(asked.encode()).hexdigest()[:12]


class StatisticsQuery(Filters):
    """Which pictures are counted, and how finely in time."""

    interval: Interval = Field(default="day", description="Of the timeline; in UTC.")
    include: frozenset[Aspect] | None = Field(default=None, description="What to count; all if unsaid.")

    def wants(self, aspect: Aspect) -> bool:
        """Whether something is to be counted."""
        return self.include is None or aspect in self.include


class SuggestionQuery(BaseModel):
    """What somebody has typed so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    q: str = Field(max_length=MAX_TEXT, description="The beginning of some word of what is suggested.")
    limit: int = Field(default=10, ge=1, le=MOST_SUGGESTIONS)


class Within(BaseModel):
    """The part of all pictures that a caller may know of."""

    model_config = ConfigDict(frozen=True)

    bucket: str | None = None
    prefix: str = ""

    @classmethod
    def of(cls, principal: Principal) -> "Within":
        """Return what a key is bound to."""
        return cls(bucket=principal.bucket, prefix=principal.prefix)

    def covers(self, document: Document) -> bool:
        """Whether a picture is among them."""
        return self.bucket in {None, document.bucket} and document.key.startswith(self.prefix)


class Page(BaseModel):
    """Some of what was found."""

    model_config = ConfigDict(frozen=True)

    images: tuple[Document, ...]
    cursor: str | None = Field(description="For the next page; null on the last.")


class Count(BaseModel):
    """How many pictures have something."""

    model_config = ConfigDict(frozen=True)

    name: str
    count: int


class Share(Count):
    """How many faces show something, and which part of the faces that is."""

    share: float = Field(description="0..1")


class Period(BaseModel):
    """What was uploaded in a period."""

    model_config = ConfigDict(frozen=True)

    start: str = Field(description="UTC: 2026-11-21, 2026-11 for months, 2026-11-21T14:00:00Z for hours and minutes.")
    count: int = Field(description="Pictures.")
    failed: int = 0
    faces: int = 0
    emotions: dict[EmotionType, int] = Field(default={}, description="Faces by their most confident emotion.")


class Statistics(BaseModel):
    """Counts over pictures. What was not asked for, or never occurs, is empty."""

    model_config = ConfigDict(frozen=True)

    total: int
    recognized: int
    failed: int
    faces: int
    labels: tuple[Count, ...] = Field(default=(), description="Most frequent first, as all of these lists.")
    persons: tuple[Count, ...] = Field(default=(), description="Pictures by who is in them.")
    person_ids: tuple[Count, ...] = Field(default=(), description="Likewise, by their ids: two may have one name.")
    emotions: tuple[Share, ...] = Field(default=(), description="Of faces that show any.")
    ages: tuple[Count, ...] = Field(
        default=(), description="Faces by decade of the middle of the range; youngest first."
    )
    moderation: tuple[Count, ...] = Field(default=(), description="Pictures by moderation label.")
    colors: tuple[Count, ...] = Field(default=(), description="Pictures by plain colour.")
    folders: tuple[Count, ...] = Field(default=(), description="Pictures by all of the key up to its last slash.")
    failures: tuple[Count, ...] = Field(default=(), description="Failed pictures by reason.")
    timeline: tuple[Period, ...] = Field(default=(), description="Oldest first; periods without pictures are left out.")


class Suggestion(BaseModel):
    """Something that can be searched for."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    name: str
    count: int = Field(description="Pictures that have it.")
    matched: str | None = Field(default=None, description="The synonym that was typed, where the name was not.")


class Suggestions(BaseModel):
    """What may be meant, best first."""

    model_config = ConfigDict(frozen=True)

    suggestions: tuple[Suggestion, ...]


def another_search() -> BadRequestError:
    """Return the error of a cursor that was not given out for the search that it came with."""
    return BadRequestError("This cursor belongs to another search; start again without one.")


def words(text: str) -> list[str]:
    """Return the words of a free-text search: what spaces separate, if there is a letter or digit in it."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return [word for word in printable.split() if any(char.isalnum() for char in word)]
