"""What can be asked of the index and what it answers, as data."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from onlooker_shared import cursor
from onlooker_shared.errors import BadRequestError
from onlooker_shared.keys import Principal
from onlooker_shared.recognition import EmotionType
from onlooker_tagger.documents import Document, State

MAX_TEXT = 500
"""Characters of a free-text search; longer ones are mistakes."""
MAX_LIMIT = 500
"""Pictures on one page."""
OLDEST_AGE = 150
MOST_FACES = 10_000
"""In one picture that may be asked for; Rekognition finds 100."""
LARGEST = 2**63 - 1
"""What an index can compare with."""
TOP_LABELS = 50
"""Labels that statistics name at most."""
TIMELINE_LIMIT = 366
"""Days or hours that statistics go back at most, counted from the newest picture."""

T = TypeVar("T", int, datetime)
Sort = Literal["newest", "relevance"]
Interval = Literal["day", "hour"]


def _with_a_word(text: str) -> str:
    if not words(text):
        raise ValueError("holds no letter or digit to search for")
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

    q: Annotated[str, AfterValidator(_with_a_word)] | None = Field(
        default=None,
        max_length=MAX_TEXT,
        description="Words, all in labels, their parents, names or the file name; the last may be a beginning.",
    )
    label: tuple[Name, ...] = Field(default=(), max_length=20, description="Labels or parents, all of them; any case.")
    person: Name | None = Field(default=None, description="The name of somebody in the picture.")
    emotion: Annotated[EmotionType, BeforeValidator(_upper)] | None = Field(
        default=None, description="The most confident emotion of some face."
    )
    min_age: Age | None = Field(default=None, description="Some face may be this old or older.")
    max_age: Age | None = Field(default=None, description="Some face may be this old or younger.")
    min_faces: FaceCount | None = None
    max_faces: FaceCount | None = None
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

    sort: Sort | None = Field(default=None, description="`relevance` if there are words to search for, else `newest`.")
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, description="The `cursor` of the page before.")

    @property
    def order(self) -> Sort:
        """How the pictures are sorted."""
        if self.q is None:
            return "newest"
        return self.sort or "relevance"

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

    interval: Interval = "day"


class Within(BaseModel):
    """The part of all pictures that a caller may know of."""

    model_config = ConfigDict(frozen=True)

    bucket: str | None = None
    prefix: str = ""

    @classmethod
    def of(cls, principal: Principal) -> "Within":
        """Return what a key is bound to."""
        return cls(bucket=principal.bucket, prefix=principal.prefix)


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
    """How many faces show something, and which part of all faces that is."""

    share: float = Field(description="0..1")


class Period(BaseModel):
    """How many pictures were uploaded in a day or an hour."""

    model_config = ConfigDict(frozen=True)

    start: str = Field(description="UTC.")
    count: int


class Statistics(BaseModel):
    """Counts over pictures."""

    model_config = ConfigDict(frozen=True)

    total: int
    recognized: int
    failed: int
    faces: int
    labels: tuple[Count, ...] = Field(description="Most frequent first.")
    emotions: tuple[Share, ...] = Field(description="Most frequent first; of faces that show any.")
    timeline: tuple[Period, ...] = Field(description="Oldest first; periods without pictures are left out.")


def another_search() -> BadRequestError:
    """Return the error of a cursor that was not given out for the search that it came with."""
    return BadRequestError("This cursor belongs to another search; start again without one.")


def words(text: str) -> list[str]:
    """Return the words of a free-text search: what spaces separate, if there is a letter or digit in it."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return [word for word in printable.split() if any(char.isalnum() for char in word)]
