/** Play through the robot contract, in the embedded simulator that waits: what it writes, what it does about faults, when it asks a person. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { filter } from "rxjs";
import type { OpenedRobot } from "../../../launch/backends/opened.ts";
import { openRobot, robotOf, scaled } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { collectLaunch } from "../../../launch/learn/collect.ts";
import { openPlayCollector } from "../../../launch/learn/play/collector.ts";
import { metaOf, type PlaySetup } from "../../../launch/learn/play/setup.ts";
import { nsToSeconds } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { startWorker } from "../../../runtime/core/start-worker.ts";
import { openThreadCollector } from "../../../runtime/learn/collector-thread.ts";
import { openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { claimFolder } from "../../../runtime/learn/dataset-writer.ts";
import { openRetake } from "../../../runtime/learn/retake.ts";
import { collectShards } from "../../../runtime/learn/shards.ts";

const PUSH = "launch/panda-push.launch.yaml";
const REAL = "launch/panda-ros2-push.launch.yaml";
const never = new AbortController().signal;
const newFolder = (): string => mkdtempSync(join(tmpdir(), "foresight-play-"));
const FLAGS = { launch: PUSH, overrides: [], play: "free", seed: 3, prompt: true, productVersion: "0.0.0" } as const;
const IO = { progress: () => {}, elapsedS: () => 1, operator: null, signal: never };

const hashes = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith("shard"))
    .map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex")}`,
    );

interface PlayOptions {
  readonly launch?: string;
  readonly overrides?: readonly string[];
  readonly rows?: number;
  readonly resetEvery?: number | null;
  /** What becomes of the robot before it is played with. */
  readonly wrap?: (opened: OpenedRobot) => OpenedRobot;
  readonly onAsk?: (request: string) => void;
}

/** One shard of free play; whatever the launch file says, the arm is the embedded simulator's, which waits. */
async function played(options: PlayOptions) {
  const { launch = PUSH, overrides = [], rows = 120, resetEvery = 1, wrap = (opened) => opened, onAsk = () => {} } = options;
  const config = loadLaunch(launch, overrides);
  const spec = scaled(await robotOf(config), config.guards);
  const setup: PlaySetup = { config, spec, play: "free", folder: newFolder(), seed: 5, productVersion: "0.0.0", resetEvery };
  const { backend } = loadLaunch(PUSH, ["backend.mode:=lockstep"]);
  const open: typeof openRobot = async (own, arm, timing) => wrap(await openRobot({ ...own, backend }, arm, timing));
  claimFolder(setup.folder, metaOf(setup));
  await using collector = await openPlayCollector(setup, { ask: async (request) => onAsk(request) }, never, open);
  await collector.collect({ shard: 0, rows }, () => {});
  return openDataset(setup.folder);
}

/** Three shards of free play by so many workers. */
async function collectedBy(workers: number, ...overrides: readonly string[]): Promise<string> {
  const config = loadLaunch(PUSH, ["backend.mode:=lockstep", ...overrides]);
  const spec = await robotOf(config);
  const setup: PlaySetup = { config, spec, play: "free", folder: newFolder(), seed: 3, productVersion: "0.0.0", resetEvery: 2 };
  await collectShards({
    ...{ folder: setup.folder, meta: metaOf(setup), rows: 300, shardRows: 100, workers, onProgress: () => {}, signal: never },
    open: (signal) =>
      openThreadCollector(startWorker("../../../launch/learn/play/worker.ts", import.meta.url, { workerData: setup }), signal),
  });
  return setup.folder;
}

test("in a world that waits the same seed gives the same bytes, with one worker or two", async () => {
  const [one, two] = [hashes(await collectedBy(1)), hashes(await collectedBy(2))];
  assert.equal(one.length, 9, "pictures, rows and seals of three shards");
  assert.deepEqual(two, one);
});

