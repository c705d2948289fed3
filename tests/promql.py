"""Reads from a PromQL expression which metrics it asks for, and by which labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = frozenset({"and", "or", "unless", "bool", "offset", "inf", "nan"})
GROUPING = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
TOKEN = re.compile(
    r"""
      (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<range>\[[^\]]*\])
    | (?P<number>\d[\w.]*)
    | (?P<name>[A-Za-z_:$][\w:]*)
    | (?P<sign>[{}(),]|=~|!~|!=|==|<=|>=|[-+*/%^<>=])
    | (?P<space>\s+)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Asked:
    """One metric of an expression, by the name of its samples."""

    metric: str
    labels: frozenset[str]
    """By which it is selected."""
    ranged: bool
    """Whether it is asked for over a time, as counters have to be."""


@dataclass(frozen=True)
class Expression:
    """What an expression asks for."""

    metrics: tuple[Asked, ...]
    grouped: frozenset[str]
    """Labels by which anything is grouped or joined."""


def read(expression: str) -> Expression:
    """Read an expression, whose Grafana variables may stand in ranges and texts. Raises ValueError."""
    tokens = list(_tokens(expression))
    metrics: list[Asked] = []
    grouped: set[str] = set()
    at = 0
    while at < len(tokens):
        kind, token = tokens[at]
        after = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        at += 1
        if kind != "name" or token in WORDS:
            continue
        if token in GROUPING:
            if after != "(":
                continue  # group_left alone takes no labels along
            end = _closing(tokens, at, ")")
            grouped |= {name for kind, name in tokens[at:end] if kind == "name"}
            at = end
        elif after != "(" and after not in GROUPING:  # else it is a function
            labels: frozenset[str] = frozenset()
            if after == "{":
                end = _closing(tokens, at, "}")
                labels = frozenset(name for kind, name in tokens[at:end] if kind == "name")
                at = end + 1
            metrics.append(Asked(token, labels, at < len(tokens) and tokens[at][0] == "range"))
    return Expression(tuple(metrics), frozenset(grouped))


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(expression):
        found = TOKEN.match(expression, at)
        if found is None or found.lastgroup is None:
            raise ValueError(f"not PromQL from here on: {expression[at:]}")
        if found.lastgroup != "space":
            yield found.lastgroup, found[0]
        at = found.end()


def _closing(tokens: list[tuple[str, str]], at: int, bracket: str) -> int:
    for place in range(at, len(tokens)):
        if tokens[place][1] == bracket:
            return place
    raise ValueError(f"a {bracket} is missing")
