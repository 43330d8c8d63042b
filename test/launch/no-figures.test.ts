/** Every report of something that did not happen says so: none of them says NaN, Infinity or undefined. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { show } from "../../launch/cli/command-line.ts";
import { printPractice } from "../../launch/learn/practise.ts";
import { printTraining } from "../../launch/learn/print-training.ts";
import { printBenchStop } from "../../launch/measure/bench/stop.ts";
import { printEvaluation } from "../../launch/measure/eval.ts";
import type { EvaluationReport } from "../../launch/measure/evaluate.ts";
import { printRobustness } from "../../launch/measure/robustness.ts";
import { createStatisticsTap } from "../../launch/run/statistics-tap.ts";

/** One episode that needed no decision, or none at all. */
const evaluation = (episodes: number): EvaluationReport => ({
  ...{ task: "push", goal: "image", policy: "mode2", mode: "lockstep", episodes, successes: 0, success: 0, wilson95: [0, 1] },
  ...{ funnel: null, finalErrorCm: { p50: null, p90: null }, planMs: { p50: null, p99: null }, decisionMs: { p50: null, p99: null } },
  ...{ decisionsPerEpisode: 0, guardInterventions: 0, modelCalls: 0, seed: 1000, modelHash: "0".repeat(64), rows: [] },
});
const nothing = { p50: Number.NaN, max: Number.NEGATIVE_INFINITY };

const reports: Readonly<Record<string, () => string>> = {
  eval: () => printEvaluation(evaluation(1)),
  "eval without an episode": () => printEvaluation(evaluation(0)),
  "eval --robustness": () => printRobustness([{ name: "as trained", overrides: [], report: evaluation(0) }]),
  practise: () => printPractice({ lessons: 0, figures: {}, mode2: evaluation(1), mode1: evaluation(1) }),
  train: () =>
    printTraining({
      ...{
        heldOutFrames: 0,
        effectiveRank: Number.NaN,
        probeObject: { linearMeanM: Number.NaN, mlpMeanM: undefined, mlpP95M: Number.NaN },
      },
      ...{
        ahead1: { latentRelativeToCopy: Number.NaN, objectMeanM: Number.NaN },
        critic: { costAt1: Number.NaN },
        uncertainty: { median: Number.NaN },
      },
    }),
  "bench stop": () =>
    printBenchStop({
      ...{ bench: "stop", robot: "panda", backend: "sim", joint: "joint1" },
      rows: [{ speedShare: 0.25, speedRadPerS: 0.5, stops: 0, restMs: nothing, wayRad: nothing, toolCm: nothing }],
    } as unknown as Parameters<typeof printBenchStop>[0]),
};
for (const [name, print] of Object.entries(reports)) {
  test(`${name} says no figure where there is none`, () => {
    const said = print();
    assert.doesNotMatch(said, /NaN|Infinity|undefined|null/);
    assert.match(said, /no figure|no episode ended/);
  });
}

test("a run without a decision has no times, and its JSON none that is no number", () => {
  const report = createStatisticsTap().report();
  assert.deepEqual([report.planMs, report.decisionMs], [null, null]);
  assert.doesNotMatch(JSON.stringify(evaluation(1)), /NaN|Infinity|undefined/);
});

test("whatever a command measured, what it prints and writes has no number that is none", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-figures-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const said: string[] = [];
  context.mock.method(console, "log", (text: string) => void said.push(text));
  const file = join(folder, "report.json");
  show(
    { p50: Number.NaN, rows: [{ max: Number.NEGATIVE_INFINITY, none: undefined }] },
    "p50 NaN ms, max -Infinity ms, undefined rows",
    file,
  );
  assert.deepEqual(said, ["p50 no figure ms, max no figure ms, no figure rows"]);
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), { writtenBy: "foresight", p50: null, rows: [{ max: null }] });
});
