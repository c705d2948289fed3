"""A checkpoint is read without running what it says, and not one number from outside of its tensors."""

import os
import pickle
import struct
import sys
import types
from collections import OrderedDict
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onlooker_rekognition.weights.checkpoint import read_checkpoint
from onlooker_rekognition.weights.tensors import WeightsError

FLOATS = np.arange(6, dtype="<f4")
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


class FloatStorage:
    """Stands for PyTorch's."""


class Tensor:
    """Pickled as PyTorch pickles a tensor."""

    def __init__(self, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], key: str = "7") -> None:
        self.described = (key, offset, shape, strides)

    def __reduce__(self) -> Any:
        key, *place = self.described
        return _rebuild_tensor_v2, (Stored(key), *place, False, OrderedDict())


class Stored:
    def __init__(self, key: str) -> None:
        self.key = key


class Pickler(pickle.Pickler):
    def persistent_id(self, item: object) -> Any:
        return ("storage", FloatStorage, item.key, "cpu", len(FLOATS), None) if isinstance(item, Stored) else None


def _rebuild_tensor_v2() -> None:
    """Stands for PyTorch's."""


@pytest.fixture(autouse=True)
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands for PyTorch has its names while it is pickled."""
    modules = {"torch": FloatStorage, "torch._utils": _rebuild_tensor_v2}
    for name, item in modules.items():
        module = types.ModuleType(name)
        setattr(module, item.__name__, item)
        monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setattr(item, "__module__", name)


def write(
    path: Path, state: Any, *, magic: int = MAGIC, count: int = len(FLOATS), keys: Iterable[str] = ("7",)
) -> Path:
    stream = BytesIO()
    for item in (magic, PROTOCOL, {"little_endian": True}, state, list(keys)):
        Pickler(stream, protocol=2).dump(item)
    stream.write(struct.pack("<q", count) + FLOATS.tobytes())
    path.write_bytes(stream.getvalue())
    return path


def test_tensors_are_read_however_they_lie_in_their_storage(tmp_path: Path) -> None:
    state = OrderedDict(rows=Tensor(0, (2, 3), (3, 1)), columns=Tensor(0, (3, 2), (1, 3)), last=Tensor(5, (), ()))
    read = read_checkpoint(write(tmp_path / "a.pth", state))
    np.testing.assert_array_equal(read["rows"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(read["columns"], [[0, 3], [1, 4], [2, 5]])
    assert read["last"] == 5


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [
        (1, (2, 3), (3, 1)),
        (-1, (2,), (1,)),
        (0, (2, 3), (4, 1)),
        (5, (2,), (-1,)),
        (0, (-1,), (1,)),
        (0, (1 << 40,), (0,)),
    ],
    ids=["past the end", "before the start", "too far apart", "backwards", "less than nothing", "endless"],
)
def test_a_tensor_outside_of_its_storage_is_refused(
    tmp_path: Path, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    path = write(tmp_path / "a.pth", OrderedDict(w=Tensor(offset, shape, strides)))
    with pytest.raises(WeightsError, match="does not lie within its storage of 6"):
        read_checkpoint(path)


class Harmful:
    def __reduce__(self) -> Any:
        return os.mkdir, ("ran",)


def test_no_code_that_a_checkpoint_names_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WeightsError, match="mkdir is not allowed"):
        read_checkpoint(write(tmp_path / "a.pth", OrderedDict(w=Harmful())))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "changed", [{"magic": 1}, {"count": 5}, {"count": 7}, {"count": -1}, {"keys": ["8"]}, {"keys": []}, {"state": [1]}]
)
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    state = OrderedDict(w=Tensor(0, (5,), (1,)))
    with pytest.raises(WeightsError):
        read_checkpoint(write(tmp_path / "a.pth", **{"state": state, **changed}))


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pth", OrderedDict(w=Tensor(0, (6,), (1,))))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(WeightsError):
            read_checkpoint(path)
