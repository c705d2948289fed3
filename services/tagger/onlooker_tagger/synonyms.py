"""Everyday words for labels: who looks for a puppy finds pictures with the label Dog.

The words stand in `synonyms.json`, by label. They are looked up when somebody searches, so that a new one holds for all
pictures at once. Every index takes them from here.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from onlooker_tagger.facts import beginnings, folded

LONGEST = 3
"""Words of the longest synonyms."""


class Group(NamedTuple):
    """Words of a search that stand together: a picture must have each of the words, or one of the labels."""

    words: tuple[str, ...]
    labels: tuple[str, ...] = ()
    begun: bool = False
    """Whether the last of the words may be the beginning of one."""

    def begun_words(self) -> Iterator[tuple[str, bool]]:
        """Yield each word, and whether it may be the beginning of one."""
        last = len(self.words) - 1
        for n, word in enumerate(self.words):
            yield word, self.begun and n == last


def groups(words: Sequence[str]) -> list[Group]:
    """Return the words of a search, each once, with the labels that some of them are other words for.

    Who types is at the last word: it may be a beginning, unless it was said before.
    """
    found: list[Group] = []
    n = 0
    while n < len(words):
        group = _group(words[n : n + LONGEST])
        found.append(group)
        n += len(group.words)
    if found and found[-1] not in found[:-1]:
        found[-1] = found[-1]._replace(begun=True)
    return list(dict.fromkeys(found))


def labels_for(phrase: str) -> tuple[str, ...]:
    """Return the labels that a word, or several, are everyday words for; in the singular or plural, any case."""
    known = _labels_by_word()
    plain = " ".join(word for part in folded(phrase).split() if (word := _bare(part)))
    return next((labels for form in _singulars(plain) if (labels := known.get(form))), ())


def beginning_with(typed: str) -> Iterator[tuple[str, str]]:
    """Return the everyday words that have a word with some beginning, each with its label.

    Args:
        typed: folded, at least a letter.
    """
    for word, labels in _labels_by_word().items():
        if any(beginning.startswith(typed) for beginning in beginnings(word)):
            for label in labels:
                yield word, label


def _group(words: Sequence[str]) -> Group:
    """Return the longest synonym that some words begin with; if there is none, the first word alone."""
    for length in range(len(words), 0, -1):
        labels = labels_for(" ".join(words[:length]))
        if labels:
            return Group(tuple(words[:length]), labels)
    return Group((words[0],))


def _bare(word: str) -> str:
    """Return a word without the signs around it."""
    marks = "".join(char for char in word if not char.isalnum())
    return word.strip(marks)


def _singulars(phrase: str) -> Iterator[str]:
    """Return a phrase as it is, and what it may be the plural of."""
    yield phrase
    for ending, singular in (("ies", "y"), ("es", ""), ("s", "")):
        if phrase.endswith(ending):
            yield phrase.removesuffix(ending) + singular


@cache
def _labels_by_word() -> dict[str, tuple[str, ...]]:
    text = files("onlooker_tagger").joinpath("synonyms.json").read_text(encoding="utf-8")
    found: dict[str, list[str]] = defaultdict(list)
    for label, words in json.loads(text).items():
        for word in words:
            found[folded(word)].append(label)
    return {word: tuple(labels) for word, labels in found.items()}
