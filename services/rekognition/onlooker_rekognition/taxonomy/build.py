"""Puts the taxonomy together: hand-made choices, and for the classifier's classes their places in WordNet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onlooker_rekognition.taxonomy.imagenet import ImageNetClass
from onlooker_rekognition.taxonomy.wordnet import WordNet

Entry = dict[str, Any]
"""A label as the file has it: category, direct parents, aliases, and its own classes of detector and classifier."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9' .&-]*")
_NO_CATEGORY = {"aliases", "names", "silent"}


def build(choices: Mapping[str, Any], wordnet: WordNet, classes: Sequence[ImageNetClass]) -> dict[str, Entry]:
    """All labels by name. Raises ValueError for choices that contradict one another or leave something undecided."""
    tables = {key: table for key, table in choices.items() if key not in _NO_CATEGORY}
    chosen = {name: {"category": key, **label} for key, table in tables.items() for name, label in table.items()}
    if len(chosen) != sum(map(len, tables.values())):
        raise ValueError("A label is in two categories")
    kinds = _Kinds(chosen, wordnet, classes)
    taken = {number for label in chosen.values() for number in _numbers(label.get("is", ""))}
    taken |= _numbers(choices["silent"]["classes"])
    labels = {name: _chosen(label) for name, label in chosen.items()}
    for number, imagenet in enumerate(classes):
        if number not in taken:
            name = choices["names"].get(str(number), imagenet.name)
            if name in labels:
                raise ValueError(f"Class {number} would be a second {name}")
            labels[name] = kinds.label(number)
    for name, aliases in choices["aliases"].items():
        labels[name]["aliases"] = aliases
    _check(labels, kinds)
    return dict(sorted(labels.items(), key=lambda item: item[0].casefold()))


class _Kinds:
    """Which of the chosen labels a class belongs to."""

    def __init__(self, chosen: Mapping[str, Entry], wordnet: WordNet, classes: Sequence[ImageNetClass]) -> None:
        self._chosen = chosen
        synsets = {wordnet.sense(key): name for name, label in chosen.items() for key in label.get("synsets", ())}
        self.of_class: dict[int, set[str]] = defaultdict(set)
        for name, label in chosen.items():
            for number in _numbers(label.get("has", "")):
                self.of_class[number].add(name)
        for number, imagenet in enumerate(classes):
            above = {imagenet.offset, *wordnet.above(imagenet.offset)}
            self.of_class[number] |= {synsets[offset] for offset in above if offset in synsets}

    def label(self, number: int) -> Entry:
        """A class's own label: below the nearest kinds it belongs to, in the category of the first of them."""
        kinds = self.of_class[number]
        parents = sorted(kinds - {elder for kind in kinds for elder in self.above(kind)})
        if not parents:
            raise ValueError(f"Class {number} is a kind of nothing and has no category")
        return {
            "category": self._chosen[parents[0]]["category"],
            "parents": parents,
            "aliases": [],
            "classes": [number],
        }

    def above(self, name: str) -> Iterator[str]:
        """All that a chosen label is a kind of, perhaps more than once."""
        for parent in self._chosen[name].get("parents", ()):
            yield parent
            yield from self.above(parent)


def _chosen(label: Entry) -> Entry:
    entry = {"category": label["category"], "parents": sorted(label.get("parents", ())), "aliases": []}
    entry["classes"] = sorted(_numbers(label.get("is", "")))
    return entry | ({"detector": label["detector"]} if "detector" in label else {})


def _check(labels: Mapping[str, Entry], kinds: _Kinds) -> None:
    owner = {number: name for name, label in labels.items() for number in label["classes"]}
    for name, label in labels.items():
        if not _NAME.fullmatch(name) or re.search(r"\b(or|and/or)\b", name):
            raise ValueError(f"{name} is no name for a label")
        if unknown := set(label["parents"]) - labels.keys():
            raise ValueError(f"{name} is a kind of {', '.join(unknown)}, which is no label")
    for number, of_class in kinds.of_class.items():
        if number in owner and (lost := of_class - {owner[number], *_ancestors(labels, owner[number])}):
            raise ValueError(f"Class {number} is {owner[number]}, which is no kind of {', '.join(sorted(lost))}")


def _ancestors(labels: Mapping[str, Entry], name: str) -> Iterator[str]:
    for parent in labels[name]["parents"]:
        yield parent
        yield from _ancestors(labels, parent)


def _numbers(text: str) -> set[int]:
    """`1 5-7` is 1, 5, 6, 7."""
    spans = (span.partition("-") for span in text.split())
    return {number for first, _, last in spans for number in range(int(first), int(last or first) + 1)}
