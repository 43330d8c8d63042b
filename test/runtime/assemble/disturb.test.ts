/** A rehearsal begins with the robot: what is opened and tried before it is not disturbed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rehearse } from "../../../runtime/assemble/disturb.ts";
import type { OpenedRobot } from "../../../runtime/assemble/opened-robot.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { disturbanceOf } from "../../../runtime/disturb/catalogue.ts";
import type { Session } from "../../../runtime/graph/session-types.ts";

const there = { cameras: ["front"], joints: ["elbow"] };

test("a session that was opened before the robot answers as it is, and is disturbed in its time once the robot is there", async () => {
  const clock = new ManualClock(1_000_000_000n);
  using rehearsal = rehearse(disturbanceOf([{ fault: "model-nan", fromS: 0 }], there));
  const run = async () => ({ cost: { data: Float32Array.of(1), shape: [1] } });
  const session = rehearsal.session({ run } as unknown as Session);
  const answer = async (): Promise<number> => (await session.run({}))["cost"]!.data[0] as number;
  assert.equal(await answer(), 1);
  rehearsal.opened({ clock, robot: {} } as unknown as OpenedRobot);
  assert.ok(Number.isNaN(await answer()));
});

test("the disk that keeps the place is disturbed with the robot, not before", () => {
  const kept: number[] = [];
  using rehearsal = rehearse(disturbanceOf([{ fault: "disk-full", fromS: 0 }], there));
  const keep = rehearsal.keep((value: number) => void kept.push(value));
  keep(1);
  rehearsal.opened({ clock: new ManualClock(), robot: {} } as unknown as OpenedRobot);
  assert.throws(() => keep(2));
  assert.deepEqual(kept, [1]);
});
