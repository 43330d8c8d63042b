/** A two-joint arm without dynamics: it is where it is commanded. Drivers for lockstep and keeper tests. */
import { merge, type Observable, Subject } from "rxjs";
import type { Driver, SteppableDriver, Takes } from "../../runtime/act/driver.ts";
import { untilAborted } from "../../runtime/act/until-aborted.ts";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { JointCommand, Segment } from "../../runtime/core/motion.ts";
import type { JointSpec, RobotSpec } from "../../runtime/core/robot.ts";
import { sampleSegment } from "../../runtime/core/segment.ts";
import type { Sample } from "../../runtime/core/sensing.ts";

const joint = (name: string): JointSpec => ({
  name,
  positionMinRad: -2.8,
  positionMaxRad: 2.8,
  velocityMaxRadPerS: 2.2,
  accelerationMaxRadPerS2: 15,
  jerkMaxRadPerS3: 6000,
  torqueMaxNm: 80,
});

export const twoJointSpec: RobotSpec = {
  name: "two-joint",
  source: "invented for tests",
  joints: [joint("shoulder"), joint("elbow")],
  homeRad: [0.1, -0.4],
  modelPath: "/nowhere.xml",
  toolSite: "tool",
};

/** The same arm with joints that may be driven as hard as anybody likes: only how fast they go has a bound. For motions that a keeper takes and its last guard does not let through. */
export const hastySpec: RobotSpec = {
  ...twoJointSpec,
  name: "hasty",
  joints: twoJointSpec.joints.map((each) => ({ ...each, accelerationMaxRadPerS2: 1e4, jerkMaxRadPerS3: 1e7 })),
};

/** The same with two fingers. */
export const grippingSpec: RobotSpec = {
  ...twoJointSpec,
  name: "gripping",
  gripper: {
    openingMinM: 0,
    openingMaxM: 0.08,
    speedMaxMPerS: 0.1,
    forceMaxN: 70,
    fingers: [
      { kind: "slide", joint: "left", closedM: 0, openM: 0.04 },
      { kind: "slide", joint: "right", closedM: 0, openM: 0.04 },
    ],
    actuator: "gripper",
  },
};

const jointsSample = (positionRad: Float64Array, velocityRadPerS: Float64Array, stampNs: bigint): Sample => ({
  kind: "joints",
  joints: { positionRad: positionRad.slice(), velocityRadPerS: velocityRadPerS.slice(), stampNs, receivedNs: stampNs },
});

export interface FakeWorld extends SteppableDriver {
  readonly commands: JointCommand[];
  readonly disposeCount: () => number;
}

/** Moves by integrating the commanded velocity towards the commanded position: exactly there after each step. */
export function createFakeWorld(spec: RobotSpec): FakeWorld {
  let positionRad = Float64Array.from(spec.homeRad);
  let velocityRadPerS = new Float64Array(spec.joints.length);
  let disposeCount = 0;
  const commands: JointCommand[] = [];
  return {
    commands,
    disposeCount: () => disposeCount,
    step(command, dtS) {
      commands.push(command);
      positionRad = command.positionRad.map((value, index) => value + command.velocityRadPerS[index]! * dtS);
      velocityRadPerS = command.velocityRadPerS.slice();
    },
    samplesNow: (stampNs) => [jointsSample(positionRad, velocityRadPerS, stampNs)],
    answer: async (name, payload) => ({ name, payload }),
    placements: ["reset"],
    async place() {
      positionRad = new Float64Array(spec.joints.length);
      velocityRadPerS = new Float64Array(spec.joints.length);
      return { restRad: positionRad.slice(), answer: "placed" };
    },
    async [Symbol.asyncDispose]() {
      disposeCount++;
    },
  };
}

export interface FakeDriver extends Driver {
  /** Every command with its stamp. */
  readonly sent: { readonly stampNs: bigint; readonly command: JointCommand }[];
  /** Every motion with its stamp, of an arm that takes motions. */
  readonly followed: { readonly stampNs: bigint; readonly segment: Segment }[];
  readonly stops: string[];
  readonly extra: Subject<Sample>;
  /** What the encoders tell instead of where the arm is, shape (any), by the number of the reading; null for nothing at all. */
  tells: ((index: number) => ArrayLike<number>) | null | undefined;
  /** A sample of now. */
  reading(positionRad: ArrayLike<number>): Sample;
  isDisposed: boolean;
}

export interface FakeDriverOptions {
  readonly sampleMs?: number;
  /** An arm that takes motions goes on along the last one, whoever sleeps. */
  readonly takes?: Takes;
  readonly tells?: (index: number) => ArrayLike<number>;
  /** At a resume an arm this far from its command counts as elsewhere. */
  readonly elsewhereRad?: number;
}

/** For a keeper: reports the commanded joints every `sampleMs` on the injected clock, and `extra` samples at once. */
export function createFakeDriver(spec: RobotSpec, clock: Clock, options: FakeDriverOptions = {}): FakeDriver {
  const { sampleMs = 20, takes = "set-points", tells, elsewhereRad } = options;
  let positionRad: Float64Array = Float64Array.from(spec.homeRad);
  let velocityRadPerS: Float64Array = new Float64Array(spec.joints.length);
  let readings = 0;
  const ticks = new Subject<Sample>();
  const extra = new Subject<Sample>();
  const stopTicking = clock.every(sampleMs, () => {
    const motion = driver.followed.at(-1)?.segment;
    if (motion) ({ positionRad, velocityRadPerS } = sampleSegment(motion, Number(clock.nowNs() - motion.startNs) / 1e9));
    if (driver.tells === null) return;
    ticks.next(driver.tells ? driver.reading(driver.tells(readings++)) : jointsSample(positionRad, velocityRadPerS, clock.nowNs()));
  });
  const driver: FakeDriver = {
    takes,
    sent: [],
    followed: [],
    stops: [],
    extra,
    tells,
    reading: (rad) => jointsSample(Float64Array.from(rad), new Float64Array(rad.length), clock.nowNs()),
    isDisposed: false,
    samples: (signal): Observable<Sample> => untilAborted(merge(ticks, extra), signal),
    command(command, stampNs) {
      if (driver.isDisposed) throw new Error("internal: command after dispose");
      driver.sent.push({ stampNs, command });
      if (takes === "set-points") ({ positionRad, velocityRadPerS } = command);
    },
    follow(segment, nowNs) {
      if (takes === "motions") driver.followed.push({ stampNs: nowNs, segment });
    },
    ...(elsewhereRad !== undefined && {
      isElsewhere: (restRad: Float64Array) => restRad.some((rad, joint) => Math.abs(rad - positionRad[joint]!) > elsewhereRad),
    }),
    stop: (reason) => void driver.stops.push(reason),
    async answer(name, payload) {
      if (name === "refuse") throw new AgentError("goal.unreachable", "goal: refused for the test; ask otherwise");
      return { name, payload };
    },
    placements: ["reset"],
    async place() {
      positionRad = Float64Array.from(spec.joints, () => 0.25);
      return { restRad: positionRad, answer: "placed" };
    },
    async [Symbol.asyncDispose]() {
      stopTicking();
      driver.isDisposed = true;
    },
  };
  return driver;
}
