/** `foresight bench servos`: an arm on its own bus for minutes: rounds late and left out, answers lost, what the keeper takes of a core; and that nothing moves that is not told to. */
import { nsToSeconds, SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError, cameTooLate, invariant } from "../../../runtime/core/errors.ts";
import { figure, percent } from "../../../runtime/core/figure.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import type { JointState } from "../../../runtime/core/sensing.ts";
import { round } from "../../../runtime/core/statistics.ts";
import { feetechSection } from "../../backends/feetech/backend.ts";
import { onlyJogging } from "../../backends/registry.ts";
import { openRobot, robotOf } from "../../compose.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { useOfTree } from "./process-tree.ts";
import { swingOf } from "./swing.ts";

export interface BenchServosOptions {
  readonly config: LaunchConfig;
  readonly minutes: number;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface BenchServosResult {
  readonly bench: "servos";
  readonly machine: Machine;
  readonly seconds: number;
  readonly rateHz: number;
  /** Each writes goals to every servo and reads all of them. */
  readonly rounds: number;
  /** Left out, since the one before was not done. */
  readonly skippedShare: number;
  /** Longer than a period. */
  readonly lateShare: number;
  /** Of the newest two minutes. */
  readonly roundMs: { readonly p50: number; readonly p99: number };
  readonly transactions: number;
  readonly malformed: number;
  readonly lostPer1000: number;
  readonly lateAnswers: number;
  /** Of one core. */
  readonly keeperCoreShare: number;
  /** Of a joint that was told to stay. */
  readonly strayedRad: number;
  /** What the arm's driver told meanwhile. */
  readonly faults: readonly string[];
}

/** What the driver answers to "servos". */
interface ServoAnswer {
  readonly transactions: number;
  readonly malformed: number;
  readonly rounds: {
    readonly count: number;
    readonly skipped: number;
    readonly late: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
  };
  readonly servos: readonly { readonly asked?: number; readonly lost?: number; readonly late?: number }[];
}

const SETTLE_MS = 1000;
const SWING_RAD = 0.1;
const SWING_MS = 500;
const LEAD_MS = 100;
/** With more it is no measurement. */
const FAULTS_MAX = 200;

/** One joint swings gently, the others are told to stay. Throws AgentErrors of port and servos. */
export async function benchServos({ config, minutes, onProgress, signal }: BenchServosOptions): Promise<BenchServosResult> {
  const { rateHz } = feetechSection(config, "bench servos measures an arm on its own bus");
  const spec = await robotOf(config);
  const opened = await openRobot({ ...onlyJogging(config), cameras: [] }, spec);
  await using robot = opened.robot;
  const { keeper } = opened;
  invariant(keeper, "an arm on its own bus has a keeper");
  const clock = new SystemClock();
  const over = new AbortController();
  const faults: string[] = [];
  let standsRad: Float64Array | null = null;
  let strayedRad = 0;
  let heard = 0;
  const see = ({ positionRad }: JointState): void => {
    standsRad ??= positionRad;
    for (const [joint, rad] of positionRad.entries()) if (joint > 0) strayedRad = Math.max(strayedRad, Math.abs(rad - standsRad[joint]!));
  };
  await clock.sleep(SETTLE_MS, signal);
  robot.observe(over.signal).subscribe({ next: (sample) => sample.kind === "joints" && see(sample.joints), error: () => {} });
  const listening = robot.faults?.subscribe(({ message }) => faults.push(message));
  const before = { servos: (await opened.ask("servos")) as ServoAnswer, atNs: clock.nowNs(), cpuS: useOfTree(keeper.pid).cpuS };
  const swingRad = swingOf(robot.spec, SWING_RAD);
  for (let swing = 0; secondsSince(before.atNs, clock) < 60 * minutes && !signal.aborted && faults.length < FAULTS_MAX; swing++) {
    if (faults.length > heard) {
      heard = faults.length;
      await robot.resume().catch(unlessHeld); // Whoever measures is the operator: it goes on, and every fault is told.
    }
    const startNs = clock.nowNs() + BigInt(LEAD_MS) * 1_000_000n;
    const from = robot.commandedAt(startNs);
    const toRad = from.positionRad.map((rad, joint) => (joint === 0 ? rad + (swing % 2 === 0 ? swingRad : -swingRad) : rad));
    await robot.act(quinticSegment({ id: swing, startNs, from, toRad, durationS: 0.4 })).catch(unlessLate);
    await clock.sleep(SWING_MS, signal).catch(() => {}); // Ended early: what was measured is told.
    if (swing % 20 === 0) onProgress(`${secondsSince(before.atNs, clock).toFixed(0)} of ${60 * minutes} s`);
  }
  const seconds = secondsSince(before.atNs, clock);
  const cpuS = useOfTree(keeper.pid).cpuS - before.cpuS;
  const after = (await opened.ask("servos")) as ServoAnswer;
  over.abort();
  listening?.unsubscribe();
  const counted = (count: (answer: ServoAnswer) => number): number => count(after) - count(before.servos);
  const sum = (of: "asked" | "lost" | "late") => (answer: ServoAnswer) =>
    answer.servos.reduce((total, servo) => total + (servo[of] ?? 0), 0);
  const [rounds, skipped] = [counted(({ rounds: { count } }) => count), counted(({ rounds: { skipped: left } }) => left)];
  return {
    ...{ bench: "servos", machine: describeMachine(), seconds: round(seconds, 1), rateHz, rounds },
    skippedShare: round(skipped / (rounds + skipped), 5),
    lateShare: round(counted(({ rounds: { late } }) => late) / rounds, 5),
    roundMs: { p50: round(after.rounds.p50Ms, 2), p99: round(after.rounds.p99Ms, 2) },
    transactions: counted(({ transactions }) => transactions),
    malformed: counted(({ malformed }) => malformed),
    lostPer1000: round((1000 * counted(sum("lost"))) / counted(sum("asked")), 3),
    lateAnswers: counted(sum("late")),
    keeperCoreShare: round(cpuS / seconds, 4),
    strayedRad: round(strayedRad, 4),
    faults,
  };
}

/** Handed over too late on a busy computer: the arm stays where it is, or brakes, and the next swing goes on from there. */
function unlessLate(error: unknown): void {
  if (!cameTooLate(error) && !(error instanceof AgentError && error.code === "robot.rejected")) throw error;
}

function unlessHeld(error: unknown): void {
  if (!(error instanceof AgentError) || error.code === "robot.lost") throw error;
}

const secondsSince = (atNs: bigint, clock: SystemClock): number => nsToSeconds(clock.nowNs() - atNs);

/** How often, and the first few in words. */
const told = (faults: readonly string[]): string =>
  faults.length === 0 ? "none" : `${faults.length}, each resumed from: ${faults.slice(0, 3).join("; ")}`;

export function printBenchServos(result: BenchServosResult): string {
  const { machine, seconds, rateHz, rounds, skippedShare, lateShare, roundMs, transactions, malformed } = result;
  const ms = { unit: "ms" };
  return [
    machineLine(machine),
    `rounds      ${rounds} in ${seconds} s at ${rateHz} Hz, goals and readings of every servo; ${percent(lateShare)} longer than ${(1e3 / rateHz).toFixed(1)} ms, ${percent(skippedShare)} left out`,
    `round       p50 ${figure(roundMs.p50, ms)}, p99 ${figure(roundMs.p99, ms)} (of the newest two minutes)`,
    `answers     ${result.lostPer1000} of 1,000 lost, ${malformed} malformed, ${result.lateAnswers} late, in ${transactions} transactions`,
    `processor   ${percent(result.keeperCoreShare)} of a core in the keeper`,
    `motion      no joint that was told to stay moved further than ${result.strayedRad} rad`,
    `faults      ${told(result.faults)}`,
  ].join("\n");
}
