/** An exported arm in a Gazebo that runs by itself, as a Driver: segments become trajectories, which end at rest even when nobody is left. */
import { type Observable, Subject, takeUntil } from "rxjs";
import { createSimClockWatch } from "../../../act/clock-watch.ts";
import { BEAT_S } from "../../../act/command-loop.ts";
import type { Driver, Placed, Takes } from "../../../act/driver.ts";
import { OUTSIDE_RAD_MAX } from "../../../act/settled-reading.ts";
import { OWN_SEGMENT_ID } from "../../../act/timeline.ts";
import { createTrackingWatch, furthest } from "../../../act/tracking-watch.ts";
import { type Clock, secondsToNs } from "../../../core/clock.ts";
import { AgentError, invariant } from "../../../core/errors.ts";
import { gripperField } from "../../../core/gripper.ts";
import { checkJoints } from "../../../core/joint-reading.ts";
import type { JointCommand, Segment } from "../../../core/motion.ts";
import type { JointSpec } from "../../../core/robot.ts";
import { atRest, sampleSegment, segmentDurationS } from "../../../core/segment.ts";
import type { Frame, Sample } from "../../../core/sensing.ts";
import { GazeboArm, type GazeboArmOptions, type Picture } from "./arm.ts";
import { moveTo, type Passage } from "./episodes.ts";
import { createIncreasingStamps } from "./increasing-stamps.ts";
import type { GazeboRequests } from "./lockstep-robot.ts";
import { createPaceWatch, type PaceWatch } from "./pace-watch.ts";
import type { JointReading } from "./readings.ts";

export interface GazeboLimits {
  /** A simulated clock that stands still for longer is a fault. */
  readonly clockSilentMsMax: number;
  /** Further from the command for longer is a fault. */
  readonly trackingRadMax: number;
  readonly trackingMsMax: number;
  /** Slower than this is a fault, simulated seconds per second. */
  readonly realTimeFactorMin: number;
}

export interface GazeboDriverOptions extends GazeboArmOptions, GazeboLimits {
  readonly requests: GazeboRequests;
  /** How a server that was started here has ended, or null. */
  readonly serverEnded: () => string | null;
}

/** Joint samples are passed on so far apart, and the clocks compared so far apart, in simulated and in our time. */
const SAMPLE_NS = 8_000_000n;
const COMPARE_NS = 20_000_000n;
/** Other commanders are looked for so far apart. */
const LOOK_NS = 500_000_000n;
/** Waiting for simulated time: this, and so many times what it takes in real time. */
const PASSAGE_MS_MAX = 5000;
const SLOWNESS_MAX = 20;
const HOLD_S = 0.004;

export class GazeboDriver implements Driver, Passage {
  readonly takes: Takes = "motions";
  readonly placements: readonly string[];
  readonly faults: Observable<AgentError>;
  readonly #faults = new Subject<AgentError>();
  readonly #samples = new Subject<Sample>();
  readonly #options: GazeboDriverOptions;
  readonly #clock: Clock;
  readonly #simClock: ReturnType<typeof createSimClockWatch>;
  readonly #tracking: ReturnType<typeof createTrackingWatch>;
  readonly #pace: PaceWatch;
  readonly #waiting = new Set<() => void>();
  readonly #stamp = createIncreasingStamps((simNs) => this.#simClock.toMono(simNs));
  #arm: GazeboArm | null = null;
  /** The clock stood still or jumped: the arm holds where it was until it is asked where it is. */
  #isFrozen = false;
  #isPlacing = false;
  #lost: AgentError | null = null;
  #comparedNs = 0n;
  #sampledNs = 0n;
  #lookedNs = 0n;
  #commandedRad: Float64Array | null = null;
  readonly #types: readonly JointSpec["type"][];

