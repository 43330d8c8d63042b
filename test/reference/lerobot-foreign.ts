/** Play of ours as somebody else's LeRobot v3 set: joints in degrees and a gripper first, pictures as PNG, nothing of our own notes. `node --import tsx test/reference/lerobot-foreign.ts PLAY OUT`; not a test. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { openDataset } from "../../runtime/learn/dataset-reader.ts";
import { type Column, type Picture, parquetBytes } from "../../runtime/learn/lerobot/parquet.ts";

const [from, out] = process.argv.slice(2) as [string, string];
using data = openDataset(from);
using kinematics = await createKinematics(pandaSpec);
const { widthPx, heightPx, cameras, controlPeriodS } = data.meta;
const rows = data.rowCount;
const at = data.columns(["tool.x", "tool.y", "tool.z", "episode", "step"]);
const cell = (row: number, column: number): number => at[5 * row + column] as number;

/** The hand points down, as play has it. */
const joints: number[][] = [];
for (let row = 0; row < rows; row++) {
  const seedRad = cell(row, 4) === 0 || row === 0 ? pandaSpec.homeRad : (joints[row - 1] as number[]);
  const found = kinematics.inverse({ seedRad, positionM: [cell(row, 0), cell(row, 1), cell(row, 2)], quaternion: "down" });
  if (!found.converged) throw new Error(`row ${row}: no joints reach the tool, ${found.residualM} m off`);
  joints.push([...found.positionRad]);
}

const size = widthPx * heightPx * 3;
const pixels = new Uint8Array(cameras.length * size);
const pictures: Picture[][] = cameras.map(() => []);
for (let row = 0; row < rows; row++) {
  data.framesInto([row], pixels);
  for (const [i, list] of pictures.entries()) {
    const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
    list.push({
      bytes: await sharp(pixels.slice(i * size, (i + 1) * size), { raw })
        .png()
        .toBuffer(),
      path: `${row}.png`,
    });
  }
}

const features = cameras.map(({ name }) => `observation.images.${name}_cam`);
const degrees: Column = { kind: "float32s", values: joints.map((rad) => [0, ...rad.map((value) => (value * 180) / Math.PI)]) };
const int64 = (values: readonly number[]): Column => ({ kind: "int64", values });
const numbers = Array.from({ length: rows }, (_, row) => row);
const starts = numbers.filter((row) => row === 0 || cell(row, 3) !== cell(row - 1, 3));
const lengths = starts.map((start, i) => (starts[i + 1] ?? rows) - start);
const frames = lengths.flatMap((length) => Array.from({ length }, (_, frame) => frame));
const put = (path: string, content: Uint8Array | string): void => {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), content);
};
put(
  "data/chunk-000/file-000.parquet",
  await parquetBytes({
    ...{ "observation.state": degrees, action: degrees },
    ...Object.fromEntries(features.map((feature, i): [string, Column] => [feature, { kind: "pictures", values: pictures[i]! }])),
    timestamp: { kind: "float32", values: frames.map((frame) => frame * controlPeriodS) },
    frame_index: int64(frames),
    episode_index: int64(lengths.flatMap((length, episode) => Array(length).fill(episode))),
    ...{ index: int64(numbers), task_index: int64(numbers.map(() => 0)) },
  }),
);
const none = int64(starts.map(() => 0));
put(
  "meta/episodes/chunk-000/file-000.parquet",
  await parquetBytes({
    ...{ episode_index: int64(starts.map((_, i) => i)), length: int64(lengths), "data/chunk_index": none, "data/file_index": none },
  }),
);
const names = ["gripper", ...pandaSpec.joints.map(({ name }) => `${name}.pos`)];
const motors = { dtype: "float32", shape: [names.length], names: { motors: names } };
const picture = { dtype: "image", shape: [heightPx, widthPx, 3], names: ["height", "width", "channels"] };
const info = {
  ...{ codebase_version: "v3.0", robot_type: "franka", total_episodes: starts.length, total_frames: rows, fps: 1 / controlPeriodS },
  data_path: "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
  video_path: "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
  features: { "observation.state": motors, action: motors, ...Object.fromEntries(features.map((feature) => [feature, picture])) },
};
put("meta/info.json", JSON.stringify(info));
console.log(`${out}: ${starts.length} episodes, ${rows} frames`);
