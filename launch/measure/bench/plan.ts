import { openBody } from "../../../runtime/assemble/body.ts";
import { openBrain } from "../../../runtime/assemble/brain.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../../runtime/core/errors.ts";
import { figure, percent } from "../../../runtime/core/figure.ts";
import { round } from "../../../runtime/core/statistics.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import { openSessionWorker, type SessionWorker } from "../../../runtime/graph/session.ts";
import { simSection } from "../../backends/sim/backend.ts";
import { type Blueprint, effectMs } from "../../blueprint.ts";
import { draw, openRobot } from "../../compose.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { drawnTrial } from "../../drawn-trial.ts";
import { localProvider } from "../../inference.ts";
import { skillsOf, trialNameOf, trialSpecOf } from "../../task-facts.ts";
import { evaluate } from "../evaluate.ts";
import { countFlop } from "./flop.ts";
import { gemmPeakGflops } from "./gemm.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { type PeerRow, runPeer } from "./peer.ts";
import type { PlanSize } from "./plan-size.ts";
import { type Spread, spreadOf, table } from "./table.ts";

export interface BenchPlanOptions {
  /** A launch file with backend.kind sim; its mode is set to lockstep. */
  readonly config: LaunchConfig;
  /** Measured decisions of each row; default 200. */
  readonly decisions?: number;
  /** Default: the launch file's own and four well-known ones, and the hierarchical planner's where the model has its networks. */
  readonly sizes?: readonly PlanSize[];
  /** Inference threads; default 1 and 2. */
  readonly threads?: readonly number[];
  /** A Python that has torch and onnx, for the peer row; null says why there is none. */
  readonly torch: string | null;
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface PlanRow extends PlanSize {
  readonly threads: number;
  readonly solver: string;
  readonly proposals: boolean;
  readonly decisions: number;
  readonly encodeMs: Spread;
  /** Judging the present and planning, with the way to the worker and back. */
  readonly planMs: Spread;
  readonly guardMs: Spread;
  readonly decisionMs: Spread;
  /** Matrix products of one plan. */
  readonly gflop: number;
  /** Over the median plan time. */
  readonly gflops: number;
  /** Of the GEMM peak with as many threads, 0..1. */
  readonly peakShare: number;
}

export interface BenchPlanResult {
  readonly bench: "plan";
  readonly machine: Machine;
  readonly model: { readonly name: string; readonly hash: string };
  readonly provider: string;
  /** GFLOP/s of one big float32 product, by threads. */
  readonly gemmPeakGflops: Readonly<Record<string, number>>;
  readonly rows: readonly PlanRow[];
  readonly peer: PeerRow;
}

const SIZES: readonly PlanSize[] = [
  { samples: 200, iterations: 4, horizon: 5 },
  { samples: 128, iterations: 3, horizon: 5 },
  { samples: 64, iterations: 2, horizon: 5 },
  { samples: 64, iterations: 2, horizon: 3 },
];
const WARM_UP_DECISIONS = 20;
const EPISODE_DECISIONS = 40;

/** Throws AgentErrors of the launch file's parts. */
export async function benchPlan(options: BenchPlanOptions): Promise<BenchPlanResult> {
  const { config, threads = [1, 2], torch, onProgress, signal } = options;
  const machine = describeMachine();
  const blueprint = await draw(config);
  const peaks: Record<string, number> = {};
  const rows: PlanRow[] = [];
  let provider = "cpu";
  for (const count of threads) {
    const peak = await gemmPeakGflops(count);
    peaks[count] = round(peak, 1);
    for (const planner of plannersOf(blueprint, options)) {
      signal.throwIfAborted();
      onProgress?.(`${count} ${count === 1 ? "thread" : "threads"}, ${planner.solver} of ${planner.samples} candidates`);
      const measured = await measure(blueprint, planner, count, options);
      provider = measured.provider;
      rows.push(rowOf(measured, planner, count, peak));
    }
  }
  const { spec, modelHash, folder } = blueprint.model;
  const last = rows.at(-1);
  invariant(last, "bench plan: no row was asked for");
  const searching = rows.filter((row) => row.threads === last.threads && row.solver !== "hierarchical"); // What the peer has.
  const widest = searching.reduce((most, row) => (most && most.gflop >= row.gflop ? most : row), null as PlanRow | null);
  onProgress?.("the same in PyTorch");
  const peer = widest
    ? await runPeer({ python: torch, folder, threads: widest.threads, size: widest, planP50Ms: widest.planMs.p50, signal })
    : { missing: "the hierarchical plan is not written in PyTorch; a row of another planner.solver has one" };
  return { bench: "plan", machine, model: { name: spec.name, hash: modelHash }, provider, gemmPeakGflops: peaks, rows, peer };
}

export function printBenchPlan({ machine, model, provider, gemmPeakGflops: peaks, rows, peer }: BenchPlanResult): string {
  const spread = ({ p50, p99 }: Spread): string => `${figure(p50, { digits: 2 })}/${figure(p99, { digits: 2 })}`;
  const lines = rows.map((row) => ({
    threads: row.threads,
    plan: `${row.solver} ${sizeText(row)}${row.proposals ? " +policy" : ""}`,
    "encode p50/p99 ms": spread(row.encodeMs),
    "plan ms": spread(row.planMs),
    "guard ms": spread(row.guardMs),
    "decision ms": spread(row.decisionMs),
    GFLOP: round(row.gflop, 2),
    "GFLOP/s": row.gflops,
    "of peak": percent(row.peakShare, 0),
  }));
  const peak = Object.entries(peaks).map(([threads, gflops]) => `${gflops} GFLOP/s with ${threads}`);
  const peerLine =
    "missing" in peer
      ? `peer row missing: ${peer.missing}`
      : `peer: ${peer.framework}, ${sizeText(peer)}, ${peer.threads} threads: plan p50 ${peer.p50Ms} ms, p99 ${peer.p99Ms} ms = ${peer.ratio} x ours`;
  return [
    machineLine(machine),
    `model ${model.name} ${model.hash.slice(0, 12)}, provider ${provider}; GEMM peak by threads: ${peak.join(", ")}`,
    table(lines),
    peerLine,
  ].join("\n");
}

const sizeText = ({ samples, iterations, horizon }: PlanSize): string => `${samples}x${iterations}x${horizon}`;
const sizeOf = ({ samples, iterations, horizon }: PlanSize): PlanSize => ({ samples, iterations, horizon });

/** What is measured: the launch file's planner in every size, then the hierarchical one where there is one to measure. */
function plannersOf({ config: { planner }, model: { networks } }: Blueprint, { sizes }: BenchPlanOptions): readonly Planner[] {
  const own = (sizes ?? distinct([sizeOf(planner), ...SIZES])).map((size) => ({ ...planner, ...size }));
  if (sizes || planner.solver === "hierarchical" || !networks.prior || !networks.subgoal) return own;
  return [...own, { ...planner, solver: "hierarchical", samples: HIERARCHICAL_SAMPLES }];
}

type Planner = LaunchConfig["planner"];
const HIERARCHICAL_SAMPLES = 40;
const distinct = (sizes: readonly PlanSize[]): readonly PlanSize[] => [...new Map(sizes.map((size) => [sizeText(size), size])).values()];

interface Measured {
  /** As the solver makes of what it was given. */
  readonly size: PlanSize;
  readonly provider: string;
  readonly flop: number;
  readonly timings: readonly Tick["timing"][];
}

function rowOf({ timings, flop, size }: Measured, { solver, proposals }: Planner, threads: number, peakGflops: number): PlanRow {
  const planMs = spreadOf(timings.map((timing) => timing.planMs));
  const gflops = flop / 1e6 / planMs.p50;
  return {
    threads,
    solver,
    ...size,
    proposals,
    decisions: timings.length,
    encodeMs: spreadOf(timings.map((timing) => timing.encodeMs)),
    planMs,
    guardMs: spreadOf(timings.map((timing) => timing.guardMs)),
    decisionMs: spreadOf(timings.map((timing) => timing.decisionMs)),
    gflop: round(flop / 1e9, 6),
    gflops: round(gflops, 1),
    peakShare: round(gflops / peakGflops, 3),
  };
}

/** Plays episodes of the launch file's task in lockstep until enough decisions are timed. */
async function measure(
  { config, spec, model }: Blueprint,
  planner: Planner,
  threads: number,
  options: BenchPlanOptions,
): Promise<Measured> {
  const { decisions = 200, signal } = options;
  const section = simSection(config, "bench plan needs the simulator");
  const [skill] = skillsOf(config.task);
  const trial = trialSpecOf(config);
  if (!skill || !trial)
    throw new AgentError(
      "launch.invalid",
      "task: names no skill that trials are drawn for; give bench plan a launch file whose task has one",
    );
  await using worker = openSessionWorker({ threads });
  const graphs: Uint8Array[] = [];
  using body = await openBody({ robot: spec, model: model.spec, ...config.guards });
  await using brain = await openBrain({
    package: model,
    skill,
    goalKind: "image",
    planner: { ...planner, policy: "mode2" },
    provider: localProvider(config.model),
    worker: remembering(worker, graphs),
    clock: new SystemClock(),
    toolAt: body.toolAt,
    hand: body.hand,
    workspace: config.guards.workspace,
    adaptive: false,
  });
  const lockstep = {
    ...config,
    backend: { ...section, mode: "lockstep" as const, latencyMs: Math.min(effectMs(config), model.spec.controlPeriodS * 1e3) },
  };
  const opened = await openRobot(lockstep, spec, { periodS: model.spec.controlPeriodS });
  await using _robot = opened.robot;
  const { world } = opened;
  invariant(world, "the simulator has a world");
  const play = (seed: number, episodes: number, decisionsMax: number, onTicks: (ticks: readonly Pick<Tick, "timing">[]) => void) =>
    evaluate({
      task: trialNameOf(config) ?? skill.name,
      trial,
      world,
      draw: (seed) => drawnTrial(config, seed, { robot: spec, kinematics: body.kinematics }),
      policy: "mode2",
      episodes,
      seed,
      decisionsMax,
      opened,
      brain,
      body,
      stopwatch: new SystemClock(),
      senses: { ...config.senses, cameras: config.cameras, joints: spec.joints },
      onEpisode: ({ ticks }) => onTicks(ticks),
      signal,
    });
  const timings: Tick["timing"][] = [];
  await play(1, 1, WARM_UP_DECISIONS, () => {});
  const keep = (ticks: readonly Pick<Tick, "timing">[]): void => void timings.push(...ticks.map(({ timing }) => timing));
  await play(2, Math.ceil(decisions / EPISODE_DECISIONS), Math.min(decisions, EPISODE_DECISIONS), keep);
  const [plannerGraph] = graphs;
  invariant(plannerGraph, "bench plan: the solver opened no planner graph");
  return { size: sizeOf(brain.solver.budget), provider: brain.provider.name, flop: await countFlop(plannerGraph), timings };
}

/** The worker, keeping the bytes of planner graphs that are opened. */
function remembering(worker: SessionWorker, graphs: Uint8Array[]): SessionWorker {
  return {
    get busy() {
      return worker.busy;
    },
    open(bytes, options) {
      if (options?.name?.includes("planner")) graphs.push(bytes);
      return worker.open(bytes, options);
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}
