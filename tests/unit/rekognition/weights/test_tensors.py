"""Weights are read as TF.js stores them, and nothing is read from files that do not fit their manifest."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onlooker_rekognition.weights.tensors import WeightsError, read_tensors


def group(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"paths": ["a.bin", "b.bin"], "weights": list(entries)}]


def store(folder: Path, data: bytes, split: int = 3) -> None:
    """The bytes in two files, cut where no tensor ends."""
    (folder / "a.bin").write_bytes(data[:split])
    (folder / "b.bin").write_bytes(data[split:])


def test_tensors_of_several_types_follow_one_another_across_files(tmp_path: Path) -> None:
    floats, integer = np.array([[1.5, -2], [0, 4]], np.float32), np.array(7, np.int32)
    store(tmp_path, floats.tobytes() + integer.tobytes())
    tensors = read_tensors(
        group({"name": "w", "dtype": "float32", "shape": [2, 2]}, {"name": "n", "dtype": "int32", "shape": []}),
        tmp_path,
    )
    np.testing.assert_array_equal(tensors["w"], floats)
    assert tensors["n"] == 7
    assert tensors["n"].dtype == np.int32


def test_half_precision_is_widened(tmp_path: Path) -> None:
    halves = np.array([0.5, -3], np.float16)
    store(tmp_path, halves.tobytes())
    entry = {"name": "w", "dtype": "float32", "shape": [2], "quantization": {"dtype": "float16"}}
    (values,) = read_tensors(group(entry), tmp_path).values()
    np.testing.assert_array_equal(values, halves)
    assert values.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_quantized_integers_are_scaled_and_shifted(tmp_path: Path, dtype: type) -> None:
    store(tmp_path, np.array([0, 1, 200, 255], dtype).tobytes())
    quantization = {"dtype": np.dtype(dtype).name, "scale": 0.01, "min": -1.0}
    entry = {"name": "w", "dtype": "float32", "shape": [4], "quantization": quantization}
    (values,) = read_tensors(group(entry), tmp_path).values()
    np.testing.assert_allclose(values, [-1, -0.99, 1, 1.55], atol=1e-6)


@pytest.mark.parametrize(("length", "complaint"), [(15, "end in the middle of w"), (17, "1 bytes more")])
def test_files_that_do_not_fit_the_manifest_are_refused(tmp_path: Path, length: int, complaint: str) -> None:
    store(tmp_path, bytes(length))
    with pytest.raises(WeightsError, match=complaint):
        read_tensors(group({"name": "w", "dtype": "float32", "shape": [4]}), tmp_path)
