"""Weights as TF.js stores them: a manifest that describes slices of binary files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Tensor = npt.NDArray[Any]


class WeightsError(Exception):
    """Weights cannot be fetched, read or converted; the text says what to do."""


def read_tensors(groups: list[dict[str, Any]], folder: Path) -> dict[str, Tensor]:
    """The named tensors of a `weightsManifest` whose files are in `folder`; see `parse_tensors`."""
    return parse_tensors(groups, lambda path: (folder / path).read_bytes())


def parse_tensors(groups: list[dict[str, Any]], read: Callable[[str], bytes]) -> dict[str, Tensor]:
    """The named tensors of a `weightsManifest`, in their logical type; `read` gives a file of it by its path.

    Quantized tensors are widened: float16 is stored without parameters, uint8 and uint16 with `scale` and `min`.
    Raises WeightsError if the files are longer or shorter than the manifest says.
    """
    tensors: dict[str, Tensor] = {}
    for group in groups:
        data = b"".join(read(path) for path in group["paths"])
        position = 0
        for entry in group["weights"]:
            quantization = entry.get("quantization", {})
            stored = np.dtype(quantization.get("dtype", entry["dtype"]))
            end = position + stored.itemsize * int(np.prod(entry["shape"]))
            if end > len(data):
                raise WeightsError(f"{group['paths']} end in the middle of {entry['name']}")
            values: Tensor = np.frombuffer(data[position:end], stored)
            if "scale" in quantization:
                values = values.astype(np.float32) * np.float32(quantization["scale"])
                values += np.float32(quantization["min"])
            tensors[entry["name"]] = values.astype(entry["dtype"]).reshape(entry["shape"])
            position = end
        if position != len(data):
            raise WeightsError(f"{group['paths']} hold {len(data) - position} bytes more than described")
    return tensors
