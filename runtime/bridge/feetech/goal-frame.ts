/**
 * Goals as a frame that a wire which loses or doubles a byte cannot turn into other goals.
 * The checksum is a sum: of a frame that lost an FF, the FF that begins the next frame passes for it, and of one in which a byte that equals the checksum came twice, that byte does.
 * Seen on the virtual arm, whose wrist rests at step 2047 (07 FF): with one byte in a hundred lost it turned by 1.4 rad in a minute.
 */
import type { ServoGoal } from "../servos/servo-bus.ts";
import { syncWriteFrame } from "./frames.ts";
import { encode, REGISTERS } from "./registers.ts";

const FF = 0xff;
/** Each try is a checksum of its own; one in ten does not do. */
const TRIES = 16;

/** Positions may be told a step lower, the first servo's velocity some steps/s. */
export function goalFrame(goals: ReadonlyMap<number, ServoGoal>): Uint8Array {
  const [first] = goals.keys();
  const tried = (lowerBy: number): Uint8Array =>
    syncWriteFrame(REGISTERS.goalSteps.address, new Map([...goals].map(([id, goal]) => [id, goalBytes(goal, id === first ? lowerBy : 0)])));
  for (let lowerBy = 0; lowerBy < TRIES; lowerBy++) {
    const frame = tried(lowerBy);
    const said = frame.subarray(2, -1);
    if (!said.includes(FF) && !said.includes(frame.at(-1)!)) return frame;
  }
  return tried(0);
}

/** Position, time and velocity, as they lie behind one another. */
export function goalBytes({ positionSteps, velocityStepsPerSMax }: ServoGoal, lowerBy = 0): Uint8Array {
  return Uint8Array.of(
    ...encode(REGISTERS.goalSteps, withoutFf(positionSteps)),
    ...[0, 0],
    ...encode(REGISTERS.goalVelocityStepsPerS, withoutFf(Math.max(1, velocityStepsPerSMax - lowerBy))),
  );
}

const withoutFf = (value: number): number => ((value & FF) === FF ? value - 1 : value);
