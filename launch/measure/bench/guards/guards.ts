/** `foresight bench guards`: the guards of a launch file's arm against an adversary: does anything get past, and how long does each guard take? */
import { nsToMs, SystemClock } from "../../../../runtime/core/clock.ts";
import { usualToolLimits } from "../../../../runtime/core/desk.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import type { Guard, Verdict } from "../../../../runtime/core/guarding.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import { atRest, quinticSegment } from "../../../../runtime/core/segment.ts";
import { chain } from "../../../../runtime/guard/chain.ts";
import { guardList } from "../../../../runtime/guard/standard-guards.ts";
import { createDynamics } from "../../../../runtime/kinematics/dynamics.ts";
import { createKinematics } from "../../../../runtime/kinematics/kinematics.ts";
import { createArmShape } from "../../../../runtime/kinematics/shape.ts";
import { draw } from "../../../compose.ts";
import type { LaunchConfig } from "../../../config/schema.ts";
import { skillsOf } from "../../../task-facts.ts";
import { describeMachine, type Machine } from "../machine.ts";
import { type Spread, spreadOf } from "../table.ts";
import { NOW_NS, situationIn } from "./adversary.ts";
import { brokenPromise } from "./judge.ts";
import { KINDS, type Kind, SHARES, wishes } from "./kinds.ts";
import { createOwnArm } from "./own-arm.ts";
import { openPlanners } from "./planners.ts";

export interface BenchGuardsOptions {
  readonly config: LaunchConfig;
  /** Of all kinds together. */
  readonly cases: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
  /** Ends it early, with what was found until then. */
  readonly signal: AbortSignal;
}

/** What came of the cases of one kind. */
export interface KindRow extends Readonly<Record<Verdict["kind"], number>> {
  readonly kind: Kind;
  readonly cases: number;
  /** By an AgentError, before any guard saw it: no target for the arm, numbers that are none. */
  readonly refused: number;
  /** Seconds of a core, drawing, guarding and judging together. */
  readonly coreS: number;
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
  readonly model: string;
  readonly planners: readonly string[];
  readonly terms: readonly string[];
  readonly seed: number;
  readonly cases: number;
  /** That were to be tried and were not. Another seed may try them: what parts found adds up. */
  readonly left: number;
  readonly kinds: readonly KindRow[];
  /** What got past, or broke, in words; the first few. */
  readonly problems: readonly string[];
  readonly rows: readonly GuardRow[];
  readonly chainMs: Spread;
}

const PROBLEMS_MAX = 10;
/** Times kept of each guard: a sample is enough for quantiles. */
const TIMES_MAX = 100_000;
/** Share of the cases whose situation has something broken: of the kind that is about it, and of the others. */
const BROKEN = { own: 0.5, others: 0.1 } as const;

/** Throws AgentErrors of robot and model. */
export async function benchGuards({ config, cases, seed, onProgress, signal }: BenchGuardsOptions): Promise<BenchGuardsResult> {
  const { spec: robot, model } = await draw(config);
  const clock = new SystemClock();
  const { workspace, keepOut, keepOutBalls, maxObservationAgeMs, maxPlanAgeMs } = config.guards;
  const tool = { ...usualToolLimits, ...config.guards };
  const [skill] = skillsOf(config.task);
  if (!skill) throw new AgentError("launch.invalid", "bench guards: the task has no skill whose planner could be tried; give it one");
  await using planners = await openPlanners(model, skill, workspace);
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
  const keepOuts = [...keepOut, ...keepOutBalls];
  const own = await createOwnArm(robot);
  const promises = {
    ...own,
    joints: robot.joints,
    workspace,
    keepOut: keepOuts,
    maxToolSpeedMPerS: tool.maxToolSpeedMPerS,
    payloadKg: tool.payloadKg,
  };
  const wish = wishes({ robot, model: model.spec, planners, kinematics, workspace });
  const rng = createRng(seed);
  const home = atRest(Float64Array.from(robot.homeRad));
  let running = quinticSegment({ id: 0, startNs: NOW_NS, from: home, toRad: robot.homeRad, durationS: 0.4 });
  const tallies = new Map(KINDS.map((kind) => [kind, { kind, cases: 0, refused: 0, pass: 0, clip: 0, stop: 0, coreS: 0 }]));
  const problems: string[] = [];
  const chainMs: number[] = [];

  const tryOne = async (kind: Kind, index: number): Promise<"refused" | Verdict["kind"]> => {
    const situation = situationIn(rng, running, toolAt, kind === "states" ? BROKEN.own : BROKEN.others);
    try {
      const wanted = await wish[kind](rng, situation.commanded, index);
      const startNs = clock.nowNs();
      const verdict = guard.check(wanted, situation);
      if (chainMs.length < TIMES_MAX) chainMs.push(nsToMs(clock.nowNs() - startNs));
      if (verdict.kind === "stop") return "stop";
      const broken = brokenPromise(verdict.segment, situation, promises);
      if (broken) problems.push(`case ${index}, ${kind}: ${broken}`);
      else running = verdict.segment;
      return verdict.kind;
    } catch (error) {
      if (!(error instanceof AgentError)) problems.push(`case ${index}, ${kind}: threw ${error}`);
      return "refused";
    }
  };
  let index = 0;
  while (index < cases && problems.length < PROBLEMS_MAX && !signal.aborted) {
    onProgress?.([`${index} of ${cases} cases, ${problems.length} problems`, ...problems.slice(-1)].join("; "));
    for (const kind of KINDS) {
      const tally = tallies.get(kind)!;
      const before = process.cpuUsage();
      for (let share = 0; share < SHARES[kind] && index < cases; share++) {
        tally[await tryOne(kind, index++)]++;
        tally.cases++;
      }
      const { user, system } = process.cpuUsage(before);
      tally.coreS += (user + system) / 1e6;
    }
    await clock.sleep(0); // So that a signal is heard.
  }
  return {
    bench: "guards",
    machine: describeMachine(),
    robot: robot.name,
    model: model.spec.name,
    planners: planners.names,
    terms: planners.terms,
    ...{ seed, cases: index, left: cases - index, problems },
    kinds: [...tallies.values()],
    rows: meters.map(({ row }) => row()),
    chainMs: spreadOf(chainMs),
  };
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
