/** A, B, C: cameras, joint encoders and time, in the whole running loop. */
import { senseDefaults } from "../../runtime/sense/sense-item.ts";
import type { FaultCase } from "./case.ts";
import { type LoopExpectation, loopCase } from "./loop-case.ts";

/** A silence is noticed at the first look after the age that is allowed. */
const SILENCE_MS = senseDefaults.maxAgeMs * 1.25;
/** So many pictures, five a second. */
const FROZEN_MS = senseDefaults.frozen.movingCount * 200;
/** The bad sample itself is refused. */
const AT_ONCE_MS = 0;

type Row = Omit<LoopExpectation, "by"> & { readonly by?: string };
const row = (expectation: Row): FaultCase => loopCase({ by: "sense", ...expectation });

const stale = (id: string, fault: string, faults: LoopExpectation["faults"], says = /nothing good for \d+ ms/): FaultCase =>
  row({ id, fault, code: "sense.stale", says, withinMs: SILENCE_MS, arm: "holds", faults: faults! });
const frozen = (id: string, fault: string, name: string): FaultCase =>
  row({
    id,
    fault,
    code: "sense.frozen-frame",
    says: /camera "front": \d+ identical pictures in a row while the joints moved/,
    withinMs: FROZEN_MS,
    arm: "holds",
    faults: [{ fault: name }],
  });

export const CAMERA_CASES: readonly FaultCase[] = [
  frozen("A1", "camera repeats one picture with new stamps", "camera-frozen"),
  stale("A2", "camera silent", [{ fault: "camera-silent" }], /camera "front": nothing good/),
  frozen("A3a", "camera black", "camera-black"),
  frozen("A3b", "camera over-exposed, all white", "camera-white"),
  row({
    id: "A4a",
    fault: "half of each picture is missing",
    code: "sense.wrong-size",
    says: /front/,
    withinMs: AT_ONCE_MS,
    arm: "stops",
    faults: [{ fault: "camera-truncated" }],
  }),
  row({
    id: "A4b",
    fault: "what comes is no picture",
    code: "sense.wrong-size",
    says: /no byte array/,
    withinMs: AT_ONCE_MS,
    arm: "stops",
    faults: [{ fault: "camera-malformed" }],
  }),
  row({
    id: "A5",
    fault: "pictures of another size",
    code: "sense.wrong-size",
    says: /front/,
    withinMs: AT_ONCE_MS,
    arm: "stops",
    faults: [{ fault: "camera-resized" }],
  }),
  stale("A6", "one picture in two seconds", [{ fault: "camera-slow" }]),
  stale("A7a", "pictures stamped 300 ms early", [{ fault: "camera-skewed" }], /aligned observations: nothing good/),
  row({
    id: "A7b",
    fault: "a single picture stamped before the last one",
    code: "sense.backward-stamp",
    says: /front/,
    withinMs: AT_ONCE_MS,
    arm: "rests",
    forS: 0.2,
    faults: [{ fault: "camera-skewed" }],
  }),
  stale("A8", "camera plugged in again under another name", [{ fault: "camera-renumbered" }], /camera "front": nothing good/),
];

export const JOINT_CASES: readonly FaultCase[] = [
  stale("B1a", "joints silent", [{ fault: "joints-silent" }], /joints: nothing good/),
  stale("B1b", "samples wait 700 ms on their way", [{ fault: "samples-late" }], /received 700\.0 ms ago, at most 500 ms|nothing good/),
  row({
    id: "B2a",
    fault: "a joint reads NaN",
    code: "sense.not-finite",
    says: /joint "shoulder": position NaN rad/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "joints-nan" }],
  }),
  row({
    id: "B2b",
    fault: "a joint's velocity reads infinity",
    code: "sense.not-finite",
    says: /velocity Infinity/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "joints-infinite", of: "elbow" }],
  }),
  row({
    id: "B3",
    fault: "a joint reads where it cannot be",
    code: "sense.out-of-range",
    says: /joint "elbow": position 3\.500 rad is outside/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "joints-out-of-range", of: "elbow" }],
  }),
  row({
    id: "B4",
    fault: "a joint's reading jumps to and fro",
    code: "sense.jump",
    says: /joint "elbow": moved/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "joints-jumping", of: "elbow" }],
  }),
  row({
    id: "B5a",
    fault: "a joint is missing",
    code: "sense.wrong-size",
    says: /1 positions/,
    withinMs: AT_ONCE_MS,
    arm: "stops",
    faults: [{ fault: "joints-missing" }],
  }),
  row({
    id: "B5b",
    fault: "two joints read in each other's place",
    code: "sense.jump",
    says: /joint "(shoulder|elbow)": moved/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "joints-exchanged" }],
  }),
  row({
    id: "B9",
    fault: "a velocity that no joint can have",
    code: "sense.jump",
    says: /joint "elbow": reads 9\.000 rad\/s/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "joints-fast", of: "elbow" }],
  }),
  row({
    id: "B6",
    fault: "joints told in degrees",
    code: "sense.out-of-range",
    says: /degrees/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "joints-in-degrees" }],
  }),
  row({
    id: "B8a",
    fault: "readings with one and the same stamp",
    code: "sense.duplicate-stamp",
    says: /joints/,
    withinMs: 200,
    arm: "holds",
    faults: [{ fault: "joints-repeated" }],
  }),
  row({
    id: "B8b",
    fault: "readings with stamps that go back",
    code: "sense.backward-stamp",
    says: /joints/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "joints-reordered" }],
  }),
];

export const TIME_CASES: readonly FaultCase[] = [
  row({
    id: "C1",
    fault: "the agent's clock jumps back 2 s",
    by: "guard",
    code: "guard.stop",
    says: /in the future, at most \d+ ms; check the clocks/,
    withinMs: 400,
    arm: "holds",
    faults: [{ fault: "clock-back" }],
  }),
  row({
    id: "C2",
    fault: "the agent's clock jumps forward 2 s",
    code: "sense.stale",
    says: /at most 500 ms/,
    withinMs: 200,
    arm: "holds",
    faults: [{ fault: "clock-forward" }],
  }),
  row({
    id: "C3a",
    fault: "sources stamp 500 ms ahead",
    by: "guard",
    code: "guard.stop",
    says: /observation taken 500\.0 ms in the future/,
    withinMs: 200,
    arm: "holds",
    faults: [{ fault: "stamps-ahead" }],
  }),
  row({
    id: "C3b",
    fault: "sources stamp 800 ms behind",
    code: "sense.backward-stamp",
    says: /stamp/,
    withinMs: AT_ONCE_MS,
    arm: "holds",
    faults: [{ fault: "stamps-behind" }],
  }),
  stale("C4", "the world's time stands still: nothing new from any sensor", [{ fault: "camera-silent" }, { fault: "joints-silent" }]),
  stale("C5", "pictures stamped on another clock than the joints", [{ fault: "camera-skewed", by: 1e12 }]),
  stale("C6", "a world at a tenth of its speed: one picture in two seconds", [{ fault: "camera-slow", by: 10 }]),
  row({
    id: "C7",
    fault: "the agent's clock runs 20 % fast",
    by: "loop",
    code: "plan.late",
    says: /should have begun \d+\.\d ms ago/,
    withinMs: 200,
    arm: "rests",
    forS: 1.5,
    faults: [{ fault: "clock-drifts" }],
  }),
];
