"""Conditions as data: what may be written in a rule's `when`. Only the shape; `matching` knows what it means."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from onlooker_notifier.conditions import patterns
from onlooker_notifier.conditions.values import (
    MOST_TEXTS,
    AsWritten,
    Count,
    Lasting,
    OneOrMore,
    Percents,
    Piece,
    Text,
    Texts,
    Times,
    Window,
    seconds_of,
)
from onlooker_shared.recognition import EmotionType
from onlooker_shared.topology import topology

DEEPEST = 8
"""Conditions within one another."""
MOST = 100
"""Conditions in one rule, with those that only join others."""


class PersonLeaf(Piece):
    """Whose a face is."""

    name: Text | None = Field(default=None, description="What they are called.")
    any_of: Texts | None = Field(default=None, description="What they are called, or their ids.")
    known: Literal[True] | None = Field(default=None, description="Anybody who has a name.")
    unknown: Literal[True] | None = Field(default=None, description="Somebody who resembles nobody with a name.")
    times: Times | None = Field(
        default=None, description="Of a stranger who is remembered: how often seen by then, this time included."
    )
    similarity: Percents | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        kinds = ("name", "any_of", "known", "unknown")
        given = [kind for kind in kinds if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {_or(kinds)}" + (f"; here are {_and(given)}" if given else ""))
        if self.times is not None and not self.unknown:
            raise ValueError(f"`times` counts strangers; it goes with `unknown`, not with `{given[0]}`")
        return self


def _upper(value: object) -> object:
    if not isinstance(value, list | tuple):
        return value
    return tuple(each.upper() if isinstance(each, str) else each for each in value)


Emotions = Annotated[tuple[EmotionType, ...], BeforeValidator(_upper), OneOrMore, AsWritten]


class EmotionLeaf(Piece):
    """What a face looks like: most of all, or with some confidence."""

    is_: Emotions = Field(alias="is")
    confidence: Percents | None = None


class FaceLeaf(Piece):
    """What holds of one and the same face."""

    person: PersonLeaf | None = None
    emotion: EmotionLeaf | None = None

    @model_validator(mode="after")
    def _is_some(self) -> Self:
        if self.person is None and self.emotion is None:
            raise ValueError("give `person`, `emotion` or both")
        return self


class LabelLeaf(Piece):
    """A label; who asks for an animal gets dogs, too."""

    is_: Texts = Field(alias="is")
    confidence: Percents | None = None


class ModerationLeaf(Piece):
    """Something that not everybody should see; any, where no name is given."""

    is_: Texts | None = Field(default=None, alias="is")
    confidence: Percents | None = None


def _pattern(text: str) -> str:
    patterns.compiled(text)
    return text


class TextLeaf(Piece):
    """What is written in the picture."""

    contains: Text | None = Field(default=None, description="In any case; lines are joined by a space.")
    matches: Annotated[str, Field(min_length=1), AfterValidator(_pattern)] | None = Field(
        default=None, description="A regular expression, as RE2 takes it; found anywhere."
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.contains is None) == (self.matches is None):
            raise ValueError("give exactly one of `contains` or `matches`")
        return self


class FailedLeaf(Piece):
    """The picture could not be recognized."""

    reason: Text | None = Field(default=None, description="A part of the words that say why, in any case.")


class AbsenceLeaf(Piece):
    """No picture came that is so, for as long. Asked of the time, not of a picture."""

    of: "Condition | None" = Field(default=None, description="What such a picture is like. None: like anything.")
    for_: Lasting = Field(alias="for", description="For how long, as in `30m`.")

    @property
    def seconds(self) -> int:
        """For how long."""
        return seconds_of(self.for_)


QUEUES = tuple(queue.name for queue in topology("").queues)
"""The queues, without the prefix of an installation."""


def _queue(name: str) -> str:
    if name not in QUEUES:
        raise ValueError(f"there is no queue '{name}'; there are {_and(QUEUES)}")
    return name


Queues = Annotated[tuple[Annotated[Text, AfterValidator(_queue)], ...], OneOrMore, AsWritten]


class DeadLetterLeaf(Piece):
    """There are more messages that could not be handled than before."""

    queue: Queues | None = Field(default=None, description="Whose. None: any queue's.")


def _no_word(value: object) -> object:
    return {} if value is True else value


def _as_word(leaf: FailedLeaf | DeadLetterLeaf) -> object:
    return leaf.model_dump() or True


Failed = Annotated[
    FailedLeaf,
    BeforeValidator(_no_word, json_schema_input_type=Literal[True] | FailedLeaf),
    PlainSerializer(_as_word),
]
DeadLetter = Annotated[
    DeadLetterLeaf,
    BeforeValidator(_no_word, json_schema_input_type=Literal[True] | DeadLetterLeaf),
    PlainSerializer(_as_word),
]
Buckets = Annotated[tuple[Text, ...], Field(max_length=MOST_TEXTS), OneOrMore, AsWritten]
Prefix = Annotated[str, Field(min_length=1, max_length=1024)]
Prefixes = Annotated[tuple[Prefix, ...], Field(max_length=MOST_TEXTS), OneOrMore, AsWritten]


class Condition(Piece):
    """What a picture must be like, or what must have become of pictures: exactly one of these."""

    KINDS: ClassVar[tuple[str, ...]] = (
        *("all", "any", "not", "face", "person", "emotion", "label", "text", "faces", "moderation"),
        *("bucket", "prefix", "time", "failed", "absence", "dead_letter"),
    )

    all: "tuple[Condition, ...] | None" = None
    any: "tuple[Condition, ...] | None" = None
    not_: "Condition | None" = Field(default=None, alias="not")
    face: FaceLeaf | None = None
    person: PersonLeaf | None = None
    emotion: EmotionLeaf | None = None
    label: LabelLeaf | None = None
    text: TextLeaf | None = None
    faces: Count | None = Field(default=None, description="How many.")
    moderation: ModerationLeaf | None = None
    bucket: Buckets | None = None
    prefix: Prefixes | None = Field(default=None, description="With which the key begins.")
    time: Window | None = Field(default=None, description="When the picture was uploaded.")
    failed: Failed | None = None
    absence: AbsenceLeaf | None = Field(default=None, description="Only at the top of a rule, beside `time`.")
    dead_letter: DeadLetter | None = Field(default=None, description="Likewise.")

    @model_validator(mode="before")
    @classmethod
    def _is_one(cls, value: Any) -> Any:
        if isinstance(value, dict):
            given = [str(key) for key in value]
            unknown = [key for key in given if key not in (*cls.KINDS, "not_")]
            if unknown:
                raise ValueError(f"there is no condition `{unknown[0][:50]}`; there are {_and(cls.KINDS)}")
            if len(given) != 1:
                few = f"here are {_and(given)}: put them into `all` or `any`" if given else "here is none"
                raise ValueError(f"a condition has exactly one key; {few}")
        return value

    @field_validator(*[kind if kind != "not" else "not_" for kind in KINDS], mode="before")
    @classmethod
    def _is_something(cls, value: object) -> object:
        if value in (None, [], ()):
            raise ValueError("nothing stands here")
        return value

    @property
    def kind(self) -> str:
        """Which of them it is."""
        return next(kind for kind in self.KINDS if getattr(self, "not_" if kind == "not" else kind) is not None)

    @property
    def leaf(self) -> Any:
        """What stands under its key."""
        return getattr(self, "not_" if self.kind == "not" else self.kind)


def bounded(value: object) -> object:
    """Return what was written, if it is neither too deep nor too much to be looked at.

    Raises:
        ValueError: it is.
    """
    left, found = [(value, 1)], 0
    while left:
        each, depth = left.pop()
        if not isinstance(each, dict):
            continue
        found += 1
        if depth > DEEPEST:
            raise ValueError(f"conditions lie more than {DEEPEST} deep within one another")
        if found > MOST:
            raise ValueError(f"there are more than {MOST} conditions; make several rules of them")
        left += [(one, depth + 1) for one in _within(each)]
    return value


def _within(written: dict[Any, Any]) -> list[object]:
    """Return the conditions within one, as they were written."""
    found = [one for key in ("all", "any") if isinstance(inner := written.get(key), list | tuple) for one in inner]
    if "not" in written:
        found.append(written["not"])
    if isinstance(absence := written.get("absence"), dict) and "of" in absence:
        found.append(absence["of"])
    return found


def _and(names: Any) -> str:
    quoted = [f"`{name}`" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _or(names: Any) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"
