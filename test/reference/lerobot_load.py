"""Loads what `foresight data export` wrote with Python's own LeRobotDataset and compares it with our data set, number by number and pixel by pixel.

    python lerobot_load.py FOLDER_OF_OURS FOLDER_OF_LEROBOT

Wants lerobot 0.4.x with torch; too heavy for CI (6 GB), so its dated output stands in README.md beside it.
"""
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import numpy as np
import torch
from importlib.metadata import version
from lerobot.datasets.lerobot_dataset import LeRobotDataset

ours, theirs = sys.argv[1:3]
meta = json.load(open(f"{ours}/meta.json"))
columns = meta["columns"]
shards = sorted(name for name in os.listdir(ours) if name.endswith(".rows.f32"))
rows = np.concatenate([np.fromfile(f"{ours}/{name}", np.float32).reshape(-1, len(columns)) for name in shards])
shape = (-1, len(meta["cameras"]), meta["heightPx"], meta["widthPx"], 3)
frames = np.concatenate([np.fromfile(f"{ours}/{name.replace('rows.f32', 'frames.u8')}", np.uint8).reshape(shape) for name in shards])

period_s = meta["controlPeriodS"]
first_camera = f"observation.images.{meta['cameras'][0]['name']}"
dataset = LeRobotDataset("foresight/exported", root=theirs, delta_timestamps={"action": [0, period_s, 2 * period_s]})
print(f"lerobot {version('lerobot')}, torch {version('torch')}: {dataset.num_episodes} episodes, {dataset.num_frames} frames, {dataset.fps} fps")
assert dataset.num_frames == len(rows), (dataset.num_frames, len(rows))
print("features:", ", ".join(f"{name} {list(feature['shape'])}" for name, feature in dataset.meta.features.items()))

state_names = dataset.meta.features["observation.state"]["names"]
action_names = dataset.meta.features["action"]["names"]
worst_state = worst_action = worst_pixel = 0.0
for index in range(0, len(rows), 7):
    item = dataset[index]
    state = rows[index][[columns.index(name) for name in state_names]]
    action = rows[index][[columns.index(name) for name in action_names]]
    worst_state = max(worst_state, float(np.abs(item["observation.state"].numpy() - state).max()))
    worst_action = max(worst_action, float(np.abs(item["action"][0].numpy() - action).max()))
    pixels = (item[first_camera].numpy().transpose(1, 2, 0) * 255).round()
    worst_pixel = max(worst_pixel, float(np.abs(pixels - frames[index, 0]).max()))
print(f"largest difference in {len(range(0, len(rows), 7))} frames: state {worst_state}, action {worst_action}, pixel {worst_pixel}")
print("task of frame 0:", dataset[0]["task"], "| window of actions:", tuple(dataset[0]["action"].shape), "| padded at the end:", dataset[len(rows) - 1]["action_is_pad"].tolist())

stats = dataset.meta.stats["action"]
actions = rows[:, [columns.index(name) for name in action_names]].astype(np.float64)
print(f"statistics of action: mean off by {np.abs(np.asarray(stats['mean']) - actions.mean(0)).max():.1e}, std off by {np.abs(np.asarray(stats['std']) - actions.std(0)).max():.1e}")
batches = sum(len(batch["index"]) for batch in torch.utils.data.DataLoader(dataset, batch_size=32))
print(f"a DataLoader gave {batches} of {len(rows)} frames")
assert worst_state == worst_action == worst_pixel == 0.0 and batches == len(rows)
print("the same")
