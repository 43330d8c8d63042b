"""Phase 1: the encoder end to end with the action-conditioned predictor, kept from collapsing given proprioception."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from data import PlayData
from evaluate import effective_rank, probe_errors
from nets import PIXEL_MEAN, PIXEL_STD, PatchEncoder, Predictor, mlp, sigreg
from schedule import Checkpoint, train_phase

HORIZON = 5
WATCH_ROWS = (8000, 3000)


@dataclass
class EncoderOptions:
    windows: int = 96
    lr: float = 1e-3
    given_weight: float = 0.08  # SIGReg on what proprioception does not say
    plain_weight: float = 0.02  # SIGReg on the embedding itself
    felt_weight: float = 0.0  # how well the embedding must tell the tool's place that proprioception says: goals of reach are pictures
    projections: int = 64
    light: float = 0.1  # brightness varies by +-10 % from picture to picture
    colour: float = 0.03  # and each colour channel by +-3 %
    bf16: bool = True
    steps_max: int | None = None


def to_pixels(patches: np.ndarray, options: EncoderOptions | None, dtype: torch.dtype) -> torch.Tensor:
    """uint8 patches -> normalised values; with options, the light of every picture varies."""
    x = torch.from_numpy(patches).to(dtype)  # (n, patches, values)
    if options is None:
        return x.sub_(PIXEL_MEAN).mul_(1 / PIXEL_STD)
    n, patches_count, values = x.shape
    gain = 1 + options.light * (2 * torch.rand(n, 1, 1) - 1)
    gain = gain * (1 + options.colour * (2 * torch.rand(n, 1, 3) - 1))
    gain = gain.repeat(1, 1, values // 3)  # (n, 1, values): colours alternate within a patch
    return x.mul_((gain / PIXEL_STD).to(dtype)).sub_(PIXEL_MEAN / PIXEL_STD)


def encode_rows(encoder: PatchEncoder, patches: np.ndarray, rows: np.ndarray, block: int = 1024) -> torch.Tensor:
    """Embeddings before whitening of the given rows, float32, no light variation; (rows, visualDim)."""
    encoder.eval()
    with torch.inference_mode():
        parts = [encoder.features(to_pixels(patches[rows[i : i + block]], None, torch.float32)) for i in range(0, len(rows), block)]
    encoder.train()
    return torch.cat(parts).clone()


def train_encoder(
    play: PlayData, patches: np.ndarray, proprio: torch.Tensor, minutes: float, seed: int, options: EncoderOptions, checkpoint: Checkpoint
) -> tuple[PatchEncoder, Predictor, dict]:
    torch.manual_seed(seed)
    encoder = PatchEncoder(*patches.shape[1:])
    visual_dim = encoder.whiten.num_features
    predictor = Predictor(visual_dim + 3, play.action.shape[1])
    said = mlp([3, 128, 128, visual_dim])  # q: what proprioception alone says about the embedding
    felt = mlp([visual_dim, 128, 3])  # what the embedding says about proprioception
    nets = nn.ModuleDict(dict(encoder=encoder, predictor=predictor, said=said, felt=felt))
    optimiser = torch.optim.AdamW(nets.parameters(), lr=options.lr, weight_decay=1e-4)
    done, resume = checkpoint.get("encoder"), checkpoint.get("encoder.running")
    if done:
        nets.load_state_dict(done["nets"])
        return encoder, predictor, done["stats"]
    if resume:
        nets.load_state_dict(resume["nets"])
        optimiser.load_state_dict(resume["optimiser"])
    starts = play.episodes.windows(HORIZON, held_out=False)
    offsets = torch.arange(HORIZON + 1)
    dtype = torch.bfloat16 if options.bf16 else torch.float32

    def step(progress: float) -> dict:
        rows = starts[torch.randint(len(starts), (options.windows,))].unsqueeze(1) + offsets  # (windows, horizon + 1)
        pixels = to_pixels(patches[rows.flatten().numpy()], options, dtype)
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            z = encoder(pixels)
        body = proprio[rows]  # (windows, horizon + 1, 3)
        latents = torch.cat([z.view(*rows.shape, -1), body], 2)
        told = said(body.flatten(0, 1))
        loss_told = F.mse_loss(told, z.detach())
        given = sigreg(z - told.detach(), torch.randn(visual_dim, options.projections), options.windows)
        plain = sigreg(z, torch.randn(visual_dim, options.projections), options.windows)
        loss_felt = F.mse_loss(felt(z.float()), body.flatten(0, 1)) if options.felt_weight else torch.zeros(())
        loss_next = 0.0
        x = latents[:, 0]
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            for k in range(HORIZON):
                x = predictor(x, play.action[rows[:, k]])
                loss_next = loss_next + F.mse_loss(x.float(), latents[:, k + 1]) / HORIZON
        loss = loss_next + options.given_weight * given + options.plain_weight * plain + loss_told + options.felt_weight * loss_felt
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(nets.parameters(), 1.0)
        optimiser.step()
        return {"next": loss_next.detach(), "given": given.detach(), "plain": plain.detach(), "told": loss_told.detach(), "felt": loss_felt.detach()}

    def save(stats: dict) -> None:
        checkpoint.save("encoder.running", {"nets": nets.state_dict(), "optimiser": optimiser.state_dict(), **stats})

    def watch() -> str:
        return describe(encoder, play, patches, seed)

    stats = train_phase("encoder", minutes, optimiser, step, save, resume, watch, steps_max=options.steps_max)
    stats["frames"] = stats["steps"] * options.windows * (HORIZON + 1)
    checkpoint.state.pop("encoder.running", None)
    checkpoint.save("encoder", {"nets": nets.state_dict(), "stats": stats})
    return encoder, predictor, stats


def describe(encoder: PatchEncoder, play: PlayData, patches: np.ndarray, seed: int) -> str:
    """Probe figures on a subset: a look at a running training."""
    picks = []
    for held_out, count in zip((False, True), WATCH_ROWS):
        rows = play.episodes.windows(0, held_out)
        picks.append(rows[torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed))[:count]].sort().values)
    train, test = picks
    z = encode_rows(encoder, patches, torch.cat(picks).numpy())
    z = (z - z[: len(train)].mean(0)) / (z[: len(train)].std(0) + 1e-6)
    parts = []
    for name, target in (("object", play.object), ("tool", play.tool)):
        e = probe_errors(z[: len(train)], target[train], z[len(train) :], target[test], steps=400)
        parts.append(f"{name} linear {e['linearMeanM'] * 100:.2f} mlp {e['mlpMeanM'] * 100:.2f} p95 {e['mlpP95M'] * 100:.2f} cm")
    return f"{'; '.join(parts)}; effective rank {effective_rank(z):.1f} of {z.shape[1]}"
