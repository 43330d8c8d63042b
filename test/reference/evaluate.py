"""Figures of a trained model on held-out episodes: probes, multi-step error of the probed object, effective rank, critic order."""
from __future__ import annotations

import torch
import torch.nn.functional as F

from nets import mlp

STEPS_AHEAD = (1, 4, 8)
MOVED_M = 1e-3


def probe_errors(x: torch.Tensor, y: torch.Tensor, x_test: torch.Tensor, y_test: torch.Tensor, steps: int) -> dict:
    """Distance between probed and true places on rows not trained on, metres: linear (ridge) and a small MLP."""
    mean, std = y.mean(0), y.std(0).clamp(min=1e-3)
    design = lambda a: torch.cat([a, torch.ones(len(a), 1)], 1).double()
    a, b = design(x), ((y - mean) / std).double()
    weights = torch.linalg.solve(a.T @ a + 1e-2 * torch.eye(a.shape[1], dtype=torch.float64), a.T @ b)
    linear = ((design(x_test) @ weights).float() * std + mean - y_test).norm(dim=1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = fit_regression(mlp([x.shape[1], 256, 256, 3]), x, (y - mean) / std, steps)
    with torch.inference_mode():
        error = (net(x_test) * std + mean - y_test).norm(dim=1)
    return {
        "linearMeanM": linear.mean().item(),
        "mlpMeanM": error.mean().item(),
        "mlpP50M": error.median().item(),
        "mlpP95M": error.quantile(0.95).item(),
    }


def fit_regression(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, steps: int) -> torch.nn.Module:
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    for _ in range(steps):
        pick = torch.randint(len(x), (512,))
        optimiser.zero_grad(set_to_none=True)
        F.mse_loss(net(x[pick]), y[pick]).backward()
        optimiser.step()
        schedule.step()
    return net.eval()


def effective_rank(z: torch.Tensor) -> float:
    """exp of the entropy of the covariance's normalised eigenvalues (Roy and Vetterli 2007)."""
    share = torch.linalg.eigvalsh(torch.cov(z.T).double()).clamp(min=1e-12)
    share = share / share.sum()
    return torch.exp(-(share * share.log()).sum()).item()


def ahead_errors(latents, action, objects, tools, episodes, predictor, probe, rows_max: int = 6000) -> dict:
    """Error of the probed object k decisions ahead, on held-out windows in which it moved; copy = it stays where it was;
    seen = probe of the true latent at that time. Metres."""
    out: dict = {}
    predictor.eval()
    for k in STEPS_AHEAD:
        rows = episodes.windows(k, held_out=True)
        moved = (objects[rows + k] - objects[rows]).norm(dim=1) > MOVED_M
        rows = rows[moved]
        rows = rows[torch.linspace(0, len(rows) - 1, min(rows_max, len(rows))).long()] if len(rows) else rows
        if len(rows) == 0:
            continue
        with torch.inference_mode():
            x = latents[rows]
            for i in range(k):
                x = predictor(x, action[rows + i])
            place, tool = probe(x)
            seen, _ = probe(latents[rows + k])
        truth = objects[rows + k]
        distance = lambda a, b: (a - b).norm(dim=1)
        out[f"ahead{k}"] = {
            "windows": len(rows),
            "objectMeanM": distance(place, truth).mean().item(),
            "objectP95M": distance(place, truth).quantile(0.95).item(),
            "copyMeanM": distance(objects[rows], truth).mean().item(),
            "seenMeanM": distance(seen, truth).mean().item(),
            "toolMeanM": distance(tool, tools[rows + k]).mean().item(),
            "latentRelativeToCopy": (F.mse_loss(x, latents[rows + k]) / F.mse_loss(latents[rows], latents[rows + k])).item(),
        }
    return out


def critic_figures(latents, episodes, cost, seed: int, count: int = 4000) -> dict:
    """Cost of the held-out state n decisions later in the same episode, and of a random other state; decisions, medians.
    Play wanders, so n is an upper bound of the true distance."""
    generator = torch.Generator().manual_seed(seed)
    out: dict = {}
    everything = episodes.windows(0, held_out=True)
    with torch.inference_mode():
        for n in (0, 1, 2, 4, 8, 16):
            rows = episodes.windows(n, held_out=True)
            if len(rows) == 0:
                continue
            rows = rows[torch.randint(len(rows), (count,), generator=generator)]
            out[f"costAt{n}"] = cost(latents[rows], latents[rows + n]).median().item()
        a, b = (everything[torch.randint(len(everything), (count,), generator=generator)] for _ in range(2))
        out["costRandom"] = cost(latents[a], latents[b]).median().item()
    return out