test("worlds that are drawn belong to the seed as well: the same bytes with one worker or two, other pictures than of the world as it is, and the data say so", async () => {
  const [one, two, plain] = [await collectedBy(1, "backend.vary:={}"), await collectedBy(2, "backend.vary:={}"), await collectedBy(1)];
  assert.deepEqual(hashes(two), hashes(one));
  assert.notDeepEqual(hashes(one), hashes(plain));
  const { meta } = openDataset(one);
  assert.ok(meta.scene["vary"]);
  assert.equal(openDataset(plain).meta.scene["vary"], undefined);
});

test("another take of the same play is the same to the last number and looks otherwise, also where things differ in shape and size", async () => {
  const taken = (take: number) => collectedBy(2, `backend.vary:={ take: ${take}, bodies: {} }`);
  const [first, second] = [await taken(0), await taken(1)].map((folder) => ({ folder, hashes: hashes(folder) }));
  const of = (ending: string, all: readonly string[]) => all.filter((line) => line.includes(ending));
  assert.deepEqual(of("rows.f32", second!.hashes), of("rows.f32", first!.hashes));
  assert.notDeepEqual(of("frames.u8", second!.hashes), of("frames.u8", first!.hashes));
  using take = openDataset(first!.folder);
  using retake = openRetake(second!.folder, take);
  assert.equal(retake.rowCount, take.rowCount);
  const heights = new Set(take.columns(["object.z"]).map((z) => Math.round(z * 1000)));
  assert.ok(heights.size > 1, "not all of one size");
});

test("a row holds what was seen, and the action that was executed from then until the next row", async () => {
  using data = await played({});
  assert.equal(data.meta.provenance, "sim");
  assert.equal(data.meta.play, "free");
  const { scaleM } = data.meta.action;
  const at = data.columns(["step", "tool.x", "tool.y", "action.x", "action.y"]);
  let moved = 0;
  for (let row = 0; row + 1 < data.rowCount; row++) {
    const [step, x, y, dx, dy] = at.subarray(5 * row, 5 * row + 5) as unknown as [number, number, number, number, number];
    if (at[5 * row + 5] !== step + 1) continue;
    const missM = Math.hypot(at[5 * row + 6]! - x - scaleM * dx, at[5 * row + 7]! - y - scaleM * dy);
    assert.ok(missM < 0.008, `row ${row}: the tool is ${missM} m from where the action brings it`);
    moved += Math.hypot(dx, dy);
  }
  assert.ok(moved / data.rowCount > 0.3, `mean length of an action ${moved / data.rowCount}`);
});

test("guards hold while it plays: a keep-out box in the middle is never entered, and play goes on around it", async () => {
  const box = "guards.keepOut:=[{ name: post, minM: [0.47, -0.03, 0], maxM: [0.53, 0.03, 0.4], marginM: 0.01 }]";
  using data = await played({ overrides: [box], rows: 240 });
  const tools = data.columns(["tool.x", "tool.y"]);
  for (let row = 1; row < data.rowCount; row++) {
    const [x, y] = [tools[2 * row]!, tools[2 * row + 1]!];
    const [wasX, wasY] = [tools[2 * row - 2]!, tools[2 * row - 1]!];
    const isInside = Math.abs(x - 0.5) < 0.035 && Math.abs(y) < 0.035;
    const wasInside = Math.abs(wasX - 0.5) < 0.035 && Math.abs(wasY) < 0.035;
    assert.ok(!isInside || wasInside, `row ${row}: the tool went from (${wasX}, ${wasY}) to (${x}, ${y}) m`);
  }
});

/** A camera that says nothing from `beginS` to `endS` of the robot's time. */
const silent =
  (beginS: number, endS: number) =>
  (opened: OpenedRobot): OpenedRobot => ({
    ...opened,
    robot: {
      ...opened.robot,
      observe: (signal) =>
        opened.robot.observe(signal).pipe(
          filter((sample) => {
            const timeS = nsToSeconds(opened.clock.nowNs());
            return sample.kind === "joints" || sample.frame.camera !== "side" || timeS < beginS || timeS >= endS;
          }),
        ),
    },
  });

