/** Segments as trajectories, the checks before they are sent, and what a result's code means. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeResult, refusedGoal } from "../../../../runtime/bridge/ros2/follow-result.ts";
import { checkTrajectory, toTrajectory } from "../../../../runtime/bridge/ros2/trajectory.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { atRest, quinticSegment } from "../../../../runtime/core/segment.ts";

const names = ["a", "b"];
const moving = { ...atRest(Float64Array.of(0.1, 0.2)), velocityRadPerS: Float64Array.of(0.3, -0.1) };
const segment = quinticSegment({ id: 4, startNs: 5_000_000_000n, from: moving, toRad: [0.2, 0.1], durationS: 0.4 });

test("a segment becomes its knots to come, with position, velocity and acceleration, and no point at time 0", () => {
  const { header, joint_names, points } = toTrajectory(segment, { names, passedS: 0.1, stampNs: null });
  assert.deepEqual(header.stamp, { sec: 0, nanosec: 0 });
  assert.deepEqual(joint_names, names);
  assert.deepEqual(points, [
    { positions: [0.2, 0.1], velocities: [0, 0], accelerations: [0, 0], effort: [], time_from_start: { sec: 0, nanosec: 300_000_000 } },
  ]);
});

test("a stamped trajectory begins at the ROS time of the segment's start", () => {
  const { header } = toTrajectory(segment, { names, passedS: 0, stampNs: 1_700_000_000_250_000_000n });
  assert.deepEqual(header.stamp, { sec: 1_700_000_000, nanosec: 250_000_000 });
});

test("of a segment that is all but over the rest position is left", () => {
  const { points } = toTrajectory(segment, { names, passedS: 0.39, stampNs: null });
  assert.deepEqual(
    points.map(({ positions, time_from_start }) => [positions, time_from_start.nanosec]),
    [[[0.2, 0.1], 20_000_000]],
  );
});

const good = toTrajectory(segment, { names, passedS: 0, stampNs: null });
const point = good.points[0]!;
const objections = [
  [{ ...good, joint_names: ["a", "a"] }, /names a, a, must be 2 different joints/],
  [{ ...good, points: [] }, /has no points/],
  [{ ...good, points: [point, point] }, /point 1 is at 0\.4 s, must be after 0\.4 s/],
  [{ ...good, points: [{ ...point, positions: [1] }] }, /point 0 has 1 values, must have 2/],
  [{ ...good, points: [{ ...point, positions: [1, Number.NaN] }] }, /point 0 is not finite/],
  [{ ...good, points: [{ ...point, velocities: [0, 0.1] }] }, /moves at its last point, must be at rest/],
] as const;
for (const [trajectory, why] of objections) {
  test(`a trajectory is not sent when it ${why.source}`, () => {
    assert.throws(
      () => checkTrajectory(trajectory, 2),
      (error) => error instanceof AgentError && error.code === "robot.rejected" && why.test(error.message),
    );
  });
}
test("a good trajectory passes", () => checkTrajectory(good, 2));

const reasons = [
  [-1, "invalid goal"],
  [-2, "invalid joints"],
  [-3, "old header time stamp"],
  [-4, "path tolerance violated"],
  [-5, "goal tolerance violated"],
  [-77, "code -77"],
  [0, "no reason given"],
] as const;
for (const [code, name] of reasons) {
  test(`result code ${code} of an aborted goal reads "${name}"`, () => {
    const error = judgeResult(4, "aborted", { error_code: code, error_string: "joint a" });
    assert.equal(error?.code, "robot.aborted");
    assert.ok(error?.message.startsWith(`segment 4: aborted by the controller, ${name}, it says "joint a"; `), error?.message);
  });
}
test("a goal that succeeded is no error, one cancelled by someone else and a refused one are", () => {
  assert.equal(judgeResult(4, "succeeded", { error_code: 0, error_string: "" }), null);
  assert.match(judgeResult(4, "canceled", { error_code: 0, error_string: "" })!.message, /cancelled, but not by us/);
  assert.match(refusedGoal(4, "x/follow").message, /segment 4: refused by "x\/follow", which gives no reason/);
});
