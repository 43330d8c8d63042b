/** What the drives of a simulated arm give, as drives of a real one tell it: the mean over the last few steps of the physics. */
import type { MjData, MjModel } from "@mujoco/mujoco";

/** 8 ms of steps of 2 ms. */
const STEPS = 4;

/** Told of every step of the physics, before and after it. */
export class Drives {
  readonly #jointCount: number;
  /** Of each servo, N m per rad/s, and the most it gives, N m. */
  readonly #dampingNmS: Float64Array;
  readonly #torqueMaxNm: Float64Array;
  #velocity = new Float64Array();
  #told: Float64Array[] = [];

  constructor(model: MjModel, jointCount: number) {
    this.#jointCount = jointCount;
    const [bias, range]: Float64Array[] = [model.actuator_biasprm, model.actuator_forcerange];
    const stride = bias!.length / model.nu;
    this.#dampingNmS = Float64Array.from({ length: jointCount }, (_, joint) => -bias![stride * joint + 2]!);
    this.#torqueMaxNm = Float64Array.from({ length: jointCount }, (_, joint) => range![2 * joint + 1]!);
  }

  before(data: MjData): void {
    this.#velocity = (data.qvel as Float64Array).slice(0, this.#jointCount);
  }

  /** The integrator lets a servo's damping act on the velocity at the end of the step, so what it gave is less than what it set out to give. */
  after(data: MjData): void {
    const [given, carried, velocity]: Float64Array[] = [data.qfrc_actuator, data.qfrc_gravcomp, data.qvel];
    const effortNm = this.#velocity.map((before, joint) => {
      const isAtMost = Math.abs(given![joint]!) >= this.#torqueMaxNm[joint]!;
      const damped = isAtMost ? 0 : this.#dampingNmS[joint]! * (velocity![joint]! - before);
      return given![joint]! - damped + carried![joint]!;
    });
    this.#told.push(effortNm);
    if (this.#told.length > STEPS) this.#told.shift();
  }

  reset(): void {
    this.#told = [];
  }

  /** N m, shape (jointCount), with the weight that MJCF's gravcomp carries for them. */
  effortNm(data: MjData): Float64Array {
    if (this.#told.length === 0) this.#told.push(this.#atRest(data));
    const sum = new Float64Array(this.#jointCount);
    for (const each of this.#told) for (const [joint, value] of each.entries()) sum[joint]! += value;
    return sum.map((value) => value / this.#told.length);
  }

  #atRest(data: MjData): Float64Array {
    const carried = data.qfrc_gravcomp as Float64Array;
    return (data.qfrc_actuator as Float64Array).slice(0, this.#jointCount).map((value, joint) => value + carried[joint]!);
  }
}
