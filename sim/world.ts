/** The embedded world: MuJoCo physics of one arm, a table and what lies on it. It knows nothing of cameras, clocks or the agent. */
import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { AgentError, invariant } from "../runtime/core/errors.ts";
import { gripperField } from "../runtime/core/gripper.ts";
import type { JointCommand } from "../runtime/core/motion.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { SceneSpec } from "../runtime/core/scene.ts";
import { restingPoses } from "../runtime/core/scene-layout.ts";
import type { JointState } from "../runtime/core/sensing.ts";
import { type Objects, type Pose, poseOf } from "../runtime/core/trial.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";
import { loadMujoco } from "../runtime/kinematics/mujoco.ts";
import { Drives } from "./drives.ts";
import { Fingers } from "./fingers.ts";
import { PHYSICS_STEP_S, sceneXml } from "./scene.ts";
import { shadeRobot } from "./vary/shade-robot.ts";

export interface Placed {
  /** Shape (jointCount). */
  readonly armRad: ArrayLike<number>;
  /** Between the fingers; absent: as the model has them. */
  readonly openingM?: number | undefined;
  /** Those that are not named lie where they did when the world was made. */
  readonly objects?: Objects;
}

const OBJECT = { body: 1, joint: 3, geom: 5, site: 6, actuator: 19 } as const;

/** Where a loose thing is in the state of the physics. */
interface Freedom {
  readonly qpos: number;
  readonly dof: number;
  readonly geom: number;
}

/** With whom a thing collides, as MuJoCo has it. */
interface Touch {
  readonly contype: Int32Array;
  readonly conaffinity: Int32Array;
}

export class World implements Disposable {
  readonly model: MjModel;
  readonly data: MjData;
  readonly #mujoco: MainModule;
  readonly #jointCount: number;
  readonly #objects: ReadonlyMap<string, Freedom>;
  readonly #resting: Objects;
  readonly #toolSite: number;
  /** Velocity feed-forward of each position servo: kv / kp, seconds. */
  readonly #leadS: Float64Array;
  readonly #fingers: Fingers | null;
  readonly #drives: Drives;
  /** As the scene has them. */
  readonly #touch: Touch;
  #steps = 0;

  /** `robotShade` multiplies the robot's colours. Throws AgentError `launch.invalid` for a scene that MuJoCo refuses, such as one that names a thing like a part of the robot. */
  static async create(robot: RobotSpec, scene: SceneSpec, robotShade = 1): Promise<World> {
    const world = new World(await loadMujoco(), robot, scene);
    if (robotShade !== 1) world.#shadeRobot(Object.keys(scene.objects), robotShade);
    return world;
  }

