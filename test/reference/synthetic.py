"""Writes a small data folder of the collector's format: two cameras that see a pushed square and a tool dot; for tests of train.py."""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

COLUMNS = ["episode", "step", "tool.x", "tool.y", "tool.z", "action.x", "action.y", "action.z"]
COLUMNS += ["object.x", "object.y", "object.z"]
CONTACT_M = 0.035
SCALE_M = 0.03
LOW, HIGH = np.array([0.35, -0.25]), np.array([0.65, 0.25])


def draw(tool: np.ndarray, cube: np.ndarray, px: int) -> np.ndarray:
    """(2, px, px, 3) uint8: camera 0 from above, camera 1 the same turned by 90 degrees; soft edges carry sub-pixel places."""
    grid = (np.arange(px) + 0.5) / px
    frame = np.full((px, px, 3), 90.0)
    frame += 20 * np.sin(np.arange(px) / 5.0)[:, None, None]
    at = lambda p: (p - LOW + 0.06) / (HIGH - LOW + 0.12)
    for place, half, colour in ((cube, 0.05, (220, 60, 40)), (tool, 0.025, (40, 60, 220))):
        y, x = at(place)
        cover = np.clip((half - np.abs(grid - y)) * px + 0.5, 0, 1)[:, None] * np.clip((half - np.abs(grid - x)) * px + 0.5, 0, 1)
        frame += cover[..., None] * (np.array(colour) - frame)
    frame = np.clip(frame, 0, 255).astype(np.uint8)
    return np.stack([frame, np.rot90(frame)])


def step(tool: np.ndarray, cube: np.ndarray, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The tool goes where it is told; the cube is shoved out of a disc around it."""
    for _ in range(4):
        tool = np.clip(tool + action * SCALE_M / 4, LOW, HIGH)
        away = cube - tool
        distance = np.linalg.norm(away) + 1e-9
        if distance < CONTACT_M:
            cube = np.clip(tool + away / distance * CONTACT_M, LOW, HIGH)
    return tool, cube


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--episodes", type=int, default=60)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--px", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    for shard, episodes in enumerate(np.array_split(np.arange(args.episodes), 2)):
        frames, rows = [], []
        for episode in episodes:
            tool, cube = rng.uniform(LOW, HIGH), rng.uniform(LOW + 0.05, HIGH - 0.05)
            for t in range(args.steps):
                towards = (cube - tool) / SCALE_M if rng.random() < 0.7 else rng.normal(size=2)
                action = np.clip(towards + rng.normal(size=2) * 0.5, -1, 1)
                frames.append(draw(tool, cube, args.px))
                next_tool, next_cube = step(tool, cube, action)
                executed = (next_tool - tool) / SCALE_M
                rows.append([episode, t, *tool, 0.03, *executed, 0, *cube, 0.025])
                tool, cube = next_tool, next_cube
        np.stack(frames).tofile(args.out / f"shard-{shard:03d}.frames.u8")
        np.array(rows, np.float32).tofile(args.out / f"shard-{shard:03d}.rows.f32")
    camera = dict(widthPx=args.px, heightPx=args.px, fovYRad=0.8203, positionM=[0.5, 0, 1], targetM=[0.5, 0.001, 0])
    meta = dict(
        cameras=[dict(name="front", **camera), dict(name="side", **camera)], widthPx=args.px, heightPx=args.px,
        controlPeriodS=0.2, action=dict(axes=["x", "y"], scaleM=SCALE_M), toolHeightM=0.03, columns=COLUMNS,
        robot="synthetic", seed=args.seed,
    )
    (args.out / "meta.json").write_text(json.dumps(meta, indent=2))
    (args.out / "DONE").touch()


if __name__ == "__main__":
    main()
