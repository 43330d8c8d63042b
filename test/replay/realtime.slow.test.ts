/** Runs in real time that are recorded and decided again: the same bytes, with late plans, failing models and brakes in between. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { draw } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { recordedConfig } from "../../launch/config/recorded-config.ts";
import type { LaunchConfig } from "../../launch/config/schema.ts";
import { run } from "../../launch/run/run.ts";
import type { RunReport } from "../../launch/run/words.ts";
import { readRecording } from "../../runtime/record/recording.ts";
import { cli } from "../helpers/cli.ts";
import { type Deed, person, type Sight } from "../helpers/person.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-realtime-"));
after(() => rmSync(folder, { recursive: true }));
const PUSH = "launch/panda-push.launch.yaml";

async function play(config: LaunchConfig): Promise<RunReport> {
  return run(await draw(config), { say: () => {}, signal: new AbortController().signal });
}

async function record(name: string, overrides: readonly string[]): Promise<{ readonly file: string; readonly decisions: number }> {
  const file = join(folder, name);
  const { decisions } = await play(loadLaunch(PUSH, ["dashboard.enabled:=false", `record:=${file}`, ...overrides]));
  return { file, decisions };
}

test("a recorded run in real time makes the same decisions again, bit for bit, from nothing but the file", async () => {
  const { file, decisions } = await record("plain.mcap", []);
  const { code, out, err } = await cli("replay", file);
  assert.equal(code, 0, out + err);
  assert.match(out, new RegExp(`replay +all ${decisions} decisions are the recorded ones, bit for bit`));
});

test("so does one in which plans came too late and a model failed for a while", async () => {
  // As much as the planner may take: what plans are late, and where the arm brakes, is this machine's business.
  const hurried = ["planner.deadlineMs:=45", "faults:=[{ fault: model-fails, fromS: 1.5, forS: 0.5 }]"];
  let made = { file: "", decisions: 0 };
  // On a machine where every plan of the larger size is late, the next one decides something.
  for (const samples of [512, 128, 32]) {
    made = await record(`hurried-${samples}.mcap`, [...hurried, `planner.samples:=${samples}`]);
    if (made.decisions > 0) break;
  }
  const { file, decisions } = made;
  const failed = (await readRecording(file)).moments.filter(({ decision }) => decision?.failure);
  assert.ok(failed.length > 0, "nothing failed");
  const { replay } = await play(await recordedConfig(file, []));
  assert.deepEqual(replay, { recorded: decisions, made: decisions, differing: 0, differences: [] });
});

test("so does one that a person held and let go on", async () => {
  const file = join(folder, "held.mcap");
  const config = loadLaunch(PUSH, ["dashboard.enabled:=false", `record:=${file}`]);
  let held = 0;
  const { decisions } = await run(await draw(config), {
    ...{ say: () => {}, signal: new AbortController().signal },
    taps: [
      ({ desk }) => ({
        name: "person",
        tick({ decision: { index } }) {
          if (index === 3 && held === 0) assert.equal(desk.command("person", "hold"), null);
        },
        sample({ kind }) {
          if (kind === "joints" && desk.whoCommands === "person" && ++held === 250) assert.equal(desk.command("person", "resume"), null);
        },
      }),
    ],
  });
  assert.ok(held >= 250, `it was held for ${held} readings`);
  const { replay } = await play(await recordedConfig(file, []));
  assert.deepEqual(replay, { recorded: decisions, made: decisions, differing: 0, differences: [] });
});

test("so does one that waited to be told, was slowed down, called away, moved by hand, and given another goal", async () => {
  const file = join(folder, "told.mcap");
  // By chance the arm gets nowhere, and a busy machine has the time to decide.
  const patient = ["planner.policy:=random", "guards.maxObservationAgeMs:=2000", "guards.maxPlanAgeMs:=2000"];
  const urgent = "urgent:={ rest: { urgency: 3, task: { waitS: 0.3 } } }";
  const config = loadLaunch(PUSH, ["dashboard.enabled:=false", `record:=${file}`, urgent, ...patient]);
  const over = new AbortController();
  const push = { skill: "push", goal: { kind: "image", source: "simulator" } };
  let isMoved = false;
  const jogged = ({ jog }: Sight): string | null => {
    void jog?.move("person", { joint: "joint1", direction: 1 }).then((why) => (isMoved ||= why === null));
    return isMoved ? null : "not yet";
  };
  const deeds: readonly Deed[] = [
    [({ agent }) => agent === "idle", ({ desk }) => desk.command("person", "start")],
    [({ ticks }) => ticks >= 2, ({ desk }) => desk.limitSpeed("person", 0.5)],
    [({ ticks, agent }) => ticks >= 3 && agent === "running", ({ desk }) => desk.urgent("person", "rest")],
    [({ ticks, agent }) => ticks >= 5 && agent === "running", ({ desk }) => desk.command("person", "hold")],
    [({ agent }) => agent === "holding", jogged],
    [({ agent }) => agent === "holding", ({ desk }) => desk.command("person", "resume")],
    [({ ticks }) => ticks >= 8, ({ desk }) => desk.limitTool("person", { payloadKg: 1 })],
    [({ ticks }) => ticks >= 9, ({ desk }) => desk.command("person", "stop")],
    [({ agent }) => agent === "stopped", ({ desk }) => desk.command("person", "reset")],
    [({ agent }) => agent === "idle", ({ desk }) => desk.assign("person", push)],
    [() => true, ({ desk, frames }) => desk.giveGoal("person", frames)],
    [() => true, ({ desk }) => desk.command("person", "start")],
    [({ ticks, agent }) => agent === "idle" || ticks >= 12, () => over.abort()],
  ];
  const { decisions } = await run(await draw(config), { say: () => {}, signal: over.signal, ends: "when-told", taps: [person(deeds)] });
  const { events, overrides } = await readRecording(file);
  const orders = events.flatMap((event) => ("order" in event ? [event.order.kind] : []));
  assert.deepEqual([...new Set(orders)].sort(), ["assigned", "called", "commanded", "limited", "shown"]);
  assert.ok(overrides.length > 0, "the motion by hand is there");
  const { replay } = await play(await recordedConfig(file, []));
  assert.deepEqual(replay, { recorded: decisions, made: decisions, differing: 0, differences: [] });
});

test("another seed, or more candidates, decide otherwise at the same instants", async () => {
  const file = join(folder, "plain.mcap");
  for (const change of ["seed:=8", "planner.samples:=64"]) {
    const { replay } = await play(await recordedConfig(file, [change]));
    assert.match(replay?.differences[0] ?? "", /^decision 0 differs in plan\.actions/, change);
  }
});