test("a fault ends the running episode; what was played before is kept, and the next episode goes on", async () => {
  using data = await played({ wrap: silent(6, 9) });
  const lengths = new Map<number, number>();
  for (const episode of data.columns(["episode"])) lengths.set(episode, (lengths.get(episode) ?? 0) + 1);
  const [first, ...others] = lengths.values();
  assert.ok(first! > 10 && first! < 60, `the first episode has ${first} rows`);
  assert.ok(
    others.some((length) => length === 60),
    `then ${others}`,
  );
});

test("how long a camera may be silent is the launch file's to say", async () => {
  using data = await played({ wrap: silent(6, 7), overrides: ["senses.maxAgeMs:=2000"], rows: 60 });
  assert.deepEqual(new Set(data.columns(["episode"])), new Set([0]), "one episode that nothing ended");
});

test("five episodes in a row that end by a fault end the collection with that fault, and leave no shard", async () => {
  await assert.rejects(played({ wrap: silent(0, 1e9) }), {
    code: "sense.stale",
    message: /^collect: 5 episodes in a row were ended by faults, the last: camera "side": nothing good for .*whole shards are kept/,
  });
});

test("what only a person can mend ends the collection at once", async () => {
  const broken = (opened: OpenedRobot): OpenedRobot => ({
    ...opened,
    robot: {
      ...opened.robot,
      act: async () => {
        throw new AgentError("robot.aborted", "the arm ended its motion; look at it");
      },
    },
  });
  await assert.rejects(played({ launch: REAL, wrap: broken }), { code: "robot.aborted", message: /^the arm ended its motion/ });
});

test("a real arm knows no object: no such column; the tool comes down at a corner first, and every second episode a person is asked, the arm at rest", async () => {
  const requests: string[] = [];
  let isStopped = false;
  const watched = (opened: OpenedRobot): OpenedRobot => ({
    ...opened,
    ask: async (name) => assert.fail(`a real arm was asked for "${name}"`),
    world: { reset: () => assert.fail("a real arm was put somewhere"), truth: () => assert.fail("a real world was asked for the truth") },
    robot: {
      ...opened.robot,
      stop: async (reason) => {
        await opened.robot.stop(reason);
        isStopped = true;
      },
      resume: async () => {
        await opened.robot.resume();
        isStopped = false;
      },
    },
  });
  const onAsk = (request: string): void => {
    requests.push(request);
    assert.ok(isStopped, "the arm takes no commands while hands are near it");
  };
  using data = await played({ launch: REAL, resetEvery: 2, rows: 240, wrap: watched, onAsk });
  assert.equal(data.meta.provenance, "real");
  assert.deepEqual(data.meta.columns.slice(0, 7), ["episode", "step", "tool.x", "tool.y", "tool.z", "action.x", "action.y"]);
  assert.ok(!data.meta.columns.some((name) => name.startsWith("object")));
  assert.equal(requests.length, 1, "before the third of four episodes");
  assert.match(requests[0]!, /stopped and takes no commands: put the things back .* press Enter/);
  const tools = data.columns(["tool.x", "tool.y", "tool.z"]);
  const [x, y] = [tools[0]!, tools[1]!];
  assert.ok(Math.abs(x - 0.3) < 0.02 && Math.abs(Math.abs(y) - 0.32) < 0.02, `play began at (${x}, ${y}) m`);
  for (let row = 0; row < data.rowCount; row++) assert.ok(Math.abs(tools[3 * row + 2]! - 0.03) < 0.012, `row ${row}: tool at its height`);
});

test("what cannot be is refused before anything moves", async () => {
  const refused = (flags: Partial<Parameters<typeof collectLaunch>[0]>, message: RegExp) =>
    assert.rejects(collectLaunch({ ...FLAGS, out: newFolder(), rows: 10, ...flags }, IO), { code: "launch.invalid", message });
  await refused({ launch: REAL, play: "scripted" }, /--play scripted: it looks at the poses of a simulation, and ros2 has none; use free/);
  await refused({ launch: REAL }, /no terminal at which a person could be asked to put things back; give --no-prompt/);
  await refused({ launch: REAL, prompt: false, workers: 2 }, /--workers 2: there is one arm; use 1/);
});
