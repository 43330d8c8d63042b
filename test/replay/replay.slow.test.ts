/** A run in a world that waits, with a person who commands, is recorded and decided again: the same bytes, and words where they are not. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { draw } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { recordedConfig } from "../../launch/config/recorded-config.ts";
import type { LaunchConfig } from "../../launch/config/schema.ts";
import { isSame, printRun } from "../../launch/run/report.ts";
import { run } from "../../launch/run/run.ts";
import type { RunReport } from "../../launch/run/words.ts";
import { Graph } from "../../runtime/graph/builder.ts";
import { abs, add, min, mul, reduceSum, slice, sub } from "../../runtime/graph/ops.ts";
import { pictureData } from "../../runtime/record/channels/pictures.ts";
import { frameOf } from "../../runtime/record/channels/read-sample.ts";
import { changeMcap } from "../helpers/change-mcap.ts";
import { cli } from "../helpers/cli.ts";
import { type Deed, person } from "../helpers/person.ts";
import { TINY_LATENT_DIM, writeTinyModel } from "../helpers/tiny-model.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-record-"));
after(() => rmSync(folder, { recursive: true }));
const PUSH = "launch/panda-push.launch.yaml";
const path = join(folder, "run.mcap");
const overrides = [
  ...["backend.mode:=lockstep", "dashboard.enabled:=false", "planner.samples:=32", "planner.horizon:=3", "seed:=7"],
  "urgent:={ rest: { urgency: 3, task: { waitS: 0.3 } } }",
];
const said: string[] = [];
let recorded: RunReport;

async function play(config: LaunchConfig): Promise<RunReport> {
  return run(await draw(config), { say: (line) => said.push(line), signal: new AbortController().signal });
}

/** The run waits to be told, and is: in a world that waits much of it at one instant. */
const over = new AbortController();
const push = { skill: "push", goal: { kind: "image", source: "simulator" } };
const deeds: readonly Deed[] = [
  [({ agent }) => agent === "idle", ({ desk }) => desk.command("person", "start")],
  [({ ticks }) => ticks >= 1, ({ desk }) => desk.limitSpeed("person", 0.5)],
  [({ ticks }) => ticks >= 4, ({ desk }) => desk.command("person", "hold")],
  [({ agent }) => agent === "holding", ({ desk }) => desk.command("person", "resume")],
  [({ ticks }) => ticks >= 5, ({ desk }) => desk.urgent("person", "rest")],
  [({ ticks, agent }) => ticks >= 7 && agent === "running", ({ desk }) => desk.command("person", "stop")],
  [({ agent }) => agent === "stopped", ({ desk }) => desk.command("person", "reset")],
  [({ agent }) => agent === "idle", ({ desk }) => desk.assign("person", push)],
  [() => true, ({ desk, frames }) => desk.giveGoal("person", frames)],
  [() => true, ({ desk }) => desk.command("person", "start")],
  [({ ticks, agent }) => agent === "idle" || ticks >= 40, () => over.abort()],
];

before(async () => {
  const config = loadLaunch(PUSH, [...overrides, `record:=${path}`]);
  const io = { say: (line: string) => said.push(line), signal: over.signal, ends: "when-told", taps: [person(deeds)] } as const;
  recorded = await run(await draw(config), io);
});

test("a recorded lockstep run says where it is", () => {
  assert.ok(recorded.decisions >= 5, `${recorded.decisions} decisions`);
  assert.ok(
    said.includes(`recorded ${recorded.decisions} decisions in ${path}; foresight replay ${path} makes them again`),
    said.join("\n"),
  );
});

test("its replay needs nothing but the file, tells again what was told, and makes the same decisions bit for bit", async () => {
  const { code, out, err } = await cli("replay", path, "--rate", "1000");
  assert.equal(code, 0, out + err);
  const told = out.split("\n").flatMap((line) => /^\d+\.\d\d s, person (.*)$/.exec(line)?.[1] ?? []);
  assert.deepEqual(told, [
    ...["said start", "set speedShare to 0.5", "said hold", "said resume", "called the urgent task rest", "said stop", "said reset"],
    ...["gave a task", "gave pictures of a goal", "said start"],
  ]);
  assert.match(out, new RegExp(`replay +all ${recorded.decisions} decisions are the recorded ones, bit for bit`));
});

