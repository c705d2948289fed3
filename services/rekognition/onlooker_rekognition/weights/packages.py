"""What a package that carries weights has to tell, whichever registry it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Package(Protocol):
    """A package in the folder that `fetch` filled."""

    @property
    def name(self) -> str:
        """Its name in its registry."""

    def folder(self, fetched: Path) -> Path:
        """Where its files are."""

    def version(self, fetched: Path) -> str:
        """The version that was fetched."""

    def licence(self, fetched: Path) -> str:
        """An SPDX expression."""
