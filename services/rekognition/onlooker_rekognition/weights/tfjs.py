"""TF.js graph models (a JSON of TensorFlow nodes and a binary of weights) to ONNX.

It knows the operations that the models in `catalogue` use, in the forms they use, and refuses any other.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.tensors import Tensor, WeightsError, read_tensors
from onlooker_rekognition.weights.tfjs_operations import OPERATIONS


@dataclass(frozen=True, slots=True)
class Node:
    """One TensorFlow operation. Its inputs are named `node`, or `node:n` for its n-th output above the first."""

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

    def integer(self, key: str, default: int = 0) -> int:
        """An integer attribute."""
        return int(self._attribute(key, "i", default))

    def flag(self, key: str) -> bool:
        """A boolean attribute, false if absent."""
        return bool(self._attribute(key, "b", default=False))

    def text(self, key: str) -> str:
        """A string attribute."""
        return base64.b64decode(self._attribute(key, "s", "")).decode()

    def type(self, key: str) -> str:
        """A type attribute, such as `DT_FLOAT`."""
        return str(self._attribute(key, "type", ""))

    def integers(self, key: str) -> list[int]:
        """A list of integers, empty if absent."""
        return [int(item) for item in self._attribute(key, "list", {}).get("i", ())]

    def texts(self, key: str) -> list[str]:
        """A list of strings, empty if absent."""
        return [base64.b64decode(item).decode() for item in self._attribute(key, "list", {}).get("s", ())]

    def _attribute(self, key: str, kind: str, default: Any) -> Any:
        return self.node.attributes.get(key, {}).get(kind, default)


def convert(path: Path, builder: GraphBuilder, image: str, outputs: Iterable[str]) -> list[str]:
    """Emits the model at `path` (its JSON) and returns the tensors of the TensorFlow nodes named in `outputs`.

    `image` is the tensor that takes the place of the model's only placeholder. Raises WeightsError for an
    operation, or a form of one, that is not known.
    """
    model = json.loads(path.read_text())
    constants = read_tensors(model["weightsManifest"], path.parent)
    nodes = {entry["name"]: Node.parse(entry) for entry in model["modelTopology"]["node"]}
    tensors: dict[str, str] = {}
    for node in _in_order(nodes, outputs):
        if node.op == "Placeholder":
            tensors[node.name] = image
        elif node.op != "Const":
            _emit(node, builder, tensors, constants)
    return [tensors[name] for name in outputs]


def _in_order(nodes: Mapping[str, Node], outputs: Iterable[str]) -> Iterable[Node]:
    """What the outputs depend on, dependencies first; the JSON itself is not always sorted."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    pending, seen = list(outputs), set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        dependencies = [item.split(":")[0] for item in nodes[name].inputs]
        sorter.add(name, *dependencies)
        pending.extend(dependencies)
    return (nodes[name] for name in sorter.static_order())


def _emit(node: Node, builder: GraphBuilder, tensors: dict[str, str], constants: Mapping[str, Tensor]) -> None:
    operation = OPERATIONS.get(node.op)
    if operation is None:
        raise WeightsError(f"{node.name}: the operation {node.op} is not known")
    result = operation(builder, Call(node, tensors, constants))
    results = result if isinstance(result, tuple) else (result,)
    for number, tensor in enumerate(results):
        tensors[f"{node.name}:{number}" if number else node.name] = tensor
