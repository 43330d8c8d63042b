"""Training by the clock: cosine learning rate over a time (or step) budget, progress lines, checkpoints."""
from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Callable

import torch

LOG_PERIOD_S = 20.0
SAVE_PERIOD_S = 120.0
WARM_UP = 0.02


class Checkpoint:
    """One file that holds the finished phases and the running one."""

    def __init__(self, path: Path):
        self.path = path
        self.state: dict = torch.load(path, weights_only=False) if path.exists() else {}

    def save(self, key: str, value: object) -> None:
        self.state[key] = value
        partial = self.path.with_suffix(".partial")
        torch.save(self.state, partial)
        partial.replace(self.path)

    def get(self, key: str):
        return self.state.get(key)


def train_phase(
    name: str,
    minutes: float,
    optimiser: torch.optim.Optimizer,
    step: Callable[[float], dict],
    save: Callable[[dict], None] | None = None,
    resume: dict | None = None,
    watch: Callable[[], str] | None = None,
    watch_period_s: float = 150.0,
    steps_max: int | None = None,
) -> dict:
    """Calls `step(progress)` until the budget is spent; it returns named figures for the log. Returns {steps, seconds}."""
    spent, steps = (resume["seconds"], resume["steps"]) if resume else (0.0, 0)
    budget_s = minutes * 60
    base = [group["lr"] for group in optimiser.param_groups]
    begin, logged, saved, watched = time.monotonic() - spent, 0.0, time.monotonic(), time.monotonic()
    sums: dict[str, float] = {}
    count = 0
    while True:
        seconds = time.monotonic() - begin
        progress = min(1.0, max(seconds / budget_s, steps / steps_max if steps_max else 0.0))
        if progress >= 1:
            break
        rate = min(1.0, progress / WARM_UP + 1e-2) * 0.5 * (1 + math.cos(math.pi * progress))
        for group, lr in zip(optimiser.param_groups, base):
            group["lr"] = lr * max(rate, 0.01)
        for key, value in step(progress).items():
            sums[key] = sums.get(key, 0.0) + float(value)
        steps += 1
        count += 1
        now = time.monotonic()
        if now - logged > LOG_PERIOD_S:
            figures = " ".join(f"{key} {value / count:.4f}" for key, value in sums.items())
            if any(value != value for value in sums.values()):
                raise SystemExit(f"{name}: a loss is not a number after {steps} steps; lower the learning rate")
            print(f"{name} step {steps} {figures} left {max(0, budget_s - seconds) / 60:.1f} min", flush=True)
            sums, count, logged = {}, 0, now
        if save and now - saved > SAVE_PERIOD_S:
            save({"seconds": now - begin, "steps": steps})
            saved = time.monotonic()
        if watch and now - watched > watch_period_s:
            print(f"{name} probe after {(now - begin) / 60:.1f} min: {watch()}", flush=True)
            begin += time.monotonic() - now  # looking is not training
            watched = time.monotonic()
    for group, lr in zip(optimiser.param_groups, base):
        group["lr"] = lr
    return {"steps": steps, "seconds": time.monotonic() - begin}
