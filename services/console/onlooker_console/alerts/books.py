"""All rules as one document: what would change by another one, in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_FAULTS = 10
KINDS = {"created": "is new", "changed": "changes", "deleted": "is deleted"}
"""What becomes of a rule, by the notifier's name for it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a rule."""

    kind: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change."""

    changes: tuple[Change, ...]
    unchanged: int

    @property
    def deleted(self) -> int:
        """How many rules would be deleted."""
        return sum(each.kind == "deleted" for each in self.changes)

    @property
    def words(self) -> str:
        """What became of it, in short."""
        counts = {kind: sum(each.kind == kind for each in self.changes) for kind in KINDS}
        made = [f"{count} {kind}" for kind, count in counts.items() if count]
        return f"Rules: {', '.join(made)}." if made else "The rules were so already."


def plan(told: Mapping[str, Any], rules: Sequence[Mapping[str, Any]]) -> Plan:
    """Return what would change.

    Args:
        told: the notifier's words.
        rules: those that there are, for their names.
    """
    names = {each["rule_id"]: each["name"] for each in rules}
    changes = (
        Change(kind, names.get(rule_id, rule_id), words) for kind, words in KINDS.items() for rule_id in told[kind]
    )
    return Plan(tuple(changes), told["unchanged"])


def faults(answer: Any, detail: str) -> list[str]:
    """Return what is wrong with a document, each fault with its place.

    Args:
        answer: the notifier's.
        detail: all of it in one text.
    """
    told = answer.get("errors") if isinstance(answer, dict) else None
    if not told:
        return [detail]
    return list(dict.fromkeys(f"{_place(each['location'])}: {each['message']}." for each in told))[:MOST_FAULTS]


def _place(location: str) -> str:
    """Return a place as people count: `rules.0.when` is “Rule 1, when”."""
    match location.split("."):
        case ["rules", number, *rest] if number.isdecimal():
            return ", ".join([f"Rule {int(number) + 1}", *([".".join(rest)] if rest else [])])
    return location
