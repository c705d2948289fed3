"""Every label there is: what it is a kind of, and which classes of the two networks are it.

`taxonomy.json` beside this module is written by `python -m onlooker_rekognition.taxonomy`. Names, parents, aliases and
categories follow Rekognition's published label list where it has the label.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from onlooker_rekognition.vision.geometry import Array

TAXONOMY_FILE = Path(__file__).with_name("taxonomy.json")
CLASSIFIED, DETECTED = 1000, 80
"""How many classes the classifier (ImageNet's) and the detector (COCO's) tell apart."""


@dataclass(frozen=True, slots=True)
class Term:
    """A label as the file has it: `parents` are what it is a kind of directly, `classes` those that are it itself."""

    category: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]
    classes: tuple[int, ...]
    detector: int | None = None


class Taxonomy:
    """All labels, and which follow from which.

    `names` gives the rows of `members` (labels, 1000), which is 1 where a class of the classifier is the label or a
    kind of it. A label has all the classes of its descendants, so that no sum of probabilities exceeds an ancestor's.
    `detected` has the label of each of the detector's classes.
    """

    def __init__(self, terms: Mapping[str, Term]) -> None:
        """Raises KeyError for a parent that is no label, RecursionError for a label that is its own ancestor."""
        self.terms = terms
        self.names = tuple(terms)
        self._rows = {name: row for row, name in enumerate(self.names)}
        self.ancestors = _ancestors(terms)
        numbered = {term.detector: name for name, term in terms.items() if term.detector is not None}
        self.detected = tuple(numbered[number] for number in range(DETECTED))
        self.members = np.zeros((len(terms), CLASSIFIED), np.float32)
        for name, term in terms.items():
            self.members[np.ix_(self.rows_of(name, *self.ancestors[name]), term.classes)] = 1
        self._memberships = np.nonzero(self.members)

    @classmethod
    def read(cls, path: Path = TAXONOMY_FILE) -> Taxonomy:
        """The committed one."""
        entries = json.loads(path.read_text())
        return cls({name: _term(entry) for name, entry in entries.items()})

    def sums(self, probabilities: Array) -> Array:
        """Each label's share (labels,) of the classes' probabilities (1000,): of those that are it, or a kind of it.

        `members` times them; but 1 of 300 factors is not 0 there, and that product wakes all of numpy's threads.
        """
        labels, classes = self._memberships
        return np.bincount(labels, probabilities[classes], len(self.names)).astype(np.float64)

    def rows_of(self, *names: str) -> list[int]:
        """The rows of these labels."""
        return [self._rows[name] for name in names]

    def roots(self, name: str) -> list[str]:
        """The ancestors that are a kind of nothing."""
        return [label for label in self.ancestors[name] if not self.terms[label].parents]


def _term(entry: Mapping[str, Any]) -> Term:
    parents, aliases, classes = (tuple(entry[key]) for key in ("parents", "aliases", "classes"))
    return Term(entry["category"], parents, aliases, classes, entry.get("detector"))


def _ancestors(terms: Mapping[str, Term]) -> dict[str, tuple[str, ...]]:
    """All that each label is a kind of, at any remove, in alphabetical order as Rekognition lists them."""

    @cache
    def above(name: str) -> frozenset[str]:
        parents = terms[name].parents
        return frozenset(parents).union(*map(above, parents))

    return {name: tuple(sorted(above(name))) for name in terms}
