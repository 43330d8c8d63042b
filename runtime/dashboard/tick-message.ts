/** One decision as the page shows it. */
import type { Plan } from "../core/planning.ts";
import { projectToPixel } from "../core/projection.ts";
import type { CameraSpec } from "../core/sensing.ts";
import type { Measures } from "../core/skill.ts";
import type { Tick } from "../core/tick.ts";
import type { Vec3 } from "../core/vec3.ts";

/** A point in a picture, pixels from its top left corner. */
export type PathPoint = readonly [xPx: number, yPx: number];

/** One decision as the plots and the list of the guards show it. */
export interface TickRow {
  /** Counts the decisions shown; a tick's own index starts anew with every skill. */
  readonly index: number;
  /** Null where neither model nor goal gives one. */
  readonly distance: number | null;
  readonly distanceUnit: "decisions" | "m";
  /** How far what was seen is from what was imagined, unit-free; null where nothing was imagined of it. */
  readonly surprise: number | null;
  readonly planMs: number;
  readonly decisionMs: number;
  readonly verdict: Tick["decision"]["verdict"];
  readonly why: readonly string[];
}

export interface TickMessage extends TickRow {
  readonly type: "tick";
  /** Per camera: the tool now, then where the plan imagines it after each action. Points behind the camera are left out. */
  readonly pathPx: Readonly<Record<string, readonly PathPoint[]>>;
  readonly toolM: Vec3;
  /** The tool where the plan imagines it after each action. */
  readonly imaginedM: readonly Vec3[];
  /** Joint positions along the motion that was sent, a row a knot; empty when nothing was. */
  readonly plannedRad: readonly (readonly number[])[];
  /** Where the model's probe sees the object; null without a probe. */
  readonly objectM: Vec3 | null;
  /** The critic's estimate of the decisions that are left; null where the goal has none. */
  readonly value: number | null;
  readonly cost: number | null;
  /** Weighted, by term; empty without a plan. */
  readonly costTerms: Readonly<Record<string, number>>;
  /** Who proposed the plan, where several do, and for how many decisions it goes towards the same subgoal; else null. */
  readonly decider: NonNullable<Plan["decider"]> | null;
  readonly subgoalDecisions: number | null;
  readonly encodeMs: number;
  readonly guardMs: number;
  readonly observationAgeMs: number;
}

/** `index` counts the decisions shown so far. */
export function tickMessage({ decision, timing }: Tick, cameras: readonly CameraSpec[], index: number): TickMessage {
  const { measures, plan, segment, toolM } = decision;
  const imaginedM = points(decision.imaginedToolM);
  const pathM = [toolM, ...imaginedM];
  return {
    type: "tick",
    index,
    ...distanceOf(measures),
    surprise: decision.surprise,
    planMs: timing.planMs,
    decisionMs: timing.decisionMs,
    verdict: decision.verdict,
    why: decision.why,
    pathPx: Object.fromEntries(cameras.map((camera) => [camera.name, pathM.flatMap((pointM) => pixelOf(camera, pointM))])),
    toolM,
    imaginedM,
    plannedRad: segment?.knots.map(({ positionRad }) => [...positionRad]) ?? [],
    objectM: measures.objectM ?? null,
    value: measures.criticCost,
    cost: plan?.cost ?? null,
    costTerms: plan?.costTerms ?? {},
    decider: plan?.decider ?? null,
    subgoalDecisions: plan?.subgoalDecisions ?? null,
    encodeMs: timing.encodeMs,
    guardMs: timing.guardMs,
    observationAgeMs: timing.observationAgeMs,
  };
}

/** What a plot needs of a decision that is over. */
export const rowOf = ({ index, distance, distanceUnit, surprise, planMs, decisionMs, verdict, why }: TickMessage): TickRow => ({
  ...{ index, distance, distanceUnit, surprise, planMs, decisionMs, verdict, why },
});

function distanceOf({ criticCost, toolToGoalM, objectToGoalM }: Measures): Pick<TickRow, "distance" | "distanceUnit"> {
  const distanceM = objectToGoalM ?? toolToGoalM;
  return distanceM === null ? { distance: criticCost, distanceUnit: "decisions" } : { distance: distanceM, distanceUnit: "m" };
}

/** None when the camera does not have the point before it, else one, to a tenth of a pixel. */
function pixelOf(camera: CameraSpec, pointM: Vec3): readonly PathPoint[] {
  const { xPx, yPx } = projectToPixel(camera, pointM);
  return Number.isFinite(xPx) && Number.isFinite(yPx) ? [[tenths(xPx), tenths(yPx)]] : [];
}

const tenths = (px: number): number => Math.round(px * 10) / 10;

function points(values: Float32Array): readonly Vec3[] {
  return Array.from({ length: Math.floor(values.length / 3) }, (_, i) => [values[3 * i]!, values[3 * i + 1]!, values[3 * i + 2]!] as const);
}
