"""Trains a world model from a data folder and exports it as a model package of contract v1; phases resume from a checkpoint."""
from __future__ import annotations

import argparse
import os
import time
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve each other on a shared machine

import numpy as np
import torch

from data import PlayData, load_play, open_patches
from encoder_phase import EncoderOptions, encode_rows, train_encoder
from evaluate import ahead_errors, critic_figures, effective_rank, probe_errors
from latent_phases import GAMMA, SHARES, LatentData, train_critic, train_policy, train_probe, tune_predictor
from nets import CriticCost, FrameEncoder, PatchEncoder
from package import product_version, write_package
from schedule import Checkpoint

ENCODER_SHARE = 0.7


def main() -> None:
    args = parse()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    begin = time.monotonic()
    args.work.mkdir(parents=True, exist_ok=True)
    play = load_play(args.data, args.seed)
    patches = open_patches(play, args.work)
    print(f"{args.name}: {play.frames} rows, {int(play.moved.float().mean() * 100)} % move the object", flush=True)
    checkpoint = Checkpoint(args.work / "checkpoint.pt")
    training = play.episodes.windows(0, held_out=False)
    mean, std = play.tool[training].mean(0), play.tool[training].std(0).clamp(min=0.01)
    proprio = (play.tool - mean) / std
    options = EncoderOptions(
        windows=args.windows, given_weight=args.given_weight, plain_weight=args.plain_weight, felt_weight=args.felt_weight,
        bf16=not args.fp32, steps_max=args.encoder_steps,
    )
    encoder, predictor, stats = train_encoder(play, patches, proprio, args.minutes * ENCODER_SHARE, args.seed, options, checkpoint)
    data = cache_latents(play, patches, proprio, encoder)
    rest = args.minutes * (1 - ENCODER_SHARE)
    phases = {"encoder": stats}
    phases["predictor"] = tune_predictor(data, predictor, rest * SHARES["predictor"], checkpoint)
    critic, phases["critic"] = train_critic(data, rest * SHARES["critic"], checkpoint)
    policy, phases["policy"] = train_policy(data, critic, rest * SHARES["policy"], checkpoint)
    probe, phases["probe"] = train_probe(data, mean, std, rest * SHARES["probe"], checkpoint)
    for net in (encoder, predictor, critic, policy, probe):
        net.eval().requires_grad_(False)
    cost = CriticCost(critic, GAMMA)
    evaluation = evaluate(data, predictor, cost, probe, args.seed)
    for key, value in evaluation.items():
        print(f"evaluation {key}: {value}", flush=True)
    meta = play.meta
    shape = (len(meta["cameras"]), meta["heightPx"], meta["widthPx"])
    frame_encoder = FrameEncoder(encoder, shape, mean, std)
    frames = some_frames(play, shape)
    nets = dict(encoder=frame_encoder, predictor=predictor, critic=cost, policy=policy, probe=probe)
    head = describe_model(args, meta, "cameras", mean, std, data.latents.shape[1])
    head["training"] = describe_training(play, args.seed, phases, "test/reference/train.py (PyTorch)")
    head["training"]["options"] = asdict(options)
    head["evaluation"] = evaluation
    write_package(args.out, nets, {"frames": frames, "proprio": play.tool[: len(frames)]}, data.latents, head)
    print(f"{args.name}: done in {(time.monotonic() - begin) / 60:.1f} min", flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with meta.json and shards")
    parser.add_argument("--out", type=Path, required=True, help="model package to write")
    parser.add_argument("--work", type=Path, required=True, help="folder for the patch file and the checkpoint (resumes if there)")
    parser.add_argument("--name", required=True)
    parser.add_argument("--minutes", type=float, default=35, help="training time of all phases together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--windows", type=int, default=96, help="windows of 6 pictures a step")
    parser.add_argument("--given-weight", type=float, default=EncoderOptions.given_weight)
    parser.add_argument("--plain-weight", type=float, default=EncoderOptions.plain_weight)
    parser.add_argument("--felt-weight", type=float, default=EncoderOptions.felt_weight, help="of telling the tool's place from the pictures")
    parser.add_argument("--encoder-steps", type=int, default=None, help="stop the encoder phase after so many steps")
    parser.add_argument("--fp32", action="store_true", help="train the encoder in float32 instead of bfloat16")
    return parser.parse_args()


def cache_latents(play: PlayData, patches: np.ndarray, proprio: torch.Tensor, encoder: PatchEncoder) -> LatentData:
    """Encodes every row once; the whitening gets the exact statistics of the training rows."""
    begin = time.monotonic()
    raw = encode_rows(encoder, patches, np.arange(play.frames))
    training = raw[play.episodes.windows(0, held_out=False)]
    encoder.whiten.running_mean.copy_(training.mean(0))
    encoder.whiten.running_var.copy_(training.var(0))
    encoder.eval()
    with torch.inference_mode():
        visual = encoder.whiten(raw)
    print(f"latents of {play.frames} rows in {time.monotonic() - begin:.0f} s", flush=True)
    latents = torch.cat([visual, proprio], 1).clone()
    return LatentData(latents, visual.shape[1], play.action, play.episodes, play.object, play.tool)


def evaluate(data: LatentData, predictor, cost, probe, seed: int) -> dict:
    train, test = (data.episodes.windows(0, held_out) for held_out in (False, True))
    train = train[torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[:40_000]]
    visual = data.latents[:, : data.visual_dim]
    with torch.inference_mode():
        shipped = (probe(data.latents[test])[0] - data.objects[test]).norm(dim=1)
    return {
        "heldOutFrames": len(test),
        "probeObject": probe_errors(visual[train], data.objects[train], visual[test], data.objects[test], steps=2000),
        "probeTool": probe_errors(visual[train], data.tools[train], visual[test], data.tools[test], steps=1000),
        "shippedProbe": {"objectMeanM": shipped.mean().item(), "objectP95M": shipped.quantile(0.95).item()},
        "effectiveRank": effective_rank(visual[train]),
        **ahead_errors(data.latents, data.action, data.objects, data.tools, data.episodes, predictor, probe),
        "critic": critic_figures(data.latents, data.episodes, cost, seed),
    }


def some_frames(play: PlayData, shape: tuple[int, int, int], count: int = 64) -> torch.Tensor:
    shard = sorted(play.folder.glob("shard-*.frames.u8"))[0]
    frames = np.memmap(shard, np.uint8, "r").reshape(-1, *shape, 3)[:count]
    return torch.from_numpy(frames.copy())


def describe_model(args: argparse.Namespace, meta: dict, observation: str, mean, std, latent_dim: int) -> dict:
    return {
        "name": args.name,
        "robot": meta["robot"],
        "observation": observation,
        "cameras": meta["cameras"] if observation == "cameras" else [],
        "proprioception": {"signals": ["tool.x", "tool.y", "tool.z"], "mean": mean.tolist(), "std": std.tolist()},
        "latentDim": latent_dim,
        "action": {"axes": meta["action"]["axes"], "scaleM": meta["action"]["scaleM"]},
        "toolHeightM": meta.get("toolHeightM"),
        "controlPeriodS": meta["controlPeriodS"],
    }


def describe_training(play: PlayData, seed: int, phases: dict[str, dict], producer: str) -> dict:
    """`frames` = rows of the data set; `framesSeen` = pictures the encoder was trained on, repeats counted."""
    return {
        "dataHash": play.data_hash,
        "frames": play.frames,
        "framesSeen": phases.get("encoder", {}).get("frames", 0),
        "seed": seed,
        "minutes": sum(p["seconds"] for p in phases.values()) / 60,
        "phases": {name: {"steps": p["steps"], "minutes": p["seconds"] / 60} for name, p in phases.items()},
        "producer": producer,
        "productVersion": product_version(),
    }


if __name__ == "__main__":
    main()
