/** Scripted play for collecting experience in simulation: it may look at the simulator's poses to choose where to go, never to label data. */
import type { Rng } from "../runtime/core/rng.ts";
import type { SceneSpec } from "../runtime/core/scene.ts";
import { tableFrame } from "../runtime/core/table.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";
import { cubeArea, isWithin, middleOf, nearArea, pushArea, reachArea, type WorkArea } from "../runtime/core/work-area.ts";

/** Whose play. */
export type TaskName = "push" | "reach";

export interface PlayView {
  readonly toolM: Vec3;
  readonly cubeM: Vec3;
}

/** A player returns the wanted tool displacement in units of one step, shape (3), each in [-1, 1]. */
export type Player = (view: PlayView) => Vec3;

/** Whether the cube is still on the table and within reach of a push. */
export function isInPlay(cubeM: Vec3, { area, tableSurfaceM, cubeEdgeM, table }: SceneSpec): boolean {
  const { xM, yM } = cubeArea(area);
  const [x, y, z] = tableFrame(table).fromBase(cubeM);
  return isWithin(x, xM) && isWithin(y, yM) && Math.abs(z - tableSurfaceM - cubeEdgeM / 2) < 0.4 * cubeEdgeM + 0.01;
}

type Point = readonly [number, number];
type Whim = (view: PlayView) => Point | null;

/** Distance from the cube's centre at which the tool walks around it, metres. */
const CLEARANCE_M = 0.085;
const ARRIVED_M = 0.012;
const MAX_WHIM_STEPS = 30;

/** Plays on this table, wherever it stands. */
export function createPlayer(task: TaskName, rng: Rng, stepM: number, scene: Pick<SceneSpec, "tableSurfaceM" | "area" | "table">): Player {
  const player = task === "push" ? createPushPlayer(rng, stepM, scene.area) : createReachPlayer(rng, stepM, scene);
  const { fromBase, turnToBase } = tableFrame(scene.table);
  return ({ toolM, cubeM }) => turnToBase(player({ toolM: fromBase(toolM), cubeM: fromBase(cubeM) }));
}

/** Follows one whim after another: push the cube somewhere, visit a place, drift; always with some noise. */
function createPushPlayer(rng: Rng, stepM: number, area: WorkArea): Player {
  let whim: Whim = () => null;
  let stepsLeft = 0;
  let speed = 1;
  let noise = 0.1;
  const renew = (view: PlayView): void => {
    const dice = rng.uniform();
    whim = dice < 0.66 ? pushWhim(rng, area, view) : dice < 0.88 ? visitWhim(rng, area, view) : driftWhim(rng);
    stepsLeft = dice < 0.66 ? MAX_WHIM_STEPS : Math.ceil(rng.between(2, 12));
    speed = rng.uniform() < 0.6 ? 1 : rng.between(0.3, 1);
    noise = rng.uniform() < 0.5 ? 0.08 : rng.between(0.1, 0.45);
  };
  return (view) => {
    let step = stepsLeft-- > 0 ? whim(view) : null;
    if (!step) {
      renew(view);
      step = whim(view) ?? [0, 0];
    }
    const scale = (speed * Math.min(1, Math.hypot(...step) / stepM)) / Math.max(1e-9, Math.hypot(...step));
    return [clampUnit(step[0] * scale + noise * rng.normal()), clampUnit(step[1] * scale + noise * rng.normal()), 0];
  };
}

