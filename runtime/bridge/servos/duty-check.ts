/** Looks at one servo after the other whether it still does what we told it: torque on, and a goal of ours. */
import { AgentError } from "../../core/errors.ts";
import type { ServoDuty } from "./servo-bus.ts";

export interface DutyFinding {
  /** Once, until it is taken over. */
  readonly fault: AgentError | null;
  /** It has torque and a goal that nobody here sent: a write that broke and passed, unless it comes again. */
  readonly isBroken: boolean;
}

export interface DutyCheck {
  /** What was sent, steps. */
  sent(id: number, goalSteps: number): void;
  look(id: number, duty: ServoDuty, name: string): DutyFinding;
  /** Servos that are not ours now, since they lost their torque or were out of reach: nothing is sent to them before they are taken over. */
  readonly astray: ReadonlySet<number>;
  stray(id: number): void;
  /** It was taken over anew, and told to stay at this goal. */
  taken(id: number, goalSteps: number): void;
}

/** Goals that may still be in a servo: a lost write leaves an older one. */
const KEPT = 64;
/** The bus may tell a goal so much lower. */
const STEPS_OFF = 2;
/** Foreign goals in a row: one may be a byte that broke and passed. */
const FOREIGN_MAX = 3;

export function createDutyCheck(): DutyCheck {
  const goals = new Map<number, number[]>();
  const foreign = new Map<number, number>();
  const astray = new Set<number>();
  const sent = (id: number, goalSteps: number): void => {
    const kept = goals.get(id) ?? [];
    if (kept.at(-1) !== goalSteps) kept.push(goalSteps);
    if (kept.length > KEPT) kept.shift();
    goals.set(id, kept);
  };
  return {
    astray,
    stray: (id) => void astray.add(id),
    sent,
    look(id, { isTorqueOn, goalSteps }, name) {
      if (!isTorqueOn) {
        if (astray.has(id)) return { fault: null, isBroken: false };
        astray.add(id);
        const fault = new AgentError(
          "robot.aborted",
          `${name}: its torque is off although it was on: it restarted, or someone switched it off; nothing is sent to it; look at the supply, then reset and start`,
        );
        return { fault, isBroken: false };
      }
      const isForeign = goals.get(id)?.every((goal) => Math.abs(goal - goalSteps) > STEPS_OFF) ?? false;
      const count = isForeign ? (foreign.get(id) ?? 0) + 1 : 0;
      foreign.set(id, count);
      if (count !== FOREIGN_MAX) return { fault: null, isBroken: isForeign && count < FOREIGN_MAX };
      const fault = new AgentError(
        "robot.aborted",
        `${name}: its goal is ${goalSteps} steps, which we did not send: another program commands it; end that, then reset and start`,
      );
      return { fault, isBroken: false };
    },
    taken(id, goalSteps) {
      astray.delete(id);
      foreign.delete(id);
      sent(id, goalSteps);
    },
  };
}
