/** A, E in the whole agent with the model that is shipped, in the simulator's lockstep: what only a model that looks can notice. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { draw } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { run } from "../../launch/run/run.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import type { SupervisorState } from "../../runtime/core/supervision.ts";
import { createSurpriseWatch } from "../../runtime/supervise/surprise.ts";
import type { FaultCase } from "./case.ts";

/** Above what sound decisions of this run show (0.32 at most), below what a fault does to them. */
const SURPRISE_MAX = 0.36;
const BEGIN_S = 2;
const PERIOD_MS = 200;
const LIGHT = [
  "planner.samples:=32",
  "planner.iterations:=2",
  "model.threads:=1",
  "backend.cameraSupersample:=1",
  "dashboard.enabled:=false",
];

interface Pushed {
  readonly result: string;
  readonly reason: string;
  /** Of every decision since the fault began. */
  readonly surprises: readonly (number | null)[];
  readonly faults: readonly { readonly code: string; readonly afterMs: number }[];
  readonly states: readonly SupervisorState["agent"][];
}

/** Pushes the cube until the fault has been on for a while; the same in every run. */
async function pushUnder(fault: string): Promise<Pushed> {
  const rehearsal = [`faults:=[{ fault: ${fault}, fromS: ${BEGIN_S} }]`, `guards.maxSurprise:=${SURPRISE_MAX}`];
  const config = loadLaunch(join(packageRoot, "launch/panda-push.launch.yaml"), ["backend.mode:=lockstep", ...LIGHT, ...rehearsal]);
  const enough = new AbortController();
  const surprises: (number | null)[] = [];
  const faults: { code: string; afterMs: number }[] = [];
  const states: SupervisorState["agent"][] = [];
  let decisions = 0;
  const report = await run(await draw(config), {
    say: () => {},
    signal: enough.signal,
    taps: [
      ({ clock }) => {
        const beginNs = clock.nowNs() + BigInt(BEGIN_S * 1e9);
        return {
          name: "faults",
          tick({ decision }) {
            if (clock.nowNs() > beginNs) surprises.push(decision.surprise);
            if (++decisions > 20) enough.abort();
          },
          state: ({ agent }) => void states.push(agent),
          fault({ error }) {
            const afterMs = Number(clock.nowNs() - beginNs) / 1e6;
            if (afterMs >= 0 && error instanceof AgentError) faults.push({ code: error.code, afterMs });
          },
        };
      },
    ],
  });
  return { result: report.result, reason: report.reason, surprises, faults, states };
}

/** A fault that the supervisor is told of, and how long that took. */
function toldOf({ faults }: Pushed, code: string, withinMs: number): number {
  const found = faults.find((each) => each.code === code);
  assert.ok(found, `${code} was never told; ${faults.map((each) => each.code).join(", ") || "nothing was"}`);
  assert.ok(found.afterMs <= withinMs, `after ${found.afterMs} ms`);
  return found.afterMs;
}

const SURPRISED_MS = 8 * PERIOD_MS;

export const WORLD_CASES: readonly FaultCase[] = [
  {
    id: "A9",
    fault: "two cameras in each other's place",
    detectedBy: "surprise (guards.maxSurprise), model.surprised",
    deadline: SURPRISED_MS,
    safeState: "half the speed at once, then holds, at rest within 0.4 s",
    recovered: "by itself where the world is as imagined again; else it holds again, and stops",
    clock: "virtual",
    async run() {
      const pushed = await pushUnder("cameras-exchanged");
      const tookMs = toldOf(pushed, "model.surprised", SURPRISED_MS);
      assert.ok(pushed.states.includes("holding"));
      assert.notEqual(pushed.result, "succeeded");
      return tookMs;
    },
  },
  {
    id: "A10",
    fault: "something stands before half of a camera",
    detectedBy: "surprise (guards.maxSurprise)",
    deadline: 2 * PERIOD_MS,
    safeState: "half the speed, from a plan that is made anew",
    recovered: "by itself, once decisions are as imagined again",
    clock: "virtual",
    async run() {
      const { surprises } = await pushUnder("camera-covered");
      const watch = createSurpriseWatch(SURPRISE_MAX);
      const heeded = surprises.map(watch);
      const at = heeded.findIndex((each) => each !== "calm");
      assert.ok(at >= 0 && at <= 1, `heeded ${heeded.join(", ")} at ${surprises.join(", ")}`);
      return (at + 1) * PERIOD_MS;
    },
  },
  {
    id: "E5a",
    fault: "a model answers the same whatever it is shown",
    detectedBy: "encoder, model.constant",
    deadline: 2 * PERIOD_MS,
    safeState: "stopped, at rest within 0.4 s; the task is not called done",
    recovered: "a person: reset, start",
    clock: "virtual",
    async run() {
      const pushed = await pushUnder("model-constant");
      assert.equal(pushed.result, "stopped", pushed.reason);
      return toldOf(pushed, "model.constant", 2 * PERIOD_MS);
    },
  },
  {
    id: "E5b",
    fault: "a model's answers are saturated",
    detectedBy: "planner, plan.infeasible",
    deadline: PERIOD_MS,
    safeState: "nothing of it is sent, at rest within 0.4 s; holds after ten in a row",
    recovered: "the next decision",
    clock: "virtual",
    async run() {
      const pushed = await pushUnder("model-saturated");
      assert.notEqual(pushed.result, "succeeded");
      assert.ok(pushed.states.includes("holding"));
      return toldOf(pushed, "plan.infeasible", PERIOD_MS);
    },
  },
];
