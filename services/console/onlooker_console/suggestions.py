"""What may be meant by what somebody types: the tagger's suggestions as filters of a search. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = {
    "label": ("label", "Label", "tag"),
    "person": ("person", "Person", "face"),
    "folder": ("prefix", "Folder", "folder"),
    "text": ("q", "Text in the picture", "search"),
}
"""Of the tagger's kinds: the parameter that finds such pictures, what people call it, and its icon."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that can be searched for."""

    parameter: str
    value: str
    text: str
    kind: str
    icon: str
    count: int
    """Pictures."""
    matched: str
    """The synonym that was typed where the text was not, else empty."""


def suggestions(answer: Mapping[str, Any]) -> tuple[Suggestion, ...]:
    """Return what ``GET /tags/suggestions`` answers; kinds that only newer taggers know are left out."""
    return tuple(_found(answer["suggestions"]))


def _found(listed: Iterable[Mapping[str, Any]]) -> Iterable[Suggestion]:
    for each in listed:
        if each["kind"] in KINDS:
            parameter, kind, icon = KINDS[each["kind"]]
            yield Suggestion(parameter, each["name"], each["name"], kind, icon, each["count"], each["matched"] or "")
