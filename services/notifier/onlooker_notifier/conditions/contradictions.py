"""Finds what can never hold in a condition, before anybody waits for it. Pure.

A condition is gone through as it would be with every `not` pushed down to the leaves: all of what must hold at the
same time is then looked at pair by pair. An alternative that can never hold is a contradiction, too: nobody means it.
What is found is one for certain; not all that there are are found.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from onlooker_notifier.conditions.language import Condition
from onlooker_notifier.conditions.names import folded
from onlooker_notifier.conditions.values import DAYS, Count, Window

IN_PICTURES = frozenset({"face", "person", "emotion", "label", "text", "faces", "moderation"})
"""What is known only of pictures that were recognized."""
OF_SOMEBODY = frozenset({"face", "person", "emotion"})
"""What needs a face."""
DAY = 24 * 60
"""Minutes."""
WEEK = 7 * DAY

Part: TypeAlias = tuple[Condition, str, bool]
"""A condition, where it stands, and whether it must hold or must not."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two parts of a condition of which never both hold."""

    one: str
    """Where it stands, as in `when.all[1].bucket`."""
    other: str
    words: str

    def __str__(self) -> str:
        return f"{self.one} and {self.other}: {self.words}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A leaf that must hold, or must not."""

    place: str
    condition: Condition
    wanted: bool

    @property
    def kind(self) -> str:
        """Which leaf it is."""
        return self.condition.kind

    @property
    def leaf(self) -> Any:
        """What stands in it."""
        return self.condition.leaf


def contradictions(condition: Condition, place: str) -> list[Contradiction]:
    """Return what can never hold in a condition that stands at a place; a branch of `any` that cannot, too."""
    return list(_conflicts([(condition, place, True)], []))


def _conflicts(parts: Sequence[Part], above: list[Literal]) -> Iterator[Contradiction]:
    """Yield the contradictions among what must hold together, with what must hold besides.

    Args:
        parts: what must hold together.
        above: leaves that were compared with one another already.
    """
    literals, branching = _flattened(parts)
    for number, one in enumerate(literals):
        for other in (*above, *literals[:number]):
            if words := _never_both(other, one):
                yield Contradiction(other.place, one.place, words)
    together = [*above, *literals]
    for branches in branching:
        found = [list(_conflicts([branch], together)) for branch in branches]
        if branches[0][2] or all(found):  # of what must not all hold, some may be bound to
            yield from (each for some in found for each in some)


def _flattened(parts: Sequence[Part]) -> tuple[list[Literal], list[list[Part]]]:
    """Return the leaves that must hold together, and the alternatives of which one must hold besides."""
    literals: list[Literal] = []
    branching: list[list[Part]] = []
    left = list(reversed(parts))
    while left:
        condition, place, wanted = left.pop()
        kind, below = condition.kind, f"{place}.{condition.kind}"
        if kind == "not":
            left.append((condition.leaf, below, not wanted))
        elif kind not in {"all", "any"}:
            literals.append(Literal(below, condition, wanted))
        else:
            inner = [(each, f"{below}[{number}]", wanted) for number, each in enumerate(condition.leaf)]
            if (kind == "all") == wanted:
                left += reversed(inner)
            else:
                branching.append(inner)
    return literals, branching


def _never_both(one: Literal, other: Literal) -> str | None:
    """Return why two leaves never hold together; None if they may."""
    if one.wanted != other.wanted:
        yes, no = (one, other) if one.wanted else (other, one)
        return _held_and_not(yes, no)
    if not one.wanted:
        return None
    for check in CHECKS:
        if words := check(one, other) or check(other, one):
            return words
    return None


def _held_and_not(yes: Literal, no: Literal) -> str | None:
    if yes.kind == no.kind and yes.leaf == no.leaf:
        return "the same is asked for and ruled out"
    if yes.kind in {"bucket", "label"} and yes.kind == no.kind and _covers(yes, no):
        return "all that is asked for is ruled out"
    return None


def _covers(yes: Literal, no: Literal) -> bool:
    """Whether whatever a leaf takes is ruled out by another."""
    if yes.kind == "bucket":
        return set(yes.leaf) <= set(no.leaf)
    return no.leaf.confidence is None and {folded(each) for each in yes.leaf.is_} <= {folded(e) for e in no.leaf.is_}


def _buckets(one: Literal, other: Literal) -> str | None:
    if one.kind == other.kind == "bucket" and not set(one.leaf) & set(other.leaf):
        return "no picture is in two buckets"
    return None


def _prefixes(one: Literal, other: Literal) -> str | None:
    if one.kind != "prefix" or other.kind != "prefix":
        return None
    may = any(a.startswith(b) or b.startswith(a) for a in one.leaf for b in other.leaf)
    return None if may else "no key begins with both"


def _counts(one: Literal, other: Literal) -> str | None:
    if one.kind != "faces" or other.kind != "faces":
        return None
    return "no number of faces is both" if _apart(one.leaf, other.leaf) else None


def _apart(one: Count, other: Count) -> bool:
    low = max(one.at_least or 0, other.at_least or 0)
    ends = [end for end in (one.at_most, other.at_most) if end is not None]
    return bool(ends) and low > min(ends)


def _no_faces(one: Literal, other: Literal) -> str | None:
    if one.kind == "faces" and one.leaf.at_most == 0 and other.kind in OF_SOMEBODY:
        return f"where there is no face there is no {other.kind}"
    return None


def _failed(one: Literal, other: Literal) -> str | None:
    if one.kind == "failed" and other.kind in IN_PICTURES:
        return f"of a picture that could not be recognized no {other.kind} is known"
    return None


def _windows(one: Literal, other: Literal) -> str | None:
    if one.kind != "time" or other.kind != "time" or one.leaf.zone != other.leaf.zone:
        return None
    return None if _week(one.leaf) & _week(other.leaf) else "no time is in both"


def _week(window: Window) -> int:
    """Return the minutes of the week that are in a window, as the bits of a number."""
    start, end = window.minutes
    length = end - start if start < end else end - start + DAY
    bits = 0
    for day in window.days or DAYS:
        first = DAYS.index(day) * DAY + start
        bits |= ((1 << length) - 1) << first
    return (bits & ((1 << WEEK) - 1)) | (bits >> WEEK)  # Sunday's night ends on Monday


CHECKS: tuple[Callable[[Literal, Literal], str | None], ...] = (
    _buckets,
    _prefixes,
    _counts,
    _no_faces,
    _failed,
    _windows,
)
