/** Servos for an arm whose maker's are not known: as stiff as the inertia that each joint moves asks for, and never so stiff that the physics step rings. */
import { rangeRad } from "../../runtime/core/joint-angle.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Mujoco } from "../../runtime/kinematics/mujoco.ts";
import { jointSpec, type RobotDescription } from "./description.ts";

/** Of a position servo: torque = stiffness (target - q) - damping qd. */
export interface ServoSize {
  /** N m/rad */
  readonly stiffness: number;
  /** N m s/rad */
  readonly damping: number;
  /** kg m^2 */
  readonly armature: number;
}

/** Undamped frequency of the joint at its largest inertia: stiff enough to follow within a millimetre, far below a step of 4 ms. */
const FREQUENCY_RAD_PER_S = 80;
/** Of critical damping: a servo that saturates comes back without ringing, as the hand-tuned ones of robots/panda do. */
const DAMPING_RATIO = 2;
/** Drives add at least this share of the largest inertia, as geared motors do: an arm that folds in does not become too light for its servo. */
const ARMATURE_SHARE = 0.1;
/** And at least this much per torque, kg m^2 / (N m): between what is known of the Panda's and of the UR5e's drives. */
const ARMATURE_PER_TORQUE = 0.002;
const POSTURES = 64;
const SEED = 1;

/** `looseXml` is the arm without servos; in the order of the joints. */
export function sizeServos(mujoco: Mujoco, looseXml: string, joints: RobotDescription["joints"]): readonly ServoSize[] {
  const model = mujoco.MjModel.from_xml_string(looseXml);
  const data = new mujoco.MjData(model);
  const column = new mujoco.DoubleBuffer(model.nv);
  try {
    const rng = createRng(SEED);
    const largest = joints.map(() => 0);
    for (let posture = 0; posture < POSTURES; posture++) {
      for (const [index, joint] of joints.entries()) data.qpos[index] = rng.between(...rangeRad(jointSpec(joint)));
      mujoco.mj_forward(model, data);
      for (const index of joints.keys()) {
        mujoco.mj_mulM(model, data, column, unit(model.nv, index));
        largest[index] = Math.max(largest[index]!, column.GetView()[index]!);
      }
    }
    return largest.map((inertia, index) => {
      const armature = Math.max(model.dof_armature[index], ARMATURE_SHARE * inertia, ARMATURE_PER_TORQUE * joints[index]!.torqueMaxNm);
      const moved = inertia - model.dof_armature[index] + armature;
      const stiffness = FREQUENCY_RAD_PER_S ** 2 * moved;
      return { stiffness, damping: 2 * DAMPING_RATIO * FREQUENCY_RAD_PER_S * moved, armature };
    });
  } finally {
    column.delete();
    data.delete();
    model.delete();
  }
}

const unit = (length: number, at: number): number[] => Array.from({ length }, (_, index) => (index === at ? 1 : 0));
