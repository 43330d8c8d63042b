/** What a run's report says of its guards: the limits in force, and every intervention in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { limitsOf } from "../../../launch/run/limits-in-words.ts";
import { printRun } from "../../../launch/run/report.ts";
import { createStatisticsTap } from "../../../launch/run/statistics-tap.ts";
import type { RunReport } from "../../../launch/run/words.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";

const timing = { encodeMs: 1, planMs: 2, guardMs: 1, decisionMs: 4, observationAgeMs: 1 };
const tick = (index: number, verdict: "pass" | "clip" | "stop", why: readonly string[] = []): Tick =>
  ({ decision: { index, verdict, why, plan: null }, timing }) as unknown as Tick;

test("every intervention is counted and told in words, the first ones printed, limits before them", async () => {
  const statistics = createStatisticsTap();
  statistics.tick?.(tick(0, "pass"));
  statistics.tick?.(tick(1, "clip", ["workspace: tool would be outside; shortened to 0.8 of the step"]));
  statistics.tick?.(tick(2, "stop", ["torque: too heavy", "torque: no shorter step is allowed"]));
  for (let index = 3; index < 400; index++) statistics.tick?.(tick(index, "clip", ["tool-speed: too fast"]));
  statistics.instant?.({ kind: "limited", atNs: 1n, who: "page", limits: { speedShare: 0.5, payloadKg: 1 } });
  const told = statistics.report();
  assert.equal(told.guardInterventions, 399);
  assert.equal(told.interventions.length, 200, "a run of days keeps the first");
  assert.deepEqual(told.interventions[1], {
    decision: 2,
    verdict: "stop",
    why: ["torque: too heavy", "torque: no shorter step is allowed"],
  });

  const loaded = loadLaunch("launch/panda-push.launch.yaml", ["guards.payloadKg:=0.5"]);
  const post = { name: "post", minM: [0.6, 0.4, 0] as const, maxM: [0.7, 0.5, 1] as const, marginM: 0.02 };
  const config = { ...loaded, guards: { ...loaded.guards, keepOut: [post] } } as unknown as typeof loaded;
  const model = await loadModelPackage(config.model.path);
  const limits = limitsOf({ config, spec: pandaSpec, model: { ...model, spec: { ...model.spec, surprise: undefined } } });
  const printed = printRun({
    ...{ result: "succeeded", reason: "done", mode: "lockstep", reached: null, distanceLeftCm: null, taps: [], replay: null },
    ...{ provider: "cpu", modelHash: "0".repeat(64), limits, ...told },
  } satisfies RunReport);
  assert.match(printed, /limits {9}every joint of "panda" within its range, 100 % of its speed/);
  assert.match(printed, /with 0\.5 kg at the tool/);
  assert.match(printed, /page, from decision 400 on, never looser than these: 50 % of every motion, 1 kg at the tool/);
  assert.match(printed, /links 0\.01 m apart and above the table, out of "post"/);
  assert.match(printed, /surprise is not calibrated for this model \(foresight calibrate-surprise\): nothing follows from one/);
  assert.match(printed, /decision 1 made smaller: workspace: tool would be outside; shortened to 0\.8 of the step/);
  assert.match(printed, /decision 2 refused: torque: too heavy; torque: no shorter step is allowed/);
  assert.match(printed, /and 387 more/);
  const calibrated = { ...model, spec: { ...model.spec, surprise: { alpha: 0.01, n: 300, quantile: 2.5 } } };
  const said = (asked: typeof config): string => limitsOf({ config: asked, spec: pandaSpec, model: calibrated }).join("\n");
  assert.match(said(config), /nothing follows from a surprise \(guards\.maxSurprise:=calibrated heeds what the model's card says\)/);
  const heeding = { ...config, guards: { ...config.guards, maxSurprise: "calibrated" } } as typeof config;
  assert.match(said(heeding), /surprise above 2\.500: slower, three in a row hold/);
});
