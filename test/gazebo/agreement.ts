/**
 * How far the physics agree: `node --import tsx test/gazebo/agreement.ts [PUSHES] [--release fortress]` makes the same open-loop pushes of the cube in MuJoCo and in
 * a real Gazebo server and prints the distance between the cubes' ends.
 */
import { pandaSpec } from "../../robots/panda/spec.ts";
import { createRng, type Rng } from "../../runtime/core/rng.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { quantile } from "../../runtime/core/statistics.ts";
import { type Pose, poseOf } from "../../runtime/core/trial.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { PHYSICS_STEP_S } from "../../sim/scene.ts";
import { World } from "../../sim/world.ts";
import { type DecidedMotion, decide, PERIOD_S } from "./decided-motion.ts";
import { SteppedArm } from "./stepped-arm.ts";

const SEED = 5;
const TOOL_Z_M = 0.03;
/** Decisions of a push, each of up to 3 cm: there, 5 to 12 cm on, and one to rest. */
const DECISIONS = 8;
/** Where the cube is out of the arm's way. */
const PARKED: Pose = { positionM: [0.85, 0.45, 0.025], yawRad: 0 };
const MOVE_S = 2;
const SETTLE_S = 0.4;

interface Push {
  readonly cube: Pose;
  readonly motion: DecidedMotion;
}

const count = Number(process.argv[2] ?? 20);
using kinematics = await createKinematics(pandaSpec);
const rng = createRng(SEED);
const pushes = Array.from({ length: count }, () => drawPush(rng));
using world = await World.create(pandaSpec, defaultScene);
const scene = {
  robot: pandaSpec,
  scene: defaultScene,
  cameras: [],
  cameraRateHz: 20,
  release: "fortress",
  controller: "trajectory",
  realTimeFactor: 0,
} as const;
await using arm = await SteppedArm.open(scene);

console.log("| push | MuJoCo: moved mm | turned rad | Gazebo: moved mm | turned rad | ends apart mm | yaw apart rad |");
console.log("|---|---|---|---|---|---|---|");
const apartMm: number[] = [];
const apartRad: number[] = [];
const movedMm: number[] = [];
for (const [index, push] of pushes.entries()) {
  const [a, b] = [pushInMujoco(push), await pushInGazebo(push)];
  apartMm.push(distanceMm(a, b));
  apartRad.push(Math.abs(turn(a.yawRad, b.yawRad)));
  movedMm.push(distanceMm(push.cube, a));
  const of = (end: Pose): string[] => [distanceMm(push.cube, end).toFixed(1), turn(push.cube.yawRad, end.yawRad).toFixed(2)];
  console.log(`| ${[index + 1, ...of(a), ...of(b), apartMm.at(-1)!.toFixed(1), apartRad.at(-1)!.toFixed(3)].join(" | ")} |`);
}
const shares = [0.5, 0.9, 1];
const text = (values: readonly number[], digits: number): string =>
  shares.map((share) => quantile(values, share).toFixed(digits)).join(" / ");
console.log(
  `\n${count} pushes; median / 90 % / worst: moved ${text(movedMm, 1)} mm, ends apart ${text(apartMm, 1)} mm, yaw apart ${text(apartRad, 3)} rad`,
);

/** The cube anywhere, the tool 8 to 12 cm beside it, then straight on, up to 12 mm off its middle. */
function drawPush(rng: Rng): Push {
  const cube: Pose = { positionM: [rng.between(0.43, 0.57), rng.between(-0.12, 0.12), 0.025], yawRad: rng.between(-Math.PI, Math.PI) };
  const heading = rng.between(-Math.PI, Math.PI);
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  const [backM, asideM] = [rng.between(0.08, 0.12), rng.between(-0.012, 0.012)];
  const fromM = [cube.positionM[0] - backM * cos - asideM * sin, cube.positionM[1] - backM * sin + asideM * cos, TOOL_Z_M] as const;
  const speed = rng.between(0.6, 0.95);
  const motion = decide(pandaSpec, kinematics, {
    fromM,
    decisions: DECISIONS,
    actionAt: (decision) => (decision < DECISIONS - 1 ? [speed * cos, speed * sin, 0] : [0, 0, 0]),
  });
  return { cube, motion };
}

function pushInMujoco({ cube, motion }: Push): Pose {
  world.reset({ armRad: motion.startRad, objects: { cube } });
  const steps = Math.round((DECISIONS * PERIOD_S + SETTLE_S) / PHYSICS_STEP_S);
  for (let step = 0; step < steps; step++) world.step(motion.commandAt(step * PHYSICS_STEP_S), PHYSICS_STEP_S);
  return poseOf(world.objects(), "cube");
}

async function pushInGazebo({ cube, motion }: Push): Promise<Pose> {
  await arm.placeCube(PARKED);
  await arm.moveTo(pandaSpec.homeRad, MOVE_S);
  await arm.moveTo(motion.startRad, MOVE_S);
  await arm.placeCube(cube);
  await arm.follow(motion.commandAt, DECISIONS * PERIOD_S + SETTLE_S);
  arm.take();
  return arm.cube;
}

function distanceMm(a: Pose, b: Pose): number {
  return 1e3 * Math.hypot(a.positionM[0] - b.positionM[0], a.positionM[1] - b.positionM[1]);
}

/** From one to the other, in (-pi, pi]. */
function turn(fromRad: number, toRad: number): number {
  return Math.atan2(Math.sin(toRad - fromRad), Math.cos(toRad - fromRad));
}
