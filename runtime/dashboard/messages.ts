/** What the page is told: small JSON messages, made from what the agent sees and decides. */
import { projectToPixel } from "../core/projection.ts";
import type { CameraSpec, Frame, Tick } from "../core/types.ts";

/** A picture as the page draws it: RGB bytes in base64. */
export interface PictureMessage {
  readonly camera: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgbBase64: string;
}

export type PageMessage =
  | { readonly type: "hello"; readonly title: string; readonly cameras: readonly { name: string; widthPx: number; heightPx: number }[] }
  | { readonly type: "goal" | "frames"; readonly pictures: readonly PictureMessage[] }
  | {
      readonly type: "tick";
      readonly index: number;
      readonly timeS: number;
      readonly cost: number | null;
      readonly distance: number | null;
      readonly distanceUnit: string;
      readonly planMs: number;
      readonly decisionMs: number;
      readonly verdict: string;
      readonly why: readonly string[];
      /** Per camera the tool now and where the plan imagines it, pixels. */
      readonly imaginedPx: Readonly<Record<string, readonly (readonly [number, number])[]>>;
    }
  | { readonly type: "state"; readonly agent: string; readonly task: string; readonly skill: string; readonly reason: string };

export function pictureMessage({ camera, widthPx, heightPx, rgb }: Frame): PictureMessage {
  return { camera, widthPx, heightPx, rgbBase64: Buffer.from(rgb).toString("base64") };
}

export function tickMessage({ decision, timing }: Tick, cameras: readonly CameraSpec[]): PageMessage {
  const { measures } = decision;
  const pathM = [decision.toolM, ...triples(decision.imaginedToolM)];
  return {
    type: "tick",
    index: decision.index,
    timeS: Number(decision.stampNs / 1_000_000n) / 1e3,
    cost: decision.plan?.cost ?? null,
    distance: measures.criticCost ?? measures.toolToGoalM ?? measures.objectToGoalM,
    distanceUnit: measures.criticCost === null ? "m" : "decisions",
    planMs: timing.planMs,
    decisionMs: timing.decisionMs,
    verdict: decision.verdict,
    why: decision.why,
    imaginedPx: Object.fromEntries(cameras.map((camera) => [camera.name, pathM.flatMap((pointM) => pixelOf(camera, pointM))])),
  };
}

function pixelOf(camera: CameraSpec, pointM: readonly [number, number, number]): (readonly [number, number])[] {
  const { xPx, yPx, depthM } = projectToPixel(camera, pointM);
  return depthM > 0 ? [[xPx, yPx]] : [];
}

function* triples(values: Float32Array): Generator<readonly [number, number, number]> {
  for (let i = 0; i + 2 < values.length; i += 3) yield [values[i]!, values[i + 1]!, values[i + 2]!];
}
