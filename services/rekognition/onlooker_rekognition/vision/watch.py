"""Who wants to know what the models do: the server's metrics."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Is told from any thread."""

    def loaded(self, model: str, seconds: float) -> None:
        """A model was loaded, which took so long."""

    def ran(self, model: str, pictures: int, seconds: float) -> None:
        """A model looked at so many pictures at once, which took so long."""


class Nobody:
    """Does not care."""

    def loaded(self, model: str, seconds: float) -> None:
        """Nothing happens."""

    def ran(self, model: str, pictures: int, seconds: float) -> None:
        """Nothing happens."""
