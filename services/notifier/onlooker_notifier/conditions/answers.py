"""What comes of asking a picture whether it is as a condition wants it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from onlooker_notifier.conditions.facts import Facts


@dataclass(frozen=True, slots=True)
class Why:
    """Why a picture is not as a condition wants it."""

    place: str
    """Which part of the condition says so, as in `when.all[1].label`."""
    words: Callable[[Facts], str]
    """What is otherwise; put into words only where somebody reads them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, no, or that it is not known: what was not looked for is neither there nor not there."""

    holds: bool | None
    why: Why | None = None
    """Why it does not, or is not known to."""
    faces: frozenset[int] = field(default=frozenset())
    """Which ones of the picture, by their numbers, it holds of."""
    labels: frozenset[str] = field(default=frozenset())
    """By which ones of the picture's labels."""
    texts: frozenset[str] = field(default=frozenset())
    """By which of the lines that are written in it."""

    def joined(self, other: "Answer") -> "Answer":
        """Return a yes with what both were about."""
        return Answer(True, None, self.faces | other.faces, self.labels | other.labels, self.texts | other.texts)


YES = Answer(True)
"""It holds, and not because of anything in the picture."""
