import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY } from "rxjs";
import type { Body } from "../../../runtime/assemble/body.ts";
import { createHoldToRun } from "../../../runtime/assemble/hold-to-run.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Guard } from "../../../runtime/core/guarding.ts";
import type { JointCommand, Segment } from "../../../runtime/core/motion.ts";
import type { Robot } from "../../../runtime/core/robot.ts";
import { sampleSegment } from "../../../runtime/core/segment.ts";
import type { AgentState } from "../../../runtime/core/supervision.ts";
import { jointLimits } from "../../../runtime/guard/joint-limits.ts";
import { wellFormed } from "../../../runtime/guard/well-formed.ts";
import { twoJointSpec } from "../../helpers/kinematic-arm.ts";

/** A tool that the two joints move along x and y, a metre a radian. */
const flat: Body["kinematics"] = {
  spec: twoJointSpec,
  toolPose: ({ 0: x = 0, 1: y = 0 }) => ({ positionM: [x, y, 0], quaternion: [1, 0, 0, 0] }),
  toolAt: ({ 0: x = 0, 1: y = 0 }) => [x, y, 0],
  jacobian: () => new Float64Array(12),
  inverse: ({ positionM: [x, y, z] }) => ({
    ...{ positionRad: Float64Array.of(x, y), residualM: Math.abs(z), residualRad: 0, converged: z === 0 },
  }),
  [Symbol.dispose]() {},
};

const passes: Guard = { name: "lets all pass", check: (segment) => ({ kind: "pass", segment }) };

function stage({
  agent = "idle" as AgentState,
  refused = null as string | null,
  guards = [passes],
  feels = true,
  startRad = [0.1, -0.4],
  refusesOnce = null as AgentError | null,
} = {}) {
  const clock = new ManualClock(1_000_000_000n);
  const acted: Segment[] = [];
  const still: JointCommand = {
    positionRad: Float64Array.from(startRad),
    velocityRadPerS: new Float64Array(2),
    accelerationRadPerS2: new Float64Array(2),
  };
  const robot: Robot = {
    spec: twoJointSpec,
    events: EMPTY,
    observe: () => EMPTY,
    async act(segment) {
      const refusal = refusesOnce;
      refusesOnce = null;
      if (refusal) throw refusal;
      acted.push(segment);
      return segment;
    },
    commandedAt(stampNs) {
      const last = acted.at(-1);
      return last ? sampleSegment(last, Math.max(0, Number(stampNs - last.startNs) / 1e9)) : still;
    },
    stop: async () => {},
    resume: async () => {},
    async [Symbol.asyncDispose]() {},
  };
  let id = 7;
  const guard: Guard = {
    name: "all",
    check: (segment, situation) =>
      guards.map((each) => each.check(segment, situation)).find(({ kind }) => kind !== "pass") ?? { kind: "pass", segment },
  };
  const jog = createHoldToRun({
    ...{ robot, clock, body: { guard, toolAt: () => [0, 0, 0], nextId: () => id++, kinematics: flat } },
    state: () => ({ agent }),
    refusal: () => refused,
  });
  const nowNs = clock.nowNs();
  if (feels) jog.sample({ kind: "joints", joints: { ...still, stampNs: nowNs, receivedNs: nowNs } });
  return { jog, acted, clock };
}

test("a press moves the joint slowly the way it says, and the motion ends at rest by itself", async () => {
  const { jog, acted } = stage({ guards: [wellFormed(2), jointLimits(twoJointSpec.joints)] });
  assert.equal(await jog.move("page", { joint: "elbow", direction: -1 }), null);
  const end = acted[0]!.knots.at(-1)!;
  assert.ok(end.positionRad[1]! < -0.42 && end.positionRad[1]! > -0.5, `${end.positionRad[1]}`);
  assert.equal(end.positionRad[0], 0.1, "no other joint moves");
  assert.deepEqual([...end.velocityRadPerS], [0, 0]);
  assert.equal(acted[0]!.id, 7, "numbered with the agent's own segments");
});

