/** What the decision loop never sends, and where its errors go. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Verdict } from "../../runtime/core/guarding.ts";
import type { Segment } from "../../runtime/core/motion.ts";
import type { Latent, Plan, PlanRequest } from "../../runtime/core/planning.ts";
import type { Measures } from "../../runtime/core/skill.ts";
import { memoryless } from "../../runtime/encode/memoryless.ts";
import { createStage, runAll } from "../helpers/decision-stage.ts";

describe("what guards and supervisor forbid is not sent", () => {
  const stopping = (): Verdict => ({ kind: "stop", why: ["table: 2 mm too low"] });

  it("a guard's stop leaves no segment, says why, and lets the period pass", async () => {
    const { parts, log } = createStage();
    const ticks = await runAll({ ...parts, guard: { name: "table", check: stopping } });
    assert.deepEqual(log.acted, []);
    assert.ok(ticks.length > 0 && log.idleCount >= ticks.length);
    assert.equal(ticks[0]?.decision.verdict, "stop");
    assert.deepEqual(ticks[0]?.decision.why, ["table: 2 mm too low"]);
    assert.equal(ticks[0]?.decision.segment, null);
  });

  it("a guard's stop is a fault of its own code for the supervisor, not a sound decision", async () => {
    const { parts, log } = createStage();
    await runAll({ ...parts, guard: { name: "table", check: stopping } });
    assert.deepEqual(log.decided, []);
    assert.deepEqual(
      log.faults.map(({ code }) => code),
      ["guard.stop", "guard.stop", "guard.stop"],
    );
    assert.match(log.faults[0]!.message, /table: 2 mm too low/);
  });

  it("a clipped segment is sent as the guard left it, with the reason", async () => {
    const { parts, log } = createStage();
    const clip = (segment: Segment): Verdict => ({ kind: "clip", why: ["speed"], segment: { ...segment, id: segment.id + 100 } });
    const [tick] = await runAll({ ...parts, guard: { name: "speed", check: clip } });
    assert.equal(log.acted[0]?.id, 100);
    assert.equal(tick?.decision.segment?.id, 100);
    assert.deepEqual([tick?.decision.verdict, tick?.decision.why], ["clip", ["speed"]]);
  });

  it("a hold that comes while planning keeps the segment back", async () => {
    const { parts, log } = createStage();
    let planned = false;
    let held = 0;
    const permit = (): "act" | "hold" | "end" => {
      if (!planned) return "act";
      return held++ < 3 ? "hold" : "end";
    };
    const plan = async (request: PlanRequest): Promise<Plan> => {
      planned = true;
      return parts.solver.plan(request, parts.rng);
    };
    const ticks = await runAll({ ...parts, solver: { ...parts.solver, plan }, oversight: { ...parts.oversight, permit } });
    assert.deepEqual(log.acted, []);
    assert.equal(ticks[0]?.decision.segment, null);
    assert.ok(log.healthyCount > 0, "while holding, what is seen is still reported as sound");
  });

  it("while it only looks, what is seen is judged, and nothing is planned or sent", async () => {
    const { parts, log } = createStage();
    const looked: Measures[] = [];
    const permit = (): "look" | "end" => (looked.length < 3 ? "look" : "end");
    const ticks = await runAll({ ...parts, oversight: { ...parts.oversight, permit, looked: (measures) => void looked.push(measures) } });
    assert.deepEqual([ticks, log.acted, log.requests], [[], [], []]);
    assert.deepEqual(
      looked.map(({ criticCost }) => criticCost),
      [5, 5, 5],
    );
    assert.equal(log.idleCount, 3);
  });

  it("after a hold no plan is warm: the world has moved on", async () => {
    const { parts, log } = createStage();
    let asked = 0;
    const permit = (): "act" | "hold" | "end" => {
      asked++;
      if (log.requests.length === 1 && log.healthyCount < 2) return "hold";
      return log.requests.length < 2 ? "act" : "end";
    };
    await runAll({ ...parts, oversight: { ...parts.oversight, permit } });
    assert.ok(asked > 4);
    assert.equal(log.requests.length, 2);
    assert.equal(log.requests[1]?.warmStart, null);
  });

  it("nothing acts after an abort, even one that comes in the middle of planning", async () => {
    const { parts, log } = createStage();
    const aborting = new AbortController();
    const plan = async (request: PlanRequest): Promise<Plan> => {
      aborting.abort(new AgentError("stop.operator", "test"));
      return parts.solver.plan(request, parts.rng);
    };
    const ticks = await runAll({ ...parts, solver: { ...parts.solver, plan } }, aborting.signal);
    assert.deepEqual([log.acted, ticks, log.faults], [[], [], []]);
    assert.equal(log.requests.length, 1);
  });

  it("an abort before the first decision decides nothing", async () => {
    const { parts, log } = createStage();
    await runAll(parts, AbortSignal.abort());
    assert.equal(log.requests.length, 0);
  });
});

describe("errors", () => {
  it("of the world go to the supervisor; the loop goes on, cold, after a period", async () => {
    const { parts, log } = createStage();
    let calls = 0;
    const encode = async (): Promise<Latent> => {
      if (calls++ === 1) throw new AgentError("model.not-finite", "tiny encoder: latent entry 0 is NaN");
      return Float32Array.of(10);
    };
    const ticks = await runAll({ ...parts, believer: memoryless({ encode }) });
    assert.deepEqual(
      log.faults.map(({ code }) => code),
      ["model.not-finite"],
    );
    assert.equal(ticks.length, 2);
    assert.equal(log.idleCount, 1);
    assert.equal(log.requests[1]?.warmStart, null, "the plan before the fault is forgotten");
  });

  it("that are bugs throw", async () => {
    const { parts, log } = createStage();
    const encode = async (): Promise<Latent> => {
      throw new TypeError("undefined is not a latent");
    };
    await assert.rejects(runAll({ ...parts, believer: memoryless({ encode }) }), /undefined is not a latent/);
    assert.deepEqual([log.acted, log.faults], [[], []]);
  });
});
