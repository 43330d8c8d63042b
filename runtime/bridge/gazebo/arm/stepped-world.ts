/** A Gazebo world that makes exactly the steps it is told to, and what its sensors showed at the last of them. */
import { nsToMs, nsToSeconds, secondsToNs } from "../../../core/clock.ts";
import { AgentError, invariant } from "../../../core/errors.ts";
import type { JointCommand } from "../../../core/motion.ts";
import type { Frame, Sample } from "../../../core/sensing.ts";
import { type ArmEvents, GazeboArm, type GazeboArmOptions, type Picture } from "./arm.ts";
import type { Passage } from "./episodes.ts";
import { Hearing } from "./hearing.ts";
import type { JointReading, WorldReading } from "./readings.ts";

export interface SteppedWorldOptions extends GazeboArmOptions {
  /** Of the world's physics, seconds. */
  readonly stepS: number;
  readonly cameraRateHz: number;
}

const STEPS_MAX = 100;
const STEPS_MS_MAX = 30_000;
/** For what is told at the end of the steps; twice in a row not told is lost. */
const TOLD_MS_MAX = 15_000;
/** The loose thing's pose is told so far apart (sim/gazebo/export-world.ts). */
const POSE_NS = 20_000_000n;
/** A camera that was late comes a tenth of its period nearer each time until it is back where it was due. */
export const SETTLE_PERIODS_MAX = 12;
/** For a picture of now to come. */
const SETTLE_MS = 500;

export class SteppedWorld implements Passage, ArmEvents, AsyncDisposable {
  readonly #options: SteppedWorldOptions;
  readonly #stepNs: bigint;
  readonly #cameraNs: bigint;
  readonly #hearing: Hearing;
  #arm: GazeboArm | null = null;
  #error: AgentError | null = null;
  /** Simulated time of the last step that was asked for. */
  #simNs = 0n;
  /** The joints of this time were heard: none of an earlier one can still come. */
  #reachedNs = 0n;
  /** Added to simulated time it is the robot's own. */
  #offsetNs = 0n;
  #isTimeKnown = false;
  /** Each camera's picture is of the very end of its period. */
  #isInStep = false;
  /** What the last steps did not tell, in words. */
  #untold: string | null = null;
  #worldReadings = 0;
  /** Of the newest of them. */
  #toldNs = 0n;

