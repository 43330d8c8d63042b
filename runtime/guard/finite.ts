/** Stops a segment, or a situation, that holds a number which is not finite. */
import type { Guard, Situation } from "../core/guarding.ts";
import type { JointCommand, Segment } from "../core/motion.ts";

export const finite: Guard = {
  name: "finite",
  check(segment, situation) {
    const why = notFinite(segment, situation);
    return why ? { kind: "stop", why: [why] } : { kind: "pass", segment };
  },
};

/** The first number that is not finite, in words, or null. */
function notFinite(segment: Segment, situation: Situation): string | null {
  for (const knot of segment.knots) {
    if (!Number.isFinite(knot.tS)) return `knot time is ${knot.tS} s, must be finite`;
    const why = notFiniteIn(knot, `at ${knot.tS} s`);
    if (why) return why;
  }
  const inCommanded = notFiniteIn(situation.commanded, "of the commanded state");
  if (inCommanded) return inCommanded;
  const rest = situation.restRad.findIndex((value) => !Number.isFinite(value));
  if (rest >= 0) return `joint ${rest} rest position is ${situation.restRad[rest]} rad, must be finite`;
  if (!Number.isFinite(situation.restInS)) return `time to rest is ${situation.restInS} s, must be finite`;
  return null;
}

const parts = [
  ["positionRad", "position", "rad"],
  ["velocityRadPerS", "velocity", "rad/s"],
  ["accelerationRadPerS2", "acceleration", "rad/s^2"],
] as const;

function notFiniteIn(command: JointCommand, where: string): string | null {
  for (const [key, quantity, unit] of parts) {
    const joint = command[key].findIndex((value) => !Number.isFinite(value));
    if (joint >= 0) return `joint ${joint} ${quantity} ${where} is ${command[key][joint]} ${unit}, must be finite`;
  }
  return null;
}
