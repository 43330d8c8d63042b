/** Collects experience by scripted play in the embedded simulator: seeded, one shard per call, as fast as one core allows. */

import type { JointCommand } from "../runtime/core/motion.ts";
import { createRng, type Rng } from "../runtime/core/rng.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import { peakUse, quinticSegment, sampleSegment } from "../runtime/core/segment.ts";
import type { CameraSpec } from "../runtime/core/sensing.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";
import { createKinematics, type Kinematics } from "../runtime/kinematics/kinematics.ts";
import { type DatasetMeta, type DatasetRow, ShardWriter } from "../runtime/learn/dataset-writer.ts";
import { createRenderer } from "./camera/renderer.ts";
import { distanceM, pushToolZ, sampleEpisode, type TaskName } from "./episode.ts";
import { createPlayer } from "./play.ts";
import { type SceneSpec, sceneRecord } from "./scene.ts";
import { tableFrame } from "./table.ts";
import { cubeArea, isWithin, toolBox } from "./work-area.ts";
import { World } from "./world.ts";

/** Names of a row's numbers. */
export const columnsOf = ({ joints }: RobotSpec): readonly string[] => [
  ...["episode", "step", "tool.x", "tool.y", "tool.z", "action.x", "action.y", "action.z"],
  ...["object.x", "object.y", "object.z", "object.yaw", "moved", ...joints.map((_, i) => `joint${i + 1}`)],
];

/** What all shards of a data set share. */
export interface CollectOptions {
  readonly task: TaskName;
  readonly robot: RobotSpec;
  readonly scene: SceneSpec;
  readonly cameras: readonly CameraSpec[];
  readonly folder: string;
  readonly seed: number;
  readonly productVersion: string;
}

export const PERIOD_S = 0.2;
const COMMAND_S = 0.004;
/** Tool displacement of an action of 1. */
export const STEP_M = 0.03;
const EPISODE_STEPS = 60;
const DURATIONS_S = [0.2, 0.24, 0.28, 0.32, 0.36, 0.4] as const;
const EPISODES_A_SHARD_MAX = 10_000;

/** Collects whole episodes until the shard has `rows` rows; what is in it depends on seed and shard number alone. Returns its rows. */
export async function collectShard(
  options: CollectOptions,
  shard: number,
  rows: number,
  onProgress: (rows: number) => void = () => undefined,
): Promise<number> {
  using world = await World.create(options.robot, options.scene);
  using kinematics = await createKinematics(options.robot);
  using writer = new ShardWriter(options.folder, shard, columnsOf(options.robot).length);
  const renderer = createRenderer(world.model);
  const see = (): Uint8Array[] => options.cameras.map((camera) => renderer.render(world.data, camera));
  const shardRng = createRng(options.seed).fork(shard);
  for (let i = 0; writer.count < rows && i < EPISODES_A_SHARD_MAX; i++) {
    writer.append(playEpisode({ ...options, world, kinematics, see, rng: shardRng.fork(i), episode: shard * EPISODES_A_SHARD_MAX + i }));
    onProgress(writer.count);
  }
  writer.finish();
  return writer.count;
}

interface Stage {
  readonly task: TaskName;
  readonly robot: RobotSpec;
  readonly scene: SceneSpec;
  readonly world: World;
  readonly kinematics: Kinematics;
  readonly see: () => Uint8Array[];
  readonly rng: Rng;
  readonly episode: number;
}

