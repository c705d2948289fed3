"""Documents of the index in words for people."""

from typing import Any


def faces(document: dict[str, Any], most: int = 3) -> str:
    """Return a picture's faces, largest first: ``Ann · Happy 98 % · 25-33``."""
    found = [face(entry) for entry in document["faces"][:most]]
    more = document["face_count"] - len(found)
    return "\n".join([*found, f"and {more} more"] if more > 0 else found) or "none"


def face(entry: dict[str, Any]) -> str:
    """Return one face: who, the most confident emotion, age range, as far as they are known."""
    parts = [entry.get("person"), emotion(entry), age(entry)]
    return " · ".join(part for part in parts if part) or "a face"


def emotion(entry: dict[str, Any]) -> str | None:
    """Return a face's most confident emotion: ``Happy 98 %``."""
    if not entry.get("emotion"):
        return None
    return f"{entry['emotion'].capitalize()} {entry['emotion_confidence']:.0f} %"


def age(entry: dict[str, Any]) -> str | None:
    """Return a face's age range: ``25-33``."""
    return None if entry.get("age_low") is None else f"{entry['age_low']}-{entry['age_high']}"


def labels(document: dict[str, Any], most: int = 5) -> str:
    """Return a picture's labels, most confident first: ``Cat 97, Cup 61``; what a cat always is goes without saying."""
    implied = {parent for entry in document["labels"] for parent in entry["parents"]}
    named = [entry for entry in document["labels"] if entry["name"] not in implied]
    return ", ".join(f"{entry['name']} {entry['confidence']:.0f}" for entry in named[:most]) or "none"


def many(count: int, thing: str) -> str:
    """Return a number of things: ``1 picture``, ``2,000 pictures``."""
    return f"{count} {thing}" if count == 1 else f"{count:,} {thing}s"


def people(count: int) -> str:
    """Return a number of people: ``1 person``, ``2 people``."""
    return f"{count} person" if count == 1 else f"{count:,} people"


def likeness(entry: dict[str, Any]) -> str:
    """Return whom a face is like, and how much: ``Ann 98 %``."""
    return f"{entry['name']} {entry['similarity']:.0f} %"


def minute(moment: str) -> str:
    """Return a time of the API (UTC) as people read it: ``2026-11-21 14:05``."""
    return moment[:16].replace("T", " ")


def size(count: float) -> str:
    """Return a number of bytes as people say it: ``1.5 MiB``."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:  # noqa: PLR2004 - what a KiB is
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
