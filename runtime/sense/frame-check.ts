/** Finds pictures of the wrong size, and cameras that repeat the same picture while the arm moves. */
import { hash } from "node:crypto";
import { AgentError } from "../core/errors.ts";
import { shorterWayRad } from "../core/joint-angle.ts";
import type { CameraSpec, Frame } from "../core/sensing.ts";
import type { FrozenOptions } from "./sense-item.ts";

/** The picture must have the size that the model was trained with. */
export function checkFrameSize(frame: Frame, spec: Pick<CameraSpec, "widthPx" | "heightPx">): AgentError | null {
  const byteCount = spec.widthPx * spec.heightPx * 3;
  if (frame.widthPx === spec.widthPx && frame.heightPx === spec.heightPx && frame.rgb.length === byteCount) return null;
  return new AgentError(
    "sense.wrong-size",
    `camera "${frame.camera}": picture is ${frame.widthPx} x ${frame.heightPx} px in ${frame.rgb.length} bytes, must be ` +
      `${spec.widthPx} x ${spec.heightPx} px in ${byteCount} bytes; set the camera to the model's size`,
  );
}

/** A check of one camera that is told where the joints were in its picture (null when unknown); remembers a hash, not the picture. */
export function createFrozenCheck(options: FrozenOptions): (frame: Frame, positionRad: Float64Array | null) => AgentError | null {
  let lastHash = "";
  let count = 0;
  let firstRad: Float64Array | null = null;
  return (frame, positionRad) => {
    const pictureHash = hash("sha1", frame.rgb, "base64");
    if (pictureHash !== lastHash) {
      lastHash = pictureHash;
      count = 0;
      firstRad = null;
    }
    count++;
    // What the arm did while its joints were not heard says nothing of the pictures: they are held against what it does from then on.
    firstRad = positionRad && (firstRad ?? positionRad);
    const movedRad = furthestRad(firstRad, positionRad);
    const isFrozen =
      (count >= options.movingCount && movedRad >= options.minMovedRad) || (options.stillCount !== null && count >= options.stillCount);
    if (!isFrozen) return null;
    return new AgentError(
      "sense.frozen-frame",
      `camera "${frame.camera}": ${count} identical pictures in a row while the joints moved ${movedRad.toFixed(3)} rad, at most ` +
        `${movedRad >= options.minMovedRad ? options.movingCount - 1 : options.stillCount! - 1}; check the camera`,
    );
  };
}

/** A joint that turns for ever is told a turn further without having moved. */
function furthestRad(from: Float64Array | null, to: Float64Array | null): number {
  if (!from || !to) return 0;
  return from.reduce((furthest, value, joint) => Math.max(furthest, Math.abs(shorterWayRad(to[joint]! - value))), 0);
}
