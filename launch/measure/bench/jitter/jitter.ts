/** `foresight bench jitter`: how evenly the agent decides and the keeper streams with everybody listening, against nobody, by turns. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nsToMs, SystemClock } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { moduleUrl } from "../../../../runtime/core/package-root.ts";
import { forkModule } from "../../../../runtime/core/start-worker.ts";
import { quantile, round } from "../../../../runtime/core/statistics.ts";
import type { OperatorCommand, SupervisorState } from "../../../../runtime/core/supervision.ts";
import type { Tap } from "../../../../runtime/core/tap.ts";
import { PAGE_SITE } from "../../../../runtime/dashboard/site.ts";
import { backendOf } from "../../../backends/registry.ts";
import { draw } from "../../../compose.ts";
import type { LaunchConfig } from "../../../config/schema.ts";
import { run } from "../../../run/run.ts";
import type { Party } from "../../../run/words.ts";
import { describeMachine, type Machine, machineLine } from "../machine.ts";
import { table } from "../table.ts";

export interface BenchJitterOptions {
  /** With page, recorder, Foxglove and MQTT. */
  readonly config: LaunchConfig;
  readonly seconds: number;
  /** Of both rows, by turns. */
  readonly rounds: number;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds. */
interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface JitterRun {
  readonly listeners: "all" | "none";
  readonly decisions: number;
  /** |time between two decisions - period|. */
  readonly decisionErrorMs: Quantiles;
  /** |time between two commands - 4 ms|, by the keeper itself. */
  readonly streamErrorMs: Quantiles;
}

export interface BenchJitterResult {
  readonly bench: "jitter";
  readonly machine: Machine;
  readonly seconds: number;
  readonly runs: readonly JitterRun[];
}

/** What is said to an agent that waits for a word: in a simulated world nobody need look before a reset. */
const GOES_ON: Readonly<Partial<Record<SupervisorState["agent"], OperatorCommand>>> = { idle: "start", faulted: "reset", stopped: "reset" };
/** From the opened arm to its first decision: a machine that is slower than that tells nothing of jitter. */
const START_MS_MAX = 300_000;
/** The first decisions warm everything up. */
const WARM_MS = 5000;
/** What the keeper remembers, less the start. */
const SECONDS_MAX = 55;

