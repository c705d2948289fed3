"""What the models are, for people: read from the manifest that was written beside them when they were built.

Size and hash are the lock's, for nothing but the lock vouches for a model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from onlooker_rekognition.weights.lock import MANIFEST, ModelsLock


class ManifestError(Exception):
    """The manifest is missing or damaged; the text says how to write it anew."""


@dataclass(frozen=True, slots=True)
class DescribedModel:
    """One model."""

    name: str
    role: str
    """What it is for, in a few words."""
    package: str
    """Of npm or PyPI, from which it was made."""
    version: str
    """The package's."""
    licence: str
    size: int
    """Bytes."""
    sha256: str


def read_manifest(cache: Path, lock: ModelsLock) -> list[DescribedModel]:
    """Every model of the lock, in its order. Raises ManifestError."""
    path = lock.folder(cache) / MANIFEST
    try:
        told = {entry["name"]: entry for entry in json.loads(path.read_bytes())["models"]}
        return [
            DescribedModel(
                name=name,
                size=locked.size,
                sha256=locked.sha256,
                **{field: str(told[name][field]) for field in ("role", "package", "version", "licence")},
            )
            for name, locked in lock.models.items()
        ]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ManifestError(
            f"{path} is missing or damaged. To build it anew: python -m onlooker_rekognition.weights --rebuild"
        ) from error
