/** A small data set of pictures that a program draws: a bright square (the object) and a bar (the tool) that moves it; seeded, no simulator. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng } from "../../runtime/core/rng.ts";
import type { Rgb } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { claimFolder, type DatasetMeta, ShardWriter } from "../../runtime/learn/dataset-writer.ts";
import type { ShardSource } from "../../runtime/learn/shard-seal.ts";

const SIDE = 32;
export const TINY_DATA_CAMERA: CameraSpec = {
  name: "front",
  widthPx: SIDE,
  heightPx: SIDE,
  fovYRad: 0.8,
  positionM: [1, 0, 0.4],
  targetM: [0.5, 0, 0],
};
export const TINY_META: DatasetMeta = {
  format: 1,
  provenance: "sim",
  robot: "panda",
  scene: { name: "drawn" },
  play: "scripted",
  productVersion: "0.0.0",
  seed: 1,
  cameras: [TINY_DATA_CAMERA],
  widthPx: SIDE,
  heightPx: SIDE,
  controlPeriodS: 0.2,
  action: { axes: ["x", "y"], scaleM: 0.03 },
  toolHeightM: 0.03,
  columns: ["episode", "step", "tool.x", "tool.y", "tool.z", "action.x", "action.y", "object.x", "object.y", "object.z"],
};

const EPISODE_ROWS = 25;

/** Collected without cameras, and with the object's turn: for a twin that is told where everything is. */
export const TINY_UNSEEN: DatasetMeta = {
  ...TINY_META,
  cameras: [],
  widthPx: 0,
  heightPx: 0,
  columns: [...TINY_META.columns, "object.yaw"],
};

/** As of a real arm: nobody knows where the object is. */
export const TINY_UNLABELLED: DatasetMeta = {
  ...TINY_META,
  provenance: "real",
  play: "free",
  columns: TINY_META.columns.filter((name) => !name.startsWith("object")),
};

/** The same as it looked in another world: the object is blue. */
export const TINY_RETAKE: DatasetMeta = { ...TINY_META, scene: { name: "drawn", rgb: [40, 60, 220] } };

/** Writes `rows` rows in shards of at most `shardRows`; returns the folder. */
export function tinyDataset(rows = 500, shardRows = 300, meta: DatasetMeta = TINY_META, source?: ShardSource): string {
  const folder = mkdtempSync(join(tmpdir(), "foresight-data-"));
  claimFolder(folder, meta);
  const rng = createRng(9);
  const rgb = (meta.scene["rgb"] as Rgb | undefined) ?? ([220, 60, 40] as const);
  let tool: [number, number] = [0.5, 0];
  let object: [number, number] = [0.5, 0.1];
  for (let shard = 0, first = 0; first < rows; shard++, first += shardRows) {
    using writer = new ShardWriter(folder, shard, meta.columns.length, source);
    for (let row = first; row < Math.min(rows, first + shardRows); row++) {
      const step = row % EPISODE_ROWS;
      if (step === 0) [tool, object] = [place(rng.uniform(), rng.uniform()), place(rng.uniform(), rng.uniform())];
      const action: [number, number] = [rng.between(-1, 1), rng.between(-1, 1)];
      const episode = Math.floor(row / EPISODE_ROWS);
      const known = [episode, step, ...tool, 0.03, ...action, ...object, 0.025, 0.3];
      const values = meta.columns.map((name) => known[TINY_UNSEEN.columns.indexOf(name)]!);
      writer.append([{ frames: meta.cameras.map(() => draw(tool, object, rgb)), values }]);
      tool = inside([tool[0] + 0.03 * action[0], tool[1] + 0.03 * action[1]]);
      if (Math.hypot(tool[0] - object[0], tool[1] - object[1]) < 0.06) {
        object = inside([object[0] + 0.03 * action[0], object[1] + 0.03 * action[1]]);
      }
    }
    writer.finish();
  }
  return folder;
}

const place = (u: number, v: number): [number, number] => [0.35 + 0.3 * u, -0.2 + 0.4 * v];
const inside = ([x, y]: [number, number]): [number, number] => [Math.min(0.65, Math.max(0.35, x)), Math.min(0.2, Math.max(-0.2, y))];

/** Metres to pixels: x 0.3..0.7 down, y -0.25..0.25 across. */
function draw(tool: readonly [number, number], object: readonly [number, number], rgb: Rgb): Uint8Array {
  const frame = new Uint8Array(SIDE * SIDE * 3).fill(90);
  const blob = ([x, y]: readonly [number, number], half: number, colour: readonly [number, number, number]): void => {
    const [row, column] = [((x - 0.3) / 0.4) * SIDE, ((y + 0.25) / 0.5) * SIDE];
    for (let i = 0; i < SIDE; i++) {
      for (let j = 0; j < SIDE; j++) {
        const cover = clamp(half + 0.5 - Math.abs(i + 0.5 - row)) * clamp(half + 0.5 - Math.abs(j + 0.5 - column));
        for (let k = 0; k < 3; k++) frame[(i * SIDE + j) * 3 + k]! += Math.round(cover * (colour[k]! - frame[(i * SIDE + j) * 3 + k]!));
      }
    }
  };
  blob(object, 2.5, rgb);
  blob(tool, 1.5, [250, 250, 250]);
  return frame;
}
const clamp = (x: number): number => Math.min(1, Math.max(0, x));
