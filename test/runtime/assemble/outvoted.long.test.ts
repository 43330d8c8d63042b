/** Whatever a planner is told to want, what reaches the arm keeps what the guards promise. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brokenPromise } from "../../../launch/measure/bench/guards/judge.ts";
import { createOwnArm } from "../../../launch/measure/bench/guards/own-arm.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { type Body, openBody } from "../../../runtime/assemble/body.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { createRng, type Rng } from "../../../runtime/core/rng.ts";
import { atRest, segmentRestRad } from "../../../runtime/core/segment.ts";
import type { TermSpec } from "../../../runtime/core/skill.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { openSession } from "../../../runtime/graph/session.ts";
import { createSolver, type SolverName } from "../../../runtime/plan/plan-solver.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_SCALE_M, tinyLatent, writeTinyModel } from "../../helpers/tiny-model.ts";

const NOW_NS = 1_000_000_000n;
const workspace = { minM: [0.3, -0.25, 0], maxM: [0.65, 0.25, 0.6], tableZM: 0, tableClearanceM: 0.01 } as const;
const axes = ["x", "y", "z"] as const;
const open = (bytes: Uint8Array, options = {}) => openSession(bytes, { ...options, provider: "cpu", threads: 1 });
const model = await loadModelPackage(writeTinyModel({ axes }));

const own = await createOwnArm(pandaSpec);

let body: Body;
before(async () => {
  body = await openBody({ robot: pandaSpec, model: model.spec, workspace, keepOut: [], maxObservationAgeMs: 400, maxPlanAgeMs: 300 });
});
after(() => body[Symbol.dispose]());

/** From nothing to a billion. */
const weight = (rng: Rng): number => 10 ** rng.between(-9, 9);
/** In the box, on its walls, behind the arm, under the table, on the moon. */
const goalM = (rng: Rng): Vec3 => {
  const farM = 10 ** rng.between(-1, 6);
  return [farM * rng.normal(), farM * rng.normal(), farM * rng.normal()];
};

/** Decisions in a row towards a goal; how many segments were let through. */
async function drive(name: SolverName, rng: Rng, decisions: number): Promise<number> {
  const term = (kind: TermSpec["term"], unit: TermSpec["unit"]): TermSpec => ({ term: kind, weight: weight(rng), unit });
  const terms = [term("tool-distance", "m"), term("effort", "1")];
  const skill = { name: "anything", terms: { tool: terms }, constraints: [] };
  const budget = { samples: 16, iterations: 2, horizon: 3, deadlineMs: 100 };
  const common = { package: model, skill, goalKind: "tool", sessions: { open }, clock: new ManualClock(), adaptive: false } as const;
  await using solver = await createSolver({ ...common, name, budget });
  let commanded = atRest(Float64Array.from(pandaSpec.homeRad));
  const goalPositionM = goalM(rng);
  let passed = 0;
  for (let decision = 0; decision < decisions; decision++) {
    const toolM = body.toolAt(commanded.positionRad);
    const latent = tinyLatent(toolM);
    const goal = Float32Array.from([...goalPositionM.map((x) => x / TINY_SCALE_M), 0, 0, 0]);
    const plan = await solver.plan({ latent, goal, goalPositionM, warmStart: null }, rng);
    const wanted = body.actuate(plan.actions.slice(0, axes.length), commanded, NOW_NS);
    const situation = {
      ...{ nowNs: NOW_NS, observationReceivedNs: NOW_NS, observationStampNs: NOW_NS, planMadeNs: NOW_NS },
      ...{ commanded, restRad: commanded.positionRad, restInS: 0, toolAt: body.toolAt },
    };
    const verdict = body.guard.check(wanted, situation);
    if (verdict.kind === "stop") continue;
    const promises = { ...own, joints: pandaSpec.joints, workspace, keepOut: [], maxToolSpeedMPerS: 1, payloadKg: 0 };
    assert.equal(brokenPromise(verdict.segment, situation, promises), null, `${name}, goal ${goalPositionM}, ${JSON.stringify(terms)}`);
    commanded = atRest(segmentRestRad(verdict.segment));
    passed++;
  }
  return passed;
}

for (const name of ["cem", "mppi", "icem", "gradient"] as const)
  test(`no weight and no goal makes ${name} cross a guard`, async () => {
    let passed = 0;
    for (let seed = 0; seed < 12; seed++) passed += await drive(name, createRng(seed), 20);
    assert.ok(passed > 60, `only ${passed} of 240 segments were let through: too few to say anything`);
  });

for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1])
  test(`a weight of ${odd} is refused before anything is planned`, async () => {
    const skill = { name: "odd", terms: { tool: [{ term: "tool-distance", weight: odd, unit: "m" }] }, constraints: [] } as const;
    const budget = { samples: 16, iterations: 1, horizon: 1, deadlineMs: 100 };
    const options = { package: model, skill, goalKind: "tool", sessions: { open }, clock: new ManualClock(), name: "cem", budget } as const;
    await assert.rejects(createSolver(options), { name: "AgentError" });
  });
