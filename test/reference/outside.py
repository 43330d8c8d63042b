"""Makes a model package of a model from a paper: LeWM, DINO-WM or TD-MPC2 in the published shape, with the weights of a checkpoint or, to see that it runs and how fast, with
seeded ones. The shapes are those of their papers, as far as those say them; the names of the parameters are ours, and --rename fits a checkpoint's to them."""
from __future__ import annotations

import argparse
import hashlib
import json
import re
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import package

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, as all of them normalise pictures.


class Picture(nn.Module):
    """The first camera of (n, cameras, H, W, 3) uint8 as the square normalised picture that a vision transformer takes."""

    def __init__(self, edge: int):
        super().__init__()
        self.edge = edge
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)

    def forward(self, frames: Tensor) -> Tensor:
        rgb = frames[:, 0].permute(0, 3, 1, 2).float() / 255
        return (F.interpolate(rgb, size=(self.edge, self.edge), mode="bilinear", align_corners=False) - self.mean) / self.std


class Attention(nn.Module):
    """Multi-head self-attention; causal over blocks of `block` tokens where that is given."""

    def __init__(self, dim: int, heads: int, head_dim: int, tokens: int, block: int | None = None):
        super().__init__()
        self.heads, self.head_dim = heads, head_dim
        self.qkv = nn.Linear(dim, 3 * heads * head_dim)
        self.out = nn.Linear(heads * head_dim, dim)
        of = torch.arange(tokens) // (block or tokens)
        self.register_buffer("mask", torch.where(of[None, :] > of[:, None], -1e4, 0.0), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        n, tokens, _ = x.shape
        q, k, v = self.qkv(x).view(n, tokens, 3, self.heads, self.head_dim).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(q @ k.transpose(-1, -2) / self.head_dim**0.5 + self.mask, dim=-1)
        return self.out((weights @ v).transpose(1, 2).reshape(n, tokens, self.heads * self.head_dim))


class Block(nn.Module):
    """A transformer's layer; with `condition` its norms are moved and scaled and its branches gated by it (AdaLN-zero)."""

    def __init__(self, dim: int, attention: Attention, mlp: int, condition: int | None = None):
        super().__init__()
        self.attention = attention
        self.norm1, self.norm2 = (nn.LayerNorm(dim, elementwise_affine=condition is None) for _ in range(2))
        self.mlp = nn.Sequential(nn.Linear(dim, mlp), nn.GELU(), nn.Linear(mlp, dim))
        self.modulate = nn.Sequential(nn.SiLU(), nn.Linear(condition, 6 * dim)) if condition is not None else None

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        if self.modulate is None:
            x = x + self.attention(self.norm1(x))
            return x + self.mlp(self.norm2(x))
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulate(condition).chunk(6, dim=-1)
        x = x + gate1 * self.attention(self.norm1(x) * (1 + scale1) + shift1)
        return x + gate2 * self.mlp(self.norm2(x) * (1 + scale2) + shift2)


class ViT(nn.Module):
    """Tokens of a picture: the class token first, then the patches."""

    def __init__(self, edge: int, patch: int, dim: int, layers: int, heads: int):
        super().__init__()
        tokens = (edge // patch) ** 2 + 1
        self.picture = Picture(edge)
        self.patches = nn.Conv2d(3, dim, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.position = nn.Parameter(0.02 * torch.randn(1, tokens, dim))
        self.blocks = nn.ModuleList(Block(dim, Attention(dim, heads, dim // heads, tokens), 4 * dim) for _ in range(layers))
        self.norm = nn.LayerNorm(dim)

    def forward(self, frames: Tensor) -> Tensor:
        patches = self.patches(self.picture(frames)).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls + 0 * patches[:, :1], patches], 1) + self.position
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


def projector(dim: int) -> nn.Module:
    return nn.Sequential(nn.Linear(dim, 2048), nn.BatchNorm1d(2048), nn.GELU(), nn.Linear(2048, dim))


class Body:
    """What every latent ends with: the normalised place of the tool, which moves as it is told, as far as that is known before."""

    def __init__(self, card: dict):
        signals = card["proprioception"]
        if [each["name"] for each in signals] != ["tool.x", "tool.y", "tool.z"]:
            raise SystemExit("--like: a model that feels the place of its tool and nothing else")
        self.mean = torch.tensor([each["mean"] for each in signals])
        self.std = torch.tensor([each["std"] for each in signals])
        self.moves = torch.zeros(len(card["axes"]), 3)
        for row, axis in enumerate(card["axes"]):
            if axis["name"] not in ("x", "y", "z"):
                raise SystemExit("--like: a model whose actions move the tool and nothing else")
            column = "xyz".index(axis["name"])
            self.moves[row, column] = axis["scale"] / self.std[column]

    def felt(self, proprio: Tensor) -> Tensor:
        return (proprio - self.mean) / self.std

    def moved(self, felt: Tensor, action: Tensor) -> Tensor:
        return felt + action @ self.moves


class LeWM(nn.Module):
    """LeWorldModel (arXiv 2603.19312): one vector of 192 a picture, a causal predictor of three frames, squared distance to the goal's.
    The latent carries what it remembers: three vectors, the two actions between them, and what is felt."""

    DIM, FRAMES = 192, 3

    def __init__(self, body: Body, actions: int):
        super().__init__()
        self.body, self.actions = body, actions
        self.encoder = ViT(224, 14, self.DIM, 12, 3)
        self.projector = projector(self.DIM)
        self.action_encoder = nn.Sequential(nn.Linear(actions, actions), nn.Linear(actions, 4 * self.DIM), nn.SiLU(), nn.Linear(4 * self.DIM, self.DIM))
        self.position = nn.Parameter(0.02 * torch.randn(1, self.FRAMES, self.DIM))
        self.blocks = nn.ModuleList(Block(self.DIM, Attention(self.DIM, 16, 64, self.FRAMES, 1), 2048, self.DIM) for _ in range(6))
        self.norm = nn.LayerNorm(self.DIM)
        self.pred_proj = projector(self.DIM)
        self.latent_dim = self.FRAMES * self.DIM + (self.FRAMES - 1) * actions + 3

    def split(self, latent: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        seen = self.FRAMES * self.DIM
        return latent[:, :seen], latent[:, seen:-3], latent[:, -3:]

    def encode(self, frames: Tensor, proprio: Tensor, before: Tensor, moved: Tensor, first: Tensor) -> Tensor:
        z = self.projector(self.encoder(frames)[:, 0])
        zs, acts, _ = self.split(before)
        fresh = torch.cat([z, z, z, 0 * acts], 1)
        goes_on = torch.cat([zs[:, self.DIM :], z, acts[:, self.actions :], moved], 1)
        return torch.cat([first * fresh + (1 - first) * goes_on, self.body.felt(proprio)], 1)

    def predict(self, latent: Tensor, action: Tensor) -> Tensor:
        zs, acts, felt = self.split(latent)
        acts = torch.cat([acts, action], 1)
        condition = self.action_encoder(acts.view(-1, self.FRAMES, self.actions))
        x = zs.view(-1, self.FRAMES, self.DIM) + self.position
        for block in self.blocks:
            x = block(x, condition)
        z = self.pred_proj(self.norm(x)[:, -1])
        return torch.cat([zs[:, self.DIM :], z, acts[:, self.actions :], self.body.moved(felt, action)], 1)

    def cost(self, latent: Tensor, goal: Tensor) -> Tensor:
        (zs, _, _), (goals, _, _) = self.split(latent), self.split(goal)
        return ((zs[:, -self.DIM :] - goals[:, -self.DIM :]) ** 2).sum(1, keepdim=True)


class DinoWM(nn.Module):
    """DINO-WM (arXiv 2411.04983) with one frame of history: the patches of DINOv2 ViT-S/14 at 196 px, a transformer over them with the action in every patch."""

    DIM, GRID, ACTION = 384, 14, 10

    def __init__(self, body: Body, actions: int):
        super().__init__()
        self.body = body
        self.encoder = ViT(14 * self.GRID, 14, self.DIM, 12, 6)
        self.action_encoder = nn.Linear(actions, self.ACTION)
        dim, tokens = self.DIM + self.ACTION, self.GRID**2
        self.position = nn.Parameter(0.02 * torch.randn(1, tokens, dim))
        self.blocks = nn.ModuleList(Block(dim, Attention(dim, 16, 64, tokens), 2048) for _ in range(6))
        self.norm = nn.LayerNorm(dim)
        self.latent_dim = tokens * self.DIM + 3

    def encode(self, frames: Tensor, proprio: Tensor) -> Tensor:
        return torch.cat([self.encoder(frames)[:, 1:].flatten(1), self.body.felt(proprio)], 1)

    def predict(self, latent: Tensor, action: Tensor) -> Tensor:
        patches = latent[:, :-3].view(-1, self.GRID**2, self.DIM)
        told = self.action_encoder(action)[:, None] + 0 * patches[:, :, : self.ACTION]
        x = torch.cat([patches, told], 2) + self.position
        for block in self.blocks:
            x = block(x)
        return torch.cat([self.norm(x)[:, :, : self.DIM].flatten(1), self.body.moved(latent[:, -3:], action)], 1)

    def cost(self, latent: Tensor, goal: Tensor) -> Tensor:
        return ((latent[:, :-3] - goal[:, :-3]) ** 2).mean(1, keepdim=True)


class TDMPC2(nn.Module):
    """TD-MPC2 (arXiv 2310.16828) with goals: latent of 512 in simplices of 8, five value heads of 101 bins, and a policy that proposes."""

    DIM, SIMPLEX, BINS, RANGE = 512, 8, 101, 10.0

    def __init__(self, body: Body, actions: int):
        super().__init__()
        self.body = body
        self.picture = Picture(64)
        convs = [layer for i, (k, s) in enumerate([(7, 2), (5, 2), (3, 2), (3, 1)]) for layer in (nn.Conv2d(3 if i == 0 else 32, 32, k, s), nn.ReLU())]
        self.convs = nn.Sequential(*convs[:-1], nn.Flatten())
        self.encoder = self.mlp(self.convs(torch.zeros(1, 3, 64, 64)).shape[1], self.DIM)
        self.dynamics = self.mlp(self.DIM + actions, self.DIM)
        self.policy_net = self.mlp(2 * self.DIM, actions)
        self.values = nn.ModuleList(self.mlp(2 * self.DIM + actions, self.BINS) for _ in range(5))
        self.register_buffer("bins", torch.linspace(-self.RANGE, self.RANGE, self.BINS), persistent=False)
        self.latent_dim = self.DIM + 3

    @staticmethod
    def mlp(inputs: int, outputs: int) -> nn.Module:
        layers = [layer for size in (inputs, 512) for layer in (nn.Linear(size, 512), nn.LayerNorm(512), nn.Mish())]
        return nn.Sequential(*layers, nn.Linear(512, outputs))

    def simnorm(self, x: Tensor) -> Tensor:
        return torch.softmax(x.view(-1, self.DIM // self.SIMPLEX, self.SIMPLEX), dim=-1).flatten(1)

    def encode(self, frames: Tensor, proprio: Tensor) -> Tensor:
        return torch.cat([self.simnorm(self.encoder(self.convs(self.picture(frames)))), self.body.felt(proprio)], 1)

    def predict(self, latent: Tensor, action: Tensor) -> Tensor:
        z = self.simnorm(self.dynamics(torch.cat([latent[:, :-3], action], 1)))
        return torch.cat([z, self.body.moved(latent[:, -3:], action)], 1)

    def policy(self, latent: Tensor, goal: Tensor) -> Tensor:
        return torch.tanh(self.policy_net(torch.cat([latent[:, :-3], goal[:, :-3]], 1)))

    def cost(self, latent: Tensor, goal: Tensor) -> Tensor:
        """Less the value of what the policy would do: symexp of the expected bin, the mean of the heads."""
        asked = torch.cat([latent[:, :-3], goal[:, :-3], self.policy(latent, goal)], 1)
        expected = torch.stack([torch.softmax(value(asked), -1) @ self.bins for value in self.values]).mean(0)
        return -(torch.sign(expected) * (torch.exp(expected.abs()) - 1))[:, None]


SHAPES = {"lewm": LeWM, "dino-wm": DinoWM, "td-mpc2": TDMPC2}


class Role(nn.Module):
    """One of a model's functions as a network of its own."""

    def __init__(self, model: nn.Module, name: str, scale: float = 1.0):
        super().__init__()
        self.model, self.name, self.scale = model, name, scale

    def forward(self, *inputs: Tensor) -> Tensor:
        return getattr(self.model, self.name)(*inputs) * self.scale


def load_weights(model: nn.Module, path: Path, renames: list[str]) -> None:
    """Every parameter once, or an end that says which are missing and which are too many. Reads tensors and runs nothing that the file holds."""
    found = torch.load(path, map_location="cpu", weights_only=True)
    for key in ("state_dict", "model"):
        found = found[key] if isinstance(found, dict) and isinstance(found.get(key), dict) else found
    for rename in renames:
        pattern, _, replacement = rename.partition("=")
        found = {re.sub(pattern, replacement, name): value for name, value in found.items()}
    missing, unknown = model.load_state_dict(found, strict=False)
    if missing or unknown:
        raise SystemExit(f"{path}: lacks {missing[:5]} ({len(missing)}), has {unknown[:5]} ({len(unknown)}) beside; fit the names with --rename 'PATTERN=REPLACEMENT'")


def declare_size(path: Path, size: int) -> str:
    """Writes the size of the answer, which the exporter loses on the way, and returns the file's hash."""
    proto = onnx.load(path)
    proto.graph.output[0].type.tensor_type.shape.dim[1].dim_value = size
    onnx.save(proto, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contract2(card: dict) -> dict:
    """The parts of a card that are taken over, as contract version 2 writes them."""
    if card["contract"] == 2:
        return {key: card[key] for key in ("robot", "cameras", "axes", "proprioception", "toolHeightM", "controlPeriodS")}
    felt, action = card["proprioception"], card["action"]
    return {
        **{key: card[key] for key in ("robot", "cameras", "toolHeightM", "controlPeriodS")},
        "axes": [{"name": axis, "unit": "m", "scale": action["scaleM"], "kind": "continuous"} for axis in action["axes"]],
        "proprioception": [{"name": n, "unit": "m", "mean": m, "std": s} for n, m, s in zip(felt["signals"], felt["mean"], felt["std"])],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, required=True)
    parser.add_argument("--like", type=Path, required=True, help="a model package for the same arm: its robot, cameras, axes and what is felt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, help="PyTorch state dict; without it weights are drawn")
    parser.add_argument("--rename", action="append", default=[], help="PATTERN=REPLACEMENT for the checkpoint's names; may be given several times")
    parser.add_argument("--cost-scale", type=float, default=1.0, help="decisions for a cost of one")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    card = contract2(json.loads((options.like / "model.json").read_text()))
    actions = len(card["axes"])
    model = SHAPES[options.shape](Body(card), actions).eval()
    if options.checkpoint:
        load_weights(model, options.checkpoint, options.rename)
    package.BATCHES = (1, 3)  # These are large.
    count = max(package.BATCHES)
    camera = card["cameras"][0]
    frames = torch.randint(0, 256, (count, len(card["cameras"]), camera["heightPx"], camera["widthPx"], 3), dtype=torch.uint8)
    inputs = {"frames": frames, "proprio": model.body.mean + 0.1 * torch.randn(count, 3)}
    action = torch.rand(count, actions) * 2 - 1
    if isinstance(model, LeWM):
        inputs |= {"before": torch.randn(count, model.latent_dim), "moved": action, "first": torch.tensor([[1.0], [0.0], [0.0]])}
    with torch.inference_mode():
        latent = model.encode(*inputs.values()).clone()
    roles = {
        "encoder": (Role(model, "encode"), inputs, ["latent"]),
        "predictor": (Role(model, "predict"), {"latent": latent, "action": action}, ["next"]),
        "critic": (Role(model, "cost", options.cost_scale), {"latent": latent, "goal": latent.flip(0).clone()}, ["cost"]),
    }
    if hasattr(model, "policy"):
        roles["policy"] = (Role(model, "policy"), {"latent": latent, "goal": latent.flip(0).clone()}, ["action"])
    options.out.mkdir(parents=True, exist_ok=True)
    files, worst = {}, 0.0
    for role, (net, feeds, outputs) in roles.items():
        files[role], difference = package.export_net(net, options.out, role, feeds, outputs)
        files[role]["sha256"] = declare_size(options.out / f"{role}.onnx", {"critic": 1, "policy": actions}.get(role, model.latent_dim))
        worst = max(worst, difference)
    training = {"dataHash": "none", "frames": 0, "seed": options.seed, "minutes": 0, "producer": "test/reference/outside.py", "productVersion": "0.1.0"}
    origin = {"shape": options.shape, "checkpoint": options.checkpoint.name if options.checkpoint else "none: drawn weights"}
    head = {"contract": 2, "name": options.out.name, **card, "observation": "cameras", "latentDim": model.latent_dim}
    spec = package.round_numbers({**head, "training": {**training, **origin}, "evaluation": {}}) | {"files": files}
    (options.out / "model.json").write_text(json.dumps(spec, indent=2) + "\n")
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{options.out}: {options.shape}, {parameters / 1e6:.1f} M parameters, latent of {model.latent_dim}, largest difference to PyTorch {worst:.1e}")


if __name__ == "__main__":
    main()
