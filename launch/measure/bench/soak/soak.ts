/** `foresight bench soak`: an agent and its keeper for hours, with everybody listening. Do decisions stay on time, do memory and handles stay where they are? */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { nsToSeconds, SystemClock } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { round } from "../../../../runtime/core/statistics.ts";
import type { Tap } from "../../../../runtime/core/tap.ts";
import { backendOf } from "../../../backends/registry.ts";
import { draw } from "../../../compose.ts";
import type { LaunchConfig } from "../../../config/schema.ts";
import { run } from "../../../run/run.ts";
import type { Party } from "../../../run/words.ts";
import { describeMachine, type Machine } from "../machine.ts";
import { createDecidedOnTime, type Decided } from "./decided-on-time.ts";
import { type Slope, slopeOf } from "./slope.ts";
import { type Vitals, vitalsOf } from "./vitals.ts";

export interface BenchSoakOptions {
  readonly config: LaunchConfig;
  readonly minutes: number;
  /** Between two samples. */
  readonly everyS: number;
  readonly onProgress: (line: string) => void;
  /** Aborting it ends the run; what was measured until then is told. */
  readonly signal: AbortSignal;
}

/** Since the run began. */
export interface SoakSample {
  readonly atS: number;
  readonly decisions: number;
  /** This process, with the bench in it. `handles`: what keeps its event loop awake. */
  readonly agent: Vitals & { readonly heapMiB: number; readonly handles: number };
  /** Null where the robot has no process of its own. `beatErrorP99Ms`: |period - 4 ms| of the last minute. */
  readonly keeper: (Vitals & { readonly beatErrorP99Ms: number; readonly beats: number; readonly lateBeats: number }) | null;
  readonly loadAverage: number;
}

export interface BenchSoakResult {
  readonly bench: "soak";
  readonly machine: Machine;
  readonly backend: string;
  readonly listeners: readonly string[];
  readonly wantedMinutes: number;
  readonly minutes: number;
  /** Why it ended. */
  readonly ended: string;
  readonly decided: Decided;
  /** Tasks that ended, by result; each was begun again. */
  readonly tasks: Readonly<Record<string, number>>;
  /** Stops that somebody had to reset, by reason; its figures are N. */
  readonly stops: Readonly<Record<string, number>>;
  /** Of this process's event loop, beyond the beat of its own measurement. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** MiB an hour; null where it was too short. */
  readonly growth: { readonly agent: Slope | null; readonly agentHeap: Slope | null; readonly keeper: Slope | null };
  readonly samples: readonly SoakSample[];
}

const WHO = "soak";
/** A beat of the measurement, finer than any delay that matters to five decisions a second. */
const RESOLUTION_MS = 10;
/** What a person beside it does: a stop is reset, a task that ended is begun again. */
const LOOK_MS = 1000;

