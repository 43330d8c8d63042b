/**
 * Goals as a frame that a wire which loses or doubles bytes hardly turns into other goals.
 * Positions only, as short as it can be: how fast a servo may go it was told, and read back, when it was taken over.
 * A checksum is a sum of a single byte, so two things could pass for one.
 * A byte that equals the checksum and comes twice: then servos are told positions that are a step lower, two at most, which makes another checksum.
 * The beginning of the next frame, where bytes are lost: see goal-fill.ts.
 */
import { syncWriteFrame } from "./frames.ts";
import { encode, REGISTERS } from "./registers.ts";

/** A position may be told so much lower. */
export const STEPS_LOWER_MAX = 2;

/** Positions, in steps, by servo. */
export function goalFrame(goals: ReadonlyMap<number, number>): Uint8Array {
  for (let lowerBy = 0; lowerBy <= STEPS_LOWER_MAX * goals.size; lowerBy++) {
    const frame = lowered(goals, lowerBy);
    if (!frame.subarray(2, -1).includes(frame.at(-1)!)) return frame;
  }
  return lowered(goals, 0);
}

/** So many steps in all, spread evenly over the servos. */
function lowered(goals: ReadonlyMap<number, number>, lowerBy: number): Uint8Array {
  const stepsOff = (index: number): number => Math.floor((lowerBy + goals.size - 1 - index) / goals.size);
  const told = [...goals].map(([id, steps], index) => [id, encode(REGISTERS.goalSteps, Math.max(0, steps - stepsOff(index)))] as const);
  return syncWriteFrame(REGISTERS.goalSteps.address, new Map(told));
}
