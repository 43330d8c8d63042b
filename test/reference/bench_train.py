"""Times the encoder's training step in PyTorch float32: the peer of `foresight bench train`.

The same networks, losses, batch, clipping, AdamW and moving average as runtime/learn/encoder-training.ts (test/runtime/learn/vectors.test.ts holds the two to
the same loss and gradients). Reads a number of steps a line, answers each with a line of JSON: milliseconds of every step, peak resident memory of this
process. Pictures are uint8 and are cut into patches inside the step, as ours are; making the batch is not timed on either side."""
from __future__ import annotations

import argparse
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F

from data import PATCH_PX, patch_order
from nets import PIXEL_MEAN, PIXEL_STD, VISUAL_DIM, PatchEncoder, Predictor, mlp, sigreg

PROPRIO = 3
PROJECTIONS = 64
AVERAGE_RATE = 0.01
RATE = 1e-3


def main() -> None:
    args = parse()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    step = Step(args)
    print(json.dumps({"framework": f"PyTorch {torch.__version__} eager, float32, fused AdamW", "threads": args.threads}), flush=True)
    for line in sys.stdin:
        step_ms, loss = [], 0.0
        for _ in range(int(line)):
            batch = step.batch()
            begin = time.perf_counter()
            loss = step.run(*batch)
            step_ms.append((time.perf_counter() - begin) * 1e3)
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux: KiB.
        print(json.dumps({"stepMs": step_ms, "peakMib": round(peak_mib, 1), "loss": loss}), flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("windows", "horizon", "cameras", "height", "width", "actions", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("given", "plain", "felt"):
        parser.add_argument(f"--{name}", type=float, required=True, help="weight of the loss")
    return parser.parse_args()


class Step:
    def __init__(self, args: argparse.Namespace):
        self.args = args
        self.rows = args.windows * (args.horizon + 1)
        self.grid = (args.height // PATCH_PX, args.width // PATCH_PX)
        self.order = torch.from_numpy(patch_order(*self.grid).copy())
        values = args.cameras * PATCH_PX * PATCH_PX * 3
        self.encoder = PatchEncoder(self.grid[0] * self.grid[1], values)
        self.predictor = Predictor(VISUAL_DIM + PROPRIO, args.actions)
        self.told, self.felt = mlp([PROPRIO, 128, 128, VISUAL_DIM]), mlp([VISUAL_DIM, 128, PROPRIO])
        nets = (self.encoder, self.predictor, self.told, self.felt)
        self.parameters = [p for net in nets for p in net.parameters()]
        self.averages = [p.detach().clone() for p in self.parameters]
        self.optimiser = torch.optim.AdamW(self.parameters, lr=RATE, weight_decay=1e-4, fused=True)
        shape = (self.rows, args.cameras, args.height, args.width, 3)
        self.frames = torch.randint(0, 256, shape, dtype=torch.uint8)

    def batch(self) -> tuple[torch.Tensor, ...]:
        a = self.args
        gain = 0.85 + 0.3 * torch.rand(self.rows, 3)
        return self.frames, gain, torch.randn(self.rows, PROPRIO), torch.rand(a.windows, a.horizon, a.actions) * 2 - 1, torch.randn(VISUAL_DIM, PROJECTIONS)

    def run(self, frames: torch.Tensor, gain: torch.Tensor, body: torch.Tensor, action: torch.Tensor, directions: torch.Tensor) -> float:
        a = self.args
        z = self.encoder(self.pixels(frames, gain))  # (rows, visualDim)
        told = self.told(body)
        given, plain = sigreg(z - told.detach(), directions, a.windows), sigreg(z, directions, a.windows)
        felt = F.mse_loss(self.felt(z), body)
        latents = torch.cat([z, body], 1).reshape(a.windows, a.horizon + 1, -1)
        x, following = latents[:, 0], 0.0
        for k in range(a.horizon):
            x = self.predictor(x, action[:, k])
            following = following + F.mse_loss(x, latents[:, k + 1]) / a.horizon
        loss = following + a.given * given + a.plain * plain + a.felt * felt + F.mse_loss(told, z.detach())
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.averages, self.parameters, AVERAGE_RATE)
        return loss.item()

    def pixels(self, frames: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
        """uint8 (rows, cameras, height, width, 3) -> normalised patches in merge order (rows, patches, values); one pass in float."""
        gh, gw = self.grid
        x = frames.reshape(self.rows, -1, gh, PATCH_PX, gw, PATCH_PX, 3).permute(0, 2, 4, 1, 3, 5, 6)
        x = x.reshape(self.rows, gh * gw, -1).index_select(1, self.order).float()
        scale = (gain / PIXEL_STD).repeat(1, x.shape[2] // 3).unsqueeze(1)
        return torch.addcmul(torch.tensor(-PIXEL_MEAN / PIXEL_STD), x, scale)


if __name__ == "__main__":
    main()
