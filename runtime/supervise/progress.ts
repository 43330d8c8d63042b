/** The closed catalogue of success tests: what a skill may call success, judged by plain numbers that the agent itself perceives. */
import { AgentError } from "../core/errors.ts";
import type { Measures, SuccessSpec } from "../core/skill.ts";

interface SuccessTest {
  readonly measure: keyof Measures;
  readonly unit: string;
  /** What is missing when the measure is null. */
  readonly needs: string;
}

/** All success tests; each holds when its measure is at most the threshold. */
export const SUCCESS_TESTS = {
  "critic-below": { measure: "criticCost", unit: "decisions", needs: "a critic" },
  "tool-within": { measure: "toolToGoalM", unit: "m", needs: "a goal position for the tool" },
  "object-within": { measure: "objectToGoalM", unit: "m", needs: "a goal position for the object and a probe in the model package" },
} as const satisfies Readonly<Record<string, SuccessTest>>;
export type SuccessTestName = keyof typeof SUCCESS_TESTS;

/** Longest row of decisions that a success test may ask for. */
const SUCCESS_STEPS_MAX = 100;

/** Throws AgentError `goal.mismatch` when a success test is not in the catalogue or its numbers make no sense. */
export function checkSuccess(skill: string, spec: SuccessSpec): SuccessTestName {
  const known = Object.hasOwn(SUCCESS_TESTS, spec.test);
  if (!known) fail(skill, `"${spec.test}" is not in the catalogue; use one of ${Object.keys(SUCCESS_TESTS).join(", ")}`);
  const name = spec.test as SuccessTestName;
  const { unit } = SUCCESS_TESTS[name];
  if (spec.unit !== unit) fail(skill, `"${name}" is measured in ${unit}, not in "${spec.unit}"; convert the threshold`);
  if (!(Number.isFinite(spec.threshold) && spec.threshold > 0))
    fail(skill, `the threshold of "${name}" is ${spec.threshold} ${unit}; give a positive number`);
  if (!(Number.isInteger(spec.steps) && spec.steps >= 1 && spec.steps <= SUCCESS_STEPS_MAX))
    fail(skill, `"${name}" must hold for ${spec.steps} decisions; give a whole number from 1 to ${SUCCESS_STEPS_MAX}`);
  return name;
}

export interface Progress {
  /** The test holds now; `spec.steps` decisions in a row of this are success. */
  readonly met: boolean;
  /** What was measured, in the test's unit. */
  readonly value: number;
  /** 0 at the first decision's distance or further, 1 when the test holds. */
  readonly fraction: number;
}

/**
 * Judges one decision. `firstValue` is the value at the attempt's first decision (null: this is the first).
 * A measure that is not a number never meets a test. Throws AgentError `goal.mismatch` when the measure does not exist.
 */
export function judge(skill: string, spec: SuccessSpec, measures: Measures, firstValue: number | null): Progress {
  const { measure, needs } = SUCCESS_TESTS[checkSuccess(skill, spec)];
  const value = measures[measure];
  if (value === null)
    fail(skill, `"${spec.test}" needs ${needs}, which this model and goal do not give; choose another goal kind or model`);
  const met = value <= spec.threshold; // False for NaN.
  const way = (firstValue ?? value) - spec.threshold;
  const left = value - spec.threshold;
  const fraction = met ? 1 : way > 0 && Number.isFinite(left) ? Math.min(1, Math.max(0, 1 - left / way)) : 0;
  return { met, value, fraction };
}

function fail(skill: string, problem: string): never {
  throw new AgentError("goal.mismatch", `success test of skill "${skill}": ${problem}`);
}
