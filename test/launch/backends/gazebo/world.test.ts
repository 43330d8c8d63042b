/** Which Gazebo a launch file means: one that runs, however late it answers, is never joined by a second one in the same partition. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type OpenedWorld, openWorld, type WorldRequest } from "../../../../launch/backends/gazebo/world.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import { until } from "../../../helpers/until.ts";
import { aPartition, network, open } from "../../../runtime/bridge/gazebo/two-nodes.ts";

const START_MS_MAX = 60_000;
/** Of the manual clock, each time that is looked: `until` looks every 20 ms, so that both pass alike. */
const STEP_MS = 20;

function opening(partition: string) {
  const clock = new ManualClock();
  let world: OpenedWorld | null = null;
  let failure: Error | null = null;
  const more = { command: null, release: null, scene: {} as WorldRequest["scene"], startMsMax: START_MS_MAX, say: () => {} };
  openWorld({ clock, partition, network, ...more }).then(
    (opened) => (world = opened),
    (error: Error) => (failure = error),
  );
  let passedMs = 0;
  const passes = (): { readonly passedMs: number; readonly isOver: boolean } => {
    clock.advance(STEP_MS);
    passedMs += STEP_MS;
    return { passedMs, isOver: world !== null || failure !== null };
  };
  return { passes, world: () => world, failure: () => failure };
}

/** As on a machine without Gazebo. */
async function withoutGazebo(work: () => Promise<void>): Promise<void> {
  const path = process.env["PATH"];
  process.env["PATH"] = "";
  try {
    await work();
  } finally {
    process.env["PATH"] = path;
  }
}

test("a server whose topics are there and whose services come late is waited for", () =>
  withoutGazebo(async () => {
    const partition = aPartition();
    const server = await open({ partition });
    server.publish("/stats", "WorldStatistics");
    const { passes, world, failure } = opening(partition);
    await until("the first look being over", () => passes().passedMs > 5000);
    assert.deepEqual([world(), failure()], [null, null]);
    server.offer("/gazebo/worlds", "Empty", "StringMsg_V", () => ({ data: ["world"] }));
    await until("the world being opened", () => passes().isOver);
    assert.equal(failure(), null);
    assert.equal(world()?.partition, partition);
  }));

test("where nothing of a partition is heard nobody is there, and it is said what would start one", () =>
  withoutGazebo(async () => {
    const { passes, failure } = opening(aPartition());
    await until("an answer", () => passes().isOver);
    assert.match(failure()?.message ?? "", /neither "gz" nor "ign" is on the path/);
  }));
