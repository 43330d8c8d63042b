/** The bounds of reason: what no arm, no work of one and no recording of it exceeds. One place for launch file, robot, card and data, so that a wrong unit is noticed everywhere. */
import { z } from "zod";

export interface Bound {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** Why there is nothing beyond. */
  readonly why: string;
  /** The unit that is mistaken for ours, and how much of ours one of it is. */
  readonly mistaken?: { readonly unit: string; readonly factor: number };
}

const MILLIMETRES = { unit: "millimetres", factor: 0.001 };
const DEGREES = { unit: "degrees", factor: Math.PI / 180 };
const MILLISECONDS = { unit: "milliseconds", factor: 0.001 };
const GRAMS = { unit: "grams", factor: 0.001 };

export const BOUNDS = {
  /** Of a place along an axis of the base frame. */
  placeM: { min: -10, max: 10, unit: "m", why: "that is out of reach of any arm", mistaken: MILLIMETRES },
  /** Of a point in a link's or tool's own frame. */
  offsetM: { min: -3, max: 3, unit: "m", why: "no tool is that large", mistaken: MILLIMETRES },
  /** From the first joint that moves to the tool, stretched out. */
  reachM: { min: 0.05, max: 10, unit: "m", why: "no arm is of that size", mistaken: MILLIMETRES },
  /** Of one link. */
  massKg: { min: 0, max: 2000, unit: "kg", why: "no link of an arm weighs that much", mistaken: GRAMS },
  /** Of a joint: three turns. */
  jointRad: { min: -20, max: 20, unit: "rad", why: "no joint turns that far", mistaken: DEGREES },
  /** Of a turn about an axis. */
  turnRad: { min: -Math.PI, max: Math.PI, unit: "rad", why: "that is more than half a turn", mistaken: DEGREES },
  /** Vertical, of a camera. */
  fovRad: { min: 0.05, max: 3, unit: "rad", why: "no camera sees in such an angle", mistaken: DEGREES },
  /** Of a joint that turns without end, as its encoder counts. */
  readingRad: { min: -10_000, max: 10_000, unit: "rad", why: "no joint has turned that far" },
  /** Of one decision. */
  periodS: { min: 0.02, max: 5, unit: "s", why: "an arm is not decided for in that rhythm", mistaken: MILLISECONDS },
  /** Of what the tool did while data were collected. */
  spreadM: { min: 0.001, max: 5, unit: "m", why: "no tool plays in a space of that size", mistaken: MILLIMETRES },
  /** Of the tool in one decision. */
  stepM: { min: 0.0005, max: 0.5, unit: "m", why: "no tool goes that far in one decision", mistaken: MILLIMETRES },
  /** A decision as a share of the largest; more than 1 was commanded by nobody. */
  action: { min: -10, max: 10, unit: "of the largest step", why: "no arm goes that far in one decision" },
} as const satisfies Readonly<Record<string, Bound>>;

/** Null where the value is within; else a clause such as "400 m is above 10 m: that is out of reach of any arm; in millimetres? write 0.4". */
export function beyond(value: number, { min, max, unit, why, mistaken }: Bound): string | null {
  if (value >= min && value <= max) return null;
  if (!Number.isFinite(value)) return `${value} is no number of ${unit}`;
  const [side, bound] = value > max ? ["above, at most", max] : ["below, at least", min];
  const meant = mistaken && value * mistaken.factor;
  const remedy = meant !== undefined && meant >= min && meant <= max ? `; in ${mistaken?.unit}? write ${Number(meant.toPrecision(4))}` : "";
  return `${value} ${unit} is ${side} ${bound} ${unit}: ${why}${remedy}`;
}

/** The same for a schema. */
export const within = (bound: Bound) => {
  const error = (issue: { readonly input?: unknown }): string => beyond(Number(issue.input), bound) ?? "";
  return z.number().min(bound.min, { error }).max(bound.max, { error });
};

const { placeM, offsetM, jointRad } = BOUNDS;
/** A place in the base frame, metres. */
export const placeIn = z.tuple([within(placeM), within(placeM), within(placeM)]);
/** A point in a frame of the arm's own, metres. */
export const offsetIn = z.tuple([within(offsetM), within(offsetM), within(offsetM)]);
/** Roll, pitch and yaw, rad. */
export const turns = z.tuple([within(jointRad), within(jointRad), within(jointRad)]);