/** Throws AgentErrors of `run`, and `launch.invalid` where nobody would listen or nothing is late. */
export async function benchJitter({ config, seconds, rounds, onProgress, signal }: BenchJitterOptions): Promise<BenchJitterResult> {
  const { dashboard, foxglove, mqtt, record, ...rest } = config;
  if (!dashboard.enabled || !foxglove || !mqtt || backendOf(config).facts.world?.mode !== "realtime" || seconds > SECONDS_MAX)
    throw new AgentError(
      "launch.invalid",
      `bench jitter: needs a simulated world in real time with page, Foxglove and MQTT, and at most ${SECONDS_MAX} s; take launch/soak.launch.yaml`,
    );
  const machine = describeMachine();
  const folder = mkdtempSync(join(tmpdir(), "foresight-jitter-"));
  const runs: JitterRun[] = [];
  try {
    for (let round = 1; round <= rounds; round++)
      for (const listeners of ["none", "all"] as const) {
        signal.throwIfAborted();
        const which = `round ${round} of ${rounds}, ${listeners === "all" ? "everybody listens" : "nobody listens"}`;
        onProgress(which);
        const all = { ...config, record: { ...(record ?? recordDefaults), file: join(folder, `${round}.mcap`), last: undefined } };
        const none = { ...rest, dashboard: { ...dashboard, enabled: false } };
        const onWarm = (): void => onProgress(`${which}: measured from now on`);
        runs.push(await measure(listeners === "all" ? (all as LaunchConfig) : none, listeners, { seconds, signal, onWarm }));
      }
    return { bench: "jitter", machine, seconds, runs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const recordDefaults = { pictures: "png", splitMB: 2000, splitS: 3600, minFreeMB: 100 } as const;

interface Measuring extends Pick<BenchJitterOptions, "seconds" | "signal"> {
  readonly onWarm: () => void;
}

async function measure(
  config: LaunchConfig,
  listeners: JitterRun["listeners"],
  { seconds, signal, onWarm }: Measuring,
): Promise<JitterRun> {
  const clock = new SystemClock();
  const blueprint = await draw(config);
  const periodMs = blueprint.model.spec.controlPeriodS * 1e3;
  const over = new AbortController();
  const measured = new AgentError("stop.operator", "it was measured");
  const begun = new AbortController();
  const errorsMs: number[] = [];
  let stream: Quantiles = { p50: Number.NaN, p99: Number.NaN, p999: Number.NaN, max: Number.NaN };
  let lastNs: bigint | null = null;
  let isWarm = false;
  const openTap = ({ keeper, supervisor, desk }: Party): Tap => {
    const begin = clock.every(500, () => {
      const word = GOES_ON[supervisor.state.agent];
      if (word) desk.command("bench", word);
    });
    const timing = async (): Promise<void> => {
      await clock.sleep(START_MS_MAX, AbortSignal.any([begun.signal, over.signal])).then(
        () => {
          throw tooBusy(`no decision within ${START_MS_MAX / 1e3} s, ${standing(supervisor.state)}`);
        },
        () => over.signal.throwIfAborted(),
      );
      await clock.sleep(WARM_MS, over.signal);
      isWarm = true;
      onWarm();
      await clock.sleep(seconds * 1e3, over.signal);
      const stats = await keeper?.stats();
      if (errorsMs.length === 0) throw tooBusy(`no decision followed another within ${seconds} s, ${standing(supervisor.state)}`);
      if (stats) stream = { p50: stats.p50Ms, p99: stats.p99Ms, p999: stats.p999Ms, max: stats.maxMs };
      over.abort(measured);
    };
    timing().catch((error: unknown) => over.abort(error));
    return {
      name: "jitter",
      tick() {
        begun.abort();
        const nowNs = clock.nowNs();
        if (isWarm && lastNs !== null) errorsMs.push(Math.abs(nsToMs(nowNs - lastNs) - periodMs));
        lastNs = nowNs;
      },
      state({ mayAct }) {
        if (!mayAct) lastNs = null;
      },
      fault({ error }) {
        if (error instanceof AgentError && error.code === "robot.lost") over.abort(error);
      },
      close: begin,
    };
  };
  const viewers: Disposable[] = [];
  const say = (line: string): void => {
    const page = /^page: (http:\S+)/.exec(line)?.[1];
    const foxglove = /^foxglove: (ws:\S+)/.exec(line)?.[1];
    if (page)
      viewers.push(
        look(moduleUrl("../page/viewer.ts", import.meta.url), [new URL(page).hostname, new URL(page).port, ...Object.keys(PAGE_SITE)]),
      );
    if (foxglove) viewers.push(look(moduleUrl("./foxglove-viewer.ts", import.meta.url), [foxglove]));
  };
  try {
    await run(blueprint, { say, signal: AbortSignal.any([signal, over.signal]), taps: [openTap], ends: "when-told" });
  } finally {
    for (const viewer of viewers) viewer[Symbol.dispose]();
  }
  signal.throwIfAborted();
  if (over.signal.reason !== measured) throw over.signal.reason; // No figures of a run that did not come to its end.
  if (listeners === "all" && viewers.length !== 2)
    throw new AgentError(
      "bridge.failed",
      `bench jitter: ${viewers.length} of page and Foxglove said where they are; free their ports and try again`,
    );
  return {
    ...{ listeners, decisions: errorsMs.length, streamErrorMs: stream },
    decisionErrorMs: {
      ...{ p50: quantile(errorsMs, 0.5), p99: quantile(errorsMs, 0.99), p999: quantile(errorsMs, 0.999) },
      max: Math.max(...errorsMs),
    },
  };
}

const standing = ({ agent, reason }: SupervisorState): string => `the agent is ${agent} (${reason})`;
const tooBusy = (what: string): AgentError => new AgentError("bridge.timeout", `bench jitter: ${what}; give it more of the machine`);

function look(entry: URL, args: readonly string[]): Disposable {
  const viewer = forkModule(entry, { stdio: ["ignore", "ignore", "inherit", "ipc"] }, args);
  return { [Symbol.dispose]: () => void viewer.kill() };
}

/** The median of the rounds, and from the least to the greatest of them. */
const spread = (values: readonly number[]): string =>
  `${round(quantile(values, 0.5), 2)} (${round(Math.min(...values), 2)}..${round(Math.max(...values), 2)})`;

export function printBenchJitter({ machine, seconds, runs }: BenchJitterResult): string {
  const lines = (["none", "all"] as const).flatMap((listeners) =>
    (["decisionErrorMs", "streamErrorMs"] as const).map((which) => {
      const own = runs.filter((each) => each.listeners === listeners);
      const of = (name: keyof Quantiles): string => spread(own.map((each) => each[which][name]));
      const what = which === "decisionErrorMs" ? "decisions" : "commands";
      return { listen: listeners, error: what, "p50 ms": of("p50"), "p99 ms": of("p99"), "p99.9 ms": of("p999"), "max ms": of("max") };
    }),
  );
  const counts = runs.map(({ decisions }) => decisions);
  return [
    machineLine(machine),
    `${runs.length / 2} runs of ${seconds} s each, by turns: nobody, or page, recorder (PNG), Foxglove (all topics) and MQTT with somebody at each`,
    `${Math.min(...counts)} to ${Math.max(...counts)} decisions a run; errors are |period - wanted|; the median of the runs, and from the least to the greatest`,
    table(lines),
  ].join("\n");
}
