/** Somebody else's LeRobot data set becomes play of the arm of a launch file: a set that this test writes in their layout, joints in degrees, pictures of another size, at 30 Hz. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { type ImportFlags, importLeRobot } from "../../../../launch/learn/lerobot/import.ts";
import { pandaSpec } from "../../../../robots/panda/spec.ts";
import { createKinematics } from "../../../../runtime/kinematics/kinematics.ts";
import { openDataset } from "../../../../runtime/learn/dataset-reader.ts";
import { type Column, type Picture, parquetBytes } from "../../../../runtime/learn/lerobot/parquet.ts";

const FPS = 30;
const FRAMES = 61;
const [WIDTH, HEIGHT] = [96, 72];
const FEATURES = ["observation.images.top", "observation.images.side"];
const launch = join(import.meta.dirname, "../../../../launch/panda-reach.launch.yaml");
const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

/** The elbow goes up and down a little; what is commanded is where it will be a frame later. */
const jointsAt = (frame: number): number[] => pandaSpec.homeRad.map((rad, joint) => rad + (joint === 3 ? 0.2 * Math.sin(frame / 20) : 0));
const degrees = (rad: readonly number[]): number[] => rad.map((value) => (value * 180) / Math.PI);
/** Brighter with every frame. */
const brightnessOf = (frame: number): number => 40 + 3 * frame;

async function pictureAt(frame: number): Promise<Buffer> {
  const level = brightnessOf(frame);
  return sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: { r: level, g: 60, b: 200 } } })
    .png()
    .toBuffer();
}

interface Foreign {
  readonly isVideo?: boolean;
  readonly scale?: number;
}

