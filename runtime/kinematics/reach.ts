/** How far an arm can reach, by the lengths of its links: no posture brings the tool further, though not every point within can be reached. */
import type { RobotSpec } from "../core/robot.ts";
import { distanceM, type Vec3 } from "../core/vec3.ts";
import { createShadow } from "./shadow.ts";

export interface Reach {
  /** Where the first joint is, base frame. */
  readonly centreM: Vec3;
  readonly radiusM: number;
}

/** Throws as `createKinematics`. */
export async function reachOf(spec: RobotSpec): Promise<Reach> {
  using shadow = await createShadow(spec);
  const { mujoco, model, data, siteId } = shadow;
  const qpos: Float64Array = data.qpos;
  for (const [index, rad] of spec.homeRad.entries()) qpos[shadow.qposIndex[index]!] = rad;
  mujoco.mj_kinematics(model, data);
  const anchors = spec.joints.map(({ name }) => placeOf(data.xanchor, mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT.value, name)));
  const points = [...anchors, placeOf(data.site_xpos, siteId)]; // From one to the next the distance is the same in every posture.
  const radiusM = points.slice(1).reduce((sum, point, index) => sum + distanceM(points[index]!, point), 0);
  return { centreM: points[0]!, radiusM };
}

const placeOf = (values: Float64Array, index: number): Vec3 => [values[3 * index]!, values[3 * index + 1]!, values[3 * index + 2]!];

/** Whether any point of a box is in reach. */
export function isInReach({ centreM, radiusM }: Reach, minM: Vec3, maxM: Vec3): boolean {
  const nearest = centreM.map((at, axis) => Math.min(maxM[axis]!, Math.max(minM[axis]!, at)));
  return distanceM(nearest as unknown as Vec3, centreM) <= radiusM;
}
