"""What the converted models have to be, byte for byte: `models.lock.json`, committed beside this module.

Conversion gives the same bytes everywhere, so one list of SHA-256 says both whether a build went right and whether
a cache was altered afterwards. It imports nothing but the standard library: the server needs it, `onnx` it does not.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

LOCK_FILE = Path(__file__).with_name("models.lock.json")
MANIFEST = "manifest.json"
_FOLDER_NAME_LENGTH = 16


@dataclass(frozen=True, slots=True)
class LockedModel:
    """One converted model."""

    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelsLock:
    """All converted models, and the name their set has in a cache."""

    models: dict[str, LockedModel]
    digest: str

    def folder(self, cache: Path) -> Path:
        """Where in `cache` this set lives; another version's set has another folder, so both can be in use."""
        return cache / self.digest[:_FOLDER_NAME_LENGTH]

    def is_complete(self, cache: Path) -> bool:
        """Whether the whole set is there, judged by names and sizes: in milliseconds, without reading it."""
        folder = self.folder(cache)
        return (folder / MANIFEST).is_file() and all(
            (folder / model.file).is_file() and (folder / model.file).stat().st_size == model.size
            for model in self.models.values()
        )


def read_lock(path: Path = LOCK_FILE) -> ModelsLock:
    """The committed lock."""
    content = path.read_bytes()
    entries = json.loads(content)["models"]
    return ModelsLock(
        {name: LockedModel(**entry) for name, entry in entries.items()}, hashlib.sha256(content).hexdigest()
    )


def default_cache() -> Path:
    """`ONLOOKER_REKOGNITION_MODELS`, else the user's cache folder by the XDG convention."""
    if chosen := os.environ.get("ONLOOKER_REKOGNITION_MODELS"):
        return Path(chosen)
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache") / "onlooker" / "models"
