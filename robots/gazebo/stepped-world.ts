/** A Gazebo world that makes exactly the steps it is told to, and what its sensors showed at the last of them. */
import { type Clock, nsToMs, nsToSeconds, secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../runtime/core/errors.ts";
import type { Frame, JointCommand, Sample } from "../../runtime/core/types.ts";
import { type ArmEvents, GazeboArm, type GazeboArmOptions, type Picture } from "./arm.ts";
import type { Passage } from "./episodes.ts";
import type { JointReading, WorldReading } from "./readings.ts";

export interface SteppedWorldOptions extends GazeboArmOptions {
  /** Of the world's physics, seconds. */
  readonly stepS: number;
  readonly cameraRateHz: number;
}

const STEPS_MAX = 100;
const STEPS_MS_MAX = 30_000;
const SEEN_MS_MAX = 30_000;
/** The loose thing's pose is told so far apart (sim/gazebo/export-world.ts). */
const POSE_NS = 20_000_000n;
const LOOK_MS = 200;
/** A camera that was late comes a tenth of its period nearer each time until it is back where it was due. */
const SETTLE_PERIODS_MAX = 12;
/** For a picture of now to come. */
const SETTLE_MS = 500;

export class SteppedWorld implements Passage, ArmEvents, AsyncDisposable {
  readonly #options: SteppedWorldOptions;
  readonly #clock: Clock;
  readonly #stepNs: bigint;
  readonly #cameraNs: bigint;
  readonly #waiting = new Set<() => void>();
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
  #worldReadings = 0;
  /** Of the newest of them. */
  #toldNs = 0n;

  /** Resolves when everything is there and the world is paused. Throws AgentErrors of `GazeboArm.connect`. */
  static async open(options: SteppedWorldOptions): Promise<SteppedWorld> {
    const world = new SteppedWorld(options);
    world.#arm = await GazeboArm.open(options, world);
    try {
      await world.arm.connect(() => world.#kick());
      await world.#settle();
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: SteppedWorldOptions) {
    this.#options = options;
    this.#clock = options.clock;
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
    this.#wake();
  }

  onPicture(): void {
    this.#wake();
  }

  onObject(): void {
    this.#wake();
  }

  onWorld({ simNs }: WorldReading): void {
    this.#worldReadings++;
    if (simNs < this.#toldNs) this.#error ??= wentBack(simNs); // Joints are silent in a world that was reset and stands still.
    this.#toldNs = simNs;
    this.#lookAhead(simNs);
    this.#wake();
  }

  onError(error: AgentError): void {
    this.#error = error;
    this.#wake();
  }

  /** From the next step on, for `durationS`. */
  command(commandAt: (tS: number) => JointCommand, durationS: number): void {
    this.arm.follow(commandAt, durationS);
  }

  /** Resolves when joints, pictures and the loose thing's pose of the end have been heard. */
  async advance(durationS: number): Promise<void> {
    await this.arm.roundTrip(); // Commands go by another socket than the request: this makes sure that they are there first.
    for (let left = Math.round(durationS / this.#options.stepS); left > 0; left -= STEPS_MAX) await this.#step(Math.min(left, STEPS_MAX));
    await this.#untilSeen();
  }

  /** Few enough steps at a time that what they tell fits into the queues of a computer that is busy with something else: Gazebo drops what does not. */
  async #step(steps: number): Promise<void> {
    if (this.#error) throw this.#error;
    this.#simNs += BigInt(steps) * this.#stepNs;
    await this.arm.control({ pause: true, multiStep: steps });
    const describe = (): string => this.#describeStuck(steps);
    await this.#until(() => this.#jointsNs() >= this.#simNs, STEPS_MS_MAX, describe);
    this.#reachedNs = this.#simNs;
  }

  /** Nobody else may let time pass here. */
  #lookAhead(seenNs: bigint): void {
    if (!this.#isTimeKnown || seenNs <= this.#simNs) return;
    const [at, to] = [seenNs, this.#simNs].map((ns) => nsToSeconds(ns).toFixed(3));
    const message = `Gazebo: the world is at ${at} s, told to go to ${to} s; somebody else steps or resumes it, lockstep needs it alone`;
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
    const { positionRad, velocityRadPerS } = joints;
    return [
      { kind: "joints", joints: { positionRad, velocityRadPerS, stampNs: joints.simNs + this.#offsetNs, receivedNs: nowNs } },
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
      await this.#until(
        () => this.#worldReadings > seen,
        STEPS_MS_MAX,
        () => `Gazebo: world "${this.#options.world}" tells no statistics`,
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
      `Gazebo: world "${this.#options.world}" does not stay paused; somebody else runs it, lockstep needs it alone`,
    );
  }

  /** Cameras that fell due while nobody listened are out of step at first, and fall into it period by period. */
  async #settle(): Promise<void> {
    for (let period = 0; period < SETTLE_PERIODS_MAX && !this.#isInStep; period++) {
      await this.advance(nsToSeconds(this.#cameraNs - (this.#simNs % this.#cameraNs)));
      // Where cameras are due more often an earlier picture came first; the one of now may be on its way.
      this.#isInStep = await this.#becomes(
        () => this.#options.cameras.every(({ name }) => this.#pictureNs(name) === this.#simNs),
        SETTLE_MS,
      );
    }
    if (this.#isInStep) return;
    const offMs = this.#options.cameras
      .map(({ name }) => `${name} ${nsToMs(this.#simNs - this.#pictureNs(name)).toFixed(0)} ms`)
      .join(", ");
    const rateHz = this.#options.cameraRateHz;
    throw new AgentError(
      "bridge.mismatch",
      `Gazebo: after ${SETTLE_PERIODS_MAX} periods the cameras' pictures are still older than the world (${offMs}), must be of the same moment; give them an update rate that is a multiple of ${rateHz} Hz, or export the world again`,
    );
  }

  /** Joints, pictures and the loose thing's pose go separate ways: all of them have to be of the end of the steps. */
  async #untilSeen(): Promise<void> {
    const { cameras } = this.#options;
    const isDue = this.#isInStep && this.#simNs % this.#cameraNs === 0n;
    const oldestNs = isDue ? this.#simNs : this.#simNs - this.#cameraNs + 1n;
    const poseOldestNs = this.#simNs - POSE_NS + 1n;
    const late = (): readonly string[] => [
      ...cameras.filter(({ name }) => this.#pictureNs(name) < oldestNs).map(({ name }) => `no picture of ${name}`),
      ...((this.arm.object?.simNs ?? -1n) < poseOldestNs ? [`no pose of ${this.#options.object}`] : []),
    ];
    const describe = (): string => `Gazebo: ${late().join(", ")} of ${nsToSeconds(this.#simNs).toFixed(3)} s`;
    await this.#until(() => late().length === 0, SEEN_MS_MAX, describe);
  }

  #pictureNs(camera: string): bigint {
    return this.arm.pictures.get(camera)?.simNs ?? -1n;
  }

  #describeStuck(steps: number): string {
    if (this.#isGone) return "Gazebo: the server is gone";
    const [at, to, world] = [this.#jointsNs(), this.#simNs, this.arm.world?.simNs ?? -1n].map((ns) => nsToSeconds(ns).toFixed(3));
    return `Gazebo: ${steps} steps were asked for and the joints were last told at ${at} s instead of ${to} s, the world at ${world} s`;
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }

  /** Throws AgentError `robot.lost` with the sentence when it does not become true, or what was wrong with a message. */
  async #until(isTrue: () => boolean, withinMs: number, describe: () => string): Promise<void> {
    const fromNs = this.#clock.nowNs();
    if (await this.#becomes(isTrue, withinMs)) return;
    throw new AgentError("robot.lost", `${describe()} (waited ${nsToMs(this.#clock.nowNs() - fromNs).toFixed(0)} ms)`);
  }

  /** Whether it becomes true before the time is over or the server is gone. Throws what was wrong with a message. */
  async #becomes(isTrue: () => boolean, withinMs: number): Promise<boolean> {
    const ended = new AbortController();
    const look = (): void => {
      if (isTrue() || this.#error || this.#isGone) ended.abort();
    };
    this.#waiting.add(look);
    look();
    const stopLooking = this.#clock.every(LOOK_MS, look); // A server that is gone wakes nobody.
    await this.#clock.sleep(withinMs, ended.signal).catch(() => {});
    stopLooking();
    this.#waiting.delete(look);
    if (this.#error) throw this.#error;
    return isTrue();
  }
}

const wentBack = (simNs: bigint): AgentError =>
  new AgentError(
    "robot.lost",
    `Gazebo: the world went back to ${nsToSeconds(simNs).toFixed(3)} s; it was reset from outside or another one took its place, start again`,
  );
