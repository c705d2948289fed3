"""The converted models: read from the cache, verified, and run."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]  # ships no types

from onlooker_rekognition.vision.errors import ModelError
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.once import Once
from onlooker_rekognition.weights.lock import ModelsLock, read_lock

Floats = npt.NDArray[np.float32]
_LARGEST_BATCH = 16  # bounds the memory that a picture full of faces takes


class Network:
    """A loaded model. `run` may be called from many threads at once."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._outputs = [output.name for output in session.get_outputs()]
        self.size = int(session.get_inputs()[0].shape[1])

    def run(self, pictures: Pixels) -> dict[str, Floats]:
        """The named outputs for square RGB pictures (n, size, size, 3), n at least 1."""
        parts = [
            self._session.run(None, {"input": np.ascontiguousarray(pictures[start : start + _LARGEST_BATCH])})
            for start in range(0, len(pictures), _LARGEST_BATCH)
        ]
        return {
            name: np.concatenate(values) for name, values in zip(self._outputs, zip(*parts, strict=True), strict=True)
        }


class ModelStore:
    """The set of models that `python -m onlooker_rekognition.weights` puts into a cache.

    Networks are loaded when first used, each once, and shared by all who use them. Thread-safe.
    """

    def __init__(self, cache: Path, lock: ModelsLock | None = None, *, threads: int = 1) -> None:
        self._lock = lock or read_lock()
        self._folder = self._lock.folder(cache)
        self._threads = threads
        self._networks = {name: Once(partial(self._load, name)) for name in self._lock.models}

    def verify(self) -> None:
        """Compare every file with the lock, loading none: a tenth of a second.

        Raises ModelError if one is missing or is not, byte for byte, what the lock says.
        """
        for name in self._lock.models:
            self._read(name)

    def network(self, name: str) -> Network:
        """A model, loaded at its first use. Raises ModelError like `verify`, then and at every call until it loads."""
        return self._networks[name]()

    def _load(self, name: str) -> Network:
        content = self._read(name)  # what is run is what was compared, not what the file holds a moment later
        return Network(onnxruntime.InferenceSession(content, _options(self._threads), ["CPUExecutionProvider"]))

    def _read(self, name: str) -> bytes:
        locked = self._lock.models[name]
        path = self._folder / locked.file
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"The model {path} cannot be read ({error.strerror}). "
                "To build the models: python -m onlooker_rekognition.weights"
            ) from error
        if hashlib.sha256(content).hexdigest() != locked.sha256:
            raise ModelError(
                f"The model {path} is not the one this version was released with: damaged or altered. "
                "To build it anew: python -m onlooker_rekognition.weights --rebuild"
            )
        return content


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # idle threads of one session would otherwise spin while another session's work: 169 ms an image, not 44
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_mem_pattern = False  # it pays for equal shapes only, and batches here differ: 70 MB less
    options.log_severity_level = 3  # errors; they are raised as well
    return options
