"""Writes test/runtime/learn/vectors.json: losses and gradients of whole networks as PyTorch computes them, for the product's own trainer to agree with.

Weights and inputs are not stored: both sides make them by the formula `wave`."""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from data import cut_patches
from nets import Critic, PatchEncoder, Predictor, mlp, sigreg

OUT = Path(__file__).resolve().parents[1] / "runtime" / "learn" / "vectors.json"
WINDOWS, HORIZON, VISUAL, PROPRIO, ACTION, PROJECTIONS = 2, 5, 64, 3, 2, 64
GIVEN, PLAIN, FELT = 0.08, 0.02, 0.5
GAMMA, EXPECTILE = 0.97, 0.75
SAMPLES = 6


def wave(count: int, label: int, scale: float) -> np.ndarray:
    """Numbers that look like noise and are the same everywhere: scale * sin(12.9898 i + 78.233 label + 1) in float64, as float32."""
    return (scale * np.sin(12.9898 * np.arange(count) + 78.233 * label + 1)).astype(np.float32)


def fill(weights: dict[str, tuple[nn.Parameter, bool]]) -> None:
    """Each weight by its place in the list; `True`: stored transposed by PyTorch, (out, in) instead of (in, out)."""
    for label, (parameter, transposed) in enumerate(weights.values()):
        shape = parameter.shape[::-1] if transposed else parameter.shape
        scale = 1 / np.sqrt(shape[0]) if len(shape) == 2 else 0.1
        value = torch.from_numpy(wave(parameter.numel(), label, scale)).reshape(tuple(shape))
        parameter.data.copy_(value.T if transposed else value)


def linear(name: str, layer: nn.Linear) -> dict:
    return {f"{name}.weight": (layer.weight, True), f"{name}.bias": (layer.bias, False)}


def residual(name: str, block) -> dict:
    return {**linear(f"{name}.inner", block.inner), **linear(f"{name}.outer", block.outer)}


def layers(name: str, net: nn.Sequential) -> dict:
    """mlp of nets.py: linear, norm, ReLU for each hidden width, then linear."""
    hidden = (len(net) - 1) // 3
    out: dict = {}
    for i in range(hidden):
        norm = net[3 * i + 1]
        out |= {**linear(f"{name}.{i}", net[3 * i]), f"{name}.{i}.norm.scale": (norm.weight, False), f"{name}.{i}.norm.bias": (norm.bias, False)}
    return {**out, **linear(f"{name}.out", net[-1])}


def encoder_weights(encoder: PatchEncoder) -> dict:
    out = {"encoder.embed.weight": (encoder.embed.weight, True), "encoder.embed.bias": (encoder.embed.bias, False), "encoder.position": (encoder.position, False)}
    out |= residual("encoder.block0", encoder.blocks[0])
    for level in (1, 2):
        out |= {**linear(f"encoder.merge{level}", encoder.merges[level - 1]), **residual(f"encoder.block{level}", encoder.blocks[level])}
    norm = encoder.head[1]
    return {**out, **linear("encoder.head", encoder.head[0]), "encoder.norm.scale": (norm.weight, False), "encoder.norm.bias": (norm.bias, False), **linear("encoder.out", encoder.head[3])}


def predictor_weights(net: Predictor) -> dict:
    return {**linear("predictor.inlet", net.inlet), **residual("predictor.block0", net.blocks[0]), **residual("predictor.block1", net.blocks[1]), **linear("predictor.outlet", net.outlet)}


def gradients(weights: dict[str, tuple[nn.Parameter, bool]]) -> dict:
    """Norm and evenly spread entries of each gradient, in the product's layout."""
    out = {}
    for name, (parameter, transposed) in weights.items():
        flat = (parameter.grad.T if transposed else parameter.grad).contiguous().flatten()
        picks = torch.linspace(0, len(flat) - 1, min(SAMPLES, len(flat))).long()
        out[name] = {"norm": flat.norm().item(), "at": picks.tolist(), "entries": flat[picks].tolist()}
    return out


def tensor(label: int, scale: float, *shape: int) -> torch.Tensor:
    return torch.from_numpy(wave(int(np.prod(shape)), label, scale)).reshape(shape)


def encoder_case() -> dict:
    rows = WINDOWS * (HORIZON + 1)
    bytes_ = ((np.arange(rows * 2 * 64 * 64 * 3, dtype=np.int64) * 7919 >> 5) & 255).astype(np.uint8)
    patches = cut_patches(bytes_.reshape(rows, 2, 64, 64, 3))
    gain = 1 + tensor(900, 0.1, rows, 3)
    pixels = torch.from_numpy(patches.astype(np.float32)) * gain.repeat(1, patches.shape[2] // 3).unsqueeze(1) / 60 - 110 / 60
    body, action, directions = tensor(901, 1, rows, PROPRIO), tensor(902, 1, WINDOWS, HORIZON, ACTION), tensor(903, 1, VISUAL, PROJECTIONS)
    encoder, predictor = PatchEncoder(patches.shape[1], patches.shape[2]), Predictor(VISUAL + PROPRIO, ACTION)
    told_net, felt_net = mlp([PROPRIO, 128, 128, VISUAL]), mlp([VISUAL, 128, PROPRIO])
    weights = {**encoder_weights(encoder), **predictor_weights(predictor), **layers("told", told_net), **layers("felt", felt_net)}
    fill(weights)
    z = encoder(pixels)
    told = told_net(body)
    figures = {
        "told": F.mse_loss(told, z.detach()),
        "given": sigreg(z - told.detach(), directions, WINDOWS),
        "plain": sigreg(z, directions, WINDOWS),
        "felt": F.mse_loss(felt_net(z), body),
    }
    latents = torch.cat([z, body], 1).reshape(WINDOWS, HORIZON + 1, -1)
    x, following = latents[:, 0], 0.0
    for k in range(HORIZON):
        x = predictor(x, action[:, k])
        following = following + F.mse_loss(x, latents[:, k + 1]) / HORIZON
    loss = following + GIVEN * figures["given"] + PLAIN * figures["plain"] + FELT * figures["felt"] + figures["told"]
    loss.backward()
    return {"loss": loss.item(), "figures": {"next": following.item(), **{k: v.item() for k, v in figures.items()}}, "gradients": gradients(weights)}


def critic_case() -> dict:
    batch, latent_dim = 512, VISUAL + PROPRIO
    now, after, goal = tensor(910, 1, batch, latent_dim), tensor(911, 1, batch, latent_dim), tensor(912, 1, batch, VISUAL)
    away_now, away_after = (torch.from_numpy((wave(batch, label, 1) > -0.8).astype(np.float32)).unsqueeze(1) for label in (913, 914))
    critic = Critic(latent_dim, VISUAL)
    weights = {**layers("critic.0", critic.heads[0]), **layers("critic.1", critic.heads[1])}
    fill(weights)
    values = lambda state: critic(state, goal)
    with torch.no_grad():
        wanted = (GAMMA * values(after) * away_after - 1).clamp(min=-1 / (1 - GAMMA), max=0) * away_now
    error = wanted - values(now)
    loss = (torch.where(error > 0, EXPECTILE, 1 - EXPECTILE) * error**2).mean()
    loss.backward()
    return {"loss": loss.item(), "figures": {"value": wanted.mean().item()}, "gradients": gradients(weights)}


def main() -> None:
    torch.set_num_threads(1)
    cases = {"encoder": encoder_case(), "critic": critic_case()}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(cases, indent=1) + "\n")
    print(OUT, {name: case["loss"] for name, case in cases.items()})


if __name__ == "__main__":
    main()