  /** Resolves when everything is there and the world is paused. Throws AgentErrors of `GazeboArm.connect`. */
  static async open(options: SteppedWorldOptions): Promise<SteppedWorld> {
    const world = new SteppedWorld(options);
    world.#arm = await GazeboArm.open(options, world);
    try {
      await world.arm.connect(() => world.#kick());
      await world.#settle("bridge.mismatch");
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: SteppedWorldOptions) {
    this.#options = options;
    this.#hearing = new Hearing(options.clock);
    this.#stepNs = secondsToNs(options.stepS);
    this.#cameraNs = secondsToNs(1 / options.cameraRateHz);
  }

  get arm(): GazeboArm {
    invariant(this.#arm, "the arm is opened before the world is used");
    return this.#arm;
  }

  onJoints({ simNs }: JointReading): void {
    if (simNs < this.#reachedNs) this.#error ??= wentBack(simNs);
    this.#lookAhead(simNs);
    this.#hearing.wake();
  }

  onPicture(): void {
    this.#hearing.wake();
  }

  onObject(): void {
    this.#hearing.wake();
  }

  onWorld({ simNs }: WorldReading): void {
    this.#worldReadings++;
    if (simNs < this.#toldNs) this.#error ??= wentBack(simNs); // Joints are silent in a world that was reset and stands still.
    this.#toldNs = simNs;
    this.#lookAhead(simNs);
    this.#hearing.wake();
  }

  onError(error: AgentError): void {
    this.#error = error;
    this.#hearing.wake();
  }

  /** From the next step on, for `durationS`. */
  command(commandAt: (tS: number) => JointCommand, durationS: number): void {
    this.arm.follow(commandAt, durationS);
    this.arm.grip(commandAt(0).gripper, durationS);
  }

  /** Resolves when all of the end has been told, if need be of an end some periods later. Throws as `pass`. */
  async advance(durationS: number): Promise<void> {
    if (!(await this.pass(durationS))) await this.#settle("robot.lost");
  }

  /**
   * Lets the world make its steps; whether joints, pictures and the loose thing's pose of their end were told. What is not told then is never told, since a paused
   * world says nothing twice: it has to go on. Throws AgentError `robot.lost` when the world did not make the steps, or told nothing twice.
   */
  async pass(durationS: number): Promise<boolean> {
    await this.arm.roundTrip(); // Commands go by another socket than the request: this makes sure that they are there first.
    const before = this.#untold;
    this.#untold = null;
    for (let left = Math.round(durationS / this.#options.stepS); left > 0; left -= STEPS_MAX) await this.#step(Math.min(left, STEPS_MAX));
    this.#untold ??= await this.#untoldNow();
    if (this.#untold === null) return this.#falls();
    if (before !== null || this.#isGone)
      throw new AgentError("robot.lost", `Gazebo: ${this.#untold}; look with "foresight gazebo doctor", then start again`);
    this.#isInStep = false;
    const message = `${this.#untold} within ${TOLD_MS_MAX / 1000} s; the world goes on until everything is told again`;
    this.#options.onWarning({ kind: "overload", message });
    return false;
  }

  /** The pictures are not of one moment, in words. */
  outOfStep(code: "bridge.mismatch" | "robot.lost"): AgentError {
    const { cameras, cameraRateHz } = this.#options;
    const offMs = cameras.map(({ name }) => `${name} ${nsToMs(this.#simNs - this.#pictureNs(name)).toFixed(0)} ms`).join(", ");
    return new AgentError(
      code,
      `Gazebo: after ${SETTLE_PERIODS_MAX} periods the cameras' pictures are still older than the world (${offMs}), must be of the same moment; give them an update rate that is a multiple of ${cameraRateHz} Hz, or export the world again`,
    );
  }

  /** Few enough steps at a time that what they tell fits into the queues of a computer that is busy with something else: Gazebo drops what does not. */
  async #step(steps: number): Promise<void> {
    if (this.#error) throw this.#error;
    this.#simNs += BigInt(steps) * this.#stepNs;
    await this.arm.control({ pause: true, multiStep: steps });
    const isMade = (): boolean => this.#toldNs >= this.#simNs;
    const isTold = (): boolean => this.#jointsNs() >= this.#simNs;
    if ((await this.#becomes(isTold, TOLD_MS_MAX)) || (!isMade() && (await this.#becomes(isTold, STEPS_MS_MAX)))) {
      this.#reachedNs = this.#simNs;
      this.#untold = null;
    } else if (this.#isGone || !isMade()) throw new AgentError("robot.lost", this.#describeStuck(steps));
    else this.#untold = `no joints of ${nsToSeconds(this.#simNs).toFixed(3)} s`;
  }

  /** Nobody else may let time pass here. */
  #lookAhead(seenNs: bigint): void {
    if (!this.#isTimeKnown || seenNs <= this.#simNs) return;
    const [at, to] = [seenNs, this.#simNs].map((ns) => nsToSeconds(ns).toFixed(3));
    const message = `Gazebo: the world is at ${at} s, told to go to ${to} s; somebody else steps or resumes it, lockstep needs it alone: end that, then start again`;
    this.#error ??= new AgentError("robot.lost", message);
  }

  /** Goes on to where the cameras are due, so that pictures are of the end of each period that is a multiple of theirs. */
  async align(): Promise<void> {
    const overNs = this.#simNs % this.#cameraNs;
    if (overNs > 0n) await this.advance(nsToSeconds(this.#cameraNs - overNs));
  }

  async picturesNow(): Promise<readonly Frame[]> {
    return this.samplesNow().flatMap((sample) => (sample.kind === "frame" ? [sample.frame] : []));
  }

  /** The present of the world is the instant `robotNs` of the robot's own time. */
  mapTo(robotNs: bigint): void {
    this.#offsetNs = robotNs - this.#simNs;
  }

  samplesNow(): readonly Sample[] {
    const { joints, pictures } = this.arm;
    invariant(joints, "joints were heard when the world was opened");
    const nowNs = this.#simNs + this.#offsetNs;
    const frames = this.#options.cameras.map(({ name }) => pictures.get(name)).filter((picture) => picture !== undefined);
    const { simNs, ...felt } = joints;
    return [
      { kind: "joints", joints: { ...felt, stampNs: simNs + this.#offsetNs, receivedNs: nowNs } },
      ...frames.map((picture) => ({ kind: "frame" as const, frame: this.#frameOf(picture, nowNs) })),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#arm?.[Symbol.asyncDispose]();
  }

  #frameOf({ camera, rgb, simNs }: Picture, receivedNs: bigint): Frame {
    const { name, widthPx, heightPx } = camera;
    return { camera: name, widthPx, heightPx, rgb, stampNs: simNs + this.#offsetNs, receivedNs };
  }

  get #isGone(): boolean {
    return this.arm.joints !== null && !this.arm.isThere;
  }

  #jointsNs(): bigint {
    return this.arm.joints?.simNs ?? -1n;
  }

  /** Sensors tell nothing before the world moves: it makes a camera's period at a time, the next once the last is made. */
  async #kick(): Promise<void> {
    if (this.#error) throw this.#error;
    if (!this.#isTimeKnown) await this.#findTime();
    if (this.arm.world!.simNs < this.#simNs) return;
    const steps = Number((this.#cameraNs - (this.#simNs % this.#cameraNs)) / this.#stepNs) || 1;
    this.#simNs += BigInt(steps) * this.#stepNs;
    await this.arm.control({ pause: true, multiStep: steps });
  }

  /** Two readings of a paused world at the same time: no step of anybody is on its way any more. */
  async #findTime(): Promise<void> {
    let lastNs = -1n;
    for (let look = 0; look < 100; look++) {
      const seen = this.#worldReadings;
      if (!(await this.#becomes(() => this.#worldReadings > seen, STEPS_MS_MAX)))
        throw new AgentError(
          "robot.lost",
          `Gazebo: world "${this.#options.world}" tells no statistics; look with "foresight gazebo doctor", then start again`,
        );
      const { isPaused, simNs } = this.arm.world!;
      if (isPaused && simNs === lastNs) {
        this.#simNs = simNs;
        this.#isTimeKnown = true;
        return;
      }
      lastNs = isPaused ? simNs : -1n;
    }
    throw new AgentError(
      "robot.lost",
      `Gazebo: world "${this.#options.world}" does not stay paused; somebody else runs it, lockstep needs it alone: end that, then start again`,
    );
  }

  /** Cameras that fell due while nobody listened are out of step at first, and fall into it period by period. */
  async #settle(code: "bridge.mismatch" | "robot.lost"): Promise<void> {
    for (let period = 0; period < SETTLE_PERIODS_MAX; period++) {
      if ((await this.pass(nsToSeconds(this.#cameraNs - (this.#simNs % this.#cameraNs)))) && this.#isInStep) return;
    }
    throw this.outOfStep(code);
  }

  /** Whether the pictures are of now, where the cameras are due now. */
  async #falls(): Promise<boolean> {
    if (this.#isInStep || this.#simNs % this.#cameraNs !== 0n) return true;
    // Where cameras are due more often an earlier picture came first; the one of now may be on its way.
    this.#isInStep = await this.#becomes(() => this.#options.cameras.every(({ name }) => this.#pictureNs(name) === this.#simNs), SETTLE_MS);
    return this.#isInStep;
  }

  /** Joints, pictures and the poses of loose things go separate ways: which of them does not come, in words. */
  async #untoldNow(): Promise<string | null> {
    const { cameras, objects } = this.#options;
    const isDue = this.#isInStep && this.#simNs % this.#cameraNs === 0n;
    const oldestNs = isDue ? this.#simNs : this.#simNs - this.#cameraNs + 1n;
    const poseOldestNs = this.#simNs - POSE_NS + 1n;
    const late = (): readonly string[] => [
      ...cameras.filter(({ name }) => this.#pictureNs(name) < oldestNs).map(({ name }) => `no picture of ${name}`),
      ...objects.filter((name) => (this.arm.poseOf(name)?.simNs ?? -1n) < poseOldestNs).map((name) => `no pose of ${name}`),
    ];
    if (await this.#becomes(() => late().length === 0, TOLD_MS_MAX)) return null;
    return `${late().join(", ")} of ${nsToSeconds(this.#simNs).toFixed(3)} s`;
  }

  #pictureNs(camera: string): bigint {
    return this.arm.pictures.get(camera)?.simNs ?? -1n;
  }

  #describeStuck(steps: number): string {
    if (this.#isGone) return "Gazebo: the server is gone; start it, then the agent again";
    const [at, to, world] = [this.#jointsNs(), this.#simNs, this.arm.world?.simNs ?? -1n].map((ns) => nsToSeconds(ns).toFixed(3));
    return `Gazebo: ${steps} steps were asked for and the joints were last told at ${at} s instead of ${to} s, the world at ${world} s; look at the load of this machine, then start again`;
  }

  /** Whether it becomes true before the time is over or the server is gone. Throws what was wrong with a message. */
  async #becomes(isTrue: () => boolean, withinMs: number): Promise<boolean> {
    await this.#hearing.until(() => isTrue() || this.#error !== null || this.#isGone, withinMs);
    if (this.#error) throw this.#error;
    return isTrue();
  }
}

const wentBack = (simNs: bigint): AgentError =>
  new AgentError(
    "robot.lost",
    `Gazebo: the world went back to ${nsToSeconds(simNs).toFixed(3)} s; it was reset from outside or another one took its place, start again`,
  );
