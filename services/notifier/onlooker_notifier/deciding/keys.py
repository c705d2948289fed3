"""What a cool-down is about: whoever was seen, by which camera, or what, as the rule wants it told apart."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, product

from onlooker_notifier.cameras import camera
from onlooker_notifier.conditions.answers import Answer
from onlooker_notifier.conditions.facts import FaceFact, Facts
from onlooker_notifier.conditions.names import folded
from onlooker_notifier.rules.rhythm import Aspect

MOST_KEYS = 1000
"""Of one picture, for one rule: all faces that Rekognition finds in one (100), with ten labels. Of more, the first ones
count, by their order."""
STRANGER, NOBODY, NOTHING = "a stranger", "nobody", "nothing"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One of the things that a rule tells of once in a while."""

    parts: tuple[str, ...]
    words: str = ""
    """As people read it."""

    @property
    def key_id(self) -> str:
        """The same for the same parts. It names nobody: who is erased leaves no trace in it."""
        return hashlib.sha256(json.dumps(self.parts).encode()).hexdigest()[:32]


def keys_of(per: Iterable[Aspect], facts: Facts, answer: Answer) -> tuple[Key, ...]:
    """Return what a rule would tell of by a picture: at least one key.

    Args:
        per: what makes it another one.
        facts: the picture.
        answer: what of it matched.
    """
    found = {"person": _persons, "camera": _camera, "label": _labels}
    choices = [sorted(found[aspect](facts, answer).items()) for aspect in sorted(set(per))]
    keys = (
        Key(tuple(part for part, _ in parts), ", ".join(words for _, words in parts)) for parts in product(*choices)
    )
    return tuple(islice(keys, MOST_KEYS))  # in order, as the choices are


def _persons(facts: Facts, answer: Answer) -> dict[str, str]:
    """Return whose the faces are that matched; of all faces where the rule asked for none."""
    faces = [facts.faces[number] for number in answer.faces] or facts.faces
    return dict(_person(face) for face in faces) or {NOBODY: NOBODY}


def _person(face: FaceFact) -> tuple[str, str]:
    if face.person_id is None:
        return STRANGER, STRANGER
    return f"#{face.person_id}", face.name or STRANGER


def _camera(facts: Facts, _answer: Answer) -> dict[str, str]:
    name = camera(facts.bucket, facts.key)
    return {f"{facts.bucket}/{name}": name}


def _labels(_facts: Facts, answer: Answer) -> dict[str, str]:
    """Return the labels that matched. Where the rule asked for none, they make no difference: a picture has dozens."""
    return {folded(name): name for name in answer.labels} or {NOTHING: NOTHING}
