"""Conditions that are not asked of a picture: that none comes, or that dead letters do. Pure.

They stand at the top of a rule, alone or in `all` beside one `time`: the hours in which is looked.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from onlooker_notifier.conditions.hours import longest
from onlooker_notifier.conditions.language import AbsenceLeaf, Condition, DeadLetterLeaf
from onlooker_notifier.conditions.values import Window

Watched = Literal["absence", "dead_letter"]
WATCHED: frozenset[str] = frozenset({"absence", "dead_letter"})


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at again and again."""

    leaf: AbsenceLeaf | DeadLetterLeaf
    hours: Window | None
    """In which it is looked at; None: always."""
    place: str
    """Where the leaf stands."""
    fingerprint: str
    """Another one where something else is asked for: then it begins anew."""

    @property
    def kind(self) -> Watched:
        """Which of them it is."""
        return "absence" if isinstance(self.leaf, AbsenceLeaf) else "dead_letter"

    @property
    def of(self) -> Condition | None:
        """What a picture is like whose absence is told of; None: like anything."""
        return self.leaf.of if isinstance(self.leaf, AbsenceLeaf) else None


def watch_of(when: Condition | None, place: str) -> Watch | None:
    """Return what a rule's condition watches; None if it is about pictures."""
    if when is None:
        return None
    beside = when.leaf if when.kind == "all" else (when,)
    leaf = next((number for number, each in enumerate(beside) if each.kind in WATCHED), None)
    if leaf is None:
        return None
    hours = next((each.time for each in beside if each.time is not None), None)
    below = f"{place}.all[{leaf}]" if when.kind == "all" else place
    fingerprint = hashlib.sha256(when.model_dump_json().encode()).hexdigest()[:16]
    return Watch(beside[leaf].leaf, hours, f"{below}.{beside[leaf].kind}", fingerprint)


def misplaced(when: Condition, place: str) -> str | None:
    """Return what is wrong with where a rule's condition watches something; None if nothing is."""
    found = list(_watched(when, place))
    if not found:
        return None
    beside = when.leaf if when.kind == "all" else (when,)
    kinds = sorted(each.kind for each in beside)
    if len(found) > 1 or kinds not in (["absence"], ["dead_letter"], ["absence", "time"], ["dead_letter", "time"]):
        kind = found[0].rpartition(".")[2]
        return (
            f"{found[0]}: `{kind}` is asked of no picture; it stands alone at the top of a rule,"
            " or in `all` beside one `time`"
        )
    return _too_long(watch_of(when, place))


def _too_long(watch: Watch | None) -> str | None:
    """Return why an absence can never be told: the hours in which is looked are over before."""
    if watch is None or watch.hours is None or not isinstance(watch.leaf, AbsenceLeaf):
        return None
    if longest(watch.hours) > watch.leaf.seconds:
        return None
    hours = f"{watch.hours.from_} to {watch.hours.to}"
    return f"{watch.place}.for: no stretch of {hours} lasts longer than {watch.leaf.for_}: it would never be told"


def _watched(condition: Condition, place: str) -> Iterator[str]:
    kind, leaf = condition.kind, condition.leaf
    below = f"{place}.{kind}"
    if kind in WATCHED:
        yield below
        if kind == "absence" and leaf.of is not None:
            yield from _watched(leaf.of, f"{below}.of")
    elif kind in {"all", "any"}:
        for number, each in enumerate(leaf):
            yield from _watched(each, f"{below}[{number}]")
    elif kind == "not":
        yield from _watched(leaf, below)
