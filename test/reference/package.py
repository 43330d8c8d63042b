"""Writes a model package of contract v1: ONNX files checked against PyTorch with ONNX Runtime, and model.json."""
from __future__ import annotations

import copy
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

OPSET = 18
TOLERANCE = 1e-4
BATCHES = (1, 7, 64)
REPOSITORY = Path(__file__).resolve().parents[2]


def export_net(net: torch.nn.Module, folder: Path, name: str, inputs: dict[str, torch.Tensor], outputs: list[str]) -> tuple[dict, float]:
    """Exports with a symbolic batch and checks it; `inputs` hold the largest batch. Returns the file entry and the largest difference."""
    path = folder / f"{name}.onnx"
    net = copy.deepcopy(net).eval()
    dynamic = {key: {0: "batch"} for key in [*inputs, *outputs]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs,
            dynamic_axes=dynamic, opset_version=OPSET, dynamo=False, do_constant_folding=True,
        )
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for batch in BATCHES:
        part = {key: value[:batch] for key, value in inputs.items()}
        used = {i.name for i in session.get_inputs()}
        got = session.run(outputs, {key: value.numpy() for key, value in part.items() if key in used})
        with torch.inference_mode():
            want = net(*part.values())
        for g, w in zip(got, want if isinstance(want, tuple) else (want,)):
            if g.shape != tuple(w.shape):
                raise SystemExit(f"{path}: shape {g.shape} at batch {batch}, PyTorch has {tuple(w.shape)}")
            worst = max(worst, float(np.abs(g - w.numpy()).max()))
    if not worst <= TOLERANCE:
        raise SystemExit(f"{path}: differs from PyTorch by {worst:.2e}, allowed {TOLERANCE:.0e}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"file": path.name, "sha256": digest}, worst


def write_package(folder: Path, nets: dict[str, torch.nn.Module], encoder_inputs: dict[str, torch.Tensor], latents: torch.Tensor, head: dict) -> float:
    """`nets` by contract name; `latents` at least as many as the largest batch; `head` = model.json without contract and files."""
    folder.mkdir(parents=True, exist_ok=True)
    action_dim = len(head["action"]["axes"])
    count = max(BATCHES)
    latent, goal = latents[:count].clone(), latents[-count:].clone()
    action = torch.rand(count, action_dim) * 2 - 1
    cases = {
        "encoder": (encoder_inputs, ["latent"]),
        "predictor": ({"latent": latent, "action": action}, ["next"]),
        "critic": ({"latent": latent, "goal": goal}, ["cost"]),
        "policy": ({"latent": latent, "goal": goal}, ["action"]),
        "probe": ({"latent": latent}, ["object", "tool"]),
    }
    files, worst = {}, 0.0
    for name, (inputs, outputs) in cases.items():
        files[name], difference = export_net(nets[name], folder, name, inputs, outputs)
        worst = max(worst, difference)
    size = sum((folder / entry["file"]).stat().st_size for entry in files.values())
    model = {"contract": 1, **head, "files": files}
    (folder / "model.json").write_text(json.dumps(round_numbers(model), indent=2) + "\n")
    print(f"{folder}: {size / 1e6:.1f} MB, largest difference to PyTorch {worst:.1e}", flush=True)
    return worst


def round_numbers(value):
    """Six significant digits: enough for every figure here."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: round_numbers(v) for key, v in value.items()}
    if isinstance(value, list):
        return [round_numbers(v) for v in value]
    return value


def product_version() -> str:
    return json.loads((REPOSITORY / "package.json").read_text())["version"]
