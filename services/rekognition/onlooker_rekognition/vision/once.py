"""Values that are made when somebody first asks for them: what nobody uses costs neither time nor memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Once(Generic[Value]):
    """Call it for the value. One thread makes it while the others wait for it; then it is there for good.

    What making raises is raised to the caller and not kept: the next call tries again.
    """

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: tuple[Value] | None = None

    def __call__(self) -> Value:
        """The value."""
        if self._made is None:
            with self._lock:
                if self._made is None:  # another thread may have made it while this one waited
                    self._made = (self._make(),)
        return self._made[0]
