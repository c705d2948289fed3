"""Says in words what a parameter takes that was given something else: validators speak to programmers. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

OWN_WORDS = "value_error"
"""The kind of fault whose message was written for people: it says itself what is wrong."""

AGE = "a whole number of years, 0 to 150"
FACES = "a whole number of faces, 0 to 10,000"
MOMENT = "a day such as 2026-11-21, or a time such as 2026-11-21T14:30"
NAME = "at most 500 characters"
TAKES = {
    "q": NAME,
    "label": "at most 20 labels, each of at most 500 characters",
    "person": "at most 20 names, each of at most 500 characters",
    "person_id": "at most 20 ids of people",
    "emotion": "one of happy, calm, surprised, sad, angry, fear, disgusted, confused and unknown",
    "min_age": AGE,
    "max_age": AGE,
    "min_faces": FACES,
    "max_faces": FACES,
    "moderation": NAME,
    "moderated": "true or false",
    "color": "at most 5 colours, such as red, each of at most 500 characters",
    "from": MOMENT,
    "to": MOMENT,
    "bucket": NAME,
    "prefix": "at most 1,024 characters",
    "state": "recognized or failed",
    "similar_to": "the id of a picture",
    "sort": "newest, oldest or relevance",
    "interval": "minute, hour, day or month",
    "month": "a month such as 2026-11",
}
"""What the parameters of a page's address take."""


class Fault(NamedTuple):
    """What is wrong with one parameter."""

    location: str
    """Where it stands, as `query.label.3`."""
    kind: str
    """The validator's name for it."""
    message: str


def in_words(faults: Iterable[Fault]) -> str:
    """Return what is wrong, in sentences: each parameter once, with what it takes where that is known."""
    return " ".join(dict.fromkeys(map(_sentence, faults)))


def _sentence(fault: Fault) -> str:
    _, _, rest = fault.location.partition(".")
    name = rest.partition(".")[0]
    if fault.kind == OWN_WORDS:
        return f"“{name}” {fault.message}." if name else f"{fault.message[:1].upper()}{fault.message[1:]}."
    if name in TAKES:
        return f"“{name}” takes {TAKES[name]}."
    return f"“{name or fault.location}”: {fault.message}."
