"""Whether something that is stored tells of people, by their ids. Pure.

What somebody wrote freely does not count: an attribute of another person, or an object's key, may have an id in it, and
is not theirs.
"""

import json
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from onlooker_recognizer.people.registry.name_index import PREFIX as NAME
from onlooker_recognizer.people.registry.tombstones import ABOUT, PREFIX

if TYPE_CHECKING:
    from onlooker_recognizer.people.registry.items import Item

FREE = frozenset({"attributes", "name", "external_id"})
"""Attributes of items that somebody wrote."""
FREE_IN_BODY = frozenset({"bucket", "key", "given_by", "purpose", "recorded_by"})
"""Likewise of an item's body."""


def result_tells(document: bytes, ids: Collection[str]) -> bool:
    """Whether a stored result tells of one of some ids. One that cannot be read does, if it has one anywhere."""
    if not any(each.encode() in document for each in ids):
        return False
    try:
        faces = json.loads(document)["recognition"]["faces"]
    except (ValueError, KeyError, TypeError):
        return True
    return any(text in ids for text in _texts(faces))


def item_tells(item: "Item", ids: Collection[str]) -> bool:
    """Whether an item tells of one of some ids; a tombstone, and what is still owed, do and have to."""
    if item.get("about", {}).get("S") == ABOUT or item.get("person_id", {}).get("S", "").startswith(PREFIX):
        return False
    if is_person(item):
        return any(item.get(each, {}).get("S") in ids for each in ("person_id", "merged_into"))
    fixed: dict[str, Any] = {name: value for name, value in item.items() if name not in FREE}
    if "body" in fixed:
        fixed["body"] = _fixed(item["body"].get("S", ""))
    return any(each in text for text in _texts(fixed) for each in ids)


def is_person(item: "Item") -> bool:
    """Whether an item of the table of people is somebody: they go only with their tombstone."""
    return "created_at" in item and "person_id" in item


def is_name(item: "Item") -> bool:
    """Whether an item of the table of people is a name, which others may have as well."""
    return item.get("person_id", {}).get("S", "").startswith(NAME)


def _fixed(body: str) -> Any:
    try:
        told = json.loads(body)
    except ValueError:
        return body
    return {name: value for name, value in told.items() if name not in FREE_IN_BODY} if isinstance(told, dict) else told


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in something of JSON's or DynamoDB's, keys too."""
    match value:
        case str():
            yield value
        case dict():
            for name, each in value.items():
                yield str(name)
                yield from _texts(each)
        case list() | tuple() | set():
            for each in value:
                yield from _texts(each)
