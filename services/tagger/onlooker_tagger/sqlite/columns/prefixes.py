"""Finds the names that have a word with some beginning, as quickly as somebody types."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from onlooker_tagger import facts
from onlooker_tagger.sqlite.columns.entry import Named

SUGGESTED: frozenset[Named] = frozenset({"labels", "parents", "persons", "words", "folder"})
LENGTHS = (1, 2, 3)
"""Letters by which names are kept apart: with three, even of many names only few are looked at."""


class Known(NamedTuple):
    """A name under one of its beginnings."""

    beginning: str
    kind: Named
    code: int


class Prefixes:
    """Names by the first letters of each of their words. Only ever added to."""

    def __init__(self) -> None:
        self._known: dict[str, list[Known]] = defaultdict(list)
        self._seen: dict[Named, int] = dict.fromkeys(SUGGESTED, 0)

    def extend(self, kind: Named, names: Sequence[str]) -> None:
        """Add those of all names of a kind, by their numbers, that are new."""
        if kind not in SUGGESTED:
            return
        new, self._seen[kind] = range(self._seen[kind], len(names)), len(names)
        for code in new:
            for beginning in facts.beginnings(names[code]):
                known = Known(beginning, kind, code)
                for length in LENGTHS:
                    if len(beginning) >= length:
                        self._known[beginning[:length]].append(known)

    def find(self, typed: str) -> Iterator[Known]:
        """Return the names that have a word which begins like this; one that has several may come several times.

        Args:
            typed: folded, at least a letter.
        """
        for known in self._known.get(typed[: LENGTHS[-1]], ()):
            if known.beginning.startswith(typed):
                yield known
