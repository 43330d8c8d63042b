/** A robot with two joints and two 4x2 px cameras, its samples, and a harness that collects what the senses make of them. */
import { Subject } from "rxjs";
import { ManualClock, NS_PER_MS } from "../../../runtime/core/clock.ts";
import type { AgentError } from "../../../runtime/core/errors.ts";
import type { JointSpec } from "../../../runtime/core/robot.ts";
import type { Frame, JointState, Observation, Sample } from "../../../runtime/core/sensing.ts";
import { observeRobot } from "../../../runtime/sense/sense.ts";
import { type SenseOptions, senseDefaults } from "../../../runtime/sense/sense-item.ts";

export const joints: readonly JointSpec[] = ["shoulder", "elbow"].map((name) => ({
  name,
  positionMinRad: -1,
  positionMaxRad: 2,
  velocityMaxRadPerS: 2,
  accelerationMaxRadPerS2: 10,
  jerkMaxRadPerS3: 500,
  torqueMaxNm: 80,
}));

export const options: SenseOptions = {
  ...senseDefaults,
  cameras: [
    { name: "front", widthPx: 4, heightPx: 2 },
    { name: "side", widthPx: 4, heightPx: 2 },
  ],
  joints,
};

export const atMs = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/** A picture whose bytes are all `shade`, received when it was taken unless told otherwise. */
export function frame(camera: string, stampMs: number, shade = stampMs, changes: Partial<Frame> = {}): Sample {
  const stampNs = atMs(stampMs);
  return {
    kind: "frame",
    frame: { camera, widthPx: 4, heightPx: 2, rgb: new Uint8Array(24).fill(shade), stampNs, receivedNs: stampNs, ...changes },
  };
}

export function reading(stampMs: number, positionRad: readonly number[] = [0, 0], changes: Partial<JointState> = {}): Sample {
  const stampNs = atMs(stampMs);
  const state = { positionRad: Float64Array.from(positionRad), velocityRadPerS: new Float64Array(2), stampNs, receivedNs: stampNs };
  return { kind: "joints", joints: { ...state, ...changes } };
}

/** Senses that are fed by hand on a clock that is moved by hand. */
export class Bench {
  readonly clock = new ManualClock();
  readonly samples = new Subject<Sample>();
  readonly observations: Observation[] = [];
  readonly faults: AgentError[] = [];
  readonly ends: string[] = [];

  constructor(changes: Partial<SenseOptions> = {}) {
    const senses = observeRobot(this.samples, { ...options, ...changes }, this.clock);
    senses.faults.subscribe({ next: (fault) => this.faults.push(fault), complete: () => this.ends.push("faults") });
    senses.observations.subscribe({ next: (seen) => this.observations.push(seen), complete: () => this.ends.push("observations") });
  }

  /** Moves the clock to when the sample was received and delivers it. */
  feed(...samples: readonly Sample[]): this {
    for (const sample of samples) {
      const { receivedNs } = sample.kind === "frame" ? sample.frame : sample.joints;
      if (receivedNs > this.clock.nowNs()) this.clock.advanceTo(receivedNs);
      this.samples.next(sample);
    }
    return this;
  }

  get codes(): readonly string[] {
    return this.faults.map((fault) => fault.code);
  }

  get messages(): readonly string[] {
    return this.faults.map((fault) => fault.message);
  }
}

/** Good data for a while: joints every 10 ms on a smooth path, both cameras every 50 ms. */
export function goodData(fromMs: number, toMs: number): readonly Sample[] {
  const samples: Sample[] = [];
  for (let ms = fromMs; ms < toMs; ms += 10) {
    samples.push(reading(ms, [0.5 * Math.sin(ms / 400), 0.3 * Math.cos(ms / 500)]));
    if (ms % 50 === 0) samples.push(frame("front", ms, ms / 50), frame("side", ms, ms / 50 + 1));
  }
  return samples;
}

export const stampMs = (observation: Observation): number => Number(observation.stampNs / NS_PER_MS);