  private constructor(mujoco: MainModule, robot: RobotSpec, scene: SceneSpec) {
    this.#mujoco = mujoco;
    this.model = compiled(mujoco, robot, scene);
    this.data = new mujoco.MjData(this.model);
    this.#jointCount = robot.joints.length;
    robot.joints.forEach((joint, index) => {
      const id = mujoco.mj_name2id(this.model, OBJECT.joint, joint.name);
      invariant(id >= 0 && this.model.jnt_qposadr[id] === index, `joint "${joint.name}" must be number ${index} of the model`);
    });
    const freedomOf = (name: string): Freedom => {
      const joint = mujoco.mj_name2id(this.model, OBJECT.joint, name);
      const geom = mujoco.mj_name2id(this.model, OBJECT.geom, name);
      return { qpos: this.model.jnt_qposadr[joint], dof: this.model.jnt_dofadr[joint], geom };
    };
    this.#objects = new Map(Object.keys(scene.objects).map((name) => [name, freedomOf(name)]));
    this.#resting = restingPoses(scene);
    this.#toolSite = mujoco.mj_name2id(this.model, OBJECT.site, robot.toolSite);
    invariant(this.#toolSite >= 0, `site "${robot.toolSite}" is not in the model`);
    this.#fingers = robot.gripper ? new Fingers(mujoco, this.model, this.data, robot.gripper) : null;
    this.#drives = new Drives(this.model, this.#jointCount);
    this.#touch = { contype: this.model.geom_contype.slice(), conaffinity: this.model.geom_conaffinity.slice() };
    this.#leadS = Float64Array.from(robot.joints, (_, joint) => servoLeadS(this.model, joint));
  }

  /** Puts arm and things where they are told to be, at rest, and the clock of the physics to zero. Throws `launch.invalid` for a thing that is not in the scene. */
  reset({ armRad, openingM, objects = {} }: Placed): void {
    const { data } = this;
    for (const name of Object.keys(objects)) poseOf(this.#resting, name);
    this.#mujoco.mj_resetData(this.model, data);
    this.model.geom_contype.set(this.#touch.contype);
    this.model.geom_conaffinity.set(this.#touch.conaffinity);
    const qpos = data.qpos as Float64Array;
    const ctrl = data.ctrl as Float64Array;
    for (let joint = 0; joint < this.#jointCount; joint++) {
      qpos[joint] = armRad[joint]!;
      ctrl[joint] = armRad[joint]!;
    }
    for (const [name, at] of this.#objects) {
      const { positionM, yawRad } = objects[name] ?? poseOf(this.#resting, name);
      qpos.set(positionM, at.qpos);
      qpos.set([Math.cos(yawRad / 2), 0, 0, Math.sin(yawRad / 2)], at.qpos + 3);
    }
    this.#fingers?.reset(openingM);
    this.#steps = 0;
    this.#drives.reset();
    this.#mujoco.mj_forward(this.model, data);
  }

  /** Puts one thing elsewhere, at rest, while everything else goes on. Throws `launch.invalid` for a thing that is not in the scene. */
  put(name: string, { positionM, yawRad }: Pose): void {
    poseOf(this.#resting, name);
    const { qpos, dof } = this.#objects.get(name)!;
    (this.data.qpos as Float64Array).set([...positionM, Math.cos(yawRad / 2), 0, 0, Math.sin(yawRad / 2)], qpos);
    (this.data.qvel as Float64Array).fill(0, dof, dof + 6);
    this.#mujoco.mj_forward(this.model, this.data);
  }

  /** The same, and from now to the next reset it touches nothing: for what no physics does, told anew after every step. Throws as `put`. */
  haunt(name: string, pose: Pose): void {
    this.put(name, pose);
    const { geom } = this.#objects.get(name)!;
    this.model.geom_contype[geom] = 0;
    this.model.geom_conaffinity[geom] = 0;
  }

  /** How it stands, for another world of the same robot and scene. */
  stands(): Float64Array {
    return (this.data.qpos as Float64Array).slice();
  }

  /** Stands as that one said. */
  stand(stands: Float64Array): void {
    (this.data.qpos as Float64Array).set(stands);
    this.#mujoco.mj_forward(this.model, this.data);
  }

  /** Holds one joint set-point for `dtS` seconds of physics; the servos get the velocity fed forward. The gripper goes on towards what it is told. */
  step(command: JointCommand, dtS: number): void {
    const ctrl = this.data.ctrl as Float64Array;
    for (let joint = 0; joint < this.#jointCount; joint++) {
      ctrl[joint] = command.positionRad[joint]! + this.#leadS[joint]! * command.velocityRadPerS[joint]!;
    }
    const steps = Math.max(1, Math.round(dtS / PHYSICS_STEP_S));
    for (let step = 0; step < steps; step++) {
      this.#fingers?.follow(command.gripper, PHYSICS_STEP_S);
      this.#drives.before(this.data);
      this.#mujoco.mj_step(this.model, this.data);
      this.#drives.after(this.data);
    }
    this.#steps += steps;
  }

  get timeS(): number {
    return this.#steps * PHYSICS_STEP_S;
  }

  /** What perfect encoders would read, and what the drives give. */
  joints(): Pick<JointState, "positionRad" | "velocityRadPerS" | "effortNm" | "gripper"> {
    return {
      positionRad: (this.data.qpos as Float64Array).slice(0, this.#jointCount),
      velocityRadPerS: (this.data.qvel as Float64Array).slice(0, this.#jointCount),
      effortNm: this.#drives.effortNm(this.data),
      ...gripperField(this.#fingers?.reading()),
    };
  }

  /** Between the fingers; undefined without a gripper. */
  openingM(): number | undefined {
    return this.#fingers?.reading().openingM;
  }

  toolM(): Vec3 {
    const at = (this.data.site_xpos as Float64Array).subarray(3 * this.#toolSite);
    return [at[0]!, at[1]!, at[2]!];
  }

  objects(): Objects {
    return Object.fromEntries([...this.#objects].map(([name, { qpos }]) => [name, this.#poseAt(qpos)]));
  }

  /** Of a thing's centre, m/s. */
  speedMPerS(name: string): number {
    const at = this.#objects.get(name);
    invariant(at, `object "${name}" is not in the scene`);
    const qvel = (this.data.qvel as Float64Array).subarray(at.dof);
    return Math.hypot(qvel[0]!, qvel[1]!, qvel[2]!);
  }

  #shadeRobot(things: readonly string[], shade: number): void {
    const bodies = new Set(things.map((name) => this.#mujoco.mj_name2id(this.model, OBJECT.body, name)));
    shadeRobot(this.model, shade, (body) => bodies.has(body));
  }

  #poseAt(index: number): Pose {
    const qpos = (this.data.qpos as Float64Array).subarray(index);
    const [x, y, z, qw, qx, qy, qz] = qpos as unknown as [number, number, number, number, number, number, number];
    return { positionM: [x, y, z], yawRad: Math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz)) };
  }

  [Symbol.dispose](): void {
    this.data.delete();
    this.model.delete();
  }
}

function compiled(mujoco: MainModule, robot: RobotSpec, scene: SceneSpec): MjModel {
  try {
    return mujoco.MjModel.from_xml_string(sceneXml(robot, scene));
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ").trim();
    throw new AgentError("launch.invalid", `scene around "${robot.name}": MuJoCo refuses it (${why}); change backend.scene`);
  }
}

/** kv / kp of a position servo, from its affine bias (force = kp (ctrl - q) - kv qd). */
function servoLeadS(model: MjModel, actuator: number): number {
  const kp = model.actuator_gainprm[actuator * 10];
  const kv = -model.actuator_biasprm[actuator * 10 + 2];
  return kp > 0 ? kv / kp : 0;
}
