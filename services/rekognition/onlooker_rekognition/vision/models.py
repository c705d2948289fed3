"""The converted models: read from the cache, verified, and run."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]  # ships no types

from onlooker_rekognition.vision.batches import Batcher, Outputs
from onlooker_rekognition.vision.errors import ModelError
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.once import Once
from onlooker_rekognition.vision.runtime import Runtime
from onlooker_rekognition.vision.watch import Nobody, Watch
from onlooker_rekognition.weights.lock import ModelsLock, read_lock

Floats = npt.NDArray[np.float32]
_BATCH, _BATCHES = 2, {"face_recognition": 8, "text_recognition": 16}
"""The faces of a picture that a processor looks at together. The embedding gains a fifth by it, the others nothing, and
from four on their tensors outgrow the cache (docs/performance.md); the text reader makes its own batches."""

_BATCH_ON_DEVICE = 16  # it gains by each; bounds the memory that a picture full of faces takes


class Network:
    """A loaded model. `run` may be called from many threads at once."""

    def __init__(
        self, session: onnxruntime.InferenceSession, ran: Callable[[int, float], None], *, largest: int
    ) -> None:
        """`ran` is told of each run how many pictures it was for, at most `largest`, and how many seconds it took."""
        self._session = session
        self._ran = ran
        self._outputs = [output.name for output in session.get_outputs()]
        batch = session.get_inputs()[0].shape[0]
        self.largest_batch = batch if isinstance(batch, int) else largest

    @property
    def size(self) -> int:
        """The height of the pictures it takes, in pixels, and their width unless that is free."""
        return int(self._session.get_inputs()[0].shape[1])

    def metadata(self, key: str) -> str:
        """What the model's makers noted in it. Raises KeyError if they did not."""
        return str(self._session.get_modelmeta().custom_metadata_map[key])

    def run(self, pictures: Pixels) -> Outputs:
        """The named outputs for RGB pictures (n, height, width, 3) of a size that it takes, n at least 1."""
        step = self.largest_batch
        parts = [self._compute(pictures[start : start + step]) for start in range(0, len(pictures), step)]
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in self._outputs}

    def _compute(self, pictures: Pixels) -> Outputs:
        began = time.perf_counter()
        values = self._session.run(None, {"input": np.ascontiguousarray(pictures)})
        self._ran(len(pictures), time.perf_counter() - began)
        return dict(zip(self._outputs, values, strict=True))


class BatchingNetwork(Network):
    """A model on a device of its own: what many threads ask of it at the same time is computed together."""

    def __init__(
        self, session: onnxruntime.InferenceSession, ran: Callable[[int, float], None], *, largest: int
    ) -> None:
        super().__init__(session, ran, largest=largest)
        self._batcher = Batcher(super()._compute, largest=self.largest_batch)

    def _compute(self, pictures: Pixels) -> Outputs:
        return self._batcher(pictures)


class ModelStore:
    """The set of models that `python -m onlooker_rekognition.weights` puts into a cache.

    Networks are loaded when first used, each once, and shared by all who use them. Thread-safe.
    """

    def __init__(
        self,
        cache: Path,
        lock: ModelsLock | None = None,
        *,
        runtime: Runtime | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._lock = lock or read_lock()
        self._folder = self._lock.folder(cache)
        self._runtime = runtime or Runtime()
        self._watch = watch or Nobody()
        self._networks = {name: Once(partial(self._load, name)) for name in self._lock.models}

    def verify(self) -> None:
        """Compare every file with the lock, loading none: a tenth of a second. A device of its own is tried out.

        Raises ModelError if a file is missing or is not, byte for byte, what the lock says, and ProviderError.
        """
        self._runtime.prepare()
        for name in self._lock.models:
            self._verified(name)
        if self._runtime.accelerated:
            self.network(min(self._lock.models, key=lambda name: self._lock.models[name].size))

    def network(self, name: str) -> Network:
        """A model, loaded at its first use. Raises ModelError like `verify`, then and at every call until it loads."""
        return self._networks[name]()

    def _load(self, name: str) -> Network:
        began = time.perf_counter()
        session = self._runtime.open(self._verified(name))  # by its name: of bytes, a session keeps a copy
        self._watch.loaded(name, time.perf_counter() - began)
        ran = partial(self._watch.ran, name)
        if self._runtime.accelerated:
            return BatchingNetwork(session, ran, largest=_BATCH_ON_DEVICE)
        return Network(session, ran, largest=_BATCHES.get(name, _BATCH))

    def _verified(self, name: str) -> Path:
        locked = self._lock.models[name]
        path = self._folder / locked.file
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(
                f"The model {path} cannot be read ({error.strerror}). "
                "To build the models: python -m onlooker_rekognition.weights"
            ) from error
        if digest != locked.sha256:
            raise ModelError(
                f"The model {path} is not the one this version was released with: damaged or altered. "
                "To build it anew: python -m onlooker_rekognition.weights --rebuild"
            )
        return path
