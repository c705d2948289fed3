"""Whom an object in the faces bucket is of: said by one of its tags, or by its metadata. Pure.

person_id = ...            their id, where several have the same name
person = NAME
{object's name} = NAME     as `key = object name, value = person`; without its ending, or with its folders, too
x-amz-meta-person: NAME    the same as the tag `person`; likewise `x-amz-meta-person-id`
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import PurePosixPath
from urllib.parse import unquote

PERSON, PERSON_ID = "person", "person_id"


@dataclass(frozen=True, slots=True)
class Named:
    """Who it is: by name, or by id."""

    name: str | None = None
    person_id: str | None = None


def named(key: str, tags: Mapping[str, str], metadata: Mapping[str, str]) -> Named | None:
    """Return whom an object is of; None where nothing says it.

    Args:
        key: the object's key.
        tags: its tags.
        metadata: its own metadata, by names without `x-amz-meta-`.
    """
    by_tag = {name.lower(): value.strip() for name, value in tags.items()}
    by_metadata = {name.lower().replace("-", "_"): _decoded(value).strip() for name, value in metadata.items()}
    for told in (by_tag, by_metadata):
        if told.get(PERSON_ID):
            return Named(person_id=told[PERSON_ID])
    path = PurePosixPath(key)
    names = (by_tag.get(PERSON), *(by_tag.get(each.lower()) for each in (path.name, path.stem, key)))
    name = next((each for each in (*names, by_metadata.get(PERSON)) if each), None)
    return None if name is None else Named(name)


def _decoded(value: str) -> str:
    """Return metadata as text: headers are ASCII, so clients write percent signs, and S3 itself RFC 2047."""
    try:
        text = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError):
        return value
    return unquote(text)
