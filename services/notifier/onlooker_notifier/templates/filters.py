"""What templates may do with values. Each result is bounded, whatever it is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from onlooker_notifier.wording.wording import shortened

LONGEST = 4000
"""Characters of a result."""
LONGEST_GLUE = 20
"""Characters between the texts of a list."""

Kind = Literal["text", "texts", "things", "number"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One of them."""

    apply: Callable[..., Any]
    takes: tuple[Kind, ...]
    """What stands before the bar."""
    gives: Kind
    argument: type | None = None
    """What stands in parentheses: a text or a number, written out."""
    about: str = ""


def _join(value: Sequence[str], glue: str = ", ") -> str:
    return shortened(glue[:LONGEST_GLUE].join(value), LONGEST)


def _default(value: str, otherwise: str) -> str:
    return value or otherwise


def _truncate(value: str, length: int = 80) -> str:
    return shortened(value, min(max(length, 1), LONGEST))


def _first(value: Sequence[str]) -> str:
    return value[0] if value else ""


def _last(value: Sequence[str]) -> str:
    return value[-1] if value else ""


def _bounded(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: change(value)[:LONGEST]  # a letter may have several as capitals


FILTERS = {
    "join": Filter(_join, ("texts",), "text", str, "the texts in one, with a comma or what is given between them"),
    "first": Filter(_first, ("texts",), "text", about="the first text; empty if there is none"),
    "last": Filter(_last, ("texts",), "text", about="the last one"),
    "length": Filter(len, ("text", "texts", "things"), "number", about="how many there are"),
    "default": Filter(_default, ("text",), "text", str, "what is given, if the text is empty"),
    "truncate": Filter(_truncate, ("text",), "text", int, "so many characters of it, or 80"),
    "upper": Filter(_bounded(str.upper), ("text",), "text", about="in capitals"),
    "lower": Filter(_bounded(str.lower), ("text",), "text", about="in small letters"),
    "capitalize": Filter(_bounded(str.capitalize), ("text",), "text", about="with one capital, the first letter"),
    "title": Filter(_bounded(str.title), ("text",), "text", about="with every word's first letter as a capital"),
    "trim": Filter(_bounded(str.strip), ("text",), "text", about="without spaces around it"),
}
