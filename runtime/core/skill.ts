/** The vocabulary of skills: goals, terms, constraints, success tests, and what the agent perceives of them. All data. */
import type { AxisName } from "./model.ts";
import type { Frame } from "./sensing.ts";
import type { Vec3 } from "./vec3.ts";

/** Where the task wants the world to be. */
export type Goal =
  | { readonly kind: "image"; readonly frames: readonly Frame[] }
  | { readonly kind: "tool"; readonly positionM: Vec3 }
  | { readonly kind: "object"; readonly positionM: Vec3 };

/** A named cost with its weight; the catalogue in runtime/plan knows its graph and its plain evaluation. */
export interface TermSpec {
  readonly term: string;
  readonly weight: number;
  readonly unit: string;
}

/** A named constraint with its numbers; `workspace` has none in a skill: they are the robot's, from the launch file. */
export interface ConstraintSpec {
  readonly constraint: string;
  readonly params?: Readonly<Record<string, number | readonly number[]>>;
}

/** How a skill knows that it has succeeded, from what the agent itself perceives. */
export interface SuccessSpec {
  readonly test: string;
  readonly threshold: number;
  readonly unit: string;
  /** Decisions in a row for which the test must hold. */
  readonly steps: number;
}

/** What to want: data, no I/O. */
export interface Skill {
  readonly name: string;
  readonly description: string;
  /** The tool is held this high above the table, metres; null where z is an axis of its own. */
  readonly toolHeightM: number | null;
  /** The axes it moves the tool along; null when any will do. */
  readonly axes: readonly AxisName[] | null;
  readonly goals: readonly Goal["kind"][];
  readonly terms: Readonly<Partial<Record<Goal["kind"], readonly TermSpec[]>>>;
  readonly constraints: readonly ConstraintSpec[];
  readonly success: Readonly<Partial<Record<Goal["kind"], SuccessSpec>>>;
  readonly limits: { readonly decisions: number; readonly timeoutS: number };
}

/** What the agent perceives of its distance to the goal; null where its model or goal gives no such number. */
export interface Measures {
  /** The critic's estimate, decisions to the goal. */
  readonly criticCost: number | null;
  /** Tool point to goal position, metres. */
  readonly toolToGoalM: number | null;
  /** Object (by the model's probe) to goal position over the table (x and y), metres. */
  readonly objectToGoalM: number | null;
  /** Where the model's probe sees the object, metres, base frame; absent without a probe. */
  readonly objectM?: Vec3;
}
