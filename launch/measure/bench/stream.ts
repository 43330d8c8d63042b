/** `foresight bench stream`: how evenly the keeper streams commands while a planner and the simulator take the cores (check (a) of the first design). */
import { type ForkedKeeperRobot, forkKeeper } from "../../../runtime/act/fork-keeper.ts";
import { NS_PER_MS, nsToMs, SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { moduleUrl } from "../../../runtime/core/package-root.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import { round } from "../../../runtime/core/statistics.ts";
import { openSessionWorker } from "../../../runtime/graph/session.ts";
import type { SimKeeperConfig } from "../../backends/sim/keeper.ts";
import { productChain } from "./gemm.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { swingOf } from "./swing.ts";
import { type Spread, spreadOf, table } from "./table.ts";

export interface BenchStreamOptions {
  readonly spec: RobotSpec;
  readonly cameras: readonly CameraSpec[];
  readonly supersample: number;
  readonly cameraRateHz: number;
  /** Of each row, 1 to 60 (the keeper remembers one minute); default 30. */
  readonly seconds?: number;
  /** Inference threads of each row, 0 for no planner; default 0, 1 and 2. */
  readonly threads?: readonly number[];
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface StreamRow {
  /** 0: nothing was planned. */
  readonly threads: number;
  readonly seconds: number;
  /** |period - 4 ms| of the command stream, by the keeper itself. */
  readonly periodErrorMs: Spread & { readonly p999: number; readonly max: number };
  readonly beats: number;
  /** Periods of more than 8 ms. */
  readonly lateBeats: number;
  readonly plans: number;
  readonly planMs: Spread | null;
  readonly segmentsRejected: number;
}

export interface BenchStreamResult {
  readonly bench: "stream";
  readonly machine: Machine;
  readonly streamRateHz: number;
  readonly planGflop: number;
  readonly planRateHz: number;
  readonly rows: readonly StreamRow[];
}

const PLAN_RATE_HZ = 5;
const STREAM_RATE_HZ = 250;
/** As a plan of 200 candidates and layers of 512: 95 products are 9.96 GFLOP. */
const LOAD = { rows: 200, size: 512, count: 95 } as const;
/** From the decision to the start of its segment. */
const EFFECT_MS = 60;
const SWING_RAD = 0.08;

/** Each row starts its own keeper with its own world, so that nothing is warm from the row before. */
export async function benchStream(options: BenchStreamOptions): Promise<BenchStreamResult> {
  const { seconds = 30, threads = [0, 1, 2], onProgress, signal } = options;
  if (!(seconds >= 1 && seconds <= 60))
    throw new AgentError(
      "launch.invalid",
      `bench stream: ${seconds} s is outside 1..60 s; give --seconds within them, the keeper remembers one minute`,
    );
  const machine = describeMachine();
  const load = productChain(LOAD.rows, LOAD.size, LOAD.count);
  const rows: StreamRow[] = [];
  for (const count of threads) {
    signal.throwIfAborted();
    onProgress?.(count === 0 ? "no planner" : `${count} inference ${count === 1 ? "thread" : "threads"}`);
    rows.push(await measure(options, count, seconds, load));
  }
  return { bench: "stream", machine, streamRateHz: STREAM_RATE_HZ, planGflop: round(load.gflop, 2), planRateHz: PLAN_RATE_HZ, rows };
}

export function printBenchStream({ machine, planGflop, planRateHz, streamRateHz, rows }: BenchStreamResult): string {
  const lines = rows.map(({ threads, seconds, periodErrorMs, lateBeats, beats, plans, planMs }) => ({
    planner: threads === 0 ? "none" : `${threads} thr`,
    s: seconds,
    "period error p50 ms": periodErrorMs.p50,
    p99: periodErrorMs.p99,
    "p99.9": periodErrorMs.p999,
    max: periodErrorMs.max,
    "late/beats": `${lateBeats}/${beats}`,
    plans,
    "plan p50 ms": planMs?.p50 ?? "-",
    "plan p99 ms": planMs?.p99 ?? "-",
  }));
  const what = `${streamRateHz} Hz stream in the keeper, MuJoCo and cameras in its worker thread, ${planGflop} GFLOP at ${planRateHz} Hz in the planner's`;
  return `${machineLine(machine)}\n${what}\n${table(lines)}`;
}

async function measure(
  options: BenchStreamOptions,
  threads: number,
  seconds: number,
  load: ReturnType<typeof productChain>,
): Promise<StreamRow> {
  const { spec, cameras, supersample, cameraRateHz, signal } = options;
  const clock = new SystemClock();
  const config: SimKeeperConfig = { robot: spec, scene: defaultScene, cameras, supersample, cameraRateHz };
  await using robot = await forkKeeper({ spec, entry: moduleUrl("../../backends/sim/keeper.ts", import.meta.url), config });
  await using worker = openSessionWorker({ threads: Math.max(1, threads) });
  await using session = await worker.open(load.bytes, { provider: "cpu", name: "load" });
  const over = new AbortController();
  const watching = robot.observe(over.signal).subscribe({ error: (error: unknown) => over.abort(error) });
  const plansMs: number[] = [];
  let rejected = 0;
  let thinking = false;
  let index = 0;
  const decide = async (): Promise<void> => {
    if (thinking) return; // A plan that takes longer than a period skips the next one, as the agent's loop does.
    thinking = true;
    try {
      const startNs = clock.nowNs();
      if (threads > 0) {
        await session.run(load.feeds);
        plansMs.push(nsToMs(clock.nowNs() - startNs));
      }
      if (!(await swing(robot, clock, index++))) rejected++;
    } catch (error) {
      over.abort(error);
    } finally {
      thinking = false;
    }
  };
  const stopDeciding = clock.every(1e3 / PLAN_RATE_HZ, () => void decide());
  try {
    await clock.sleep(seconds * 1e3, AbortSignal.any([signal, over.signal]));
  } finally {
    stopDeciding();
    watching.unsubscribe();
  }
  const stats = await robot.stats();
  return {
    threads,
    seconds,
    periodErrorMs: { p50: round(stats.p50Ms, 3), p99: round(stats.p99Ms, 3), p999: round(stats.p999Ms, 3), max: round(stats.maxMs, 3) },
    beats: stats.beatCount,
    lateBeats: stats.lateCount,
    plans: plansMs.length,
    planMs: plansMs.length > 0 ? spreadOf(plansMs) : null,
    segmentsRejected: rejected,
  };
}

/** Turns the first joint to and fro, so that the stream carries motion; false when the keeper refused. */
async function swing(robot: ForkedKeeperRobot, clock: SystemClock, index: number): Promise<boolean> {
  const startNs = clock.nowNs() + BigInt(EFFECT_MS) * NS_PER_MS;
  const from = robot.commandedAt(startNs);
  const swingRad = swingOf(robot.spec, SWING_RAD);
  const toRad = Float64Array.from(robot.spec.homeRad, (rad, joint) => (joint === 0 ? rad + (index % 2 === 0 ? swingRad : -swingRad) : rad));
  try {
    await robot.act(quinticSegment({ id: index, startNs, from, toRad, durationS: 0.4 }));
    return true;
  } catch (error) {
    if (error instanceof AgentError && error.code === "plan.late") return false; // Counted: a busy machine may hand over too late.
    throw error;
  }
}
