/** How push is played to learn it: the arm pushes a thing somewhere, visits places, drifts; always with some noise. */
import { along, type PlayOf, type ScriptedPlayer } from "../../runtime/core/play.ts";
import type { Rng } from "../../runtime/core/rng.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import { girthM, halfHeightM } from "../../runtime/core/shape.ts";
import { tableFrame } from "../../runtime/core/table.ts";
import { poseOf } from "../../runtime/core/trial.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { cubeArea, isWithin, nearArea, pushArea, type WorkArea } from "../../runtime/core/work-area.ts";
import { firstObject } from "../drawing.ts";
import { clamp, clampUnit, onTable } from "../playing.ts";

/** Of the thing that a whim is about. */
interface View {
  readonly toolM: Vec3;
  readonly thingM: Vec3;
  /** Distance from its centre at which the tool walks around it, metres. */
  readonly clearanceM: number;
}

type Point = readonly [number, number];
type Whim = (view: View) => Point | null;

/** Around a cube of 5 cm; wider things need more. */
const CLEARANCE_M = 0.085;
const CUBE_GIRTH_M = 0.0354;
const ARRIVED_M = 0.012;
const MAX_WHIM_STEPS = 30;

export const pushPlay: PlayOf = (scene) => {
  const [name] = firstObject(scene, "push");
  return {
    player: (rng, { stepM }) => onTable(scene, createPushPlayer(rng, stepM, scene)),
    goesOn: ({ objects }) => isInPlay(poseOf(objects, name).positionM, scene, name),
  };
};

/** Whether a thing still lies on the table and within reach of a push. */
export function isInPlay(thingM: Vec3, { area, tableSurfaceM, objects, table }: SceneSpec, name: string): boolean {
  const { xM, yM } = cubeArea(area);
  const halfM = halfHeightM(objects[name]!.shape);
  const [x, y, z] = tableFrame(table).fromBase(thingM);
  return isWithin(x, xM) && isWithin(y, yM) && Math.abs(z - tableSurfaceM - halfM) < 0.8 * halfM + 0.01;
}

/** Follows one whim after another: push the thing somewhere, visit a place, drift; always with some noise. */
function createPushPlayer(rng: Rng, stepM: number, { area, objects }: SceneSpec): ScriptedPlayer {
  const names = Object.keys(objects);
  let thing = names[0]!;
  let whim: Whim = () => null;
  let stepsLeft = 0;
  let speed = 1;
  let noise = 0.1;
  const renew = (view: View): void => {
    const dice = rng.uniform();
    whim = dice < 0.66 ? pushWhim(rng, area, view) : dice < 0.88 ? visitWhim(rng, area, view) : driftWhim(rng);
    stepsLeft = dice < 0.66 ? MAX_WHIM_STEPS : Math.ceil(rng.between(2, 12));
    speed = rng.uniform() < 0.6 ? 1 : rng.between(0.3, 1);
    noise = rng.uniform() < 0.5 ? 0.08 : rng.between(0.1, 0.45);
  };
  return (sight) => {
    const viewed = (): View => ({
      toolM: sight.toolM,
      thingM: poseOf(sight.objects, thing).positionM,
      clearanceM: CLEARANCE_M + Math.max(0, girthM(objects[thing]!.shape) - CUBE_GIRTH_M),
    });
    let view = viewed();
    let step = stepsLeft-- > 0 ? whim(view) : null;
    if (!step) {
      if (names.length > 1) thing = names[Math.floor(rng.uniform() * names.length)]!;
      view = viewed();
      renew(view);
      step = whim(view) ?? [0, 0];
    }
    const scale = (speed * Math.min(1, Math.hypot(...step) / stepM)) / Math.max(1e-9, Math.hypot(...step));
    return along([clampUnit(step[0] * scale + noise * rng.normal()), clampUnit(step[1] * scale + noise * rng.normal()), 0]);
  };
}

/** Walk behind the thing as seen from a random target, then push until the thing is there. */
function pushWhim(rng: Rng, area: WorkArea, start: View): Whim {
  const target: Point = rng.uniform() < 0.75 ? near(rng, area, start.thingM) : [rng.between(...area.xM), rng.between(...area.yM)];
  const stopM = rng.between(0.004, 0.02);
  const aimNoiseRad = 0.15 * rng.normal();
  let pushing = false;
  return ({ toolM, thingM, clearanceM }) => {
    const toTarget: Point = [target[0] - thingM[0], target[1] - thingM[1]];
    if (Math.hypot(...toTarget) < stopM) return null;
    const heading = Math.atan2(toTarget[1], toTarget[0]) + aimNoiseRad;
    const toolAngle = Math.atan2(toolM[1] - thingM[1], toolM[0] - thingM[0]);
    const behindError = wrap(heading + Math.PI - toolAngle);
    const lateralM = Math.abs(Math.sin(behindError)) * Math.hypot(toolM[0] - thingM[0], toolM[1] - thingM[1]);
    if (pushing) pushing = Math.abs(behindError) < 0.8;
    else pushing = Math.abs(behindError) < 0.5 && lateralM < 0.015;
    if (pushing) {
      const behind: Point = [thingM[0] - 0.02 * Math.cos(heading) - toolM[0], thingM[1] - 0.02 * Math.sin(heading) - toolM[1]];
      return behind;
    }
    return walkAround({ toolM, thingM, clearanceM }, heading + Math.PI);
  };
}

/** One step towards a place at the given angle around the thing, keeping clear of it. */
function walkAround({ toolM, thingM, clearanceM }: View, angleRad: number): Point {
  const toolAngle = Math.atan2(toolM[1] - thingM[1], toolM[0] - thingM[0]);
  const turn = Math.max(-0.5, Math.min(0.5, wrap(angleRad - toolAngle)));
  const next = toolAngle + turn;
  return [thingM[0] + clearanceM * Math.cos(next) - toolM[0], thingM[1] + clearanceM * Math.sin(next) - toolM[1]];
}

/** Go to a place, around the thing or through it. */
function visitWhim(rng: Rng, area: WorkArea, start: View): Whim {
  const { xM, yM } = pushArea(area);
  const target: Point = rng.uniform() < 0.6 ? near(rng, area, start.thingM) : [rng.between(...xM), rng.between(...yM)];
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

function near(rng: Rng, area: WorkArea, [x, y]: Vec3): Point {
  const { xM, yM } = nearArea(area);
  const angle = rng.between(-Math.PI, Math.PI);
  const radiusM = rng.between(0.03, 0.18);
  return [clamp(x + radiusM * Math.cos(angle), ...xM), clamp(y + radiusM * Math.sin(angle), ...yM)];
}

const wrap = (angle: number): number => Math.atan2(Math.sin(angle), Math.cos(angle));