  /** Resolves when the arm rests at its home posture and the world runs; throws AgentError `bridge.timeout` naming what is not there. */
  static async create(options: GazeboDriverOptions): Promise<GazeboDriver> {
    const driver = new GazeboDriver(options);
    try {
      driver.#arm = await GazeboArm.open(options, {
        onJoints: (reading, receivedNs) => driver.#onJoints(reading, receivedNs),
        onPicture: (picture) => driver.#onPicture(picture),
        onObject: () => {},
        onWorld: () => {},
        onError: (error) => driver.#lose(error),
      });
      await driver.#connect();
      return driver;
    } catch (error) {
      await driver[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: GazeboDriverOptions) {
    const { spec, clock, clockSilentMsMax, trackingRadMax, trackingMsMax, realTimeFactorMin, requests } = options;
    this.#options = options;
    this.#clock = clock;
    this.placements = requests.placements;
    this.faults = this.#faults.asObservable();
    this.#simClock = createSimClockWatch(clockSilentMsMax, (error) => this.#freeze(error));
    this.#pace = createPaceWatch(realTimeFactorMin);
    this.#types = spec.joints.map(({ type }) => type);
    const names = spec.joints.map(({ name }) => name);
    this.#tracking = createTrackingWatch({ names, types: this.#types, radMax: trackingRadMax, msMax: trackingMsMax });
  }

  samples(signal: AbortSignal): Observable<Sample> {
    const aborted = new Subject<void>();
    signal.addEventListener("abort", () => aborted.next(), { once: true });
    return this.#samples.pipe(takeUntil(aborted));
  }

  /** What is left of the segment, as one trajectory. */
  follow(segment: Segment, nowNs: bigint): void {
    if (this.#isFrozen) {
      this.#refuse(segment);
      return;
    }
    const elapsedS = Math.max(0, Number(nowNs - segment.startNs) / 1e9);
    const leftS = Math.max(HOLD_S, segmentDurationS(segment) - elapsedS);
    this.#armOrLost().follow((tS) => sampleSegment(segment, elapsedS + tS), leftS);
  }

  command({ positionRad, gripper }: JointCommand): void {
    this.#commandedRad = positionRad;
    if (!this.#isFrozen) this.#arm?.grip(gripper, BEAT_S);
  }

  tick(nowNs: bigint): void {
    this.#checkThere();
    if (this.#isFrozen) return;
    this.#simClock.tick(nowNs);
    const slow = this.#pace.check(this.#simClock.rate, nowNs);
    if (slow) this.#freeze(slow);
    this.#checkOthers(nowNs);
    const joints = this.#arm?.joints;
    if (this.#isFrozen || !joints || !this.#commandedRad) return;
    if (this.#pace.isSlow) this.#tracking.forget(); // What is behind is the world; that is told in its own time.
    const fault = this.#pace.isSlow ? null : this.#tracking.check(this.#commandedRad, joints.positionRad, nowNs);
    if (fault) this.#faults.next(fault);
  }

  isElsewhere(restRad: Float64Array): boolean {
    const wasFrozen = this.#isFrozen;
    this.#isFrozen = false;
    this.#tracking.forget();
    return (
      wasFrozen || (this.#commandedRad !== null && furthest(this.#commandedRad, restRad, this.#types).offRad > this.#options.trackingRadMax)
    );
  }

  answer(name: string, payload: unknown): Promise<unknown> {
    return this.#options.requests.answer(this.#armOrLost(), name, payload);
  }

  async place(name: string, payload: unknown): Promise<Placed> {
    const arm = this.#armOrLost();
    this.#isPlacing = true;
    try {
      const answer = await this.#options.requests.place(arm, this, name, payload);
      return { restRad: arm.restRad, ...gripperField(arm.fingers?.held), answer };
    } finally {
      this.#isPlacing = false;
      this.#tracking.forget();
    }
  }

  /** Lets so much simulated time pass. */
  async advance(durationS: number): Promise<void> {
    const arm = this.#armOrLost();
    const toNs = (arm.joints?.simNs ?? 0n) + secondsToNs(durationS);
    const describe = (): string => `${durationS.toFixed(1)} s of simulation did not pass; is the world paused?`;
    await this.#until(() => (arm.joints?.simNs ?? 0n) >= toNs, PASSAGE_MS_MAX + SLOWNESS_MAX * durationS * 1e3, describe);
  }

  async picturesNow(): Promise<readonly Frame[]> {
    const arm = this.#armOrLost();
    const fromNs = arm.joints?.simNs ?? 0n;
    const late = (): readonly string[] =>
      this.#options.cameras.map(({ name }) => name).filter((name) => (arm.pictures.get(name)?.simNs ?? -1n) < fromNs);
    await this.#until(
      () => late().length === 0,
      PASSAGE_MS_MAX,
      () => `Gazebo: no new picture of ${late().join(", ")}`,
    );
    return this.#options.cameras.map(({ name }) => this.#frameOf(arm.pictures.get(name)!));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lost ??= new AgentError("robot.lost", `robot "${this.#options.spec.name}": disposed of; make a new one`);
    await this.#arm?.[Symbol.asyncDispose]();
    this.#faults.complete();
    this.#samples.complete();
  }

  async #connect(): Promise<void> {
    const arm = this.#armOrLost();
    await arm.connect(async () => {
      this.#checkThere();
      await arm.control({ pause: false });
    });
    const isHome = furthest(this.#options.spec.homeRad, arm.joints!.positionRad, this.#types).offRad <= this.#options.trackingRadMax;
    if (!isHome) await moveTo(arm, this, this.#options.spec.homeRad);
  }

  #armOrLost(): GazeboArm {
    if (this.#lost) throw this.#lost;
    invariant(this.#arm, "the arm is opened before it is used");
    return this.#arm;
  }

  #onJoints(reading: JointReading, receivedNs: bigint): void {
    const { simNs, ...felt } = reading;
    const isBack = simNs < this.#sampledNs;
    if (isBack || receivedNs - this.#comparedNs >= COMPARE_NS) {
      this.#comparedNs = receivedNs;
      this.#simClock.read(simNs, receivedNs);
    }
    this.#wake();
    if (!isBack && simNs - this.#sampledNs < SAMPLE_NS) return;
    this.#sampledNs = simNs;
    const stampNs = this.#stamp("joints", simNs);
    if (stampNs !== null) this.#samples.next({ kind: "joints", joints: { ...felt, stampNs, receivedNs } });
  }

  #onPicture(picture: Picture): void {
    this.#wake();
    if (this.#isPlacing) return; // Nobody decides on what is seen while the arm is put elsewhere.
    const stampNs = this.#stamp(picture.camera.name, picture.simNs);
    if (stampNs !== null) this.#samples.next({ kind: "frame", frame: { ...this.#frameOf(picture), stampNs } });
  }

  #frameOf({ camera, rgb, simNs, receivedNs }: Picture): Frame {
    const { name, widthPx, heightPx } = camera;
    return { camera: name, widthPx, heightPx, rgb, stampNs: this.#simClock.toMono(simNs) ?? receivedNs, receivedNs };
  }

  /** SAFETY: what was commanded would go on when the world does; the arm is told to stay where it is, and hears nothing else until a resume. */
  #freeze(fault: AgentError): void {
    const arm = this.#arm;
    if (!arm?.joints || this.#isPlacing) return;
    this.#isFrozen = true;
    const isSound = checkJoints(arm.joints, this.#options.spec.joints, OUTSIDE_RAD_MAX) === null;
    const here = atRest(isSound ? arm.joints.positionRad : (this.#commandedRad ?? arm.restRad));
    arm.follow(() => here, HOLD_S);
    this.#faults.next(fault);
  }

  /** SAFETY: resumed while the brake still ran, nobody was asked where the arm is: a motion is refused in words, not left out. */
  #refuse({ id }: Segment): void {
    if (id === OWN_SEGMENT_ID) return;
    const why = "the arm holds where it was when the simulated clock stood still or jumped";
    this.#faults.next(new AgentError("robot.aborted", `Gazebo: ${why}; reset and start once it is at rest`));
  }

  #checkThere(): void {
    if (this.#lost) throw this.#lost;
    const ended = this.#options.serverEnded();
    if (ended !== null) throw new AgentError("robot.lost", `Gazebo: the server ${ended}; start again`);
    if (this.#arm?.joints && !this.#arm.isThere) {
      throw new AgentError(
        "robot.lost",
        `Gazebo: nobody tells the joints of "${this.#options.spec.name}" any more; is the server running?`,
      );
    }
  }

  #checkOthers(nowNs: bigint): void {
    if (nowNs - this.#lookedNs < LOOK_NS) return;
    this.#lookedNs = nowNs;
    const intruder = this.#armOrLost().intruder();
    if (intruder) this.#faults.next(intruder);
  }

  #lose(error: AgentError): void {
    if (this.#lost) return;
    this.#lost = error;
    this.#samples.error(error);
    this.#wake();
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }

  async #until(isTrue: () => boolean, withinMs: number, describe: () => string): Promise<void> {
    const ended = new AbortController();
    const look = (): void => {
      if (isTrue() || this.#lost) ended.abort();
    };
    this.#waiting.add(look);
    look();
    await this.#clock.sleep(withinMs, ended.signal).catch(() => {});
    this.#waiting.delete(look);
    this.#armOrLost();
    if (!isTrue()) throw new AgentError("robot.lost", `Gazebo: waited ${withinMs.toFixed(0)} ms: ${describe()}`);
  }
}
