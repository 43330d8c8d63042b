/** Arms of a fleet start one after the other, and each takes its share of the cores. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArmProcess } from "../../../launch/fleet/arm-process.ts";
import { samplesFor } from "../../../launch/fleet/fleet.ts";
import { createLineUp, UP_MS_MAX } from "../../../launch/fleet/line-up.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";

/** Three arms that start and end when the test says so. */
function threeArms() {
  const exits = new Map<string, (code: number | null) => void>();
  const ended: string[] = [];
  const arm = (name: string): ArmProcess => ({
    ...{ name, pid: 1 },
    ended: new Promise((resolve) => exits.set(name, resolve)),
    async end() {
      ended.push(name);
      exits.get(name)?.(0);
    },
  });
  const clock = new ManualClock();
  const names = ["north", "east", "south"];
  const lineUp = createLineUp(new Map(names.map((name) => [name, () => arm(name)])), clock);
  const started = async (): Promise<readonly string[]> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    return lineUp.started.map(({ name }) => name);
  };
  return { lineUp, clock, started, exits, ended };
}

test("the next arm starts when the one before is up, has ended, or took too long", async () => {
  const { lineUp, clock, started, exits } = threeArms();
  assert.deepEqual(await started(), ["north"]);
  lineUp.up("south");
  assert.deepEqual(await started(), ["north"], "only its own word counts");
  exits.get("north")?.(1);
  assert.deepEqual(await started(), ["north", "east"]);
  clock.advance(UP_MS_MAX - 1);
  assert.deepEqual(await started(), ["north", "east"]);
  clock.advance(1);
  assert.deepEqual(await started(), ["north", "east", "south"]);
  for (const name of ["east", "south"]) exits.get(name)?.(0);
  assert.deepEqual(await lineUp.ended, [1, 0, 0]);
});

test("a line-up that is ended starts no more, and ends those that run", async () => {
  const { lineUp, started, ended } = threeArms();
  assert.deepEqual(await started(), ["north"]);
  await lineUp.end();
  assert.deepEqual([await lineUp.ended, await started(), ended], [[0], ["north"], ["north"]]);
});

test("many arms on few cores search in fewer samples, never in too few, and never in more than the launch file says", () => {
  assert.deepEqual(
    [samplesFor(64, 4, 2), samplesFor(64, 4, 8), samplesFor(64, 1, 1), samplesFor(64, 16, 2), samplesFor(8, 4, 2)],
    [32, 64, 64, 16, 8],
  );
});
