"""What stands in the leaves of conditions: ranges of numbers, one text or several, hours of the day."""

from datetime import time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

MOST_TEXTS = 100
"""Texts that one leaf takes."""
LONGEST_TEXT = 200
"""Characters of one of them; people's names have as many at most."""
MIDNIGHT = "24:00"
"""The end of a day."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Piece(BaseModel):
    """A frozen piece of a condition. What is not said in it is not there when it is written down again."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> Any:
        return {name: value for name, value in handler(self).items() if value is not None}


def _listed(value: object) -> object:
    if value in ([], ()):
        raise ValueError("nothing stands here")
    return (value,) if isinstance(value, str) else value


def _short(texts: tuple[str, ...]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
OneOrMore = BeforeValidator(_listed, json_schema_input_type=str | list[str])
"""Takes one text in place of a list of one."""
AsWritten = PlainSerializer(_short)
"""Writes a list of one as the text."""
Texts = Annotated[tuple[Text, ...], Field(max_length=MOST_TEXTS), OneOrMore, AsWritten]


class Range(Piece):
    """Numbers from, to, or both; the ends are in it."""

    at_least: float | None = Field(default=None, ge=0)
    at_most: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("give `at_least`, `at_most` or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"`at_least` {self.at_least:g} is more than `at_most` {self.at_most:g}: nothing is both")
        return self

    def holds(self, number: float) -> bool:
        """Whether a number is in it."""
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)

    def __str__(self) -> str:
        ends = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{word} {end:g}" for word, end in ends if end is not None)


class Percents(Range):
    """A range of percentages."""

    at_least: float | None = Field(default=None, ge=0, le=100)
    at_most: float | None = Field(default=None, ge=0, le=100)


class Count(Range):
    """A range of whole numbers."""

    at_least: int | None = Field(default=None, ge=0, le=1_000_000)
    at_most: int | None = Field(default=None, ge=0, le=1_000_000)


def _exactly(value: object) -> object:
    return {"at_least": value, "at_most": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _as_number(count: Count) -> object:
    return count.at_least if count.at_least == count.at_most else count.model_dump()


Times = Annotated[Count, BeforeValidator(_exactly, json_schema_input_type=int | Count), PlainSerializer(_as_number)]
"""How often: a range, or the number itself."""


def _clock(text: str) -> str:
    try:
        hour, minute = (int(part) for part in text.split(":"))
        time(hour, minute)
    except ValueError as error:
        raise ValueError(f"'{text}' is no time of day; write it as '22:30'") from error
    return f"{hour:02d}:{minute:02d}"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder of zones
        raise ValueError(f"'{name}' is no time zone of the IANA database, such as 'Europe/Berlin'") from error
    return name


def _end(text: str) -> str:
    return text if text == MIDNIGHT else _clock(text)


Clock = Annotated[str, Field(max_length=5), AfterValidator(_clock)]
End = Annotated[str, Field(max_length=5), AfterValidator(_end)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]


class Window(Piece):
    """Hours of the day, of some or all days of the week. One over midnight belongs to the day on which it begins."""

    from_: Clock = Field(default="00:00", alias="from", description="The minute with which it begins.")
    to: End = Field(default=MIDNIGHT, description="The minute before which it ends; 24:00 is that of the day.")
    days: Annotated[tuple[Day, ...], OneOrMore] | None = None
    zone: Zone = "UTC"

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.from_ == self.to:
            raise ValueError(f"`from` and `to` are both {self.to}: it has no length; leave both out for whole days")
        return self

    @property
    def minutes(self) -> tuple[int, int]:
        """The first minute of the day, and the one after the last; the latter is smaller over midnight."""
        return minute(self.from_), minute(self.to)


SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
"""Of the units in which people write how long something lasts."""
SHORTEST, LONGEST = 30, 30 * 86_400
"""Seconds that may be asked for."""


def seconds_of(lasting: str) -> int:
    """Return how long "30m" is."""
    return int(lasting[:-1]) * SECONDS[lasting[-1]]


def _lasting(text: str) -> str:
    if not text[:-1].isdecimal() or not text.isascii() or text[-1] not in SECONDS:
        raise ValueError(f"'{text}' is no length of time; write it as '90s', '30m', '2h' or '1d'")
    if not SHORTEST <= seconds_of(text) <= LONGEST:
        raise ValueError(f"'{text}' is not from 30s to 30d")
    return text


Lasting = Annotated[str, Field(min_length=2, max_length=8), AfterValidator(_lasting)]
"""How long, in words such as `30m`."""


def minute(clock: str) -> int:
    """Return the minute of the day."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
