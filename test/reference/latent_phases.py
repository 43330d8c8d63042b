"""Phases 2 to 5 on frozen latents: predictor, goal-conditioned critic, policy, probe. Shared by train.py and oracle.py."""
from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from data import Episodes
from nets import Critic, Policy, Predictor, Probe
from schedule import Checkpoint, train_phase

GAMMA = 0.97
EXPECTILE = 0.75
TARGET_RATE = 0.01
GOAL_FUTURE, GOAL_RANDOM = 0.6, 0.3  # the rest: the state itself
FUTURE_KEEP = 0.95  # geometric distribution of the goal's distance in decisions
ADVANTAGE_SCALE = 3.0
WEIGHT_MAX = 20.0
PREDICTOR_HORIZON = 8
SHARES = {"predictor": 0.38, "critic": 0.42, "policy": 0.12, "probe": 0.08}


@dataclass
class LatentData:
    latents: torch.Tensor  # (rows, L), the last three entries are the normalised tool point
    visual_dim: int
    action: torch.Tensor  # (rows, A)
    episodes: Episodes
    objects: torch.Tensor  # (rows, 3) m
    tools: torch.Tensor  # (rows, 3) m
    reached_m: float | None = None  # state twin only: a goal is reached when the object is this near; None = the same row


def tune_predictor(data: LatentData, predictor: Predictor, minutes: float, checkpoint: Checkpoint, lr: float = 5e-4) -> dict:
    if done := checkpoint.get("predictor"):
        predictor.load_state_dict(done["net"])
        return done["stats"]
    optimiser = torch.optim.AdamW(predictor.parameters(), lr=lr, weight_decay=1e-4)
    average = copy.deepcopy(predictor)
    starts = data.episodes.windows(PREDICTOR_HORIZON, held_out=False)

    def step(progress: float) -> dict:
        rows = starts[torch.randint(len(starts), (256,))]
        x, loss = data.latents[rows], 0.0
        for k in range(PREDICTOR_HORIZON):
            x = predictor(x, data.action[rows + k])
            loss = loss + F.mse_loss(x, data.latents[rows + k + 1]) / PREDICTOR_HORIZON
        descend(optimiser, predictor, loss)
        follow(average, predictor, 0.005)
        return {"loss": loss.detach()}

    stats = train_phase("predictor", minutes, optimiser, step)
    predictor.load_state_dict(average.state_dict())
    checkpoint.save("predictor", {"net": predictor.state_dict(), "stats": stats})
    return stats


def sample_goals(data: LatentData, rows: torch.Tensor, pool: torch.Tensor, future: float, random: float) -> torch.Tensor:
    """Relabelled goal rows: later in the same episode, any row of the pool, or the row itself."""
    distance = (torch.log(1 - torch.rand(len(rows))) / math.log(FUTURE_KEEP)).long() + 1
    later = torch.minimum(rows + distance, data.episodes.last[rows])
    choice = torch.rand(len(rows))
    goals = torch.where(choice < future, later, pool[torch.randint(len(pool), (len(rows),))])
    return torch.where(choice >= future + random, rows, goals)


def reached(data: LatentData, rows: torch.Tensor, goals: torch.Tensor) -> torch.Tensor:
    if data.reached_m is None:
        return rows == goals
    return (data.objects[rows] - data.objects[goals]).norm(dim=1) < data.reached_m


