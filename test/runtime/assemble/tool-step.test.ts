import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { type ToolDrive, toolStep } from "../../../runtime/assemble/tool-step.ts";
import type { Segment } from "../../../runtime/core/motion.ts";
import { atRest, peakUse } from "../../../runtime/core/segment.ts";
import { createKinematics, type Kinematics } from "../../../runtime/kinematics/kinematics.ts";
import { yawOf } from "../../../runtime/kinematics/quaternion.ts";

let kinematics: Kinematics;
before(async () => {
  kinematics = await createKinematics(pandaSpec);
});
after(() => kinematics[Symbol.dispose]());

const HEAD = { id: 3, startNs: 5n };
const step = (drive: Pick<ToolDrive, "axis" | "direction">, from = pandaSpec.homeRad, feltM?: number): Segment | string =>
  toolStep(kinematics, { speedRadPerSMax: 0.25, ...drive }, atRest(Float64Array.from(from)), feltM, HEAD);
const segmentOf = (drive: Pick<ToolDrive, "axis" | "direction">, from?: readonly number[], feltM?: number): Segment => {
  const made = step(drive, from as number[], feltM);
  assert.ok(typeof made !== "string", String(made));
  return made;
};

for (const [axis, at] of [
  ["x", 0],
  ["y", 1],
  ["z", 2],
] as const)
  for (const direction of [1, -1] as const)
    test(`along ${direction > 0 ? "+" : "-"}${axis} the tool goes a little, straight, keeps its orientation, and rests`, () => {
      const segment = segmentOf({ axis, direction });
      const [start, end] = [segment.knots[0]!, segment.knots.at(-1)!].map(({ positionRad }) => kinematics.toolPose(positionRad));
      const movedM = end!.positionM.map((value, i) => value - start!.positionM[i]!);
      assert.ok(movedM[at]! * direction > 0.004 && movedM[at]! * direction < 0.0161, `${movedM}`);
      assert.ok(Math.hypot(...movedM.filter((_, i) => i !== at)) < 5e-4, `${movedM}`);
      assert.ok(Math.abs(yawOf(end!.quaternion) - yawOf(start!.quaternion)) < 2e-3);
      assert.ok(segment.knots.at(-1)!.velocityRadPerS.every((velocity) => velocity === 0));
      const slow = pandaSpec.joints.map((joint) => ({ ...joint, velocityMaxRadPerS: 0.25 }));
      assert.ok(peakUse(segment, slow).every(({ fraction }) => fraction <= 1));
    });

test("yaw turns the hand about the vertical and leaves its place", () => {
  const { knots } = segmentOf({ axis: "yaw", direction: 1 });
  const [start, end] = [knots[0]!, knots.at(-1)!].map(({ positionRad }) => kinematics.toolPose(positionRad));
  assert.ok(yawOf(end!.quaternion) - yawOf(start!.quaternion) > 0.01);
  assert.ok(Math.hypot(...end!.positionM.map((value, i) => value - start!.positionM[i]!)) < 1e-3);
});

test("the gripper opens and closes by a little from what is felt, slowly and gently, within its range, while the arm stays", () => {
  const opens = segmentOf({ axis: "gripper", direction: 1 }, pandaSpec.homeRad, 0.03);
  assert.equal(opens.gripper?.openingM, 0.036);
  assert.ok(opens.gripper.speedMPerS <= 0.03 && opens.gripper.forceN <= 0.3 * pandaSpec.gripper!.forceMaxN);
  assert.deepEqual(opens.knots.at(-1)!.positionRad, opens.knots[0]!.positionRad);
  assert.equal(segmentOf({ axis: "gripper", direction: -1 }, pandaSpec.homeRad, 0.003).gripper?.openingM, 0);
});

test("where the arm ends, it says so and moves nothing", () => {
  const stretched = [0, 1.5, 0, -0.1, 0, 1.6, 0];
  assert.match(String(step({ axis: "x", direction: 1 }, stretched)), /no further along \+x from here/);
});
