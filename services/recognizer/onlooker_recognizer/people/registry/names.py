"""What people may be called, and when two names are the same one."""

import hashlib
import unicodedata
from collections.abc import Mapping

from onlooker_recognizer.people.registry.records import MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTES, MAX_NAME
from onlooker_shared.errors import BadRequestError

MAX_ATTRIBUTES_BYTES = 100_000
"""Of all attributes together in UTF-8: DynamoDB takes items of 400 kB, and lists of people carry them."""
_REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's general categories of controls, lone surrogates, and separators of lines and paragraphs."""
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of the text after them, beyond the name (Unicode TR 9, 2.1 to 2.5)."""
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Zs"})


def clean(name: str, *, what: str = "The name", longest: int = MAX_NAME) -> str:
    """Return a name as it is kept: composed (NFC), without white space around it.

    Raises:
        BadRequestError: it is empty, too long, or has characters that are no part of a name.
    """
    cleaned = unicodedata.normalize("NFC", name.strip())
    if len(cleaned) > longest:
        raise BadRequestError(f"{what} has {len(cleaned)} characters; at most {longest} are taken.")
    for character in cleaned:
        if unicodedata.category(character) in _REFUSED or character in _TURNING:
            raise BadRequestError(f"{what} has the control character U+{ord(character):04X}; leave it out.")
    if all(unicodedata.category(character) in _INVISIBLE for character in cleaned):
        raise BadRequestError(f"{what} is empty; give at least one character that can be seen.")
    return cleaned


def cleaned_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return free attributes as they are kept; texts may have lines.

    Raises:
        BadRequestError: there are too many, two have the same name, or one is not taken; the words name which.
    """
    if len(attributes) > MAX_ATTRIBUTES:
        raise BadRequestError(f"{len(attributes)} attributes are too many; at most {MAX_ATTRIBUTES} are taken.")
    kept = {
        clean(name, what="An attribute's name", longest=MAX_ATTRIBUTE_NAME): _clean_text(name, text)
        for name, text in attributes.items()
    }
    if len(kept) < len(attributes):
        raise BadRequestError("Two attributes have the same name.")
    if sum(len(name.encode()) + len(text.encode()) for name, text in kept.items()) > MAX_ATTRIBUTES_BYTES:
        raise BadRequestError(f"The attributes have over {MAX_ATTRIBUTES_BYTES} bytes together; shorten them.")
    return kept


def folded(name: str) -> str:
    """Return what is the same for names that differ in case, in composition or in the width of spaces only."""
    spaced = " ".join(name.split())
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", spaced).casefold())


def digest(name: str) -> str:
    """Return a digest of the folded name: a key in a table that does not show whose it is."""
    told = folded(name).encode("utf-8", "surrogatepass")  # a lone surrogate is nobody's name, but may be asked for
    return hashlib.sha256(told).hexdigest()


def _clean_text(name: str, text: str) -> str:
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())
    if len(cleaned) > MAX_ATTRIBUTE:
        raise BadRequestError(
            f"The attribute {name!r} has {len(cleaned)} characters; at most {MAX_ATTRIBUTE} are taken."
        )
    for character in cleaned:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
            raise BadRequestError(
                f"The attribute {name!r} has the control character U+{ord(character):04X}; leave it out."
            )
    return cleaned