def train_critic(data: LatentData, minutes: float, checkpoint: Checkpoint) -> tuple[Critic, dict]:
    critic = Critic(data.latents.shape[1], data.visual_dim)
    if done := checkpoint.get("critic"):
        critic.load_state_dict(done["net"])
        return critic, done["stats"]
    target = copy.deepcopy(critic).requires_grad_(False)
    optimiser = torch.optim.AdamW(critic.parameters(), lr=1e-3, weight_decay=1e-4)
    starts = data.episodes.windows(1, held_out=False)

    def step(progress: float) -> dict:
        rows = starts[torch.randint(len(starts), (512,))]
        goals = sample_goals(data, rows, starts, GOAL_FUTURE, GOAL_RANDOM)
        goal = data.latents[goals]
        with torch.no_grad():
            after = target(data.latents[rows + 1], goal)
            after = torch.where(reached(data, rows + 1, goals).unsqueeze(1), torch.zeros_like(after), after)
            wanted = (GAMMA * after - 1).clamp(min=-1 / (1 - GAMMA), max=0)
            wanted = torch.where(reached(data, rows, goals).unsqueeze(1), torch.zeros_like(wanted), wanted)
        error = wanted - critic(data.latents[rows], goal)  # (batch, 2)
        loss = (torch.where(error > 0, EXPECTILE, 1 - EXPECTILE) * error**2).mean()
        descend(optimiser, critic, loss)
        follow(target, critic, TARGET_RATE)
        return {"loss": loss.detach(), "value": wanted.mean()}

    stats = train_phase("critic", minutes, optimiser, step)
    critic.load_state_dict(target.state_dict())
    checkpoint.save("critic", {"net": critic.state_dict(), "stats": stats})
    return critic, stats


def train_policy(data: LatentData, critic: Critic, minutes: float, checkpoint: Checkpoint) -> tuple[Policy, dict]:
    """Advantage-weighted regression (Peng et al. 2019) on the play itself."""
    policy = Policy(data.latents.shape[1], data.visual_dim, data.action.shape[1])
    if done := checkpoint.get("policy"):
        policy.load_state_dict(done["net"])
        return policy, done["stats"]
    optimiser = torch.optim.AdamW(policy.parameters(), lr=1e-3, weight_decay=1e-4)
    starts = data.episodes.windows(1, held_out=False)

    def step(progress: float) -> dict:
        rows = starts[torch.randint(len(starts), (512,))]
        goals = sample_goals(data, rows, starts, 0.75, 0.25)
        now, goal = data.latents[rows], data.latents[goals]
        with torch.no_grad():
            gain = GAMMA * critic(data.latents[rows + 1], goal).mean(1) - 1 - critic(now, goal).mean(1)
            weight = torch.exp(ADVANTAGE_SCALE * gain).clamp(max=WEIGHT_MAX)
        error = ((policy(now, goal) - data.action[rows]) ** 2).sum(1)
        loss = (weight * error).sum() / weight.sum()
        descend(optimiser, policy, loss)
        return {"loss": loss.detach(), "error": error.mean().detach(), "weight": weight.mean()}

    stats = train_phase("policy", minutes, optimiser, step)
    checkpoint.save("policy", {"net": policy.state_dict(), "stats": stats})
    return policy, stats


def train_probe(data: LatentData, tool_mean: torch.Tensor, tool_std: torch.Tensor, minutes: float, checkpoint: Checkpoint) -> tuple[Probe, dict]:
    rows = data.episodes.windows(0, held_out=False)
    mean, std = data.objects[rows].mean(0), data.objects[rows].std(0).clamp(min=1e-3)
    probe = Probe(data.visual_dim, mean, std, tool_mean, tool_std)
    if done := checkpoint.get("probe"):
        probe.load_state_dict(done["net"])
        return probe, done["stats"]
    optimiser = torch.optim.AdamW(probe.parameters(), lr=1e-3, weight_decay=1e-4)

    def step(progress: float) -> dict:
        pick = rows[torch.randint(len(rows), (512,))]
        error = (probe(data.latents[pick])[0] - data.objects[pick]) / std
        loss = F.smooth_l1_loss(error, torch.zeros_like(error), beta=0.3)
        descend(optimiser, probe, loss)
        return {"loss": loss.detach()}

    stats = train_phase("probe", minutes, optimiser, step)
    checkpoint.save("probe", {"net": probe.state_dict(), "stats": stats})
    return probe, stats


def descend(optimiser: torch.optim.Optimizer, net: nn.Module, loss: torch.Tensor) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()


def follow(average: nn.Module, net: nn.Module, rate: float) -> None:
    """average += rate * (net - average)"""
    with torch.no_grad():
        torch._foreach_lerp_(list(average.parameters()), list(net.parameters()), rate)