/** Throws AgentErrors of `run`, and `launch.invalid` for a world that waits: in it nothing is late. */
export async function benchSoak({ config, minutes, everyS, onProgress, signal }: BenchSoakOptions): Promise<BenchSoakResult> {
  const { world } = backendOf(config).facts;
  if (world?.mode === "lockstep") throw new AgentError("launch.invalid", "bench soak: measures time; use backend.mode:=realtime");
  const clock = new SystemClock();
  const machine = describeMachine();
  const blueprint = await draw(config);
  const over = new AbortController();
  const samples: SoakSample[] = [];
  const tasks: Record<string, number> = {};
  const stops: Record<string, number> = {};
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const decided = createDecidedOnTime(clock, blueprint.model.spec.controlPeriodS);
  let startNs = clock.nowNs();
  let isSampling = false;
  const sample = async (party: Party): Promise<void> => {
    if (isSampling) return;
    isSampling = true;
    samples.push(await lookAt(party, nsToSeconds(clock.nowNs() - startNs), decided.count().made).finally(() => (isSampling = false)));
    onProgress(progressOf(samples.at(-1)!, decided.count(), minutes));
  };
  const person = (party: Party): void => {
    const { agent, reason } = party.supervisor.state;
    if (over.signal.aborted) return;
    if (agent === "stopped" || agent === "faulted") {
      const alike = reason.replaceAll(/\d+(\.\d+)?/g, "N"); // The same stop with other figures is the same stop.
      stops[alike] = (stops[alike] ?? 0) + 1;
      party.desk.command(WHO, "reset");
    } else if (agent === "idle") party.desk.command(WHO, "start");
  };
  const openTap = (party: Party): Tap => {
    startNs = clock.nowNs();
    delay.enable();
    const ends = [
      clock.every(everyS * 1e3, () => void sample(party).catch((error: unknown) => over.abort(error))),
      clock.every(LOOK_MS, () => person(party)),
    ];
    party.supervisor.intents.subscribe((intent) => {
      if (intent.type === "finish") tasks[intent.result] = (tasks[intent.result] ?? 0) + 1;
    });
    clock.sleep(minutes * 60e3, over.signal).then(
      () => over.abort(new AgentError("stop.operator", "its time was over")),
      () => {},
    );
    return {
      ...decided,
      close() {
        delay.disable();
        for (const end of ends) end();
      },
    };
  };
  const until = AbortSignal.any([signal, over.signal]);
  const report = await run(blueprint, { say: console.error, signal: until, taps: [openTap], ends: "when-told" });
  over.abort();
  const beyond = (ns: number): number => round(Math.max(0, ns / 1e6 - RESOLUTION_MS), 2);
  const growth = (value: (sample: SoakSample) => number | undefined): Slope | null =>
    slopeOf(samples.flatMap((each) => (value(each) === undefined ? [] : [{ atS: each.atS, value: value(each)! }])));
  return {
    ...{ bench: "soak", machine, backend: config.backend.kind, listeners: listenersOf(config), wantedMinutes: minutes },
    minutes: round(nsToSeconds(clock.nowNs() - startNs) / 60, 2),
    ended: until.reason instanceof Error ? until.reason.message : report.reason,
    ...{ decided: decided.count(), tasks, stops, samples },
    loopDelayMs: { p50: beyond(delay.percentile(50)), p99: beyond(delay.percentile(99)), max: beyond(delay.max) },
    growth: {
      agent: growth(({ agent }) => agent.memoryMiB),
      agentHeap: growth(({ agent }) => agent.heapMiB),
      keeper: growth(({ keeper }) => keeper?.memoryMiB),
    },
  };
}

async function lookAt({ keeper }: Party, atS: number, decisions: number): Promise<SoakSample> {
  const stats = await keeper?.stats();
  return {
    atS: round(atS, 1),
    decisions,
    agent: {
      ...vitalsOf(process.pid),
      heapMiB: round(process.memoryUsage().heapUsed / 2 ** 20, 2),
      handles: process.getActiveResourcesInfo().length,
    },
    keeper:
      keeper && stats
        ? { ...vitalsOf(keeper.pid), beatErrorP99Ms: round(stats.p99Ms, 3), beats: stats.beatCount, lateBeats: stats.lateCount }
        : null,
    loadAverage: describeMachine().loadAverage,
  };
}

const progressOf = ({ atS, agent, keeper }: SoakSample, { made, late, missed }: Decided, minutes: number): string =>
  `${(atS / 60).toFixed(1)} of ${minutes} min: ${made} decisions, ${late} late, ${missed} missed; agent ${agent.memoryMiB.toFixed(0)} MiB, ${agent.files} files${keeper ? `; keeper ${keeper.memoryMiB.toFixed(0)} MiB, ${keeper.files} files` : ""}`;

const listenersOf = ({ dashboard, mqtt, foxglove, record }: LaunchConfig): readonly string[] => [
  ...(dashboard.enabled ? ["page"] : []),
  ...(mqtt ? ["MQTT"] : []),
  ...(foxglove ? ["Foxglove"] : []),
  ...(record?.file ? ["recorder"] : record ? ["recorder, in memory"] : []),
];
