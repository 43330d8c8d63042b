/** What an agent that remembers is offered: handed to the planner, judged like every other plan, and told so that it can be decided again. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Again, AgentParts, Pace } from "../../runtime/agent.ts";
import type { Instant } from "../../runtime/core/instant.ts";
import { createStage, runAll } from "../helpers/decision-stage.ts";

describe("what memory offers", () => {
  const remembered = Float32Array.of(9, 9, 9);
  const recall: AgentParts["recall"] = async () => [remembered];

  it("is asked for now and the goal, handed to the planner and told to whoever records", async () => {
    const { parts, log } = createStage();
    const asked: number[][] = [];
    const told: Instant[] = [];
    const noting: AgentParts["recall"] = async (latent, goal) => {
      asked.push([latent[0]!, goal[0]!]);
      return [remembered];
    };
    await runAll({ ...parts, recall: noting, onInstant: (instant) => void told.push(instant) });
    assert.deepEqual(asked[0], [10, 0]);
    assert.deepEqual(log.requests[0]?.offered, [remembered]);
    assert.deepEqual(told.flatMap((each) => (each.kind === "judged" ? [each.offered] : []))[0], [remembered]);
  });

  it("is judged by the guards like every other plan: what they stop is not sent", async () => {
    const { parts, log } = createStage();
    const obedient: AgentParts["solver"] = {
      ...parts.solver,
      plan: async (request, rng) => ({ ...(await parts.solver.plan(request, rng)), actions: request.offered![0]! }),
    };
    const guard: AgentParts["guard"] = {
      name: "stops what goes far",
      check: (segment) => (segment.knots.at(-1)!.positionRad[0]! > 1 ? { kind: "stop", why: ["too far"] } : { kind: "pass", segment }),
    };
    await runAll({ ...parts, recall, solver: obedient, guard });
    assert.deepEqual([log.acted.length, log.faults.length], [0, 3]);
  });

  it("is what was offered then where a recording is decided again, and memory is not asked", async () => {
    const { parts, log } = createStage();
    const then = Float32Array.of(1, 2, 3);
    const again = (offered: Again["offered"]): Pace => ({ ...parts.pace, again: () => ({ offered, failure: null, elapse: () => {} }) });
    await runAll({ ...parts, recall, pace: again([then]) });
    assert.deepEqual(log.requests[0]?.offered, [then]);
    const other = createStage();
    await runAll({ ...other.parts, recall, pace: { ...again(undefined), next: other.parts.pace.next } });
    assert.equal(other.log.requests[0]?.offered, undefined);
  });
});
