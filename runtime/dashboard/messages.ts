/** What the page is told: small JSON messages, made from what the agent sees and decides. */
import { projectToPixel } from "../core/projection.ts";
import type { CameraSpec, Frame } from "../core/sensing.ts";
import type { Measures } from "../core/skill.ts";
import type { Tick } from "../core/tick.ts";
import type { Vec3 } from "../core/vec3.ts";

/** A picture as the page draws it: RGB bytes in base64, row-major. */
export interface PictureMessage {
  readonly camera: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgbBase64: string;
}

/** A point in a picture, pixels from its top left corner. */
export type PathPoint = readonly [xPx: number, yPx: number];

/** One decision as the plots and the list of the guards show it. */
export interface TickRow {
  /** Counts the decisions shown; a tick's own index starts anew with every skill. */
  readonly index: number;
  /** Null where neither model nor goal gives one. */
  readonly distance: number | null;
  readonly distanceUnit: "decisions" | "m";
  readonly planMs: number;
  readonly decisionMs: number;
  readonly verdict: Tick["decision"]["verdict"];
  readonly why: readonly string[];
}

export interface TickMessage extends TickRow {
  readonly type: "tick";
  /** Per camera: the tool now, then where the plan imagines it after each action. Points behind the camera are left out. */
  readonly pathPx: Readonly<Record<string, readonly PathPoint[]>>;
}

/** Where the supervisor stands, in words for people. */
export interface StateLine {
  readonly agent: string;
  readonly task: string;
  /** Empty when no skill is in progress. */
  readonly skill: string;
  readonly reason: string;
}

/** `hello` comes first on every connection and holds all decisions so far but the newest, at most HISTORY_MAX. */
export type PageMessage =
  | {
      readonly type: "hello";
      readonly title: string;
      readonly cameras: readonly Pick<CameraSpec, "name" | "widthPx" | "heightPx">[];
      readonly history: readonly TickRow[];
    }
  | { readonly type: "goal" | "frames"; readonly pictures: readonly PictureMessage[] }
  | TickMessage
  | ({ readonly type: "state" } & StateLine);

export function pictureMessage({ camera, widthPx, heightPx, rgb }: Frame): PictureMessage {
  return { camera, widthPx, heightPx, rgbBase64: Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength).toString("base64") };
}

/** `index` counts the decisions shown so far. */
export function tickMessage({ decision, timing }: Tick, cameras: readonly CameraSpec[], index: number): TickMessage {
  const pathM = [decision.toolM, ...points(decision.imaginedToolM)];
  return {
    type: "tick",
    index,
    ...distanceOf(decision.measures),
    planMs: timing.planMs,
    decisionMs: timing.decisionMs,
    verdict: decision.verdict,
    why: decision.why,
    pathPx: Object.fromEntries(cameras.map((camera) => [camera.name, pathM.flatMap((pointM) => pixelOf(camera, pointM))])),
  };
}

/** What a plot needs of a decision that is over. */
export function rowOf({ type: _, pathPx: __, ...row }: TickMessage): TickRow {
  return row;
}

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