test("subgoals that a planner keeps come from the recorded plans, and are made again bit for bit", async () => {
  const led = join(folder, "led.mcap");
  const model = writeTinyModel({ networks: { critic: farCritic() } });
  const own = [`model.path:=${model}`, "model.provider:=cpu", "planner.solver:=hierarchical"];
  const made = await play(loadLaunch(PUSH, [...overrides, ...own, `record:=${led}`]));
  assert.ok(made.decisions >= 5, `${made.decisions} decisions`);
  const { replay } = await play(await recordedConfig(led, []));
  assert.deepEqual(replay, { recorded: made.decisions, made: made.decisions, differing: 0, differences: [] });
  const other = await play(await recordedConfig(led, ["planner.hierarchical.keptDecisions:=1"]));
  assert.match(other.replay?.differences[0] ?? "", /^decision 1 differs in .*plan\.subgoalDecisions \(1 value/);
});

test("a launch file with backend.kind replay does the same", async () => {
  const report = await play(loadLaunch(PUSH, [...overrides.slice(1), `backend:={ kind: replay, path: ${path} }`]));
  assert.deepEqual(report.replay, { recorded: recorded.decisions, made: recorded.decisions, differing: 0, differences: [] });
  assert.deepEqual([report.result, report.mode], [recorded.result, "replay"]);
});

test("another seed of the planner decides otherwise, and every difference is told", async () => {
  const report = await play(await recordedConfig(path, ["seed:=8"]));
  assert.ok(report.replay && !isSame(report.replay) && report.replay.differing > 0);
  assert.match(
    printRun(report),
    /decisions differ from the \d+ recorded ones\n {2}decision 0 differs in plan\.actions \(\d+ values, at most by/,
  );
});

test("one changed pixel of what was seen is found from its decision on", async () => {
  const changed = join(folder, "changed.mcap");
  let pictures = 0;
  await changeMcap(path, changed, async (entry) => {
    if (!entry.topic.startsWith("/camera/") || pictures++ !== 6) return entry.data; // Two cameras, and a look before it was told to start: the third decision's.
    const { isLossy: _, ...frame } = await frameOf(entry);
    const rgb = frame.rgb.slice();
    rgb[6000] = 255 - rgb[6000]!;
    return pictureData({ frame: { ...frame, rgb }, format: "png" });
  });
  const { replay } = await play(await recordedConfig(changed, []));
  assert.match(replay?.differences[0] ?? "", /^decision 2 differs in latent/);
});

test("what is no recording, or of other cameras, is refused when it is checked", async () => {
  const text = join(folder, "text.mcap");
  writeFileSync(text, "hello\n");
  const { code, err } = await cli("check", PUSH, `backend:={ kind: replay, path: ${text} }`);
  assert.equal(code, 2);
  assert.match(err, /launch\.invalid: recording .*text\.mcap: .*record it again or name another file/);
  const other = loadLaunch(PUSH, [`backend:={ kind: replay, path: ${path} }`, "cameras.1.name:=top"]);
  await assert.rejects(draw(other), /camera/);
});

test("a file that cannot be written is refused before anything moves", async () => {
  await assert.rejects(play(loadLaunch(PUSH, [...overrides, `record:=${join(folder, "no", "such", "folder")}`])), {
    code: "launch.invalid",
    message: /record: cannot write .*ENOENT.*name a new file in a folder that exists/,
  });
});

test("a replay with another plan tells what would have been done, from where it is asked for on", async () => {
  const { code, out } = await cli("replay", path, "--with", "planner.samples:=16", "--from", "0.5", "--rate", "1000");
  assert.equal(code, 1);
  const told = out.split("\n").filter((line) => /^\d+\.\d\d s, decision /.test(line));
  assert.ok(told.length > 0 && told.length < recorded.decisions, out);
  assert.match(told[0]!, /^0\.60 s, decision 3: .*, cost .*; differs in plan\.actions/);
});

test("a recording with JPEG says that a replay of it is not exact, and the replay says it too", async () => {
  const lossy = join(folder, "lossy.mcap");
  await play(loadLaunch(PUSH, [...overrides, `record:={ file: ${lossy}, pictures: jpeg }`]));
  assert.match(said.at(-1)!, /lossy\.mcap; pictures as JPEG are for looking, a replay of them is not exact/);
  const { replay } = await play(await recordedConfig(lossy, []));
  assert.match(replay?.differences.at(-1) ?? "", /its pictures are JPEG/);
});

/** The tiny model's, to which whatever is felt is ten decisions from anywhere: no goal is near, and a subgoal is always on the way. */
function farCritic(): Uint8Array {
  const g = new Graph("far critic");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  const apart = sub(g, slice(g, latent, 1, 0, 3), slice(g, g.input("goal", "float32", [-1, TINY_LATENT_DIM]), 1, 0, 3));
  const felt = min(g, reduceSum(g, abs(g, mul(g, slice(g, latent, 1, 3, TINY_LATENT_DIM), 1e3)), [1], { keepDims: true }), 10);
  g.output("cost", add(g, felt, reduceSum(g, abs(g, apart), [1], { keepDims: true })));
  return g.toBytes();
}
