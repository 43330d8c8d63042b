"""The privileged twin of train.py: the same predictor, critic and policy on the true state, exported with `"observation": "state"`.

Its goal is a place of the object alone, or with `--goal tool` of the tool (which then stands in the state twice); the goal's proprioception is ignored.
It bounds from above what perception could add."""
from __future__ import annotations

import argparse
import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch, as in train.py

import torch

from data import load_play
from evaluate import ahead_errors, critic_figures
from latent_phases import GAMMA, SHARES, LatentData, train_critic, train_policy, tune_predictor
from nets import CriticCost, Predictor, StateEncoder, StateProbe
from package import write_package
from schedule import Checkpoint
from train import describe_model, describe_training

REACHED_M = 0.01
STATE_STD_MIN_M = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--goal", choices=["object", "tool"], default="object", help="what shall come to its goal: push moves the object, reach the tool")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.work.mkdir(parents=True, exist_ok=True)
    checkpoint = Checkpoint(args.work / "checkpoint.pt")
    play = load_play(args.data, args.seed)
    wanted = play.object if args.goal == "object" else play.tool  # (rows, 3)
    state = torch.cat([play.tool, wanted], 1)  # (rows, 6)
    training = play.episodes.windows(0, held_out=False)
    mean, std = state[training].mean(0), state[training].std(0).clamp(min=STATE_STD_MIN_M)
    encoder = StateEncoder(mean, std)
    data = LatentData(encoder(state), 3, play.action, play.episodes, wanted, play.tool, REACHED_M)
    predictor = Predictor(6, play.action.shape[1])
    phases = {"predictor": tune_predictor(data, predictor, args.minutes * SHARES["predictor"], checkpoint, lr=1e-3)}
    critic, phases["critic"] = train_critic(data, args.minutes * (SHARES["critic"] + SHARES["probe"]), checkpoint)
    policy, phases["policy"] = train_policy(data, critic, args.minutes * SHARES["policy"], checkpoint)
    cost, probe = CriticCost(critic, GAMMA), StateProbe(mean[3:], std[3:], mean[:3], std[:3])
    for net in (predictor, cost, policy):
        net.eval().requires_grad_(False)
    head = describe_model(args, play.meta, "state", mean[:3], std[:3], 6)
    head["training"] = describe_training(play, args.seed, phases, "test/reference/oracle.py (PyTorch)")
    head["evaluation"] = {
        **ahead_errors(data.latents, data.action, data.objects, data.tools, data.episodes, predictor, probe),
        "critic": critic_figures(data.latents, data.episodes, cost, args.seed),
    }
    for key, value in head["evaluation"].items():
        print(f"evaluation {key}: {value}", flush=True)
    nets = dict(encoder=encoder, predictor=predictor, critic=cost, policy=policy, probe=probe)
    write_package(args.out, nets, {"state": state[:64]}, data.latents, head)


if __name__ == "__main__":
    main()
