"""What the recognizer says of a line, step by step, to characters, and from these to words.

The network goes over a line in even steps and says for each the likeliest character, or that there is none (CTC,
Graves et al. 2006): a character goes on while its steps follow one another, so where it is follows from when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from onlooker_rekognition.vision.geometry import Array

_NONE = 0  # the class of a step without a character


@dataclass(frozen=True, slots=True)
class Character:
    """A character, how likely it is (0..1), and where its middle is, as a ratio of the line's width."""

    text: str
    probability: float
    place: float


@dataclass(frozen=True, slots=True)
class Span:
    """A word: its text, the mean probability (0..1) of its characters, and where in the line it is, as ratios."""

    text: str
    probability: float
    start: float
    end: float


def decode(classes: Array, probabilities: Array, alphabet: Sequence[str], width: float) -> list[Character]:
    """The characters of one line, from the likeliest class of each step (n,) and its probability (n,).

    `alphabet` names the classes; `width` is how many steps the line itself is long, without what was added to it.
    """
    changes = np.flatnonzero(np.diff(classes)) + 1
    runs = zip([0, *changes], [*changes, len(classes)], strict=True)
    return [
        Character(
            alphabet[int(classes[first])],
            float(probabilities[first:end].max()),
            min(max((first + end) / 2 / width, 0.0), 1.0),
        )
        for first, end in runs
        if classes[first] != _NONE
    ]


def words(characters: Sequence[Character]) -> list[Span]:
    """What spaces part. The first word begins with the line and the last one ends with it."""
    groups = list(_groups(characters))
    half = _spacing(characters) / 2
    edges = [0.0]
    for before, after in pairwise(groups):
        middle = (before[-1].place + after[0].place) / 2
        edges += [min(before[-1].place + half, middle), max(after[0].place - half, middle)]
    edges.append(1.0)
    return [
        Span("".join(c.text for c in group), probability(group), edges[2 * number], edges[2 * number + 1])
        for number, group in enumerate(groups)
    ]


def probability(characters: Sequence[Character]) -> float:
    """The mean probability of the characters; 0 if there are none."""
    return float(np.mean([character.probability for character in characters])) if characters else 0.0


def _groups(characters: Sequence[Character]) -> Iterator[list[Character]]:
    group: list[Character] = []
    for character in characters:
        if not character.text.isspace():
            group.append(character)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _spacing(characters: Sequence[Character]) -> float:
    """How far the middles of neighbouring characters are apart, usually."""
    places = [character.place for character in characters]
    return float(np.median(np.diff(places))) if len(places) > 1 else 0.0
