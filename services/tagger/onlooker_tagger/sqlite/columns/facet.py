"""Names that pictures have, such as labels: each is a number here, and each picture's names are pairs of numbers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onlooker_tagger.sqlite.columns.growing import Growing, Mask, Numbers

Counts = NDArray[np.intp]
"""How many pictures have each name, by the name's number."""


class Vocabulary:
    """Names by number. One that was once there stays."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.codes = _Codes(self._add)
        self._alike: dict[str, list[int]] = defaultdict(list)

    def find(self, name: str) -> int | None:
        """Return a name's number; None if it is unknown."""
        return self.codes.get(name)

    def alike(self, name: str) -> Sequence[int]:
        """Return the numbers of a name in any case."""
        return self._alike.get(name.casefold(), ())

    def _add(self, name: str) -> int:
        code = len(self.names)
        self.names.append(name)
        self._alike[name.casefold()].append(code)
        return code


class _Codes(dict[str, int]):
    """The number of each name; a name that is looked up in brackets gets one if it is new.

    Args:
        add: gives a new name its number.
    """

    def __init__(self, add: Callable[[str], int]) -> None:
        super().__init__()
        self._add = add

    def __missing__(self, name: str) -> int:
        code = self[name] = self._add(name)
        return code


class Postings(NamedTuple):
    """Which rows have which names: a row and a name at each place."""

    vocabulary: Vocabulary
    rows: Numbers
    codes: Numbers

    def rows_of(self, codes: Iterable[int]) -> Numbers:
        """Return the rows that have one of some names."""
        found = [self.rows[self.codes == code] for code in codes]
        return np.concatenate(found) if found else self.rows[:0]

    def counts(self, chosen: Mask) -> Counts:
        """Return how many of the chosen rows have each name, by its number."""
        codes = self.codes if chosen.all() else self.codes[chosen.take(self.rows)]
        return np.bincount(codes, minlength=len(self.vocabulary.names))


class Facet:
    """The names of one kind that pictures have."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self._rows: Growing[np.intp] = Growing(np.intp)
        self._codes: Growing[np.intp] = Growing(np.intp)

    def extend(self, rows: Sequence[int], names: Sequence[Sequence[str]]) -> None:
        """Add the names of some rows."""
        self._rows.extend(np.repeat(rows, [len(each) for each in names]))
        self._codes.extend(list(map(self.vocabulary.codes.__getitem__, chain.from_iterable(names))))

    def postings(self) -> Postings:
        """Return what is here now."""
        return Postings(self.vocabulary, self._rows.values, self._codes.values)

    def keep(self, kept: Mask, moved: Numbers) -> None:
        """Forget all rows but some.

        Args:
            kept: which.
            moved: what the number of each row is from now on.
        """
        here = kept[self._rows.values]
        self._codes.replace(self._codes.values[here])
        self._rows.replace(moved[self._rows.values[here]])
