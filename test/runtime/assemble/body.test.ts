/** What may be changed of a body while it is in use: how old what it acts on may be, and only towards the stricter. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { openBody } from "../../../runtime/assemble/body.ts";
import { displacementAxes } from "../../../runtime/core/model.ts";
import { atRest, quinticSegment } from "../../../runtime/core/segment.ts";

const NOW_NS = 1_000_000_000n;
const agoNs = (ms: number): bigint => NOW_NS - BigInt(ms) * 1_000_000n;

const BODY = {
  robot: pandaSpec,
  model: { axes: displacementAxes({ axes: ["x", "y"], scaleM: 0.03 }), toolHeightM: 0.1, controlPeriodS: 0.2 },
  workspace: { minM: [0.2, -0.5, 0], maxM: [0.9, 0.5, 1], tableZM: 0, tableClearanceM: 0.01 },
  keepOut: [],
  ...{ maxObservationAgeMs: 400, maxPlanAgeMs: 300 },
} as const;

test("a slower tool and a heavier payload take effect with the next segment, and never less than the body was opened with", async () => {
  using body = await openBody({ ...BODY, maxToolSpeedMPerS: 0.5, payloadKg: 1 });
  const rest = atRest(Float64Array.from(pandaSpec.homeRad));
  const segment = quinticSegment({ id: 0, startNs: NOW_NS, from: rest, toRad: rest.positionRad.with(0, 0.1), durationS: 0.4 });
  const answer = () =>
    body.guard.check(segment, {
      ...{ nowNs: NOW_NS, observationReceivedNs: NOW_NS, observationStampNs: NOW_NS, planMadeNs: NOW_NS },
      ...{ commanded: rest, restRad: rest.positionRad, restInS: 0, toolAt: body.toolAt },
    });
  const whyOf = (): string => {
    const verdict = answer();
    return verdict.kind === "pass" ? "" : verdict.why.join("; ");
  };
  assert.equal(whyOf(), "");
  body.limitTool({ maxToolSpeedMPerS: 0.1, payloadKg: 0 });
  assert.match(whyOf(), /^tool-speed: tool would go 0\.2\d\d m\/s, at most 0\.100 m\/s; shortened to 0\.4 of the step$/);
  body.limitTool({ maxToolSpeedMPerS: 9, payloadKg: 30 });
  assert.match(whyOf(), /^torque: joint "joint\d" would need \d+\.\d N m with 30 kg at the tool, has \d+ N m; no shorter step is allowed$/);
  body.limitTool({ maxToolSpeedMPerS: Number.NaN, payloadKg: 0 });
  assert.equal(answer().kind, "stop", "a limit that is no number allows nothing");
  body.limitTool({ maxToolSpeedMPerS: 9, payloadKg: 0 });
  assert.equal(whyOf(), "", "taken back, what the body was opened with holds");
});

test("ages take effect with the next segment, and never become looser than what the body was opened with", async () => {
  using body = await openBody(BODY);
  const rest = atRest(Float64Array.from(pandaSpec.homeRad));
  const segment = quinticSegment({ id: 0, startNs: NOW_NS, from: rest, toRad: rest.positionRad, durationS: 0.2 });
  const whyStopped = (observationMs: number, planMs: number): readonly string[] => {
    const verdict = body.guard.check(segment, {
      nowNs: NOW_NS,
      observationReceivedNs: agoNs(observationMs),
      observationStampNs: agoNs(observationMs),
      planMadeNs: agoNs(planMs),
      commanded: rest,
      restRad: rest.positionRad,
      restInS: 0,
      toolAt: body.toolAt,
    });
    return verdict.kind === "stop" ? verdict.why : [];
  };
  assert.deepEqual(whyStopped(350, 250), []);
  body.limitAges({ maxObservationAgeMs: 100, maxPlanAgeMs: 200 });
  assert.deepEqual(whyStopped(90, 190), []);
  assert.deepEqual(whyStopped(350, 250), [
    "freshness: observation received 350.0 ms ago, at most 100 ms",
    "freshness: observation taken 350.0 ms ago, at most 100 ms",
    "freshness: plan made 250.0 ms ago, at most 200 ms",
  ]);
  body.limitAges({ maxObservationAgeMs: 5000, maxPlanAgeMs: 5000 });
  assert.deepEqual(whyStopped(350, 250), []);
  assert.deepEqual(whyStopped(401, 301), [
    "freshness: observation received 401.0 ms ago, at most 400 ms",
    "freshness: observation taken 401.0 ms ago, at most 400 ms",
    "freshness: plan made 301.0 ms ago, at most 300 ms",
  ]);
});