test("held, it goes on no faster than a person can let go, and let go it rests within 0.4 s", async () => {
  const { jog, acted, clock } = stage({ guards: [wellFormed(2), jointLimits(twoJointSpec.joints)] });
  for (let press = 0; press < 12; press++) {
    assert.equal(await jog.move("page", { joint: "shoulder", direction: 1 }), null);
    const nowNs = clock.nowNs();
    const felt = { positionRad: new Float64Array(2), velocityRadPerS: new Float64Array(2), stampNs: nowNs, receivedNs: nowNs };
    jog.sample({ kind: "joints", joints: felt });
    clock.advance(150);
  }
  const speeds = acted.flatMap((segment) => [0.05, 0.1, 0.15].map((tS) => Math.abs(sampleSegment(segment, tS).velocityRadPerS[0]!)));
  assert.ok(Math.max(...speeds) <= 0.2501, `${Math.max(...speeds)} rad/s`);
  assert.ok(acted.at(-1)!.knots.at(-1)!.positionRad[0]! > 0.15, "it got somewhere");
  assert.ok(acted.every(({ knots }) => knots.at(-1)!.tS <= 0.4));
});

test("it moves only while the agent is idle or holding, only for who may command, and only what is there and felt", async () => {
  for (const agent of ["booting", "running", "stopping", "stopped", "faulted"] as const) {
    const { jog, acted } = stage({ agent });
    assert.match((await jog.move("page", { joint: "elbow", direction: 1 })) ?? "", new RegExp(`idle or holding, it is ${agent}`));
    assert.equal(acted.length, 0);
  }
  assert.equal(await stage({ agent: "holding" }).jog.move("page", { joint: "elbow", direction: 1 }), null);
  assert.match(
    (await stage({ refused: "ros has the arm in hand" }).jog.move("page", { joint: "elbow", direction: 1 })) ?? "",
    /ros has the arm/,
  );
  assert.match((await stage().jog.move("page", { joint: "knee", direction: 1 })) ?? "", /joint "knee": the arm has shoulder, elbow/);
  assert.match((await stage({ feels: false }).jog.move("page", { joint: "elbow", direction: 1 })) ?? "", /nothing was heard/);
});

test("what a guard refuses is not sent, and said why", async () => {
  const refuses: Guard = { name: "refuses", check: () => ({ kind: "stop", why: ["too near the fence"] }) };
  const { jog, acted } = stage({ guards: [refuses] });
  assert.equal(await jog.move("page", { joint: "elbow", direction: 1 }), "too near the fence");
  assert.equal(acted.length, 0);
});

for (const code of ["plan.late", "robot.stalled"] as const)
  test(`a press that the arm took no more since the computer was busy (${code}) is none, and the next one moves it: who holds goes on holding`, async () => {
    const { jog, acted } = stage({ refusesOnce: new AgentError(code, "too late") });
    assert.equal(await jog.move("page", { joint: "elbow", direction: 1 }), null);
    assert.equal(acted.length, 0);
    assert.equal(await jog.move("page", { joint: "elbow", direction: 1 }), null);
    assert.equal(acted.length, 1);
  });

test("presses that come quicker than their motions begin, as from a page that was held up, are one: who holds goes on holding", async () => {
  const { jog, acted, clock } = stage();
  for (let press = 0; press < 3; press++) {
    assert.equal(await jog.move("page", { joint: "elbow", direction: 1 }), null);
    clock.advance(30);
  }
  assert.equal(acted.length, 1, "the arm lets one wait, and refuses another");
  clock.advance(10);
  assert.equal(await jog.move("page", { joint: "elbow", direction: 1 }), null);
  assert.equal(acted.length, 2);
});

test("what the arm refuses for any other reason is said", async () => {
  const { jog } = stage({ refusesOnce: new AgentError("robot.rejected", "the arm is stopped; resume first") });
  assert.equal(await jog.move("page", { joint: "elbow", direction: 1 }), "the arm is stopped; resume first");
});

test("a press moves the tool along an axis by the same rules, and says where it goes no further", async () => {
  const { jog, acted } = stage({ guards: [wellFormed(2), jointLimits(twoJointSpec.joints)] });
  assert.equal(await jog.move("page", { axis: "y", direction: -1 }), null);
  const end = acted[0]!.knots.at(-1)!;
  assert.ok(Math.abs(end.positionRad[1]! - -0.416) < 1e-9 && end.positionRad[0] === 0.1, `${end.positionRad}`);
  assert.match((await jog.move("page", { axis: "z", direction: 1 })) ?? "", /no further along \+z/);
  assert.match((await jog.move("page", { axis: "yaw", direction: 1 })) ?? "", /has 2 joints, 6 turn a tool/);
  assert.match((await jog.move("page", { axis: "gripper", direction: 1 })) ?? "", /has no gripper/);
  assert.match((await stage({ agent: "running" }).jog.move("page", { axis: "y", direction: 1 })) ?? "", /idle or holding, it is running/);
  assert.equal(acted.length, 1);
});
