"""An array that grows at its end, so that a reader may go on with what it has while a writer adds to it."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
"""One truth for each row."""
Numbers = NDArray[np.intp]
"""Of rows, or of names: as wide as memory's addresses, else numpy would widen them for each use."""
Whole = NDArray[np.int64]
"""One whole number for each row."""

FIRST = 1024
"""Places of a new array."""

D = TypeVar("D", bound=np.generic)


class Growing(Generic[D]):
    """Numbers of one type, added to at the end only. Amortized, adding one costs the same however many there are.

    Args:
        kind: the type of the numbers.
    """

    def __init__(self, kind: type[D]) -> None:
        self._places: NDArray[D] = np.empty(FIRST, kind)
        self._used = 0

    @property
    def values(self) -> NDArray[D]:
        """All there are now. What is added later is not among them."""
        return self._places[: self._used]

    def extend(self, values: "Sequence[int] | NDArray[Any]") -> None:
        """Add numbers."""
        needed = self._used + len(values)
        if needed > len(self._places):
            grown = np.empty(max(needed, 2 * len(self._places)), self._places.dtype)
            grown[: self._used] = self.values
            self._places = grown
        self._places[self._used : needed] = values
        self._used = needed

    def replace(self, values: NDArray[D]) -> None:
        """Hold these numbers only; who has the old ones keeps them."""
        self._places, self._used = values, len(values)
