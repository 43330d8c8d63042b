/** Does the gripper hold something? It rests, further open than it was told to be, or presses. */
import type { GripperCommand } from "../core/motion.ts";
import type { GripperReading } from "../core/sensing.ts";

export interface GripShown extends GripperReading {
  readonly isHolding: boolean;
}

export interface GripWatch {
  told(command: GripperCommand): void;
  felt(reading: GripperReading): GripShown;
}

/** Of the opening, from one reading that is shown to the next. */
const REST_M = 0.0005;
/** More than was told is something between the fingers. */
const HELD_M = 0.003;
/** Fingers that meet nothing press with less. */
const PRESSING_N = 2;

/** `closedM` is the opening at which there is nothing between the fingers. */
export function createGripWatch(closedM: number): GripWatch {
  let toldM: number | null = null;
  let beforeM = Number.NaN;
  return {
    told({ openingM }) {
      toldM = openingM;
    },
    felt(reading) {
      const { openingM } = reading;
      const effortN = Number.isFinite(reading.effortN) ? reading.effortN : undefined; // Drivers that feel no effort say NaN.
      const isAtRest = Math.abs(openingM - beforeM) < REST_M;
      beforeM = openingM;
      const isOpen = openingM > closedM + HELD_M;
      const presses = (effortN ?? 0) > PRESSING_N || (toldM !== null && openingM > toldM + HELD_M);
      return { openingM, ...(effortN === undefined ? {} : { effortN }), isHolding: isAtRest && isOpen && presses };
    },
  };
}
