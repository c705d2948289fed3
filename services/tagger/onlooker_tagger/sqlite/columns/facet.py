"""Names that pictures have, such as labels: each is a number here, and each picture's names are pairs of numbers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onlooker_tagger.sqlite.columns.growing import Growing, Mask, Rows

Counts = NDArray[np.intp]
"""How many pictures have each name, by the name's number."""


class Vocabulary:
    """Names by number. One that was once there stays."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._codes: dict[str, int] = {}
        self._alike: dict[str, list[int]] = defaultdict(list)

    def code(self, name: str) -> int:
        """Return a name's number, a new one if it is new."""
        found = self._codes.get(name)
        if found is None:
            found = self._codes[name] = len(self.names)
            self.names.append(name)
            self._alike[name.casefold()].append(found)
        return found

    def find(self, name: str) -> int | None:
        """Return a name's number; None if it is unknown."""
        return self._codes.get(name)

    def alike(self, name: str) -> Sequence[int]:
        """Return the numbers of a name in any case."""
        return self._alike.get(name.casefold(), ())


class Postings(NamedTuple):
    """Which rows have which names: a row and a name at each place."""

    vocabulary: Vocabulary
    rows: Rows
    codes: Rows

    def rows_of(self, codes: Iterable[int]) -> Rows:
        """Return the rows that have one of some names."""
        found = [self.rows[self.codes == code] for code in codes]
        return np.concatenate(found) if found else self.rows[:0]

    def counts(self, chosen: Mask) -> Counts:
        """Return how many of the chosen rows have each name, by its number."""
        codes = self.codes if chosen.all() else self.codes[chosen[self.rows]]
        return np.bincount(codes, minlength=len(self.vocabulary.names))


class Facet:
    """The names of one kind that pictures have."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self._rows: Growing[np.int32] = Growing(np.int32)
        self._codes: Growing[np.int32] = Growing(np.int32)

    def extend(self, named: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Add the names of some rows."""
        code = self.vocabulary.code
        self._rows.extend([row for row, names in named for _ in names])
        self._codes.extend([code(name) for _, names in named for name in names])

    def postings(self) -> Postings:
        """Return what is here now."""
        return Postings(self.vocabulary, self._rows.values, self._codes.values)

    def keep(self, kept: Mask, moved: Rows) -> None:
        """Forget all rows but some.

        Args:
            kept: which.
            moved: what the number of each row is from now on.
        """
        here = kept[self._rows.values]
        self._codes.replace(self._codes.values[here])
        self._rows.replace(moved[self._rows.values[here]])
