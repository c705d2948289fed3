"""What conditions mean: each is made ready once, and then asked of many pictures.

Answers are yes, no, or not known (Kleene's three): a label that nobody looked for is not missing, so `not` of what is
not known is not known either, and only a yes tells anybody anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from onlooker_notifier.conditions.answers import YES, Answer, Why
from onlooker_notifier.conditions.face_leaves import EmotionCheck, PersonCheck, SameFaceCheck
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.conditions.language import Condition
from onlooker_notifier.conditions.picture_leaves import (
    BucketCheck,
    FaceCountCheck,
    FailedCheck,
    NamedCheck,
    PrefixCheck,
    TextCheck,
    TimeCheck,
)

ROOT = "when"
"""Where a rule's condition stands."""
TOLD = 3
"""Alternatives of which it is told why each did not hold."""


class Check(Protocol):
    """A condition that is ready to be asked."""

    @property
    def title(self) -> str:
        """Return what it asks for, in words."""

    def check(self, facts: Facts) -> Answer:
        """Return whether a picture is so."""


LEAVES: dict[str, Callable[[Any, str], Check]] = {
    "face": SameFaceCheck,
    "person": PersonCheck,
    "emotion": EmotionCheck,
    "label": NamedCheck,
    "moderation": NamedCheck,
    "text": TextCheck,
    "faces": FaceCountCheck,
    "bucket": BucketCheck,
    "prefix": PrefixCheck,
    "time": TimeCheck,
    "failed": FailedCheck,
}


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of some."""

    parts: Sequence[Check]

    @property
    def title(self) -> str:
        """See `Check`."""
        return " and ".join(part.title for part in self.parts)

    def check(self, facts: Facts) -> Answer:
        """See `Check`."""
        found, doubt = YES, None
        for part in self.parts:
            answer = part.check(facts)
            if answer.holds is False:
                return answer
            if answer.holds is None:
                doubt = doubt or answer
            elif answer is not YES:
                found = found.joined(answer)
        return doubt or found


class AnyOf:
    """One of some, at least."""

    def __init__(self, parts: Sequence[Check], place: str) -> None:
        self._parts = parts
        self._no = Answer(False, Why(place, self._words))

    @property
    def title(self) -> str:
        """See `Check`."""
        return f"({' or '.join(part.title for part in self._parts)})"

    def check(self, facts: Facts) -> Answer:
        """See `Check`."""
        found: Answer | None = None
        doubt: Answer | None = None
        for part in self._parts:  # all of them, for what they found is told of
            answer = part.check(facts)
            if answer.holds:
                found = found.joined(answer) if found else answer
            elif answer.holds is None:
                doubt = doubt or answer
        return found or doubt or self._no

    def _words(self, facts: Facts) -> str:
        reasons = [why.words(facts) for part in self._parts if (why := part.check(facts).why) is not None]
        more = f"; and {len(reasons) - TOLD} more" if len(reasons) > TOLD else ""
        return "; ".join(dict.fromkeys(reasons[:TOLD])) + more


class Not:
    """The contrary."""

    def __init__(self, part: Check, place: str) -> None:
        self._part = part
        self._no = Answer(False, Why(place, self._words))

    @property
    def title(self) -> str:
        """See `Check`."""
        return f"not {self._part.title}"

    def check(self, facts: Facts) -> Answer:
        """See `Check`."""
        answer = self._part.check(facts)
        if answer.holds is None:
            return answer
        return self._no if answer.holds else YES

    def _words(self, _facts: Facts) -> str:
        return f"there is {self._part.title}, which was not to be"


def ready(condition: Condition, place: str = ROOT) -> Check:
    """Return a condition that is ready to be asked.

    Args:
        condition: what is asked for.
        place: where it stands, for the reasons why it does not hold.
    """
    kind, leaf = condition.kind, condition.leaf
    below = f"{place}.{kind}"
    if kind == "all":
        return AllOf([ready(each, f"{below}[{number}]") for number, each in enumerate(leaf)])
    if kind == "any":
        return AnyOf([ready(each, f"{below}[{number}]") for number, each in enumerate(leaf)], below)
    if kind == "not":
        return Not(ready(leaf, below), below)
    return LEAVES[kind](leaf, below)
