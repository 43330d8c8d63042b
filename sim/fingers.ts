/** The gripper of a simulated arm: its servo follows a set-point that goes no faster than told, with no more force than told. */
import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { invariant } from "../runtime/core/errors.ts";
import { fingerAt, openingAt, towardsM } from "../runtime/core/gripper.ts";
import type { GripperCommand } from "../runtime/core/motion.ts";
import type { GripperSpec } from "../runtime/core/robot.ts";
import type { GripperReading } from "../runtime/core/sensing.ts";

const OBJECT = { joint: 3, actuator: 19 } as const;

export class Fingers {
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #spec: GripperSpec;
  readonly #servo: number;
  /** Of each finger's joint in the state of the physics. */
  readonly #qpos: readonly number[];
  /** What the servo can at most, in its own unit. */
  readonly #forceMax: number;
  #setPointM = 0;

  constructor(mujoco: MainModule, model: MjModel, data: MjData, spec: GripperSpec) {
    this.#model = model;
    this.#data = data;
    this.#spec = spec;
    const find = (kind: keyof typeof OBJECT, name: string): number => {
      const id = mujoco.mj_name2id(model, OBJECT[kind], name);
      invariant(id >= 0, `${kind} "${name}" of the gripper is not in the model`);
      return id;
    };
    this.#servo = find("actuator", spec.actuator);
    this.#qpos = spec.fingers.map(({ joint }) => model.jnt_qposadr[find("joint", joint)]);
    this.#forceMax = model.actuator_forcerange[2 * this.#servo + 1];
    invariant(this.#forceMax > 0, `actuator "${spec.actuator}" of the gripper has no forcerange`);
  }

  /** Stands at that opening, or stays where the model rests, and holds it with all its force. */
  reset(openingM?: number): void {
    this.#setPointM = openingM ?? this.reading().openingM;
    this.#limit(this.#spec.forceMaxN);
    this.#hold();
    if (openingM === undefined) return;
    const qpos = this.#data.qpos as Float64Array;
    this.#spec.fingers.forEach((finger, index) => {
      qpos[this.#qpos[index]!] = fingerAt(this.#spec, finger, openingM);
    });
  }

  /** Goes on towards what is told for `dtS`; without a command it holds. */
  follow(command: GripperCommand | undefined, dtS: number): void {
    if (!command) return;
    this.#setPointM = towardsM(this.#setPointM, command, dtS);
    this.#limit(command.forceN);
    this.#hold();
  }

  /** What perfect encoders and the servo's current would tell. */
  reading(): GripperReading {
    const qpos = this.#data.qpos as Float64Array;
    const force = Math.abs((this.#data.actuator_force as Float64Array)[this.#servo]!);
    return {
      openingM: openingAt(
        this.#spec,
        this.#qpos.map((at) => qpos[at]!),
      ),
      effortN: (force / this.#forceMax) * this.#spec.forceMaxN,
    };
  }

  #hold(): void {
    (this.#data.ctrl as Float64Array)[this.#servo] = fingerAt(this.#spec, this.#spec.fingers[0]!, this.#setPointM);
  }

  #limit(forceN: number): void {
    const most = (forceN / this.#spec.forceMaxN) * this.#forceMax;
    (this.#model.actuator_forcerange as Float64Array).set([-most, most], 2 * this.#servo);
  }
}
