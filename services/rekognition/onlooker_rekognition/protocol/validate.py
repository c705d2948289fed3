r"""The model's constraints: required members, lengths, ranges, patterns and enumerations.

Messages are worded as Amazon's services word them, because programs and people search for those words:
`1 validation error detected: Value 'a b' at 'collectionId' failed to satisfy constraint: Member must satisfy
regular expression pattern: [a-zA-Z0-9_.\-]+`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

Check = Callable[[Any, str, list[str]], None]
"""Looks at a value, knows its path, appends what is wrong with it."""

Rule = tuple[Callable[[Any], bool], str]
"""Whether a value is fine, and the constraint it must satisfy."""

_SHOWN = 256  # characters of a refused value that a message repeats; Amazon repeats all of it

# Python's re has no \p{..}. Wherever the model uses these three, `_` is allowed beside them, so that \w
# (letters, numbers and `_`) is exact.
_UNICODE_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": "",
    r"\p{Z}": r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}


def compile_validator(shape: Shape | None) -> Callable[[Mapping[str, Any]], list[str]]:
    """The function that lists the constraints a request of `shape` violates."""
    check = _compile(shape) if shape is not None else None

    def violations(parameters: Mapping[str, Any]) -> list[str]:
        found: list[str] = []
        if check is not None:
            check(parameters, "", found)
        return found

    return violations


def validation_message(violations: list[str]) -> str:
    """All violations in one sentence, as Amazon joins them."""
    count = len(violations)
    return f"{count} validation error{'s' if count > 1 else ''} detected: {'; '.join(violations)}"


def _compile(shape: Shape) -> Check | None:
    if isinstance(shape, StructureShape):
        return _structure_check(shape)
    if isinstance(shape, ListShape):
        return _list_check(shape)
    if isinstance(shape, MapShape):
        return _map_check(shape)
    rules = _scalar_rules(shape)
    return _rules_check(rules) if rules else None


def _structure_check(shape: StructureShape) -> Check | None:
    required = [(name, _camel(name)) for name in shape.required_members]
    members = {
        name: (_camel(name), check) for name, member in shape.members.items() if (check := _compile(member)) is not None
    }
    if not required and not members:
        return None

    def check_structure(value: Any, path: str, found: list[str]) -> None:
        for name, label in required:
            if name not in value:
                found.append(_violation("null", path + label, "Member must not be null", quoted=False))
        for name, member in value.items():
            if name in members:
                label, check = members[name]
                check(member, path + label, found)

    def check_at(value: Any, path: str, found: list[str]) -> None:
        check_structure(value, f"{path}." if path else "", found)

    return check_at


def _list_check(shape: ListShape) -> Check | None:
    own = _rules_check(_length_rules(shape))
    member = shape.member
    if isinstance(member, (StructureShape, ListShape, MapShape)):
        nested = _compile(member)

        def check_nested(value: Any, path: str, found: list[str]) -> None:
            before = len(found)
            own(value, path, found)
            if nested is not None and len(found) == before:  # a million elements would make a message of megabytes
                for number, element in enumerate(value, start=1):
                    nested(element, f"{path}.{number}.member", found)

        return check_nested
    rules = _scalar_rules(member)
    constraint = f"Member must satisfy constraint: [{_constraints(rules)}]"

    def check(value: Any, path: str, found: list[str]) -> None:
        own(value, path, found)
        if not all(_satisfies(element, rules) for element in value):
            found.append(_violation(value, path, constraint))

    return check


def _map_check(shape: MapShape) -> Check:
    own = _rules_check(_length_rules(shape))
    key_rules, value_rules = _scalar_rules(shape.key), _scalar_rules(shape.value)

    def check(value: Any, path: str, found: list[str]) -> None:
        own(value, path, found)
        if not all(_satisfies(key, key_rules) for key in value):
            constraint = f"Map keys must satisfy constraint: [{_constraints(key_rules)}]"
            found.append(_violation(value, path, constraint))
        if not all(_satisfies(element, value_rules) for element in value.values()):
            constraint = f"Map value must satisfy constraint: [{_constraints(value_rules)}]"
            found.append(_violation(value, path, constraint))

    return check


def _rules_check(rules: list[Rule]) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        found.extend(_violation(value, path, constraint) for fine, constraint in rules if not fine(value))

    return check


def _scalar_rules(shape: Shape) -> list[Rule]:
    if shape.type_name == "blob":
        return _length_rules(shape)
    if not isinstance(shape, StringShape):
        return _range_rules(shape)
    rules = _length_rules(shape)
    if shape.enum:
        names = frozenset(shape.enum)
        rules.append(
            (names.__contains__, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"),
        )
    if pattern := shape.metadata.get("pattern"):
        matches = _compile_pattern(pattern)
        rules.append(
            (
                lambda value: matches.fullmatch(value) is not None,
                f"Member must satisfy regular expression pattern: {pattern}",
            ),
        )
    return rules


def _length_rules(shape: Shape) -> list[Rule]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    rules: list[Rule] = []
    if high is not None:
        text = f"Member must have length less than or equal to {high}"
        rules.append((lambda value: len(value) <= high, text))
    if low is not None:
        text = f"Member must have length greater than or equal to {low}"
        rules.append((lambda value: len(value) >= low, text))
    return rules


def _range_rules(shape: Shape) -> list[Rule]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    rules: list[Rule] = []
    if high is not None:
        rules.append((lambda value: value <= high, f"Member must have value less than or equal to {high}"))
    if low is not None:
        rules.append((lambda value: value >= low, f"Member must have value greater than or equal to {low}"))
    return rules


def _compile_pattern(pattern: str) -> re.Pattern[str]:
    r"""A pattern of Java's for Python. Java's \d, \w and \s are ASCII; only its \p classes are not."""
    translated = pattern
    for java, python in _UNICODE_CLASSES.items():
        translated = translated.replace(java, python)
    return re.compile(translated, re.ASCII if translated == pattern else re.UNICODE)


def _satisfies(value: Any, rules: list[Rule]) -> bool:
    return all(fine(value) for fine, _ in rules)


def _constraints(rules: list[Rule]) -> str:
    return ", ".join(text for _, text in rules)


def _violation(value: Any, path: str, constraint: str, *, quoted: bool = True) -> str:
    shown = f"'{_show(value)}'" if quoted else value
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"


def _show(value: Any) -> str:
    if isinstance(value, bytes):  # a picture is not repeated; the words are those of Amazon's Java servers
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    if isinstance(value, list):
        text = f"[{', '.join(map(str, value))}]"
    elif isinstance(value, dict):
        text = f"{{{', '.join(f'{key}={element}' for key, element in value.items())}}}"
    else:
        text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]
