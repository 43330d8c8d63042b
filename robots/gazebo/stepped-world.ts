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

/** What some steps may take: this, and so many times what they would take in real time. */
const STEPS_MS_MAX = 10_000;
const SLOWNESS_MAX = 50;
const PICTURES_MS_MAX = 10_000;
const LOOK_MS = 200;

export class SteppedWorld implements Passage, ArmEvents, AsyncDisposable {
  readonly #options: SteppedWorldOptions;
  readonly #clock: Clock;
  readonly #stepNs: bigint;
  readonly #waiting = new Set<() => void>();
  #arm: GazeboArm | null = null;
  #error: AgentError | null = null;
  /** Simulated time of the last step that was asked for. */
  #simNs = 0n;
  /** The joints of this time were heard: none of an earlier one can still come. */
  #reachedNs = 0n;
  /** Added to simulated time it is the robot's own. */
  #offsetNs = 0n;
  /** A step was asked for and its effect not seen. */
  #isStepping = false;
  #worldReadings = 0;

  /** Resolves when everything is there and the world is paused. Throws AgentErrors of `GazeboArm.connect`. */
  static async open(options: SteppedWorldOptions): Promise<SteppedWorld> {
    const world = new SteppedWorld(options);
    world.#arm = await GazeboArm.open(options, world);
    try {
      await world.arm.connect(() => world.#kick());
      await world.#findTime();
      await world.align();
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
  }

  get arm(): GazeboArm {
    invariant(this.#arm, "the arm is opened before the world is used");
    return this.#arm;
  }

  onJoints({ simNs }: JointReading): void {
    if (simNs < this.#reachedNs) this.#error ??= wentBack(simNs);
    this.#wake();
  }

  onPicture(): void {
    this.#wake();
  }

  onWorld({ isPaused }: WorldReading): void {
    this.#worldReadings++;
    if (isPaused) this.#isStepping = false;
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

  /** Resolves when joints and pictures of the end have been heard. */
  async advance(durationS: number): Promise<void> {
    const steps = Math.round(durationS / this.#options.stepS);
    this.#simNs += BigInt(steps) * this.#stepNs;
    await this.arm.roundTrip(); // Commands go by another socket than the request: this makes sure that they are there first.
    await this.arm.control({ pause: true, multiStep: steps });
    const boundMs = STEPS_MS_MAX + SLOWNESS_MAX * durationS * 1e3;
    await this.#until(
      () => this.#jointsNs() >= this.#simNs,
      boundMs,
      () => this.#describeStuck(steps),
    );
    if (this.#jointsNs() > this.#simNs) {
      const seen = `is at ${nsToSeconds(this.#jointsNs()).toFixed(3)} s, told to go to ${nsToSeconds(this.#simNs).toFixed(3)} s`;
      throw new AgentError("robot.lost", `Gazebo: the world ${seen}; somebody else steps or resumes it, lockstep needs it alone`);
    }
    this.#reachedNs = this.#simNs;
    await this.#untilPictures();
  }

  /** Goes on to where the cameras are due, so that pictures are of the end of each period that is a multiple of theirs. */
  async align(): Promise<void> {
    const cameraNs = secondsToNs(1 / this.#options.cameraRateHz);
    const overNs = this.#simNs % cameraNs;
    if (overNs > 0n) await this.advance(nsToSeconds(cameraNs - overNs));
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

  /** Sensors tell nothing before the world moves: a camera's period at a time, until all have spoken; after a reset Gazebo's cameras wait for the time they had. */
  async #kick(): Promise<void> {
    if (this.#error) throw this.#error;
    if (this.#isStepping) return;
    this.#isStepping = true;
    const { cameraRateHz, stepS } = this.#options;
    await this.arm.control({ pause: true, multiStep: Math.max(1, Math.round(1 / (cameraRateHz * stepS))) });
  }

  /** Two readings of a paused world at the same time: no step is on its way any more. */
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
      if (isPaused && simNs === lastNs && simNs === this.#jointsNs()) {
        this.#simNs = simNs;
        return;
      }
      lastNs = isPaused ? simNs : -1n;
    }
    throw new AgentError(
      "robot.lost",
      `Gazebo: world "${this.#options.world}" does not stay paused; somebody else runs it, lockstep needs it alone`,
    );
  }

  /** A camera is due once a period; its newest picture may be that much older than the present. */
  async #untilPictures(): Promise<void> {
    const oldestNs = this.#simNs - secondsToNs(1 / this.#options.cameraRateHz);
    const { cameras } = this.#options;
    const late = (): readonly string[] =>
      cameras.map(({ name }) => name).filter((name) => (this.arm.pictures.get(name)?.simNs ?? -1n) <= oldestNs);
    const describe = (): string => `Gazebo: no picture of ${late().join(", ")} later than ${nsToSeconds(oldestNs).toFixed(3)} s`;
    await this.#until(() => late().length === 0, PICTURES_MS_MAX, describe);
  }

  #describeStuck(steps: number): string {
    if (this.#isGone) return "Gazebo: the server is gone";
    const [at, to] = [this.#jointsNs(), this.#simNs].map((ns) => nsToSeconds(ns).toFixed(3));
    return `Gazebo: ${steps} steps were asked for and the world stands at ${at} s instead of ${to} s`;
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }

  /** Throws AgentError `robot.lost` with the sentence when it does not become true, or what was wrong with a message. */
  async #until(isTrue: () => boolean, withinMs: number, describe: () => string): Promise<void> {
    const ended = new AbortController();
    const look = (): void => {
      if (isTrue() || this.#error || this.#isGone) ended.abort();
    };
    const fromNs = this.#clock.nowNs();
    this.#waiting.add(look);
    look();
    const stopLooking = this.#clock.every(LOOK_MS, look); // A server that is gone wakes nobody.
    await this.#clock.sleep(withinMs, ended.signal).catch(() => {});
    stopLooking();
    this.#waiting.delete(look);
    if (this.#error) throw this.#error;
    if (!isTrue()) throw new AgentError("robot.lost", `${describe()} (waited ${nsToMs(this.#clock.nowNs() - fromNs).toFixed(0)} ms)`);
  }
}

const wentBack = (simNs: bigint): AgentError =>
  new AgentError(
    "robot.lost",
    `Gazebo: the world went back to ${nsToSeconds(simNs).toFixed(3)} s; it was reset from outside or another one took its place, start again`,
  );