/** Two episodes; `scale` turns the joints into what they are not. */
async function foreignSet(folder: string, { isVideo = false, scale = 1 }: Foreign = {}): Promise<string> {
  const frames = Array.from({ length: 2 * FRAMES }, (_, index) => index % FRAMES);
  const put = (path: string, content: Uint8Array | string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const pngs = await Promise.all(Array.from({ length: FRAMES }, (_, frame) => pictureAt(frame)));
  const pictures: Record<string, Column> = {};
  if (isVideo) for (const feature of FEATURES) video(join(folder, `videos/${feature}/chunk-000/file-000.mp4`), [...pngs, ...pngs]);
  else
    for (const feature of FEATURES)
      pictures[feature] = { kind: "pictures", values: frames.map((frame): Picture => ({ bytes: pngs[frame]!, path: `${frame}.png` })) };
  const joints = (of: (frame: number) => number[]): Column => ({
    kind: "float32s",
    values: frames.map((frame) => [7, ...degrees(of(frame)).map((value) => value * scale)]),
  });
  const int64 = (values: readonly number[]): Column => ({ kind: "int64", values });
  put(
    "data/chunk-000/file-000.parquet",
    await parquetBytes({
      "observation.state": joints(jointsAt),
      action: joints((frame) => jointsAt(frame + 1)),
      ...pictures,
      timestamp: { kind: "float32", values: frames.map((frame) => frame / FPS) },
      frame_index: int64(frames),
      episode_index: int64(frames.map((_, index) => Math.floor(index / FRAMES))),
      index: int64(frames.map((_, index) => index)),
      task_index: int64(frames.map(() => 0)),
    }),
  );
  const places = Object.fromEntries(
    FEATURES.flatMap((feature) => [
      [`videos/${feature}/chunk_index`, int64([0, 0])],
      [`videos/${feature}/file_index`, int64([0, 0])],
      [`videos/${feature}/from_timestamp`, { kind: "float32", values: [0, FRAMES / FPS] } as const],
    ]),
  );
  put(
    "meta/episodes/chunk-000/file-000.parquet",
    await parquetBytes({
      episode_index: int64([0, 1]),
      length: int64([FRAMES, FRAMES]),
      "data/chunk_index": int64([0, 0]),
      "data/file_index": int64([0, 0]),
      ...(isVideo ? places : {}),
    }),
  );
  const names = ["gripper", ...pandaSpec.joints.map(({ name }) => `${name}.pos`)];
  const numbers = { dtype: "float32", shape: [names.length], names: { motors: names } };
  const picture = { dtype: isVideo ? "video" : "image", shape: [HEIGHT, WIDTH, 3], names: ["height", "width", "channels"] };
  const info = {
    codebase_version: "v3.0",
    robot_type: "franka",
    total_episodes: 2,
    total_frames: 2 * FRAMES,
    fps: FPS,
    data_path: "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
    video_path: "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
    features: { "observation.state": numbers, action: numbers, ...Object.fromEntries(FEATURES.map((feature) => [feature, picture])) },
  };
  put("meta/info.json", JSON.stringify(info));
  return folder;
}

function video(path: string, pngs: readonly Buffer[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const encode = [
    "-v",
    "error",
    "-f",
    "image2pipe",
    "-framerate",
    String(FPS),
    "-i",
    "-",
    "-c:v",
    "libx264",
    "-qp",
    "0",
    "-pix_fmt",
    "yuv444p",
    path,
  ];
  execFileSync("ffmpeg", encode, { input: Buffer.concat(pngs) });
}

describe("a data set of others", () => {
  const work = mkdtempSync(join(tmpdir(), "foresight-import-"));
  after(() => rmSync(work, { recursive: true }));
  let folder = "";
  before(async () => {
    folder = await foreignSet(join(work, "pictures"));
  });
  const io = { progress: () => {}, signal: new AbortController().signal };
  const flags = (from: string, name: string, more: Partial<ImportFlags> = {}): ImportFlags => ({
    from,
    launch,
    overrides: [],
    out: join(work, name),
    state: "observation.state",
    action: "action",
    unit: "deg",
    joints: null,
    camera: ["front=observation.images.top", "side=observation.images.side"],
    productVersion: "0.0.0",
    ...more,
  });

  it("becomes five decisions a second: the tool where the joints put it, the action what the command amounts to, the picture of that instant", async () => {
    const said = await importLeRobot(flags(folder, "deg"), io);
    using dataset = openDataset(join(work, "deg"));
    using kinematics = await createKinematics(pandaSpec);
    // 61 frames are 11 decisions, and the last has no successor.
    assert.equal(dataset.rowCount, 20, said);
    assert.equal(dataset.meta.provenance, "real");
    const columns = dataset.columns(["tool.x", "tool.z", "action.z", "step"]);
    const pixels = new Uint8Array(2 * dataset.meta.widthPx * dataset.meta.heightPx * 3);
    for (const row of [0, 4, 9]) {
      const frame = 6 * row;
      const [x, , z] = kinematics.toolAt(Float64Array.from(jointsAt(frame)));
      assert.ok(Math.abs(columns[4 * row]! - x) < 1e-5 && Math.abs(columns[4 * row + 1]! - z) < 1e-5);
      const [from, to] = [jointsAt(frame + 1), jointsAt(frame + 7)].map((rad) => kinematics.toolAt(Float64Array.from(rad))[2]);
      assert.ok(Math.abs(columns[4 * row + 2]! * dataset.meta.action.scaleM - (to! - from!)) < 1e-5);
      dataset.framesInto([row], pixels);
      assert.ok(Math.abs(pixels[0]! - brightnessOf(frame)) <= 1, `${pixels[0]} in frame ${frame}`);
    }
  });

  it("in video gives the pictures of the same instants, through ffmpeg", {
    skip: hasFfmpeg ? false : "no ffmpeg on this machine; apt-get install ffmpeg",
  }, async () => {
    const said = await importLeRobot(flags(await foreignSet(join(work, "video"), { isVideo: true }), "from-video"), io);
    using dataset = openDataset(join(work, "from-video"));
    assert.equal(dataset.rowCount, 20, said);
    const size = 2 * dataset.meta.widthPx * dataset.meta.heightPx * 3;
    const pixels = new Uint8Array(20 * size);
    dataset.framesInto(
      Array.from({ length: 20 }, (_, row) => row),
      pixels,
    );
    for (let row = 0; row < 20; row++)
      assert.ok(Math.abs(pixels[row * size]! - brightnessOf(6 * (row % 10))) <= 3, `row ${row}: ${pixels[row * size]}`);
  });

  it("that does not fit is refused with what to give: unit, joints, cameras, a skill that moves up and down", async () => {
    await assert.rejects(
      importLeRobot(flags(folder, "rad", { unit: "rad" }), io),
      /frame 0: joint "joint2": position -2\.393 rad is outside .*give --unit, or --joints/s,
    );
    await assert.rejects(importLeRobot(flags(folder, "joints", { joints: ["a"] }), io), /--joints: 1 names, panda has 7 joints/);
    await assert.rejects(
      importLeRobot(flags(folder, "name", { joints: ["a", ..."bcdefg"] }), io),
      /names no joint "a", only gripper, .*give --joints/,
    );
    await assert.rejects(
      importLeRobot(flags(folder, "camera", { camera: [] }), io),
      /no pictures "observation\.images\.front" for camera "front".*give --camera front=FEATURE/,
    );
    const push = join(import.meta.dirname, "../../../../launch/panda-push.launch.yaml");
    await assert.rejects(importLeRobot(flags(folder, "push", { launch: push }), io), /moves up and down too/);
  });
});
