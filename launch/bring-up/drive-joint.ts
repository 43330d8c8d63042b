/** Moves one joint in short segments that each end at rest: as soon as it may not go on, the last one runs out. For jogging and for measuring. */
import { type JointDrive, jointStep } from "../../runtime/assemble/joint-step.ts";
import { type Clock, NS_PER_MS, secondsToNs } from "../../runtime/core/clock.ts";
import { cameTooLate } from "../../runtime/core/errors.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { segmentDurationSMax } from "../../runtime/core/segment.ts";

export interface DriveParts {
  readonly robot: Robot;
  readonly clock: Clock;
  /** From a segment's making to its start, milliseconds. */
  readonly leadMs: number;
  /** Lets time pass; in a world that waits, `act` has done so already. */
  readonly wait: (ms: number) => Promise<void>;
  /** Ids increase over the life of the robot. */
  readonly nextId: () => number;
}

/** A newer segment takes over from the one before it this often. */
const STEP_MS = 200;
const THERE_RAD = 1e-4;
const LATE_IN_A_ROW_MAX = 3;

/** Resolves with the arm at rest: there, or where it was let go. Throws what `act` throws. */
export async function driveJoint(parts: DriveParts, drive: JointDrive, mayMove: () => boolean): Promise<"there" | "released"> {
  const { robot, clock, leadMs, wait, nextId } = parts;
  let lateInARow = 0;
  for (;;) {
    const startNs = clock.nowNs() + BigInt(Math.round(leadMs)) * NS_PER_MS;
    const from = robot.commandedAt(startNs);
    const restRad = robot.commandedAt(startNs + secondsToNs(segmentDurationSMax)).positionRad[drive.joint]!;
    const isThere = Math.abs(drive.toRad - restRad) < THERE_RAD;
    if (isThere || !mayMove()) {
      await wait(leadMs + segmentDurationSMax * 1e3);
      return isThere ? "there" : "released";
    }
    try {
      await robot.act(jointStep(robot, drive, from, { id: nextId(), startNs }));
      lateInARow = 0;
    } catch (error) {
      // Handed over too late on a busy computer: the one before it brings the arm to rest, and the next begins from there.
      if (!cameTooLate(error) || ++lateInARow > LATE_IN_A_ROW_MAX) throw error;
    }
    await wait(STEP_MS);
  }
}
