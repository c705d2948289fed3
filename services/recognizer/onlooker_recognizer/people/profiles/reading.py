"""What a profile that others kept tells of a person: their name, and what is known besides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onlooker_recognizer.people.profiles.table import Profile
from onlooker_recognizer.people.registry.names import clean, cleaned_attributes
from onlooker_shared.errors import BadRequestError

NAMES = ("name", "personname", "fullname", "displayname")
"""Attributes that tell what somebody is called, the surest first. Case, `_`, `-` and spaces make no difference."""
FIRST_NAME, LAST_NAME = ("firstname", "givenname"), ("lastname", "surname", "familyname")
EXTERNAL_ID = "externalimageid"


@dataclass(frozen=True, slots=True)
class Reading:
    """A person as a profile tells of them."""

    name: str
    external_id: str | None
    attributes: Mapping[str, str]
    left_out: tuple[str, ...]
    """What could not be taken, in words."""


def read_profile(profile: Profile, external_image_id: str | None = None) -> Reading:
    """Return what a profile tells.

    Args:
        profile: the profile.
        external_image_id: the face's in the collection: often a name.

    Raises:
        BadRequestError: no name can be made, not even of the FaceId.
    """
    left_out = [f"{name}: holds bytes, which are no text" for name in profile.unreadable]
    known = {_plain(name): text for name, text in sorted(profile.attributes.items(), reverse=True) if text.strip()}
    external_id = _taken(known.get(EXTERNAL_ID) or external_image_id, left_out)
    told = (_taken(text, left_out) for text in _names(known))
    name = next((text for text in told if text is not None), None) or external_id or clean(profile.face_id)
    attributes: dict[str, str] = {}
    for attribute, text in profile.attributes.items():
        if _plain(attribute) in {*NAMES, EXTERNAL_ID} and text.strip() in {name, external_id}:
            continue  # it is a field of its own
        try:
            attributes = cleaned_attributes({**attributes, attribute: text})
        except BadRequestError as refusal:
            left_out.append(refusal.detail)
    return Reading(name, external_id, attributes, tuple(left_out))


def _names(known: Mapping[str, str]) -> Iterator[str]:
    """Yield what they may be called, the surest first."""
    yield from (known[name] for name in NAMES if name in known)
    first, last = (next((known[name] for name in names if name in known), "") for names in (FIRST_NAME, LAST_NAME))
    if first or last:
        yield f"{first} {last}"


def _taken(text: str | None, left_out: list[str]) -> str | None:
    """Return a name as it is kept; None if it is not taken, which is noted."""
    if text is None:
        return None
    try:
        return clean(text)
    except BadRequestError as refusal:
        left_out.append(refusal.detail)
        return None


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
