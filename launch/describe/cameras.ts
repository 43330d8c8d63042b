/** Two cameras that see a work area: from the front and from the side, both from above, as the shipped launch files have them. */
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import type { ProposedArea } from "./area.ts";

const FOV_Y_RAD = 0.8203;
const SIZE_PX = 64;
/** Around what must be seen, so that the hand above it is seen as well. */
const ROOM = 1.25;

export function proposeCameras({ area: { xM, yM, heightM }, tableSurfaceM }: ProposedArea): readonly CameraSpec[] {
  const centre: Vec3 = [(xM[0] + xM[1]) / 2, 0, tableSurfaceM + heightM[1] / 2];
  const radiusM = Math.hypot(xM[1] - xM[0], yM[1] - yM[0], heightM[1]) / 2;
  const distanceM = (ROOM * radiusM) / Math.sin(FOV_Y_RAD / 2);
  const camera = (name: string, [x, y, z]: Vec3): CameraSpec => ({
    name,
    widthPx: SIZE_PX,
    heightPx: SIZE_PX,
    fovYRad: FOV_Y_RAD,
    positionM: [millimetres(centre[0] + x * distanceM), millimetres(centre[1] + y * distanceM), millimetres(centre[2] + z * distanceM)],
    targetM: [millimetres(centre[0]), millimetres(centre[1]), millimetres(centre[2])],
  });
  return [camera("front", [0.86, 0, 0.51]), camera("side", [0, -0.86, 0.51])];
}

const millimetres = (value: number): number => Math.round(value * 1000) / 1000 + 0;
