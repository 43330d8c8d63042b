/** `foresight bench sim`: how much faster than real time the embedded world runs on one core, with and without cameras. */
import { createActionToSegment } from "../../../runtime/act/action-to-segment.ts";
import type { SteppableDriver } from "../../../runtime/act/driver.ts";
import { createLockstepRobot, type LockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { drawTrial } from "../../../runtime/assemble/draw-trial.ts";
import { type Clock, ManualClock, nsToMs, SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { displacementAxes } from "../../../runtime/core/model.ts";
import type { Segment } from "../../../runtime/core/motion.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import { quantile, round } from "../../../runtime/core/statistics.ts";
import { parseWorldState } from "../../../runtime/core/trial.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { createKinematics, type Kinematics } from "../../../runtime/kinematics/kinematics.ts";
import { SimDriver } from "../../../sim/sim-driver.ts";
import { pushPlay } from "../../../skills/push/play.ts";
import { PUSH_TOOL_HEIGHT_M } from "../../../skills/push/skill.ts";
import { pushTrial } from "../../../skills/push/trial.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { type Spread, spreadOf, table } from "./table.ts";

export interface BenchSimOptions {
  readonly spec: RobotSpec;
  readonly cameras: readonly CameraSpec[];
  /** Samples along each edge of a pixel. */
  readonly supersample: number;
  /** Measured decisions of each row; default 200. */
  readonly decisions?: number;
}

export interface SimRow {
  /** Names of the cameras that take a picture every decision. */
  readonly cameras: readonly string[];
  /** Stream, last guard, physics and pictures of one decision period. */
  readonly decisionMs: Spread;
  readonly physicsMs: Spread;
  readonly pictureMs: Spread;
  /** Real-time factor: decision period over median time. */
  readonly factor: number;
}

export interface BenchSimResult {
  readonly bench: "sim";
  readonly machine: Machine;
  readonly periodS: number;
  readonly decisions: number;
  readonly rows: readonly SimRow[];
}

const PERIOD_S = 0.2;
const SCALE_M = 0.03;
const WARM_UP_DECISIONS = 40;
const EPISODE_DECISIONS = 40;
const WORKSPACE = { minM: [0.28, -0.34, 0.015], maxM: [0.74, 0.34, 0.45] } as const;

/** Scripted pushing through the same stream and last guard as a run; no, one and all cameras. */
export async function benchSim(options: BenchSimOptions): Promise<BenchSimResult> {
  const { cameras, decisions = 200 } = options;
  const machine = describeMachine();
  const sets = [[], cameras.slice(0, 1), cameras].filter((set, i, all) => i === 0 || set.length > (all[i - 1]?.length ?? 0));
  const rows: SimRow[] = [];
  for (const set of sets) rows.push(await measure({ ...options, cameras: set }, decisions));
  return { bench: "sim", machine, periodS: PERIOD_S, decisions, rows };
}

export function printBenchSim({ machine, rows }: BenchSimResult): string {
  const lines = rows.map(({ cameras, decisionMs, physicsMs, pictureMs, factor }) => ({
    cameras: cameras.join("+") || "none",
    "decision p50 ms": decisionMs.p50,
    "p99 ms": decisionMs.p99,
    "physics p50 ms": physicsMs.p50,
    "pictures p50 ms": pictureMs.p50,
    "x real time": factor,
  }));
  return `${machineLine(machine)}\n${table(lines)}`;
}

async function measure(options: BenchSimOptions, decisions: number): Promise<SimRow> {
  const { spec, cameras, supersample } = options;
  const system = new SystemClock();
  const world = new ManualClock();
  const driver = timed(await SimDriver.create({ robot: spec, scene: defaultScene, cameras, supersample }), system);
  await using robot = createLockstepRobot({ spec, driver, clock: world, lastGuard, initialRad: spec.homeRad, periodS: PERIOD_S });
  using kinematics = await createKinematics(spec);
  const spent = { decision: [] as number[], physics: [] as number[], picture: [] as number[] };
  const push = pusher(robot, world, kinematics);
  for (let decision = -WARM_UP_DECISIONS; decision < decisions; decision++) {
    const segment = await push();
    driver.restart();
    const startNs = system.nowNs();
    await follow(robot, segment);
    const decisionMs = nsToMs(system.nowNs() - startNs);
    if (decision < 0) continue;
    spent.decision.push(decisionMs);
    spent.physics.push(driver.physicsMs);
    spent.picture.push(driver.pictureMs);
  }
  return {
    cameras: cameras.map(({ name }) => name),
    decisionMs: spreadOf(spent.decision),
    physicsMs: spreadOf(spent.physics),
    pictureMs: spreadOf(spent.picture),
    factor: round((PERIOD_S * 1e3) / quantile(spent.decision, 0.5), 1),
  };
}

/** Chooses segments that push the cube about, a new start every few decisions; choosing is not measured. */
function pusher(robot: LockstepRobot, clock: Clock, kinematics: Kinematics): () => Promise<Segment | null> {
  const rng = createRng(1);
  const trial = pushTrial(defaultScene);
  const player = pushPlay(defaultScene).player(rng, { stepM: SCALE_M, turnRad: 0 });
  const axes = displacementAxes({ axes: ["x", "y"], scaleM: SCALE_M });
  const fixed = { toolHeightM: PUSH_TOOL_HEIGHT_M, yawRad: 0, workspace: WORKSPACE, periodS: PERIOD_S };
  const toSegment = createActionToSegment({ kinematics, spec: robot.spec, axes, ...fixed });
  let count = 0;
  return async () => {
    if (count % EPISODE_DECISIONS === 0) {
      await robot.stop("next start");
      await robot.resume();
      const seed = 1 + count / EPISODE_DECISIONS;
      await robot.ask("reset", drawTrial(trial, seed, { robot: robot.spec, scene: defaultScene, kinematics }));
    }
    const sight = parseWorldState(await robot.ask("truth"));
    const nowNs = clock.nowNs();
    const wanted = player(sight);
    try {
      return toSegment({ id: count++, startNs: nowNs, commanded: robot.commandedAt(nowNs), action: [wanted.x ?? 0, wanted.y ?? 0] });
    } catch (error) {
      if (error instanceof AgentError) return null; // Out of reach: the arm rests for a decision, which costs the world the same.
      throw error;
    }
  };
}

async function follow(robot: LockstepRobot, segment: Segment | null): Promise<void> {
  if (segment === null) return robot.pass();
  await robot.act(segment);
}

/** The driver with a stopwatch on physics and on sensing. */
function timed(driver: SimDriver, clock: SystemClock) {
  const spentNs = { physics: 0n, picture: 0n };
  const measured = <T>(part: keyof typeof spentNs, work: () => T): T => {
    const startNs = clock.nowNs();
    const result = work();
    spentNs[part] += clock.nowNs() - startNs;
    return result;
  };
  return {
    placements: driver.placements,
    place: (name: string, payload: unknown) => driver.place(name, payload),
    answer: (name: string) => driver.answer(name),
    [Symbol.asyncDispose]: () => driver[Symbol.asyncDispose](),
    step: (command, dtS) => measured("physics", () => driver.step(command, dtS)),
    samplesNow: (stampNs) => measured("picture", () => driver.samplesNow(stampNs)),
    restart() {
      spentNs.physics = 0n;
      spentNs.picture = 0n;
    },
    get physicsMs() {
      return nsToMs(spentNs.physics);
    },
    get pictureMs() {
      return nsToMs(spentNs.picture);
    },
  } satisfies SteppableDriver & Record<string, unknown>;
}
