/** One row of the table of faults: what is broken, who notices it by when, what the arm does then, and how work goes on. */

export interface FaultCase {
  /** As in the list of faults of ../shared/field/robotics-runtimes.md 7.3; letters tell variants apart. */
  readonly id: string;
  readonly fault: string;
  /** The part that notices, and the error's code where it is one. */
  readonly detectedBy: string;
  /** From the fault to its detection, milliseconds; at once: with the message or call that it is in. */
  readonly deadline: number | "at once" | "before anything moves";
  readonly safeState: string;
  readonly recovered: string;
  /** virtual: on an injected clock, the same in every run; real: on the machine's; none: no time passes. */
  readonly clock: "virtual" | "real" | "none";
  /** Breaks it and checks all of the above. How long detection took, milliseconds; null where no time passes. */
  readonly run: () => Promise<number | null>;
}

/** Of what is refused at a border, before it has any effect. */
export function refused(
  row: Pick<FaultCase, "id" | "fault" | "detectedBy"> & Partial<Pick<FaultCase, "recovered" | "safeState" | "deadline">>,
  check: () => void | Promise<void>,
): FaultCase {
  return {
    deadline: "before anything moves",
    safeState: "nothing was sent",
    recovered: "a person mends it and starts again",
    ...row,
    clock: "none",
    run: async () => {
      await check();
      return null;
    },
  };
}
