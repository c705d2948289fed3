"""The whole rulebook as one YAML document: as it is written, as it is read, and what would change by it. Pure.

YAML is read as its version 1.2 says: `22:00` is a text and no number, `no` is no truth. What makes a small document
large (aliases), or says one thing twice, is refused.
"""

import hashlib
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from onlooker_notifier.rules.model import Rule, RuleDraft, RuleId, draft_of, kept
from onlooker_notifier.rules.rulebook import MOST_RULES, Change
from onlooker_shared.errors import UnprocessableError

LARGEST = 1_000_000
"""Bytes of a document."""
SCALARS = {
    "tag:yaml.org,2002:bool": (r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    "tag:yaml.org,2002:int": (r"^[-+]?[0-9]+$", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    "tag:yaml.org,2002:null": (r"^(?:~|null|Null|NULL|)$", ("~", "n", "N", "")),
}
"""What is no text, by YAML 1.2's core schema, and with what it may begin."""
NUMBER = re.compile(r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,3})?")
"""What is taken as one: nothing in a rule has more digits."""


class WrittenRule(RuleDraft):
    """A rule in a document."""

    rule_id: RuleId


class Rulesheet(BaseModel):
    """A document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[WrittenRule, ...] = Field(max_length=MOST_RULES)

    @field_validator("rules")
    @classmethod
    def _each_once(cls, rules: tuple[WrittenRule, ...]) -> tuple[WrittenRule, ...]:
        ids = [rule.rule_id for rule in rules]
        twice = next((rule_id for rule_id in ids if ids.count(rule_id) > 1), None)
        if twice is not None:
            raise ValueError(f"two rules have the rule_id '{twice}'")
        return rules


@dataclass(frozen=True, slots=True)
class Plan:
    """What changes by a document."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int
    changes: tuple[Change, ...]


def written(rules: Sequence[Rule]) -> str:
    """Return rules as a document."""
    return yaml.safe_dump({"rules": [_plain(rule) for rule in rules]}, sort_keys=False, allow_unicode=True, width=100)


def read(text: bytes) -> Rulesheet:
    """Return the rules of a document.

    Raises:
        UnprocessableError: it is no YAML, or not of rules; the words say where.
    """
    root: yaml.Node | None = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        return Rulesheet.model_validate(None if root is None else loader.construct_document(root))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnprocessableError(f"This is no YAML that is taken: {_in_words(error)}.") from error
    except RecursionError as error:
        raise UnprocessableError("This YAML lies too deep within itself.") from error
    except ValidationError as error:
        faults = [_fault(each, root) for each in error.errors(include_url=False, include_input=False)]
        detail = "; ".join(f"line {each['line']}: {each['location']}: {each['message']}" for each in faults[:10])
        raise UnprocessableError(detail, more={"errors": faults}) from error


def planned(rules: Sequence[Rule], wanted: Rulesheet) -> Plan:
    """Return what is to be done for the rules to be as a document says."""
    now = {rule.rule_id: rule for rule in rules}
    drafts = {each.rule_id: each for each in wanted.rules}
    created = [rule_id for rule_id in drafts if rule_id not in now]
    changed = [rule_id for rule_id in drafts if rule_id in now and not _same(now[rule_id], drafts[rule_id])]
    deleted = [rule_id for rule_id in now if rule_id not in drafts]
    changes = [
        *(Change(rule_id, kept(drafts[rule_id], rule_id, 1), None) for rule_id in created),
        *(_change(now[rule_id], drafts[rule_id]) for rule_id in changed),
        *(Change(rule_id, None, now[rule_id].version) for rule_id in deleted),
    ]
    unchanged = len(drafts) - len(created) - len(changed)
    return Plan(tuple(created), tuple(changed), tuple(deleted), unchanged, tuple(changes))


def etag(rules: Sequence[Rule]) -> str:
    """Return what is the same as long as no rule comes, changes or goes."""
    versions = "\0".join(f"{rule.rule_id} {rule.version}" for rule in rules)
    return f'"{hashlib.sha256(versions.encode()).hexdigest()[:32]}"'


def _plain(rule: Rule) -> dict[str, Any]:
    draft = draft_of(rule).model_dump(mode="json")
    left_out = {"events"} if rule.when is not None else {"when"}  # a rule says one way of what it tells
    left_out |= {name for name in ("subject", "body") if draft[name] is None}
    return {"rule_id": rule.rule_id, **{name: value for name, value in draft.items() if name not in left_out}}


def _same(rule: Rule, draft: WrittenRule) -> bool:
    return _plain(rule) == _plain(kept(draft, rule.rule_id, rule.version))


def _change(rule: Rule, draft: WrittenRule) -> Change:
    return Change(rule.rule_id, kept(draft, rule.rule_id, rule.version + 1, rule.muted_until), rule.version)


def _in_words(error: Exception) -> str:
    """Return what is wrong with YAML, and where."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return " ".join(str(error).split())
    mark = error.problem_mark
    said = ": ".join(words for words in (error.context, error.problem) if words)
    return f"line {mark.line + 1}, column {mark.column + 1}: {said}"


def _fault(error: Any, root: yaml.Node | None) -> dict[str, str | int]:
    return {
        "location": ".".join(str(part) for part in error["loc"]) or "document",
        "line": _line(error["loc"], root),
        "kind": error["type"],
        "message": error["msg"].removeprefix("Value error, "),
    }


def _line(location: Sequence[str | int], node: yaml.Node | None) -> int:
    """Return the line of a place in a document, or of the nearest thing around it, from 1.

    Parts of the place that the document has not are of the model: which one of several conditions or channels it is.
    """
    line = 0 if node is None else node.start_mark.line
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is not None:
                line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
    return int(line) + 1


class _Loader(yaml.SafeLoader):
    """Plain data by YAML 1.2's core schema, without aliases and without keys that are given twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # the stubs give it no type
            raise ComposerError(None, None, "aliases are not taken; write out what is meant", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise ConstructorError(None, None, "this is no mapping", node.start_mark)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConstructorError(None, None, "a key is a text", key.start_mark)
            if key.value in seen:
                raise ConstructorError(None, None, f"the key '{key.value[:50]}' is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def number(self, node: Any) -> int | float:
        """Return a number; 010 is ten, as YAML 1.2 has it."""
        text = str(self.construct_scalar(node))
        if not NUMBER.fullmatch(text):
            raise ConstructorError(None, None, f"'{text[:50]}' is no number that is taken", node.start_mark)
        return float(text) if re.search(r"[.eE]", text) else int(text)

    def truth(self, node: Any) -> bool:
        """Return whether it is true."""
        text = str(self.construct_scalar(node)).lower()
        if text not in {"true", "false"}:
            raise ConstructorError(None, None, f"'{text[:50]}' is neither true nor false", node.start_mark)
        return text == "true"

    yaml_constructors: ClassVar[dict[str | None, Any]] = {  # in place of SafeLoader's own: no dates, sets or bytes
        "tag:yaml.org,2002:null": yaml.SafeLoader.construct_yaml_null,
        "tag:yaml.org,2002:bool": truth,
        "tag:yaml.org,2002:int": number,
        "tag:yaml.org,2002:float": number,
        "tag:yaml.org,2002:str": yaml.SafeLoader.construct_yaml_str,
        "tag:yaml.org,2002:seq": yaml.SafeLoader.construct_yaml_seq,
        "tag:yaml.org,2002:map": yaml.SafeLoader.construct_yaml_map,
        None: yaml.SafeLoader.construct_undefined,
    }


_Loader.yaml_implicit_resolvers = {}  # SafeLoader's own are of YAML 1.1
for _tag, (_pattern, _begins) in SCALARS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_begins))
