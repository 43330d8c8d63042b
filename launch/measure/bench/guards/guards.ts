/** `foresight bench guards`: the guards of a launch file's arm against an adversary: does anything get past, and how long does each guard take? */
import { nsToMs, SystemClock } from "../../../../runtime/core/clock.ts";
import { usualToolLimits } from "../../../../runtime/core/desk.ts";
import { figure } from "../../../../runtime/core/figure.ts";
import type { Guard, Verdict } from "../../../../runtime/core/guarding.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import { atRest, quinticSegment } from "../../../../runtime/core/segment.ts";
import { chain } from "../../../../runtime/guard/chain.ts";
import { guardList } from "../../../../runtime/guard/standard-guards.ts";
import { createDynamics } from "../../../../runtime/kinematics/dynamics.ts";
import { createKinematics } from "../../../../runtime/kinematics/kinematics.ts";
import { createArmShape } from "../../../../runtime/kinematics/shape.ts";
import { robotOf, scaled, sharesOf } from "../../../compose.ts";
import type { LaunchConfig } from "../../../config/schema.ts";
import { describeMachine, type Machine, machineLine } from "../machine.ts";
import { type Spread, spreadOf, table } from "../table.ts";
import { NOW_NS, situationIn, wantedFrom } from "./adversary.ts";
import { brokenPromise } from "./judge.ts";

export interface BenchGuardsOptions {
  readonly config: LaunchConfig;
  readonly cases: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface GuardRow {
  readonly guard: string;
  /** Segments that came to it. */
  readonly checked: number;
  readonly clipped: number;
  readonly stopped: number;
  readonly ms: Spread;
}

export interface BenchGuardsResult {
  readonly bench: "guards";
  readonly machine: Machine;
  readonly robot: string;
  readonly seed: number;
  readonly cases: number;
  readonly verdicts: Readonly<Record<Verdict["kind"], number>>;
  /** What got past, or broke, in words; the first few. */
  readonly problems: readonly string[];
  readonly rows: readonly GuardRow[];
  readonly chainMs: Spread;
}

const PROBLEMS_MAX = 10;
/** Times kept of each guard: a sample is enough for quantiles. */
const TIMES_MAX = 100_000;

/** Throws AgentErrors of the robot. */
export async function benchGuards({ config, cases, seed, onProgress, signal }: BenchGuardsOptions): Promise<BenchGuardsResult> {
  const robot = scaled(await robotOf(config), sharesOf(config));
  const clock = new SystemClock();
  const { workspace, keepOut, keepOutBalls, maxObservationAgeMs, maxPlanAgeMs } = config.guards;
  const tool = { ...usualToolLimits, ...config.guards };
  using kinematics = await createKinematics(robot);
  using shape = await createArmShape(robot);
  using dynamics = await createDynamics(robot);
  const meters = guardList({
    joints: robot.joints,
    gripper: robot.gripper,
    freshness: {
      observationAgeMsMax: maxObservationAgeMs,
      sourceAgeMsMax: maxObservationAgeMs,
      planAgeMsMax: maxPlanAgeMs,
      futureMsMax: 20,
    },
    workspace,
    keepOut: [...keepOut, ...keepOutBalls],
    ...{ tool, shape, torques: dynamics },
  }).map((guard) => metered(guard, clock));
  const guard = chain(meters.map(({ guard: each }) => each));
  const toolAt = (positionRad: Float64Array) => kinematics.toolAt(positionRad);
  const promises = { joints: robot.joints, workspace, toolAt, maxToolSpeedMPerS: tool.maxToolSpeedMPerS };
  const rng = createRng(seed);
  const home = atRest(Float64Array.from(robot.homeRad));
  let running = quinticSegment({ id: 0, startNs: NOW_NS, from: home, toRad: robot.homeRad, durationS: 0.4 });
  const verdicts = { pass: 0, clip: 0, stop: 0 };
  const problems: string[] = [];
  const chainMs: number[] = [];
  for (let index = 0; index < cases && problems.length < PROBLEMS_MAX; index++) {
    if (index % 1000 === 0) {
      signal.throwIfAborted();
      onProgress?.(`${index} of ${cases} cases, ${verdicts.stop} stopped`);
      await clock.sleep(0, signal);
    }
    const situation = situationIn(rng, running, toolAt);
    const wanted = wantedFrom(rng, situation.commanded, index);
    const startNs = clock.nowNs();
    try {
      const verdict = guard.check(wanted, situation);
      if (chainMs.length < TIMES_MAX) chainMs.push(nsToMs(clock.nowNs() - startNs));
      verdicts[verdict.kind]++;
      if (verdict.kind === "stop") continue;
      const broken = brokenPromise(verdict.segment, situation, promises);
      if (broken) problems.push(`case ${index}: ${broken}`);
      else running = verdict.segment;
    } catch (error) {
      problems.push(`case ${index}: threw ${error}`);
    }
  }
  const rows = meters.map(({ row }) => row());
  return {
    bench: "guards",
    machine: describeMachine(),
    robot: robot.name,
    seed,
    cases,
    verdicts,
    problems,
    rows,
    chainMs: spreadOf(chainMs),
  };
}

export function printBenchGuards({ machine, robot, seed, cases, verdicts, problems, rows, chainMs }: BenchGuardsResult): string {
  const spread = ({ p50, p99 }: Spread) => ({ "p50 ms": figure(p50, { digits: 3 }), "p99 ms": figure(p99, { digits: 3 }) });
  return [
    machineLine(machine),
    `${robot}, seed ${seed}: ${cases} cases: ${verdicts.pass} passed, ${verdicts.clip} shortened, ${verdicts.stop} stopped; ${problems.length === 0 ? "nothing got past, nothing was thrown" : "PROBLEMS"}`,
    ...problems,
    table([
      ...rows.map(({ guard, checked, clipped, stopped, ms }) => ({ guard, checked, shortened: clipped, stopped, ...spread(ms) })),
      { guard: "all together", checked: cases, shortened: verdicts.clip, stopped: verdicts.stop, ...spread(chainMs) },
    ]),
  ].join("\n");
}

function metered(guard: Guard, clock: SystemClock): { readonly guard: Guard; readonly row: () => GuardRow } {
  const counts = { pass: 0, clip: 0, stop: 0 };
  const ms: number[] = [];
  return {
    guard: {
      name: guard.name,
      check(segment, situation) {
        const startNs = clock.nowNs();
        const verdict = guard.check(segment, situation);
        if (ms.length < TIMES_MAX) ms.push(nsToMs(clock.nowNs() - startNs));
        counts[verdict.kind]++;
        return verdict;
      },
    },
    row: () => ({
      guard: guard.name,
      checked: counts.pass + counts.clip + counts.stop,
      clipped: counts.clip,
      stopped: counts.stop,
      ms: spreadOf(ms),
    }),
  };
}
