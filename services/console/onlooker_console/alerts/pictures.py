"""The pictures that a message told of. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_console.settled import settled


@dataclass(frozen=True, slots=True)
class Told:
    """A picture that a message told of: gone (deleted since), or known by its name, perhaps with a small picture."""

    image_id: str
    name: str = ""
    version: str = ""
    size: tuple[int, int] | None = None
    """Of its small picture, in pixels."""
    gone: bool = False


def told(image_id: str, document: Mapping[str, Any] | None) -> Told:
    """Return a picture from its document; None: it is not there any more."""
    if document is None:
        return Told(image_id, gone=True)
    name, small = document["key"].rpartition("/")[2] or document["key"], document["thumbnail"]
    size = (small["width"], small["height"]) if small else None
    return Told(image_id, name, settled(document), size)
