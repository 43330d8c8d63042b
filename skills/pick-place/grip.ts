/** How a thing is taken between two fingers: how wide they stand around it, and at which turns of the hand. */
import { AgentError } from "../../runtime/core/errors.ts";
import type { Shape } from "../../runtime/core/shape.ts";

/** Wider than this no hand of the arms that we know opens with room to spare, metres. */
const WIDTH_M_MAX = 0.07;

/** Between the fingers, metres. Throws AgentError `launch.invalid` for a thing that is too wide. */
export function gripWidthM(shape: Shape, name: string): number {
  const widthM = shape.kind === "box" ? Math.min(shape.sizeM[0], shape.sizeM[1]) : 2 * shape.radiusM;
  if (widthM <= WIDTH_M_MAX) return widthM;
  throw new AgentError(
    "launch.invalid",
    `pick-place: "${name}" is ${widthM} m wide, must be at most ${WIDTH_M_MAX} m to be gripped; make it narrower in backend.scene.objects`,
  );
}

/** How far the hand is from the nearest turn at which it can take the thing, radians: a quarter turn apart for a square, half a turn for what is longer, any for what is round. */
export function gripTurnRad(shape: Shape, thingYawRad: number, handYawRad: number): number {
  if (shape.kind !== "box") return 0;
  const [x, y] = shape.sizeM;
  const period = Math.abs(x - y) < 1e-6 ? Math.PI / 2 : Math.PI;
  // The fingers close along the hand's y: across the narrower side of the thing.
  const wantedRad = thingYawRad + (x < y ? Math.PI / 2 : 0);
  const offRad = (wantedRad - handYawRad) % period;
  return offRad - period * Math.round(offRad / period);
}
