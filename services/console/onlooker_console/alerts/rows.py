"""A condition as rows of a form: rows that are joined, and groups of rows among them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from onlooker_console.alerts.leaves import LEAVES, Condition, Leaf, Values

JOINS = {"all": "all of these hold", "any": "at least one of these holds", "none": "none of these holds"}
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is asked."""

    kind: str
    values: Values = field(default_factory=dict)
    negated: bool = False

    @property
    def leaf(self) -> Leaf:
        """What kind it is."""
        return LEAVES[self.kind]

    @property
    def condition(self) -> dict[str, Any]:
        """What is asked."""
        asked = {self.kind: self.leaf.write(self.values)}
        return {"not": asked} if self.negated else asked


@dataclass(frozen=True, slots=True)
class Group:
    """Rows, and how they are joined."""

    join: str = "all"
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """All of them: the first group is the outer one, in which the others lie."""

    groups: tuple[Group, ...] = (Group(),)

    @property
    def condition(self) -> dict[str, Any]:
        """What is asked, as the notifier takes it."""
        outer, *inner = self.groups
        parts = [row.condition for row in outer.rows]
        parts += [_joined(each.join, [row.condition for row in each.rows]) for each in inner if each.rows]
        return _joined(outer.join, parts)

    def added(self, group: int, kind: str, given: Values = MappingProxyType({})) -> "Rows":
        """Return them with one more row, in which stand what fields begin with, or instead what is given."""
        if not 0 <= group < len(self.groups) or kind not in LEAVES or self._count >= MOST_ROWS:
            return self
        known = self.groups[group]
        values = {each.name: given.get(each.name, each.default) for each in LEAVES[kind].fields if each.default}
        return self._with(group, replace(known, rows=(*known.rows, Row(kind, values))))

    def removed(self, group: int, row: int) -> "Rows":
        """Return them without a row, and without its group where it was the last one of an inner group."""
        if not 0 <= group < len(self.groups):
            return self
        known = self.groups[group]
        left = tuple(each for number, each in enumerate(known.rows) if number != row)
        if group and not left:
            return Rows((*self.groups[:group], *self.groups[group + 1 :]))
        return self._with(group, replace(known, rows=left))

    def grouped(self) -> "Rows":
        """Return them with one more group, which has a row to begin with."""
        return self if self._count >= MOST_ROWS else Rows((*self.groups, Group("any", (Row("person"),))))

    @property
    def _count(self) -> int:
        return sum(len(each.rows) for each in self.groups)

    def _with(self, number: int, group: Group) -> "Rows":
        return Rows((*self.groups[:number], group, *self.groups[number + 1 :]))


def rows_of(condition: Condition) -> Rows | None:
    """Return a condition as rows; None if rows cannot say it."""
    try:
        found = _read(condition)
    except (KeyError, TypeError, AttributeError, ValueError, StopIteration):
        return None
    return found if _plain(found.condition) == _plain(condition) else None


def rows_from(form: Sequence[tuple[str, str]]) -> Rows:
    """Return rows as somebody filled them in; each is named `c{group}-{row}-{field}`, a join `join{group}`."""
    texts, groups = dict(form), []
    for number in range(MOST_ROWS + 1):
        if f"join{number}" not in texts:
            break
        rows = [_row(texts, f"c{number}-{place}-") for place in range(MOST_ROWS) if f"c{number}-{place}-kind" in texts]
        join = texts[f"join{number}"]
        groups.append(Group(join if join in JOINS else "all", tuple(row for row in rows if row is not None)))
    return Rows(tuple(groups)) if groups else Rows()


def _row(texts: Mapping[str, str], prefix: str) -> Row | None:
    kind = texts[f"{prefix}kind"]
    if kind not in LEAVES:
        return None
    values = {each.name: texts.get(f"{prefix}{each.name}", "").strip() for each in LEAVES[kind].fields}
    return Row(kind, {name: text for name, text in values.items() if text}, f"{prefix}not" in texts)


def _read(condition: Condition) -> Rows:
    join, parts = _parts(condition)
    outer, inner = [], []
    for part in parts:
        lies_in, lines = _parts(part)
        if len(lines) == 1 and lies_in == "all":
            outer.append(_one(lines[0]))
        else:
            inner.append(Group(lies_in, tuple(map(_one, lines))))
    return Rows((Group(join, tuple(outer)), *inner))


def _parts(condition: Condition) -> tuple[str, list[Condition]]:
    """Return how a condition joins others, and those; one that joins none is all of itself."""
    ((kind, value),) = condition.items()
    if kind in ("all", "any"):
        return (kind if len(value) > 1 else "all"), list(value)
    if kind == "not" and "any" in value:
        return "none", list(value["any"])
    return "all", [condition]


def _one(condition: Condition) -> Row:
    ((kind, value),) = condition.items()
    if kind == "not":
        return replace(_one(value), negated=True)
    found, asked = LEAVES[kind].read(value), {each.name for each in LEAVES[kind].fields}
    return Row(kind, {name: text for name, text in found.items() if name in asked})


def _joined(join: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    if join == "none":
        return {"not": {"any": parts}}
    return parts[0] if len(parts) == 1 else {join: parts}


def _plain(condition: Any) -> Any:
    """Return a condition such that equal ones are the same: nothing joins one thing, and one text is no list."""
    if isinstance(condition, Mapping):
        ((kind, value),) = condition.items() if len(condition) == 1 else ((None, None),)
        if kind in ("all", "any") and isinstance(value, Iterable):
            parts = sorted((_plain(each) for each in value), key=repr)
            return parts[0] if len(parts) == 1 else {kind: parts}
        return {name: _plain(each) for name, each in condition.items()}
    if isinstance(condition, list):
        return condition[0] if len(condition) == 1 else condition
    return condition
