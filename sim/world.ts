/** The embedded world: MuJoCo physics of one arm, a table and a cube. It knows nothing of cameras, clocks or the agent. */
import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { invariant } from "../runtime/core/errors.ts";
import type { JointCommand } from "../runtime/core/motion.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { SceneSpec } from "../runtime/core/scene.ts";
import type { Pose } from "../runtime/core/trial.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";
import { loadMujoco } from "../runtime/kinematics/mujoco.ts";
import { PHYSICS_STEP_S, sceneXml } from "./scene.ts";

export interface Placed {
  /** Shape (jointCount). */
  readonly armRad: ArrayLike<number>;
  readonly cube: Pose;
}

const OBJECT = { body: 1, joint: 3, site: 6, actuator: 19 } as const;

export class World implements Disposable {
  readonly model: MjModel;
  readonly data: MjData;
  readonly #mujoco: MainModule;
  readonly #jointCount: number;
  readonly #cubeQpos: number;
  readonly #cubeDof: number;
  readonly #toolSite: number;
  /** Velocity feed-forward of each position servo: kv / kp, seconds. */
  readonly #leadS: Float64Array;
  #steps = 0;

  static async create(robot: RobotSpec, scene: SceneSpec): Promise<World> {
    return new World(await loadMujoco(), robot, scene);
  }

  private constructor(mujoco: MainModule, robot: RobotSpec, scene: SceneSpec) {
    this.#mujoco = mujoco;
    this.model = mujoco.MjModel.from_xml_string(sceneXml(robot, scene));
    this.data = new mujoco.MjData(this.model);
    this.#jointCount = robot.joints.length;
    robot.joints.forEach((joint, index) => {
      const id = mujoco.mj_name2id(this.model, OBJECT.joint, joint.name);
      invariant(id >= 0 && this.model.jnt_qposadr[id] === index, `joint "${joint.name}" must be number ${index} of the model`);
    });
    const cube = mujoco.mj_name2id(this.model, OBJECT.joint, "cube");
    this.#cubeQpos = this.model.jnt_qposadr[cube];
    this.#cubeDof = this.model.jnt_dofadr[cube];
    this.#toolSite = mujoco.mj_name2id(this.model, OBJECT.site, robot.toolSite);
    invariant(this.#toolSite >= 0, `site "${robot.toolSite}" is not in the model`);
    this.#leadS = Float64Array.from(robot.joints, (_, joint) => servoLeadS(this.model, joint));
  }

  /** Puts arm and cube where they are told to be, at rest, and the clock of the physics to zero. */
  reset(state: Placed): void {
    const { data } = this;
    this.#mujoco.mj_resetData(this.model, data);
    const qpos = data.qpos as Float64Array;
    const ctrl = data.ctrl as Float64Array;
    for (let joint = 0; joint < this.#jointCount; joint++) {
      qpos[joint] = state.armRad[joint]!;
      ctrl[joint] = state.armRad[joint]!;
    }
    qpos.set(state.cube.positionM, this.#cubeQpos);
    qpos.set([Math.cos(state.cube.yawRad / 2), 0, 0, Math.sin(state.cube.yawRad / 2)], this.#cubeQpos + 3);
    this.#steps = 0;
    this.#mujoco.mj_forward(this.model, data);
  }

  /** Holds one joint set-point for `dtS` seconds of physics; the servos get the velocity fed forward. */
  step(command: JointCommand, dtS: number): void {
    const ctrl = this.data.ctrl as Float64Array;
    for (let joint = 0; joint < this.#jointCount; joint++) {
      ctrl[joint] = command.positionRad[joint]! + this.#leadS[joint]! * command.velocityRadPerS[joint]!;
    }
    const steps = Math.max(1, Math.round(dtS / PHYSICS_STEP_S));
    for (let step = 0; step < steps; step++) this.#mujoco.mj_step(this.model, this.data);
    this.#steps += steps;
  }

  get timeS(): number {
    return this.#steps * PHYSICS_STEP_S;
  }

  /** What perfect encoders would read. */
  joints(): { positionRad: Float64Array; velocityRadPerS: Float64Array } {
    return {
      positionRad: (this.data.qpos as Float64Array).slice(0, this.#jointCount),
      velocityRadPerS: (this.data.qvel as Float64Array).slice(0, this.#jointCount),
    };
  }

  toolM(): Vec3 {
    const at = (this.data.site_xpos as Float64Array).subarray(3 * this.#toolSite);
    return [at[0]!, at[1]!, at[2]!];
  }

  cube(): Pose {
    const qpos = (this.data.qpos as Float64Array).subarray(this.#cubeQpos);
    const [x, y, z, qw, qx, qy, qz] = qpos as unknown as [number, number, number, number, number, number, number];
    return { positionM: [x, y, z], yawRad: Math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz)) };
  }

  /** Speed of the cube's centre, m/s. */
  cubeSpeedMPerS(): number {
    const qvel = (this.data.qvel as Float64Array).subarray(this.#cubeDof);
    return Math.hypot(qvel[0]!, qvel[1]!, qvel[2]!);
  }

  [Symbol.dispose](): void {
    this.data.delete();
    this.model.delete();
  }
}

/** kv / kp of a position servo, from its affine bias (force = kp (ctrl - q) - kv qd). */
function servoLeadS(model: MjModel, actuator: number): number {
  const kp = model.actuator_gainprm[actuator * 10];
  const kv = -model.actuator_biasprm[actuator * 10 + 2];
  return kp > 0 ? kv / kp : 0;
}
