"""TF.js graph models (a JSON of TensorFlow nodes and a binary of weights) to ONNX.

It knows the operations that the models in `catalogue` use, in the forms they use, and refuses any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

from onlooker_rekognition.weights.graph import GraphBuilder
from onlooker_rekognition.weights.tensors import Tensor, WeightsError, read_tensors
from onlooker_rekognition.weights.tfjs_nodes import Call, Node
from onlooker_rekognition.weights.tfjs_operations import OPERATIONS


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
        dependencies = nodes[name].inputs
        sorter.add(name, *dependencies)
        pending.extend(dependencies)
    return (nodes[name] for name in sorter.static_order())


def _emit(node: Node, builder: GraphBuilder, tensors: dict[str, str], constants: Mapping[str, Tensor]) -> None:
    operation = OPERATIONS.get(node.op)
    if operation is None:
        raise WeightsError(f"{node.name}: the operation {node.op} is not known")
    tensors[node.name] = operation(builder, Call(node, tensors, constants))
