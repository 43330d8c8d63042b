/** Recorded runs as experience: what was seen and done is in the rows, and each shard says which arm, recording and model it is of. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { fromRecordings } from "../../../launch/learn/from-recordings.ts";
import { run } from "../../../launch/run/run.ts";
import { sha256 } from "../../../runtime/core/sha256.ts";
import { openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { readRecording } from "../../../runtime/record/recording.ts";
import { changeMcap } from "../../helpers/change-mcap.ts";
import { cli } from "../../helpers/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-from-recordings-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const io = { say: () => {}, signal: new AbortController().signal };
const making = (recordings: readonly string[], out: string) =>
  fromRecordings({ recordings: recordings.map(at), out: at(out), productVersion: "1.2.3" }, io);

const PUSH = "launch/panda-push.launch.yaml";
const quick = ["dashboard.enabled:=false", "planner.samples:=32", "planner.horizon:=3", "seed:=7"];
async function record(name: string, overrides: readonly string[], launch = PUSH): Promise<void> {
  const config = loadLaunch(launch, [...quick, ...overrides, `record:=${at(name)}`]);
  await run(await draw(config), { say: () => {}, signal: io.signal });
}

before(async () => {
  await record("one.mcap", ["backend.mode:=lockstep"]);
  await record("two.mcap", ["backend.mode:=lockstep", "backend.sceneSeed:=2"]);
  await record("reach.mcap", ["backend.mode:=lockstep"], "launch/panda-reach.launch.yaml");
});

test("a row has the pictures and the joints that a decision saw, and the action that its motion was", async () => {
  const { decisions, samples } = await readRecording(at("one.mcap"));
  const told = await making(["one.mcap"], "one");
  using dataset = openDataset(at("one"));
  assert.match(told, new RegExp(`${dataset.rowCount} decisions of 1 recordings$`));
  assert.ok(dataset.rowCount >= decisions.length - 1, `${dataset.rowCount} rows of ${decisions.length} decisions`);
  assert.ok(!dataset.meta.columns.some((name) => name.startsWith("object")), "a recording does not know where things are");
  const joints = dataset.columns(["joint1", "joint4"]);
  const actions = dataset.columns(["action.x", "action.y"]);
  const frameBytes = dataset.meta.cameras.length * dataset.meta.heightPx * dataset.meta.widthPx * 3;
  const pictures = new Uint8Array(dataset.rowCount * frameBytes);
  dataset.framesInto(
    Array.from({ length: dataset.rowCount }, (_, row) => row),
    pictures,
  );
  const shown = new Set(
    samples.flatMap((sample) => (sample.kind === "frame" ? [`${sample.frame.camera} ${sha256(sample.frame.rgb)}`] : [])),
  );
  for (const [i, decision] of decisions.slice(0, dataset.rowCount).entries()) {
    const { jointsRad, executedAction } = decision as unknown as {
      readonly jointsRad: readonly number[];
      readonly executedAction: readonly number[];
    };
    assert.deepEqual([...joints.subarray(2 * i, 2 * i + 2)], [jointsRad[0]!, jointsRad[3]!].map(Math.fround), `decision ${i}`);
    for (const axis of [0, 1])
      assert.ok(
        Math.abs(actions[2 * i + axis]! - executedAction[axis]!) < 1e-3,
        `decision ${i}: ${actions[2 * i + axis]} for ${executedAction[axis]}`,
      );
    for (const [camera, { name }] of dataset.meta.cameras.entries()) {
      const size = frameBytes / dataset.meta.cameras.length;
      assert.ok(shown.has(`${name} ${sha256(pictures.subarray(i * frameBytes + camera * size, i * frameBytes + (camera + 1) * size))}`));
    }
  }
});

test("each shard says of which arm, recording and model it is; what is there is not taken twice, what is new is added", async () => {
  await making(["one.mcap"], "both");
  const { code, out, err } = await cli("data", "from-recordings", at("one.mcap"), at("two.mcap"), "--out", at("both-by-cli"));
  assert.equal(code, 0, err);
  assert.match(out, /decisions of panda \(sim\), by [0-9a-f]{12}/);
  assert.match(await making(["one.mcap", "two.mcap"], "both"), /of 2 recordings$/);
  using dataset = openDataset(at("both"));
  const { header } = await readRecording(at("one.mcap"));
  assert.deepEqual(
    dataset.sources.map(({ source }) => source),
    ["one.mcap", "two.mcap"].map((name) => ({
      ...{ recording: sha256(readFileSync(at(name))), robot: "panda", provenance: "sim", model: header.modelHash },
    })),
  );
});

test("runs of another kind, in shadow, and what is no recording are refused by name", async () => {
  await making(["one.mcap"], "push-only");
  await assert.rejects(making(["reach.mcap"], "push-only"), {
    code: "data.mismatch",
    message: /reach\.mcap: its \w+ is .*give another --out/,
  });
  await assert.rejects(making(["missing.mcap"], "none"), { code: "launch.invalid", message: /missing\.mcap: cannot be read/ });
  const config = loadLaunch("launch/panda-ros2-push.launch.yaml", ["backend.bringUp:=shadow"]);
  await changeMcap(at("one.mcap"), at("shadow.mcap"), ({ topic, data }) => {
    if (topic !== "/run") return data;
    const header = JSON.parse(Buffer.from(data).toString("utf8"));
    return Buffer.from(JSON.stringify({ ...header, config }));
  });
  await assert.rejects(making(["shadow.mcap"], "none"), { code: "launch.invalid", message: /in shadow, where the arm did nothing/ });
});
