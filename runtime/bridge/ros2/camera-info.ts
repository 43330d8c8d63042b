/** sensor_msgs/CameraInfo against the camera that the model was trained with: the same view, or a sentence that says what differs. */
import type { CameraSpec } from "../../core/sensing.ts";
import { middleCrop } from "./image.ts";
import type { CameraInfoMsg } from "./messages.ts";

/** Field of view and centre may differ by these shares before it is said. */
const FOV_SHARE_MAX = 0.05;
const CENTRE_SHARE_MAX = 0.05;
/** Sum of the distortion coefficients' sizes above which a picture is visibly bent. */
const DISTORTION_MAX = 0.05;

/** The vertical field of view that is left after the middle was cut out in the model's shape, radians. */
export function croppedFovYRad({ k, width, height }: Pick<CameraInfoMsg, "k" | "width" | "height">, spec: CameraSpec): number {
  const crop = middleCrop({ widthPx: width, heightPx: height }, spec);
  return 2 * Math.atan(crop.heightPx / (2 * k[4]!));
}

/** What differs, for people; empty when nothing does. */
export function compareCameraInfo(info: CameraInfoMsg, spec: CameraSpec): readonly string[] {
  const { k, width, height } = info;
  if (!(k[0]! > 0 && k[4]! > 0)) return [`camera "${spec.name}": its CameraInfo is not calibrated (focal length ${k[0]} px); calibrate it`];
  const differences: string[] = [];
  const fovYRad = croppedFovYRad(info, spec);
  if (Math.abs(fovYRad / spec.fovYRad - 1) > FOV_SHARE_MAX)
    differences.push(
      `camera "${spec.name}": sees ${fovYRad.toFixed(3)} rad from top to bottom, the model was trained with ${spec.fovYRad} rad; change the lens or the region of interest`,
    );
  const offX = Math.abs(k[2]! / width - 0.5);
  const offY = Math.abs(k[5]! / height - 0.5);
  if (Math.max(offX, offY) > CENTRE_SHARE_MAX)
    differences.push(
      `camera "${spec.name}": its optical centre is at (${k[2]!.toFixed(0)}, ${k[5]!.toFixed(0)}) px of ${width} x ${height} px, must be in the middle; change the region of interest`,
    );
  const bend = Array.from({ length: info.d.length }, (_, index) => Math.abs(info.d[index]!)).reduce((sum, value) => sum + value, 0);
  if (bend > DISTORTION_MAX)
    differences.push(`camera "${spec.name}": its lens bends the picture (${info.distortion_model}); use its rectified topic, image_rect`);
  return differences;
}
