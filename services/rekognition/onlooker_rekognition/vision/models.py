"""The converted models on disk, verified before they are loaded."""

from __future__ import annotations

from pathlib import Path


class ModelStore:
    """The folder that `python -m onlooker_rekognition.weights` fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
