/** Every report of something that did not happen says so: none of them says NaN, Infinity or undefined. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { show } from "../../launch/cli/command-line.ts";
import { printPractice } from "../../launch/learn/practise.ts";
import { printTraining } from "../../launch/learn/print-training.ts";
import { printBenchFleet } from "../../launch/measure/bench/fleet.ts";
import { printBenchGuards } from "../../launch/measure/bench/guards/print.ts";
import { printBenchJitter } from "../../launch/measure/bench/jitter/jitter.ts";
import { describeMachine } from "../../launch/measure/bench/machine.ts";
import { printBenchPage } from "../../launch/measure/bench/page.ts";
import { printBenchPlan } from "../../launch/measure/bench/plan.ts";
import { printBenchRecord } from "../../launch/measure/bench/record.ts";
import { printBenchServos } from "../../launch/measure/bench/servos.ts";
import { printBenchSim } from "../../launch/measure/bench/sim.ts";
import { printBenchSoak } from "../../launch/measure/bench/soak/print.ts";
import { printBenchStop } from "../../launch/measure/bench/stop.ts";
import { printEvaluation } from "../../launch/measure/eval.ts";
import type { EvaluationReport } from "../../launch/measure/evaluate.ts";
import { printRobustness } from "../../launch/measure/robustness.ts";
import { createStatisticsTap } from "../../launch/run/statistics-tap.ts";

/** One episode that needed no decision, or none at all. */
const evaluation = (episodes: number): EvaluationReport => ({
  ...{ task: "push", goal: "image", policy: "mode2", mode: "lockstep", episodes, successes: 0, success: 0, wilson95: [0, 1] },
  ...{ funnel: null, finalErrorCm: { p50: null, p90: null }, planMs: { p50: null, p99: null }, decisionMs: { p50: null, p99: null } },
  ...{ decisionsPerEpisode: 0, guardInterventions: 0, bystanders: null, modelCalls: 0, seed: 1000, modelHash: "0".repeat(64), rows: [] },
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

const [none, machine, model] = [Number.NaN, describeMachine(), { name: "push", hash: "0".repeat(64) }];
const spread = { p50: none, p99: none, p999: none, max: Number.NEGATIVE_INFINITY };
/** What each bench would tell if it was ended before it had measured anything. */
const benches: Readonly<Record<string, () => string>> = {
  fleet: () =>
    printBenchFleet({
      machine,
      seconds: 1,
      rows: [{ arms: 1, cores: none, memoryMiB: none, ownCores: none, decisionsPerS: none, faults: [] }],
      perExtraArm: null,
    } as never),
  guards: () =>
    printBenchGuards({
      machine,
      robot: "panda",
      model: "push",
      planners: [],
      terms: [],
      seed: 1,
      cases: 0,
      kinds: [],
      problems: [],
      rows: [],
      chainMs: spread,
    } as never),
  jitter: () => printBenchJitter({ machine, seconds: 1, runs: [] } as never),
  page: () =>
    printBenchPage({
      machine,
      camera: "640x480",
      rows: [{ viewers: 1, seconds: 1, coreShare: none }],
      firstLoad: { files: 0, bytes: 0, tookMs: none },
    } as never),
  plan: () =>
    printBenchPlan({
      ...{ machine, model, provider: "cpu", gemmPeakGflops: { 1: none }, peer: { missing: "no Python" } },
      rows: [
        {
          threads: 1,
          solver: "cem",
          samples: 1,
          iterations: 1,
          horizon: 1,
          encodeMs: spread,
          planMs: spread,
          guardMs: spread,
          decisionMs: spread,
          gflop: none,
          gflops: none,
          peakShare: none,
        },
      ],
    } as never),
  record: () =>
    printBenchRecord({
      machine,
      camera: "640x480",
      jointsHz: 250,
      rows: [{ pictures: "png", seconds: 1, news: 0, dropped: 0, coreShare: none, tellMs: spread, megabytesPerS: none }],
      lostMs: [],
    } as never),
  servos: () =>
    printBenchServos({
      machine,
      seconds: 0,
      rateHz: 100,
      rounds: 0,
      skippedShare: none,
      lateShare: none,
      roundMs: spread,
      transactions: 0,
      malformed: 0,
      lostPer1000: none,
      lateAnswers: 0,
      keeperCoreShare: none,
      strayedRad: none,
      faults: [],
    } as never),
  sim: () =>
    printBenchSim({
      machine,
      rows: [{ cameras: [], decisionMs: spread, physicsMs: spread, pictureMs: spread, factor: Number.POSITIVE_INFINITY }],
    } as never),
  soak: () =>
    printBenchSoak({
      ...{
        machine,
        backend: "sim",
        listeners: [],
        wantedMinutes: 1,
        minutes: 0,
        ended: "interrupted",
        tasks: {},
        stops: {},
        loopDelayMs: spread,
      },
      ...{
        decided: { made: 0, late: 0, missed: 0, longestGapMs: none, faults: {} },
        growth: { agent: null, keeper: null, agentHeap: null },
        samples: [],
      },
    } as never),
};
for (const [name, print] of Object.entries(benches))
  test(`bench ${name} that was ended before it measured anything says no number that is none`, (context) => {
    const said: string[] = [];
    context.mock.method(console, "log", (text: string) => void said.push(text));
    show({}, print(), undefined);
    assert.doesNotMatch(said.join("\n"), /NaN|Infinity|undefined/);
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
