"""The networks of a model package: encoder, predictor, critic, policy and probe, of matrix products only."""
from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn

from data import PATCH_PX, patch_order

WIDTHS = (96, 128, 192)
VISUAL_DIM = 64
PIXEL_MEAN, PIXEL_STD = 110.0, 60.0


class Residual(nn.Module):
    """x + linear(ReLU(linear(LayerNorm(x)))), hidden size `expand` times as wide."""

    def __init__(self, width: int, expand: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, expand * width)
        self.outer = nn.Linear(expand * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.outer(torch.relu(self.inner(self.norm(x))))


class PatchEncoder(nn.Module):
    """Patches in merge order (batch, patches, values) -> visual embedding (batch, VISUAL_DIM), each entry of unit variance."""

    def __init__(self, patches: int, values: int, visual_dim: int = VISUAL_DIM):
        super().__init__()
        self.embed = nn.Linear(values, WIDTHS[0])
        self.position = nn.Parameter(torch.randn(patches, WIDTHS[0]) * 0.02)
        self.merges = nn.ModuleList(nn.Linear(4 * a, b) for a, b in zip(WIDTHS, WIDTHS[1:]))
        self.blocks = nn.ModuleList(Residual(w, 2) for w in WIDTHS)
        self.head = nn.Sequential(
            nn.Linear(patches // 16 * WIDTHS[-1], 256), nn.LayerNorm(256), nn.GELU(), nn.Linear(256, visual_dim)
        )
        self.whiten = nn.BatchNorm1d(visual_dim, affine=False)

    def features(self, patches: torch.Tensor) -> torch.Tensor:
        x = self.embed(patches)  # (batch, patches, 96)
        x = self.blocks[0](x + self.position.to(x.dtype))
        for merge, block in zip(self.merges, self.blocks[1:]):
            x = x.reshape(x.shape[0], x.shape[1] // 4, -1)  # four neighbours follow each other
            x = block(merge(x))
        return self.head(x.flatten(1)).float()  # (batch, visualDim)

    def forward(self, patches: torch.Tensor) -> torch.Tensor:
        return self.whiten(self.features(patches))


class FrameEncoder(nn.Module):
    """Contract v1: frames uint8 (batch, cameras, height, width, 3), proprio m (batch, 3) -> latent (batch, visualDim + 3)."""

    def __init__(self, encoder: PatchEncoder, shape: tuple[int, int, int], mean: torch.Tensor, std: torch.Tensor):
        super().__init__()
        self.encoder = encoder
        self.cameras, self.height, self.width = shape
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        order = patch_order(self.height // PATCH_PX, self.width // PATCH_PX)
        self.register_buffer("order", torch.from_numpy(order.copy()))

    def forward(self, frames: torch.Tensor, proprio: torch.Tensor) -> torch.Tensor:
        gh, gw = self.height // PATCH_PX, self.width // PATCH_PX
        x = (frames.float() - PIXEL_MEAN) / PIXEL_STD
        x = x.reshape(-1, self.cameras, gh, PATCH_PX, gw, PATCH_PX, 3).permute(0, 2, 4, 1, 3, 5, 6)
        x = x.reshape(-1, gh * gw, self.cameras * PATCH_PX * PATCH_PX * 3).index_select(1, self.order)
        return torch.cat([self.encoder(x), (proprio - self.mean) / self.std], 1)


class StateEncoder(nn.Module):
    """The privileged twin: state (batch, 6) = tool xyz, object xyz in metres -> latent (batch, 6) = normalised object, tool."""

    def __init__(self, mean: torch.Tensor, std: torch.Tensor):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, state: torch.Tensor) -> torch.Tensor:
        normal = (state - self.mean) / self.std
        return torch.cat([normal[:, 3:], normal[:, :3]], 1)


class Predictor(nn.Module):
    """latent (batch, L), action (batch, A) -> next latent: the residual of the whole vector."""

    def __init__(self, latent_dim: int, action_dim: int, width: int = 512, blocks: int = 2):
        super().__init__()
        self.inlet = nn.Linear(latent_dim + action_dim, width)
        self.blocks = nn.ModuleList(Residual(width, 1) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.outlet = nn.Linear(width, latent_dim)
        nn.init.normal_(self.outlet.weight, std=1e-3)
        nn.init.zeros_(self.outlet.bias)

    def forward(self, latent: torch.Tensor, action: torch.Tensor) -> torch.Tensor:
        x = self.inlet(torch.cat([latent, action], 1))
        for block in self.blocks:
            x = block(x)
        return latent + self.outlet(self.norm(x))


def mlp(sizes: list[int]) -> nn.Sequential:
    """Linear, LayerNorm, ReLU for each hidden size; the last layer is linear."""
    layers: list[nn.Module] = []
    for a, b in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(a, b), nn.LayerNorm(b), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


class Critic(nn.Module):
    """Two value heads: discounted sum of -1 per decision until the goal; looks only at the visual part of the goal."""

    def __init__(self, latent_dim: int, visual_dim: int, width: int = 256):
        super().__init__()
        self.visual_dim = visual_dim
        self.heads = nn.ModuleList(mlp([latent_dim + visual_dim, width, width, width, 1]) for _ in range(2))

    def forward(self, latent: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
        x = torch.cat([latent, goal[:, : self.visual_dim]], 1)
        return torch.cat([head(x) for head in self.heads], 1)  # (batch, 2)


class CriticCost(nn.Module):
    """Contract v1: the critic's mean value as expected decisions (batch, 1), >= 0 and strictly falling in the value.

    value = -(1 - gamma^n) / (1 - gamma), so n = ln(1 + (1 - gamma) value) / ln(gamma); beyond SPAN_MIN of the value's range the
    curve goes on as its tangent, and below KNEE decisions it turns into an exponential, so no two values share a cost."""

    SPAN_MIN = 0.1
    KNEE = 0.25

    def __init__(self, critic: Critic, gamma: float):
        super().__init__()
        self.critic, self.gamma = critic, gamma

    def forward(self, latent: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
        value = self.critic(latent, goal).mean(1, keepdim=True)
        span = 1 + (1 - self.gamma) * value
        per_log = -1 / math.log(self.gamma)
        steps = -per_log * torch.log(span.clamp(min=self.SPAN_MIN))
        steps = steps + per_log / self.SPAN_MIN * torch.relu(self.SPAN_MIN - span)
        low = torch.exp(-torch.relu(self.KNEE - steps) / self.KNEE) - 1
        return steps.clamp(min=self.KNEE) + self.KNEE * low


class Policy(nn.Module):
    """Mode 1: latent, goal -> action in [-1, 1]; looks only at the visual part of the goal."""

    def __init__(self, latent_dim: int, visual_dim: int, action_dim: int, width: int = 256):
        super().__init__()
        self.visual_dim = visual_dim
        self.net = mlp([latent_dim + visual_dim, width, width, width, action_dim])

    def forward(self, latent: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.net(torch.cat([latent, goal[:, : self.visual_dim]], 1)))


class Probe(nn.Module):
    """latent -> object (batch, 3) m, from the visual part alone so that goals can be probed too; tool (batch, 3) m, from the part
    that holds proprioception."""

    def __init__(self, visual_dim: int, object_mean, object_std, tool_mean, tool_std, width: int = 256):
        super().__init__()
        self.visual_dim = visual_dim
        self.net = mlp([visual_dim, width, width, 3])
        for name, value in dict(object_mean=object_mean, object_std=object_std, tool_mean=tool_mean, tool_std=tool_std).items():
            self.register_buffer(name, value)

    def forward(self, latent: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        visual, tool = latent[:, : self.visual_dim], latent[:, self.visual_dim :]
        return self.net(visual) * self.object_std + self.object_mean, tool * self.tool_std + self.tool_mean


class StateProbe(nn.Module):
    """Probe of the privileged twin: undoes the normalisation."""

    def __init__(self, object_mean, object_std, tool_mean, tool_std):
        super().__init__()
        for name, value in dict(object_mean=object_mean, object_std=object_std, tool_mean=tool_mean, tool_std=tool_std).items():
            self.register_buffer(name, value)

    def forward(self, latent: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return latent[:, :3] * self.object_std + self.object_mean, latent[:, 3:] * self.tool_std + self.tool_mean


def sigreg(z: torch.Tensor, directions: torch.Tensor, scale: float) -> torch.Tensor:
    """Epps-Pulley distance of projections of z (n, dim) on directions (dim, projections) from the standard normal (SIGReg, arXiv 2511.08544), times `scale`."""
    knots = torch.linspace(0, 3, 17)
    weights = torch.full((17,), 2 * 3 / 16)
    weights[[0, -1]] = 3 / 16
    window = torch.exp(-(knots**2) / 2)
    angle = (z @ F.normalize(directions, dim=0)).unsqueeze(-1) * knots  # (n, projections, knots)
    error = (angle.cos().mean(0) - window) ** 2 + angle.sin().mean(0) ** 2
    return (error @ (weights * window)).mean() * scale
