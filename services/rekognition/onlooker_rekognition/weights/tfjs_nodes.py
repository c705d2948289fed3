"""The nodes of a TF.js graph model: as its JSON describes them, and as they are when they are emitted."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_rekognition.weights.tensors import Tensor, WeightsError


@dataclass(frozen=True, slots=True)
class Node:
    """One TensorFlow operation. Its inputs are the names of others; none that is known has two outputs."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    @classmethod
    def parse(cls, entry: Mapping[str, Any]) -> Node:
        """From the model's JSON; inputs that only order execution (`^name`) are left out."""
        inputs = (name.removesuffix(":0") for name in entry.get("input", ()) if not name.startswith("^"))
        return cls(entry["name"], entry["op"], tuple(inputs), entry.get("attr", {}))


class Call:
    """A node about to be emitted, with its inputs as tensors of the graph or as constants."""

    def __init__(self, node: Node, tensors: dict[str, str], constants: Mapping[str, Tensor]) -> None:
        self.node = node
        self._tensors = tensors
        self._constants = constants

    def operand(self, index: int) -> str | Tensor:
        """An input, computed or constant."""
        name = self.node.inputs[index]
        return self._constants[name] if name in self._constants else self._tensors[name]

    def tensor(self, index: int) -> str:
        """A computed input. Raises WeightsError for a constant."""
        operand = self.operand(index)
        if not isinstance(operand, str):
            raise WeightsError(f"{self.node.name}: input {index} of {self.node.op} is a constant")
        return operand

    def constant(self, index: int) -> Tensor:
        """A constant input. Raises WeightsError for a computed one."""
        operand = self.operand(index)
        if isinstance(operand, str):
            raise WeightsError(f"{self.node.name}: input {index} of {self.node.op} is not a constant")
        return operand

    def flag(self, key: str) -> bool:
        """A boolean attribute, false if absent."""
        return bool(self._attribute(key, "b", default=False))

    def text(self, key: str) -> str:
        """A string attribute."""
        return base64.b64decode(self._attribute(key, "s", "")).decode()

    def integers(self, key: str) -> list[int]:
        """A list of integers, empty if absent."""
        return [int(item) for item in self._attribute(key, "list", {}).get("i", ())]

    def texts(self, key: str) -> list[str]:
        """A list of strings, empty if absent."""
        return [base64.b64decode(item).decode() for item in self._attribute(key, "list", {}).get("s", ())]

    def _attribute(self, key: str, kind: str, default: Any) -> Any:
        return self.node.attributes.get(key, {}).get(kind, default)
