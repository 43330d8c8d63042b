/** Whether an arm rests as skills expect it to: its tool straight down, and not turned away from the base's x axis. */
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { turnToDown } from "../../runtime/kinematics/quaternion.ts";

/** Further than this the arm would not find down from its rest posture. */
const TILT_RAD_MAX = Math.PI / 6;
const YAW_RAD_MAX = Math.PI / 2;
/** With fewer joints the place alone decides how the tool is turned. */
const YAW_JOINTS = 6;

export async function restProblems(spec: RobotSpec): Promise<readonly string[]> {
  using kinematics = await createKinematics(spec);
  const { quaternion } = kinematics.toolPose(spec.homeRad);
  const tiltRad = Math.hypot(...turnToDown(quaternion));
  if (tiltRad > TILT_RAD_MAX)
    return [
      `joints: at homeRad the tool's z axis is ${tiltRad.toFixed(2)} rad from straight down, at most ${TILT_RAD_MAX.toFixed(2)} rad; correct homeRad, or tool.turnRad`,
    ];
  const [w, x, y, z] = quaternion;
  const yawRad = Math.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z)); // Of the tool's x axis.
  if (spec.joints.length < YAW_JOINTS || Math.abs(yawRad) <= YAW_RAD_MAX) return [];
  return [
    `joints: at homeRad the tool's x axis is turned by ${yawRad.toFixed(2)} rad from the base's, at most ${YAW_RAD_MAX.toFixed(2)} rad; turn the tool by as much with the yaw of tool.turnRad`,
  ];
}
