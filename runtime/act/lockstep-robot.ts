/** A Robot over a world that waits for it: virtual time, the same stream core and last guard as the keeper, no other process. */
import { concat, defer, from, Subject } from "rxjs";
import type { ManualClock } from "../core/clock.ts";
import { AgentError, invariant } from "../core/errors.ts";
import { checkJoints } from "../core/joint-reading.ts";
import type { Segment, SegmentEvent } from "../core/motion.ts";
import type { Robot, RobotSpec } from "../core/robot.ts";
import type { Sample } from "../core/sensing.ts";
import { refusalOf } from "./admission.ts";
import { BEAT_NS, BEAT_S, createCommandLoop } from "./command-loop.ts";
import type { LastGuard, SteppableDriver } from "./driver.ts";
import { AGREE_RAD_MAX, OUTSIDE_RAD_MAX } from "./settled-reading.ts";
import { createStream } from "./stream.ts";
import { furthest } from "./tracking-watch.ts";
import { untilAborted } from "./until-aborted.ts";

export interface LockstepRobotOptions {
  readonly spec: RobotSpec;
  /** The robot disposes it. */
  readonly driver: SteppableDriver;
  /** Moved by the robot: by one decision period in `act` and `pass`, until rest in `stop`. */
  readonly clock: ManualClock;
  readonly lastGuard: LastGuard;
  /** Where the arm is, shape (jointCount). */
  readonly initialRad: ArrayLike<number>;
  /** A multiple of the stream's period of 4 ms. */
  readonly periodS: number;
}

export interface LockstepRobot extends Robot {
  /** One decision period without a new segment: what runs comes to rest. */
  pass(): Promise<void>;
  /** A request to the driver (ground truth, goal pictures, reset); throws AgentError. */
  ask(name: string, payload?: unknown): Promise<unknown>;
}

/** Observers get the present samples when they subscribe and new ones after every period. Throws AgentErrors when the arm does not stand at `initialRad`. */
export function createLockstepRobot({ spec, driver, clock, lastGuard, initialRad, periodS }: LockstepRobotOptions): LockstepRobot {
  const beatsPerPeriod = Math.round(periodS / BEAT_S);
  invariant(Math.abs(beatsPerPeriod * BEAT_S - periodS) < 1e-9 && beatsPerPeriod > 0, `period ${periodS} s is no multiple of ${BEAT_S} s`);
  const samples = new Subject<Sample>();
  const events = new Subject<SegmentEvent>();
  const startNs = clock.nowNs();
  const stream = createStream({ spec, initialRad, startNs, onEvent: (event) => events.next(event) });
  const faults = new Subject<AgentError>();
  const overrides = new Subject<Segment>();
  const onOverride = (segment: Segment): void => overrides.next(segment);
  const unseen: Sample[] = [];
  let isShowing = false;
  const untold: AgentError[] = [];
  const onFault = (why: AgentError): void => void untold.push(why);
  const loop = createCommandLoop({ spec, stream, lastGuard, initialRad, startNs: startNs - BEAT_NS, onOverride, onFault });
  let disposed: Promise<void> | null = null;

  /** SAFETY: a world that waits tells the same however often it is asked, so one reading counts; nothing is held against one that is not sound. */
  const standsAt = (): Float64Array => {
    const sample = driver.samplesNow(clock.nowNs()).find(({ kind }) => kind === "joints");
    if (sample?.kind !== "joints")
      throw new AgentError("sense.stale", `robot "${spec.name}": the world tells no joints; look at its driver`);
    const unsound = checkJoints(sample.joints, spec.joints, OUTSIDE_RAD_MAX);
    if (unsound) throw unsound;
    return sample.joints.positionRad;
  };
  const { joint, offRad } = furthest(
    initialRad,
    standsAt(),
    spec.joints.map(({ type }) => type),
  );
  if (offRad > AGREE_RAD_MAX) {
    const stands = `joint "${spec.joints[joint]!.name}": stands ${offRad.toFixed(3)} rad from where the robot begins`;
    throw new AgentError("robot.rejected", `${stands}, at most ${AGREE_RAD_MAX} rad; begin where the arm is`);
  }
  const advance = (beatCount: number): void => {
    for (let beat = 0; beat < beatCount; beat++) {
      driver.step(loop.beat(clock.nowNs()), BEAT_S);
      clock.advanceTo(clock.nowNs() + BEAT_NS);
    }
    stream.commandAt(clock.nowNs()); // What ends with the period is told with the period.
    show();
    tell();
  };
  /** In the order of time, also where whoever sees one stops the arm, and so lets time pass, before the next is shown. */
  const show = (): void => {
    unseen.push(...driver.samplesNow(clock.nowNs()));
    if (isShowing) return;
    isShowing = true;
    for (let next = unseen.shift(); next; next = unseen.shift()) samples.next(next);
    isShowing = false;
  };
  /** Not before the beats are done: whoever hears of it may stop the arm, which takes beats too. */
  const tell = (): void => {
    for (const fault of untold.splice(0)) faults.next(fault);
  };
  const checkOpen = (): void => {
    if (disposed) throw new AgentError("robot.lost", `robot "${spec.name}": disposed of; make a new one`);
  };
  const place = async (name: string, payload: unknown): Promise<unknown> => {
    invariant(driver.place, "a driver with placements has `place`");
    const restInS = loop.restInS(clock.nowNs());
    if (restInS > 0)
      throw new AgentError("robot.rejected", `ask "${name}": arm is at rest in ${restInS.toFixed(3)} s, must be now; stop it first`);
    const { restRad, gripper, answer } = await driver.place(name, payload);
    loop.placedAt(restRad, clock.nowNs(), `placed by ${name}`, gripper);
    return answer;
  };
  const dispose = async (): Promise<void> => {
    await driver[Symbol.asyncDispose]();
    samples.complete();
    events.complete();
    faults.complete();
    overrides.complete();
  };

  return {
    spec,
    events: events.asObservable(),
    faults: faults.asObservable(),
    overrides: overrides.asObservable(),
    observe: (signal) =>
      untilAborted(
        concat(
          defer(() => from(disposed ? [] : driver.samplesNow(clock.nowNs()))),
          samples,
        ),
        signal,
      ),
    async act(segment) {
      checkOpen();
      const admission = loop.accept(segment, clock.nowNs());
      if (admission.kind === "rejected") {
        tell();
        throw refusalOf(admission);
      }
      advance(beatsPerPeriod);
      return admission.segment;
    },
    async pass() {
      checkOpen();
      advance(beatsPerPeriod);
    },
    commandedAt: stream.commandedAt,
    async stop(reason) {
      checkOpen();
      onOverride(loop.stop(clock.nowNs(), reason));
      const beatCount = Math.ceil(loop.restInS(clock.nowNs()) / BEAT_S - 1e-9);
      if (beatCount > 0) advance(beatCount); // Of an arm at rest all is shown already.
    },
    async resume() {
      checkOpen();
      standsAt();
      stream.resume();
    },
    async ask(name, payload = null) {
      checkOpen();
      if (driver.placements?.includes(name)) return await place(name, payload);
      if (!driver.answer) throw new AgentError("robot.rejected", `ask "${name}": this driver answers nothing; use another backend`);
      return await driver.answer(name, payload);
    },
    [Symbol.asyncDispose]() {
      disposed ??= dispose();
      return disposed;
    },
  };
}
