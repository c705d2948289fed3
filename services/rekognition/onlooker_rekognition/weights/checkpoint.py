"""PyTorch checkpoints in the format before 1.6: a stream of pickles and then the numbers, read without PyTorch.

A pickle is a program. This one may make an `OrderedDict`, name the types of storages and describe tensors in them;
at anything else that it asks for, reading ends.
"""

from __future__ import annotations

import io
import math
import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from onlooker_rekognition.weights.tensors import Tensor, WeightsError

_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
_MALFORMED = (
    pickle.UnpicklingError,
    struct.error,
    AttributeError,
    EOFError,
    LookupError,
    OverflowError,
    TypeError,
    ValueError,
)
_STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Storage(NamedTuple):
    """Where a tensor's numbers are; several may share one."""

    kind: np.dtype[Any]
    key: str


class _Described(NamedTuple):
    """A tensor by what PyTorch rebuilds it from; what follows (gradients, hooks) has no bearing on its numbers."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, numbers: Tensor) -> Tensor:
        """The tensor itself. Raises WeightsError unless all of it lies within its storage."""
        last = self.offset + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides, strict=True))
        if min(self.offset, *self.shape, *self.strides, 0) < 0 or max(last + 1, math.prod(self.shape)) > len(numbers):
            raise WeightsError(f"A tensor of shape {self.shape} does not lie within its storage of {len(numbers)}")
        strides = [stride * numbers.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(numbers[self.offset :], self.shape, strides)


def _rebuild_tensor(*described: Any) -> _Described:
    return _Described(*described[:4])


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")

    def persistent_load(self, pid: Any) -> _Storage:
        match pid:
            case ("storage", np.dtype() as kind, str(key), _, int(), None):
                return _Storage(kind, key)
        raise pickle.UnpicklingError(f"{pid!r} is no storage")


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The tensors of a state dict, by name. Raises WeightsError for what is not one, or holds more than one."""
    try:
        return _read(path.read_bytes())
    except _MALFORMED as error:
        raise WeightsError(f"{path.name} is not a checkpoint that can be read: {error}") from error


def _read(content: bytes) -> dict[str, Tensor]:
    stream = io.BytesIO(content)
    magic, protocol, _, described, keys = (_Unpickler(stream).load() for _ in range(5))
    if (magic, protocol) != (_MAGIC, _PROTOCOL):
        raise WeightsError("It does not begin as a checkpoint does")
    kinds = {tensor.storage.key: tensor.storage.kind for tensor in described.values()}
    storages: dict[str, Tensor] = {}
    for key in keys:
        (count,) = struct.unpack("<Q", stream.read(8))
        storages[key] = np.frombuffer(content, kinds[key], count, stream.tell())
        stream.seek(storages[key].nbytes, io.SEEK_CUR)
    if stream.read():
        raise WeightsError("There is more in it than it describes")
    return {name: tensor.of(storages[tensor.storage.key]) for name, tensor in described.items()}