/** Plays until the episode's length or until the cube leaves the work area. */
function playEpisode(stage: Stage): DatasetRow[] {
  const { task, world, kinematics, see, rng, robot, scene } = stage;
  const { start } = sampleEpisode(task, rng, scene);
  const armRad = inverse(kinematics, robot.homeRad, start.toolM);
  if (!armRad) return [];
  world.reset({ armRad, cube: start.cube });
  const player = createPlayer(task, rng, STEP_M, scene);
  let commanded: JointCommand = { positionRad: armRad, velocityRadPerS: armRad.map(() => 0), accelerationRadPerS2: armRad.map(() => 0) };
  const rows: DatasetRow[] = [];
  for (let step = 0; step < EPISODE_STEPS; step++) {
    const toolM = kinematics.toolAt(world.joints().positionRad);
    const cube = world.cube();
    if (!insideArea(cube.positionM, scene)) break;
    const before = { frames: see(), joints: world.joints().positionRad };
    const fromM = kinematics.toolAt(commanded.positionRad);
    const wanted = player({ toolM, cubeM: cube.positionM });
    const targetM = target(stage, fromM, wanted);
    const next = advance(stage, commanded, targetM);
    const executed = kinematics.toolAt(next.positionRad).map((value, axis) => (value - fromM[axis]!) / STEP_M);
    commanded = next;
    const moved = distanceM(world.cube().positionM, cube.positionM) > 0.001 ? 1 : 0;
    const values = [stage.episode, step, ...toolM, ...executed, ...cube.positionM, cube.yawRad, moved, ...before.joints];
    rows.push({ frames: before.frames, values });
  }
  return rows;
}

/** One decision period of the arm following a quintic to the target; returns the commanded state at its end. */
function advance({ world, kinematics, robot }: Stage, from: JointCommand, targetM: Vec3): JointCommand {
  const toRad = inverse(kinematics, from.positionRad, targetM) ?? from.positionRad;
  const candidates = DURATIONS_S.map((durationS) => quinticSegment({ id: 0, startNs: 0n, from, toRad, durationS }));
  const segment = candidates.find((each) => peakUse(each, robot.joints).every((use) => use.fraction <= 1)) ?? candidates.at(-1)!;
  for (let tick = 1; tick * COMMAND_S <= PERIOD_S + 1e-9; tick++) world.step(sampleSegment(segment, tick * COMMAND_S), COMMAND_S);
  return sampleSegment(segment, PERIOD_S);
}

function target({ task, scene }: Stage, fromM: Vec3, wanted: readonly number[]): Vec3 {
  const { xM, yM, heightM } = toolBox(scene.area);
  const floor = [0, 0, scene.tableSurfaceM];
  const { toBase, fromBase } = tableFrame(scene.table);
  const wantedM = fromBase([fromM[0] + wanted[0]! * STEP_M, fromM[1] + wanted[1]! * STEP_M, fromM[2] + wanted[2]! * STEP_M]);
  const at = wantedM.map((value, axis) => {
    const [low, high] = [xM, yM, heightM][axis]!;
    return Math.min(high + floor[axis]!, Math.max(low + floor[axis]!, value));
  });
  return toBase([at[0]!, at[1]!, task === "push" ? pushToolZ(scene) : at[2]!]);
}

function inverse(kinematics: Kinematics, seedRad: ArrayLike<number>, positionM: Vec3): Float64Array | null {
  const result = kinematics.inverse({ seedRad, positionM, quaternion: "down" });
  return result.converged ? result.positionRad : null;
}

/** On the table and within reach of a push. */
export function insideArea(cubeM: Vec3, { area, tableSurfaceM, cubeEdgeM, table }: SceneSpec): boolean {
  const { xM, yM } = cubeArea(area);
  const [x, y, z] = tableFrame(table).fromBase(cubeM);
  return isWithin(x, xM) && isWithin(y, yM) && Math.abs(z - tableSurfaceM - cubeEdgeM / 2) < 0.4 * cubeEdgeM + 0.01;
}

/** meta.json of the data set. */
export function metaOf({ task, robot, scene, cameras, seed, productVersion }: CollectOptions): DatasetMeta {
  const axes = task === "push" ? ["x", "y"] : ["x", "y", "z"];
  return {
    format: 1,
    provenance: "sim",
    robot: robot.name,
    scene: sceneRecord(scene),
    play: "scripted",
    productVersion,
    seed,
    cameras,
    widthPx: cameras[0]?.widthPx ?? 0,
    heightPx: cameras[0]?.heightPx ?? 0,
    controlPeriodS: PERIOD_S,
    action: { axes, scaleM: STEP_M },
    toolHeightM: task === "push" ? pushToolZ(scene) : null,
    columns: columnsOf(robot),
  };
}
