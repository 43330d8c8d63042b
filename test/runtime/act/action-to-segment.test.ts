/** Action to segment on the Panda's own kinematics: where the tool goes, when, and what is refused. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { type ActionToSegmentOptions, createActionToSegment, executedAction } from "../../../runtime/act/action-to-segment.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { type ActionAxis, displacementAxes } from "../../../runtime/core/model.ts";
import type { JointCommand } from "../../../runtime/core/motion.ts";
import { atRest, peakUse, sampleSegment, segmentDurationS, segmentRestRad } from "../../../runtime/core/segment.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { downQuaternion, yawOf } from "../../../runtime/kinematics/quaternion.ts";

const kinematics = await createKinematics(pandaSpec);
after(() => kinematics[Symbol.dispose]());

const push = displacementAxes({ axes: ["x", "y"], scaleM: 0.03 });
const reach = displacementAxes({ axes: ["x", "y", "z"], scaleM: 0.03 });
const options: ActionToSegmentOptions = {
  kinematics,
  spec: pandaSpec,
  axes: push,
  toolHeightM: 0.03,
  yawRad: 0,
  workspace: { minM: [0.3, -0.3, 0.02], maxM: [0.7, 0.3, 0.35] },
  periodS: 0.2,
};
const postureAt = (positionM: readonly [number, number, number]): JointCommand =>
  atRest(kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM, quaternion: "down" }).positionRad);
const request = (commanded: JointCommand, action: readonly number[]) => ({ id: 3, startNs: 40n, commanded, action });

const closeM = (found: readonly number[], expected: readonly number[], toleranceM = 1e-5): void => {
  for (const [axis, value] of found.entries()) assert.ok(Math.abs(value - expected[axis]!) < toleranceM, `${found} is not ${expected}`);
};

test("a push action moves the tool in the plane by 3 cm a unit and holds the height, in one decision period", () => {
  const segment = createActionToSegment(options)(request(postureAt([0.5, 0.05, 0.03]), [0.8, -0.2]));
  closeM(kinematics.toolAt(segmentRestRad(segment)), [0.524, 0.044, 0.03]);
  assert.equal(segmentDurationS(segment), 0.2);
  assert.deepEqual([segment.id, segment.startNs], [3, 40n]);
});

test("where z is no axis the tool returns to the held height, or keeps its own when none is given", () => {
  const commanded = postureAt([0.5, 0, 0.034]);
  const held = createActionToSegment(options)(request(commanded, [0, 0]));
  closeM(kinematics.toolAt(segmentRestRad(held)), [0.5, 0, 0.03]);
  const own = createActionToSegment({ ...options, toolHeightM: null })(request(commanded, [0, 0]));
  closeM(kinematics.toolAt(segmentRestRad(own)), [0.5, 0, 0.034]);
});

test("a reach action moves all three axes and leaves the hand pointing down at its yaw", () => {
  const segment = createActionToSegment({ ...options, axes: reach, toolHeightM: null })(request(postureAt([0.5, 0, 0.2]), [-0.5, 1, 0.5]));
  const { positionM, quaternion } = kinematics.toolPose(segmentRestRad(segment));
  closeM(positionM, [0.485, 0.03, 0.215]);
  const alike = Math.abs(downQuaternion(0).reduce((sum, value, index) => sum + value * quaternion[index]!, 0));
  assert.ok(alike > 1 - 1e-8);
});

test("a target outside the workspace is clamped into it, an action outside [-1, 1] into that", () => {
  const toSegment = createActionToSegment(options);
  closeM(kinematics.toolAt(segmentRestRad(toSegment(request(postureAt([0.69, 0, 0.03]), [1, 0])))), [0.7, 0, 0.03]);
  closeM(kinematics.toolAt(segmentRestRad(toSegment(request(postureAt([0.5, 0, 0.03]), [5, 0])))), [0.53, 0, 0.03]);
});

test("an action that is not finite and a pose that cannot be reached are kinematics.unreachable", () => {
  const isUnreachable = (message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof AgentError);
    assert.equal(error.code, "kinematics.unreachable");
    assert.match(error.message, message);
    return true;
  };
  const commanded = postureAt([0.5, 0, 0.03]);
  assert.throws(
    () => createActionToSegment(options)(request(commanded, [0, Number.NaN])),
    isUnreachable(/action on axis y is NaN, must be a number in \[-1, 1\]/),
  );
  const far = createActionToSegment({ ...options, workspace: { minM: [1.4, 0, 0.03], maxM: [1.5, 0, 0.03] } });
  assert.throws(
    () => far(request(commanded, [0, 0])),
    isUnreachable(/tool target \(1\.400, 0\.000, 0\.030\) m: posture misses by .* mm and .* rad; choose a target nearer to the arm/),
  );
});

test("a segment that would exceed a joint's limits in one period takes longer, at most 0.4 s", () => {
  const slowJoints = pandaSpec.joints.map((joint) => ({ ...joint, velocityMaxRadPerS: joint.velocityMaxRadPerS / 4 }));
  const toSegment = createActionToSegment({ ...options, spec: { ...pandaSpec, joints: slowJoints } });
  const segment = toSegment(request(postureAt([0.5, 0, 0.03]), [1, 1]));
  const durationS = segmentDurationS(segment);
  assert.ok(durationS > 0.2 && durationS <= 0.4, `${durationS} s`);
  assert.ok(peakUse(segment, slowJoints).every((use) => use.fraction <= 1));
});

test("from a moving commanded state the target counts from the commanded tool point, and the segment is continuous", () => {
  const toSegment = createActionToSegment(options);
  const first = toSegment(request(postureAt([0.5, 0, 0.03]), [1, 0]));
  const moving = sampleSegment(first, 0.12);
  const second = toSegment(request(moving, [0, 1]));
  const at = kinematics.toolAt(moving.positionRad);
  closeM(kinematics.toolAt(segmentRestRad(second)), [at[0], at[1] + 0.03, 0.03]);
  assert.deepEqual(sampleSegment(second, 0), moving);
});

test("from rest, the executed action of a whole segment is the action, wherever the arm is", () => {
  const toSegment = createActionToSegment(options);
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: 0.4, max: 0.6, noNaN: true }),
      fc.double({ min: -0.2, max: 0.2, noNaN: true }),
      unit,
      unit,
      (x, y, dx, dy) => {
        const commanded = postureAt([x, y, 0.03]);
        const segment = toSegment(request(commanded, [dx, dy]));
        const executed = executedAction(options, commanded, sampleSegment(segment, 0.4));
        assert.ok(Math.abs(executed[0]! - dx) < 1e-3 && Math.abs(executed[1]! - dy) < 1e-3, `${executed} is not ${[dx, dy]}`);
      },
    ),
    { numRuns: 40 },
  );
});

const turn: ActionAxis = { name: "yaw", unit: "rad", scale: 0.3, kind: "continuous" };
const grip: ActionAxis = { name: "gripper", unit: "1", scale: 0.75, kind: "switch" };
const handling: ActionToSegmentOptions = { ...options, axes: [...reach, turn, grip], toolHeightM: null };
const yawAt = (positionRad: ArrayLike<number>): number => yawOf(kinematics.toolPose(positionRad).quaternion);
const near = (value: number, expected: number, tolerance = 1e-4): void =>
  assert.ok(Math.abs(value - expected) < tolerance, `${value} is not ${expected}`);

test("where yaw is an axis the hand turns about the vertical by its scale a unit, and stays where it points and stands", () => {
  const toSegment = createActionToSegment(handling);
  const first = toSegment(request(postureAt([0.5, 0, 0.1]), [0, 0, 0, 1, 0]));
  near(yawAt(segmentRestRad(first)), 0.3);
  closeM(kinematics.toolAt(segmentRestRad(first)), [0.5, 0, 0.1]);
  const second = toSegment(request(atRest(segmentRestRad(first)), [0, 0, 0, -0.5, 0]));
  near(yawAt(segmentRestRad(second)), 0.15);
  const { quaternion } = kinematics.toolPose(segmentRestRad(second));
  const alike = Math.abs(downQuaternion(0.15).reduce((sum, value, index) => sum + value * quaternion[index]!, 0));
  assert.ok(alike > 1 - 1e-8, "it points straight down");
});

test("the hand turns no further than a quarter turn to either side, however long it is told to", () => {
  const toSegment = createActionToSegment(handling);
  for (const [way, endRad] of [
    [1, Math.PI / 2],
    [-1, -Math.PI / 2],
  ] as const) {
    let commanded = postureAt([0.5, 0, 0.1]);
    for (let decision = 0; decision < 8; decision++)
      commanded = atRest(segmentRestRad(toSegment(request(commanded, [0, 0, 0, way, 0]))), undefined);
    near(yawAt(commanded.positionRad), endRad);
  }
});

test("what turns is within the joints' limits like any motion, in as much time as it takes", () => {
  const quick = { ...handling, axes: [{ ...turn, scale: 0.9 }] };
  const segment = createActionToSegment(quick)(request(postureAt([0.5, 0, 0.1]), [1]));
  assert.ok(segmentDurationS(segment) > 0.2 && segmentDurationS(segment) <= 0.4);
  assert.ok(peakUse(segment, pandaSpec.joints).every((use) => use.fraction <= 1 || segmentDurationS(segment) === 0.4));
});

const told = (commanded: JointCommand, value: number) => createActionToSegment(handling)(request(commanded, [0, 0, 0, 0, value])).gripper;

test("the gripper opens to its share of the range for a value above zero and closes for one below, with the speed and force it has", () => {
  const still = postureAt([0.5, 0, 0.1]);
  assert.deepEqual(told(still, 1), { openingM: 0.06, speedMPerS: 0.1, forceN: 70 });
  assert.deepEqual(told(still, -1), { openingM: 0, speedMPerS: 0.1, forceN: 70 });
  assert.equal(told(still, 0), undefined, "nobody wants it to be either, and nothing was told yet");
});

test("a value that hovers about zero does not make the gripper chatter: it stays as it was told", () => {
  const closed = { ...postureAt([0.5, 0, 0.1]), gripper: told(postureAt([0.5, 0, 0.1]), -1)! };
  for (const value of [0.1, -0.1, 0.2, 0, 0.24]) assert.equal(told(closed, value)?.openingM, 0);
  assert.equal(told(closed, 0.26)?.openingM, 0.06);
  const open = { ...closed, gripper: told(closed, 1)! };
  for (const value of [-0.1, 0.1, -0.24]) assert.equal(told(open, value)?.openingM, 0.06);
  const held = { ...closed, gripper: { ...closed.gripper, speedMPerS: 0 } };
  assert.deepEqual(told(held, 0.1), closed.gripper, "after a stop it goes on with what it was");
});

test("a model whose gripper is no axis tells the gripper nothing", () => {
  const closed = { ...postureAt([0.5, 0, 0.1]), gripper: { openingM: 0, speedMPerS: 0.1, forceN: 70 } };
  assert.equal("gripper" in createActionToSegment(options)(request(closed, [1, 0])), false);
});

test("what was executed is the turn in units of its scale, and what the gripper was told last", () => {
  const start = postureAt([0.5, 0, 0.1]);
  const segment = createActionToSegment(handling)(request(start, [0.5, 0, 0, -0.4, 1]));
  const executed = executedAction(handling, start, sampleSegment(segment, 0.4));
  for (const [axis, value] of [0.5, 0, 0, -0.4, 1].entries()) near(executed[axis]!, value, 1e-3);
  assert.equal(executedAction(handling, start, start)[4], 0, "nothing was told yet");
});
