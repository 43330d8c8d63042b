"""Reads a data folder written by `foresight collect` (or synthetic.py) and cuts its pictures into patches once."""
from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from evaluate import MOVED_M

PATCH_PX = 8
HELD_OUT_SHARE = 0.06
HELD_OUT_EPISODES_MIN = 2


@dataclass
class Episodes:
    """Rows of a data folder in time order; consecutive rows of one episode are consecutive decisions."""

    first: torch.Tensor  # (rows) index of the first row of this row's episode
    last: torch.Tensor  # (rows) index of the last row of this row's episode
    held_out: torch.Tensor  # (rows) bool, whole episodes kept away from training

    def windows(self, steps: int, held_out: bool) -> torch.Tensor:
        """Rows t for which t..t+steps lie in one episode of the wanted split."""
        index = torch.arange(len(self.first))
        return index[(index + steps <= self.last) & (self.held_out == held_out)]


@dataclass
class PlayData:
    """One collected data set; lengths in metres, actions in units of the action scale."""

    folder: Path
    meta: dict
    columns: list[str]
    rows: np.ndarray  # (rows, columns) float32
    episodes: Episodes
    action: torch.Tensor  # (rows, actionDim) executed, in [-1, 1]
    tool: torch.Tensor  # (rows, 3) m
    object: torch.Tensor  # (rows, 3) m
    moved: torch.Tensor  # (rows) bool, the object moved more than 1 mm in this step
    data_hash: str

    @property
    def frames(self) -> int:
        return len(self.rows)


def load_play(folder: Path, seed: int) -> PlayData:
    meta = json.loads((folder / "meta.json").read_text())
    columns = list(meta["columns"])
    shards = sorted(folder.glob("shard-*.rows.f32"))
    if not shards:
        raise SystemExit(f"{folder}: no shard-*.rows.f32; collect data first")
    rows = np.concatenate([np.fromfile(s, np.float32).reshape(-1, len(columns)) for s in shards])
    if not np.isfinite(rows).all():
        bad = [columns[c] for c in np.flatnonzero(~np.isfinite(rows).all(0))]
        raise SystemExit(f"{folder}: columns {bad} hold values that are not finite; collect again")
    take = lambda names: torch.from_numpy(rows[:, [columns.index(n) for n in names]].copy())
    objects = take(["object.x", "object.y", "object.z"])
    return PlayData(
        folder=folder,
        meta=meta,
        columns=columns,
        rows=rows,
        episodes=find_episodes(rows[:, columns.index("episode")], rows[:, columns.index("step")], seed),
        action=take([f"action.{axis}" for axis in meta["action"]["axes"]]).clamp_(-1, 1),
        tool=take(["tool.x", "tool.y", "tool.z"]),
        object=objects,
        moved=moved_until_next(objects, rows[:, columns.index("episode")]),
        data_hash=hash_shards(folder),
    )


def moved_until_next(objects: torch.Tensor, episode: np.ndarray) -> torch.Tensor:
    """(rows) whether the object is more than 1 mm away in the next row of the same episode."""
    far = (objects[1:] - objects[:-1]).norm(dim=1) > MOVED_M
    same = torch.from_numpy(episode[1:] == episode[:-1])
    return torch.cat([far & same, torch.zeros(1, dtype=torch.bool)])


def find_episodes(episode: np.ndarray, step: np.ndarray, seed: int) -> Episodes:
    count = len(episode)
    starts = np.flatnonzero(np.r_[True, (np.diff(episode) != 0) | (np.diff(step) != 1)])
    ends = np.r_[starts[1:], count] - 1
    held = np.zeros(len(starts), bool)
    held_count = max(HELD_OUT_EPISODES_MIN, round(HELD_OUT_SHARE * len(starts)))
    held[np.random.default_rng(seed).permutation(len(starts))[:held_count]] = True
    repeat = ends - starts + 1
    return Episodes(
        first=torch.from_numpy(np.repeat(starts, repeat)),
        last=torch.from_numpy(np.repeat(ends, repeat)),
        held_out=torch.from_numpy(np.repeat(held, repeat)),
    )


def hash_shards(folder: Path) -> str:
    """sha256 over the bytes of all shard files in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("shard-*")):
        with path.open("rb") as file:
            while block := file.read(1 << 24):
                digest.update(block)
    return digest.hexdigest()


def patch_order(grid_height: int, grid_width: int) -> np.ndarray:
    """Row-major patch indices in the order in which every four neighbours (a 2x2 square) follow each other, twice nested."""
    grid = np.arange(grid_height * grid_width).reshape(grid_height // 4, 2, 2, grid_width // 4, 2, 2)
    return grid.transpose(0, 3, 1, 4, 2, 5).reshape(-1)


def cut_patches(frames: np.ndarray) -> np.ndarray:
    """(n, cameras, height, width, 3) -> (n, patches, cameras * 8 * 8 * 3), patches in merge order."""
    n, cameras, height, width, _ = frames.shape
    gh, gw = height // PATCH_PX, width // PATCH_PX
    tiles = frames.reshape(n, cameras, gh, PATCH_PX, gw, PATCH_PX, 3).transpose(0, 2, 4, 1, 3, 5, 6)
    return tiles.reshape(n, gh * gw, -1)[:, patch_order(gh, gw)]


def open_patches(play: PlayData, work: Path) -> np.ndarray:
    """Memory map of all pictures as uint8 patches, written on first use; shape (rows, patches, values)."""
    meta = play.meta
    cameras, height, width = len(meta["cameras"]), meta["heightPx"], meta["widthPx"]
    if height % (4 * PATCH_PX) or width % (4 * PATCH_PX):
        raise SystemExit(f"pictures are {width}x{height} px; both sides must be multiples of {4 * PATCH_PX} px")
    shape = (play.frames, height * width // PATCH_PX**2, cameras * PATCH_PX**2 * 3)
    path, stamp = work / "patches.u8", work / "patches.hash"
    if not (path.exists() and stamp.exists() and stamp.read_text() == play.data_hash):
        out = np.memmap(path, np.uint8, "w+", shape=shape)
        at = 0
        for shard in sorted(play.folder.glob("shard-*.frames.u8")):
            frames = np.memmap(shard, np.uint8, "r").reshape(-1, cameras, height, width, 3)
            for start in range(0, len(frames), 4096):
                part = cut_patches(frames[start : start + 4096])
                out[at : at + len(part)] = part
                at += len(part)
        if at != play.frames:
            raise SystemExit(f"{play.folder}: {at} pictures but {play.frames} rows; collect again")
        out.flush()
        stamp.write_text(play.data_hash)
    return np.memmap(path, np.uint8, "r", shape=shape)
