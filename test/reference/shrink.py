"""Makes a copy of a model package whose weights are kept as fp16 or int8 and reckoned with as float32: smaller files, the same graph. To see what is saved and what it costs."""
from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Smaller tensors (norms, biases, constants) weigh nothing and stay as they are.
ELEMENTS_MIN = 1024


def output_axes(graph: onnx.GraphProto) -> dict[str, int]:
    """Which axis of a weight counts the outputs of its matrix product."""
    axes = {}
    for node in graph.node:
        if node.op_type == "Gemm":
            axes[node.input[1]] = 0 if any(a.name == "transB" and a.i for a in node.attribute) else 1
        elif node.op_type == "MatMul":
            axes[node.input[1]] = -1
    return axes


def shrink(graph: onnx.GraphProto, weights: str) -> float:
    """Replaces the weights of matrix products; returns the largest change of one, as a share of the largest weight of its tensor."""
    axes, kept, nodes, worst = output_axes(graph), [], [], 0.0
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < ELEMENTS_MIN or tensor.name not in axes:
            kept.append(tensor)
            continue
        small = f"{tensor.name}.{weights}"
        if weights == "fp16":
            stored = values.astype(np.float16)
            back = stored.astype(np.float32)
            nodes.append(helper.make_node("Cast", [small], [tensor.name], name=f"{tensor.name}.cast", to=TensorProto.FLOAT))
        else:
            axis = axes[tensor.name] % values.ndim
            others = tuple(i for i in range(values.ndim) if i != axis)
            scale = np.maximum(np.abs(values).max(axis=others), 1e-12).astype(np.float32) / 127
            spread = np.expand_dims(scale, others)
            stored = np.clip(np.rint(values / spread), -127, 127).astype(np.int8)
            back = stored * spread
            kept.append(numpy_helper.from_array(scale, f"{tensor.name}.scale"))
            nodes.append(helper.make_node("DequantizeLinear", [small, f"{tensor.name}.scale"], [tensor.name], name=f"{tensor.name}.dequantize", axis=axis))
        worst = max(worst, float(np.abs(back - values).max() / np.abs(values).max()))
        kept.append(numpy_helper.from_array(stored, small))
    body = [*nodes, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(body)
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--weights", choices=["fp16", "int8"], required=True)
    parser.add_argument("--only", nargs="*", default=[], help="these networks, such as predictor; default all")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    card = json.loads((options.package / "model.json").read_text())
    card.pop("cardHash", None)
    card["evaluation"] = {}  # Those are the figures of another model.
    before = after = 0
    worst = 0.0
    for role, entry in card["files"].items():
        source = (options.package / entry["file"]).read_bytes()
        model = onnx.load_from_string(source)
        if not options.only or role in options.only:
            worst = max(worst, shrink(model.graph, options.weights))
        onnx.checker.check_model(model)
        small = model.SerializeToString()
        (options.out / entry["file"]).write_bytes(small)
        entry["sha256"] = hashlib.sha256(small).hexdigest()
        before, after = before + len(source), after + len(small)
    (options.out / "model.json").write_text(json.dumps(card, indent=2) + "\n")
    print(f"{options.out}: {before / 1e6:.2f} -> {after / 1e6:.2f} MB, largest change of a weight {worst:.1e} of the largest of its tensor")


if __name__ == "__main__":
    main()