/** Walk behind the cube as seen from a random target, then push until the cube is there. */
function pushWhim(rng: Rng, area: WorkArea, start: PlayView): Whim {
  const target: Point = rng.uniform() < 0.75 ? near(rng, area, start.cubeM) : [rng.between(...area.xM), rng.between(...area.yM)];
  const stopM = rng.between(0.004, 0.02);
  const aimNoiseRad = 0.15 * rng.normal();
  let pushing = false;
  return ({ toolM, cubeM }) => {
    const toTarget: Point = [target[0] - cubeM[0], target[1] - cubeM[1]];
    if (Math.hypot(...toTarget) < stopM) return null;
    const heading = Math.atan2(toTarget[1], toTarget[0]) + aimNoiseRad;
    const toolAngle = Math.atan2(toolM[1] - cubeM[1], toolM[0] - cubeM[0]);
    const behindError = wrap(heading + Math.PI - toolAngle);
    const lateralM = Math.abs(Math.sin(behindError)) * Math.hypot(toolM[0] - cubeM[0], toolM[1] - cubeM[1]);
    if (pushing) pushing = Math.abs(behindError) < 0.8;
    else pushing = Math.abs(behindError) < 0.5 && lateralM < 0.015;
    if (pushing) {
      const behind: Point = [cubeM[0] - 0.02 * Math.cos(heading) - toolM[0], cubeM[1] - 0.02 * Math.sin(heading) - toolM[1]];
      return behind;
    }
    return walkAround(toolM, cubeM, heading + Math.PI);
  };
}

/** One step towards a place at the given angle around the cube, keeping clear of it. */
function walkAround(toolM: Vec3, cubeM: Vec3, angleRad: number): Point {
  const toolAngle = Math.atan2(toolM[1] - cubeM[1], toolM[0] - cubeM[0]);
  const turn = Math.max(-0.5, Math.min(0.5, wrap(angleRad - toolAngle)));
  const next = toolAngle + turn;
  return [cubeM[0] + CLEARANCE_M * Math.cos(next) - toolM[0], cubeM[1] + CLEARANCE_M * Math.sin(next) - toolM[1]];
}

/** Go to a place, around the cube or through it. */
function visitWhim(rng: Rng, area: WorkArea, start: PlayView): Whim {
  const { xM, yM } = pushArea(area);
  const target: Point = rng.uniform() < 0.6 ? near(rng, area, start.cubeM) : [rng.between(...xM), rng.between(...yM)];
  return ({ toolM }) => {
    const step: Point = [target[0] - toolM[0], target[1] - toolM[1]];
    return Math.hypot(...step) < ARRIVED_M ? null : step;
  };
}

function driftWhim(rng: Rng): Whim {
  const angle = rng.between(-Math.PI, Math.PI);
  const stepM = rng.between(0, 0.03);
  return () => [stepM * Math.cos(angle), stepM * Math.sin(angle)];
}

function createReachPlayer(rng: Rng, stepM: number, { area, tableSurfaceM }: Pick<SceneSpec, "tableSurfaceM" | "area">): Player {
  const { xM, yM, heightM } = reachArea(area);
  let target: Vec3 = [middleOf(xM), middleOf(yM), tableSurfaceM + middleOf(heightM)];
  let stepsLeft = 0;
  let noise = 0.1;
  return ({ toolM }) => {
    const left = Math.hypot(target[0] - toolM[0], target[1] - toolM[1], target[2] - toolM[2]);
    if (stepsLeft-- <= 0 || left < ARRIVED_M) {
      target = [rng.between(...xM), rng.between(...yM), tableSurfaceM + rng.between(...heightM)];
      stepsLeft = Math.ceil(rng.between(3, 20));
      noise = rng.uniform() < 0.5 ? 0.05 : rng.between(0.1, 0.6);
    }
    const delta = [target[0] - toolM[0], target[1] - toolM[1], target[2] - toolM[2]];
    const scale = 1 / Math.max(stepM, Math.hypot(...delta));
    return [0, 1, 2].map((axis) => clampUnit(delta[axis]! * scale + noise * rng.normal())) as [number, number, number];
  };
}

function near(rng: Rng, area: WorkArea, [x, y]: Vec3): Point {
  const { xM, yM } = nearArea(area);
  const angle = rng.between(-Math.PI, Math.PI);
  const radiusM = rng.between(0.03, 0.18);
  return [clamp(x + radiusM * Math.cos(angle), ...xM), clamp(y + radiusM * Math.sin(angle), ...yM)];
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const clampUnit = (value: number): number => clamp(value, -1, 1);
const wrap = (angle: number): number => Math.atan2(Math.sin(angle), Math.cos(angle));
