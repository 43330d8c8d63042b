"""Times one cross-entropy plan in PyTorch eager with the weights of a model package: the peer row of `foresight bench plan`.

The same arithmetic as the planner's graph: roll candidates out with the predictor, cost = critic at the end of the horizon, keep the
elites, fit mean and deviation, repeat. Prints one line of JSON; times in milliseconds."""
from __future__ import annotations

import argparse
import json
import platform
import re
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from latent_phases import GAMMA
from nets import Critic, CriticCost, Predictor

DEVIATION_MIN = 0.05


def main() -> None:
    args = parse()
    torch.set_num_threads(args.threads)
    model = json.loads((args.package / "model.json").read_text())
    predictor, cost = load_nets(args.package, model)
    latent_dim, action_dim = model["latentDim"], len(model["action"]["axes"])
    generator = torch.Generator().manual_seed(args.seed)
    draw = lambda *shape: torch.randn(*shape, generator=generator)
    latent, goal = draw(1, latent_dim), draw(1, latent_dim)
    noise = draw(args.iterations, args.samples, args.horizon, action_dim)
    elites = args.elites or max(6, args.samples // 10)
    times_ms = []
    with torch.inference_mode():
        for _ in range(args.warm_up):
            plan(predictor, cost, latent, goal, noise, elites)
        for _ in range(args.repeats):
            begin = time.perf_counter()
            best, best_cost = plan(predictor, cost, latent, goal, noise, elites)
            times_ms.append((time.perf_counter() - begin) * 1e3)
    result = {
        "framework": f"PyTorch {torch.__version__} eager, float32", "threads": args.threads, "cpu": cpu_name(),
        "package": model["name"], "samples": args.samples, "iterations": args.iterations, "horizon": args.horizon, "elites": elites,
        "repeats": args.repeats, "modelCalls": args.samples * args.iterations * args.horizon,
        "p50Ms": round(float(np.percentile(times_ms, 50)), 3), "p99Ms": round(float(np.percentile(times_ms, 99)), 3),
        "minMs": round(min(times_ms), 3), "cost": round(best_cost, 6), "firstAction": [round(a, 6) for a in best[0].tolist()],
    }
    print(json.dumps(result))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--iterations", type=int, default=4)
    parser.add_argument("--horizon", type=int, default=5)
    parser.add_argument("--elites", type=int, default=None, help="default: a tenth of the samples, at least 6")
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--warm-up", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def plan(predictor, cost, latent, goal, noise, elites: int) -> tuple[torch.Tensor, float]:
    """noise (iterations, samples, horizon, actionDim) -> best actions (horizon, actionDim) and their cost in decisions."""
    _, samples, horizon, action_dim = noise.shape
    mean, deviation = torch.zeros(horizon, action_dim), torch.ones(horizon, action_dim)
    start, goals = latent.expand(samples, -1), goal.expand(samples, -1)
    best, best_cost = mean, float("inf")
    for unit in noise:
        actions = (mean + deviation * unit).clamp(-1, 1)  # (samples, horizon, actionDim)
        x = start
        for t in range(horizon):
            x = predictor(x, actions[:, t])  # (samples, latentDim)
        costs = cost(x, goals)[:, 0]  # (samples)
        kept, index = costs.topk(elites, largest=False)
        if kept[0].item() < best_cost:
            best, best_cost = actions[index[0]], kept[0].item()
        mean, deviation = actions[index].mean(0), actions[index].std(0, correction=0).clamp(min=DEVIATION_MIN)
    return best, best_cost


def load_nets(folder: Path, model: dict) -> tuple[Predictor, CriticCost]:
    """Rebuilds the networks of test/reference from the initialisers of the ONNX files, whoever trained them."""
    weights = read_weights(folder / model["files"]["predictor"]["file"], product_predictor)
    latent_dim, width = weights["outlet.weight"].shape
    blocks = len({name.split(".")[1] for name in weights if name.startswith("blocks.")})
    predictor = Predictor(latent_dim, weights["inlet.weight"].shape[1] - latent_dim, width, blocks)
    load(predictor, weights)
    weights = read_weights(folder / model["files"]["critic"]["file"], product_critic)
    first = weights["critic.heads.0.0.weight"]
    cost = CriticCost(Critic(latent_dim, first.shape[1] - latent_dim, first.shape[0]), GAMMA)
    load(cost, weights)
    return predictor.eval(), cost.eval()


def load(net: torch.nn.Module, weights: dict[str, torch.Tensor]) -> None:
    """The product's residual blocks normalise without scale and offset: there the net keeps its ones and zeros."""
    missing, unexpected = net.load_state_dict(weights, strict=False)
    other = [name for name in missing if "norm" not in name]
    if other or unexpected:
        raise SystemExit(f"the package's networks are not those of test/reference: without {other}, beside them {unexpected}")


def read_weights(path: Path, product_name) -> dict[str, torch.Tensor]:
    """Weights by the names of test/reference; the product's matrices are (in, out), PyTorch's (out, in)."""
    named = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in onnx.load(path).graph.initializer}
    kept = {name: value for name, value in named.items() if name.endswith((".weight", ".bias", ".scale"))}
    if not kept:
        raise SystemExit(f"{path}: no named weights; only packages made by foresight train or test/reference can be benchmarked here")
    if not any(name.startswith(("predictor.", "critic.0.")) for name in kept):
        return kept
    return {product_name(name): value.T.contiguous() if value.ndim == 2 else value for name, value in kept.items()}


def product_predictor(name: str) -> str:
    """predictor.block0.inner.weight -> blocks.0.inner.weight; predictor.inlet.bias -> inlet.bias."""
    return re.sub(r"^block(\d+)", r"blocks.\1", name.removeprefix("predictor."))


def product_critic(name: str) -> str:
    """critic.HEAD.LAYER... -> critic.heads.HEAD.INDEX: linear, LayerNorm and ReLU of a layer follow each other in PyTorch's list."""
    _, head, layer, *rest = name.split(".")
    index = 9 if layer == "out" else 3 * int(layer)
    if rest[0] == "norm":
        index, rest = index + 1, ["weight" if rest[1] == "scale" else "bias"]
    return f"critic.heads.{head}.{index}.{rest[0]}"


def cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


if __name__ == "__main__":
    main()
