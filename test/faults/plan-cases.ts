/** F: plans that cannot be done. */
import assert from "node:assert/strict";
import { createStream } from "../../runtime/act/stream.ts";
import { NS_PER_MS } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { atRest, quinticSegment } from "../../runtime/core/segment.ts";
import { standardGuards } from "../../runtime/guard/standard-guards.ts";
import { misplaced } from "../../runtime/supervise/goal-place.ts";
import { twoJointSpec } from "../helpers/kinematic-arm.ts";
import { playTask } from "../helpers/scripted-task.ts";
import { at, begin, leaf } from "../helpers/supervised.ts";
import { options, segmentTo, situationAtRest, vector, violation } from "../runtime/guard/fixtures.ts";
import { type FaultCase, refused } from "./case.ts";
import { loopCase } from "./loop-case.ts";

const raise = (error: AgentError): never => {
  throw error;
};
const HOME = [0, 0, 0];
const guards = standardGuards(options);
const GUARDED = { safeState: "not sent; shortened until it is allowed, or at rest", recovered: "the next decision" } as const;

/** A step that would go where no step may: what is let through keeps every limit, and the reason names the guard. */
function guarded(id: string, fault: string, [fromRad, toRad]: readonly [readonly number[], readonly number[]], why: RegExp): FaultCase {
  return {
    id,
    fault,
    detectedBy: "guard, guard.stop or a clip",
    deadline: "at once",
    ...GUARDED,
    clock: "none",
    async run() {
      const from = vector(...fromRad);
      const verdict = guards.check(segmentTo(toRad, 0.4, atRest(from)), situationAtRest(from));
      assert.notEqual(verdict.kind, "pass");
      if (verdict.kind === "pass") return null;
      assert.match(verdict.why.join("; "), why);
      if (verdict.kind === "clip") assert.equal(violation(verdict.segment, options.joints), null);
      return null;
    },
  };
}

/** A goal that the arm cannot reach: every attempt fails, and so does the task, at rest. */
async function unreachable(): Promise<number | null> {
  const played = await playTask({
    prepare: () => raise(new AgentError("goal.unreachable", "goal: 1.20 m away, the arm reaches 0.85 m; choose a nearer one")),
  });
  assert.equal(played.result, "failed", played.reason);
  assert.deepEqual(
    played.happenings.filter(({ what }) => what === "act"),
    [],
  );
  return 0;
}

/** A plan that comes and goes without ever arriving: the attempt ends by its decisions. */
async function oscillation(): Promise<number | null> {
  const { supervisor, act } = begin(leaf());
  act();
  for (let count = 0; count < 5; count++) supervisor.decided("", at(0.1));
  assert.equal(supervisor.state.task, "failed");
  assert.match(supervisor.state.reason, /did not succeed within 5 decisions/);
  return null;
}

async function discontinuity(): Promise<number | null> {
  const stream = createStream({ spec: twoJointSpec, initialRad: twoJointSpec.homeRad, startNs: 0n, onEvent: () => {} });
  const from = { ...stream.commandedAt(0n), positionRad: Float64Array.from(twoJointSpec.homeRad, (rad) => rad + 0.1) };
  const segment = quinticSegment({ id: 1, startNs: 100n * NS_PER_MS, from, toRad: from.positionRad, durationS: 0.2 });
  const admission = stream.accept(segment, 0n);
  assert.ok(admission.kind === "rejected" && admission.reason === "discontinuous");
  return null;
}

export const PLAN_CASES: readonly FaultCase[] = [
  loopCase({
    id: "F1",
    fault: "no candidate keeps the constraints",
    by: "planner",
    code: "plan.infeasible",
    says: /breaks constraint "keep-out"/,
    withinMs: 0,
    arm: "rests",
    forS: 0.7,
    script: (isOn) => ({
      plan: (timeS) =>
        void (
          isOn(timeS) && raise(new AgentError("plan.infeasible", 'the best plan breaks constraint "keep-out" by 0.0100 m; move the goal'))
        ),
    }),
  }),
  loopCase({
    id: "F2",
    fault: "planning takes twice its budget",
    by: "loop",
    code: "plan.late",
    says: /should have begun 200\.0 ms ago/,
    withinMs: 200,
    arm: "rests",
    forS: 0.7,
    script: (isOn) => ({ plan: (timeS, clock) => void (isOn(timeS) && clock.advance(200)) }),
  }),
  loopCase({
    id: "F3",
    fault: "a plan for a state that is 600 ms old",
    by: "guard",
    code: "guard.stop",
    says: /plan made 600\.0 ms ago, at most 400 ms/,
    withinMs: 600,
    arm: "holds",
    script: (isOn) => ({ plan: (timeS, clock) => void (isOn(timeS) && clock.advance(600)) }),
  }),
  guarded("F4a", "a plan beyond a joint's limit", [HOME, [3, 0, 0]], /joint-limits: joint "a": position 3\.000 rad is beyond/),
  guarded(
    "F4b",
    "a plan below the table",
    [
      [0, 0, -1.4],
      [0, 0, -1.7],
    ],
    /above the table/,
  ),
  guarded(
    "F4c",
    "a plan through a fixture",
    [
      [0.2, 0.2, 0],
      [0.5, 0.5, 0],
    ],
    /keep-out: tool would enter "post"/,
  ),
  guarded("F4d", "a plan faster than a joint may go", [HOME, [1.2, 0, 0]], /joint-limits: joint "a": velocity/),
  {
    id: "F5a",
    fault: "a goal out of reach",
    detectedBy: "skill, goal.unreachable",
    deadline: 200,
    safeState: "the task fails, nothing was sent",
    recovered: "the task's other way, or a person",
    clock: "virtual",
    run: unreachable,
  },
  refused({ id: "F5b", fault: "a goal outside the workspace", detectedBy: "launch file, launch.invalid" }, () => {
    assert.match(misplaced({ kind: "tool", positionM: [2, 0, 0.2] }, options.workspace) ?? "", /tool x 2 m is outside the workspace/);
  }),
  {
    id: "F6",
    fault: "a segment that does not begin where the arm is commanded to be",
    detectedBy: "keeper, robot.rejected",
    deadline: "at once",
    safeState: "holds, at rest within 0.4 s",
    recovered: "the next plan begins from there",
    clock: "none",
    run: discontinuity,
  },
  {
    id: "F7",
    fault: "a plan that goes to and fro and never arrives",
    detectedBy: "skill, its decisions",
    deadline: "at once",
    safeState: "the attempt ends",
    recovered: "retries, or the task's other way",
    clock: "virtual",
    run: oscillation,
  },
];
