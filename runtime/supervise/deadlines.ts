/** The timers of the statecharts as data: deadlines on the supervisor's time, and on the task's, which stands still while the agent holds. */
import type { TimerChange } from "./statechart.ts";

/** Whose timer it is: the agent's, the task's, or that of the skill at a path. */
export type Owner = { readonly kind: "agent" } | { readonly kind: "task" } | { readonly kind: "skill"; readonly path: string };

export interface Deadline {
  readonly owner: Owner;
  /** The event that its owner is sent. */
  readonly id: string;
  /** When, milliseconds of its owner's time. */
  readonly dueMs: number;
}

/** What time it is for the agent, and for task and skills. */
export interface Times {
  readonly nowMs: number;
  /** When the task was held, milliseconds; null while its time passes. */
  readonly heldSinceMs: number | null;
}

/** Milliseconds are floating-point numbers: half a nanosecond is no time. */
const SAME_MS = 5e-7;

const isSame = (a: Owner, b: Owner): boolean => a.kind === b.kind && (a.kind !== "skill" || b.kind !== "skill" || a.path === b.path);
const timeOf = (owner: Owner, { nowMs, heldSinceMs }: Times): number => (owner.kind === "agent" ? nowMs : (heldSinceMs ?? nowMs));

/** The deadlines after a move of their owner. */
export function changed(deadlines: readonly Deadline[], owner: Owner, changes: readonly TimerChange[], times: Times): readonly Deadline[] {
  return changes.reduce((left, change) => {
    const others = left.filter((each) => each.id !== change.id || !isSame(each.owner, owner));
    return change.kind === "disarm" ? others : [...others, { owner, id: change.id, dueMs: timeOf(owner, times) + change.delayMs }];
  }, deadlines);
}

/** The deadlines without those of an owner that is over. */
export const without = (deadlines: readonly Deadline[], owner: Owner): readonly Deadline[] =>
  deadlines.filter((each) => !isSame(each.owner, owner));

/** Task and skills lose no time by a hold: their deadlines move on by as long as it lasted. */
export const heldFor = (deadlines: readonly Deadline[], heldMs: number): readonly Deadline[] =>
  deadlines.map((each) => (each.owner.kind === "agent" ? each : { ...each, dueMs: each.dueMs + heldMs }));

/** Those that are due, the earliest first. */
export function due(deadlines: readonly Deadline[], times: Times): readonly Deadline[] {
  return deadlines.filter((each) => leftMs(each, times) < SAME_MS).sort((a, b) => leftMs(a, times) - leftMs(b, times));
}

/** Milliseconds until the next is due; null when nothing is waited for, or all that is stands still. */
export function nextInMs(deadlines: readonly Deadline[], times: Times): number | null {
  const passing = deadlines.filter(({ owner }) => owner.kind === "agent" || times.heldSinceMs === null);
  return passing.length === 0 ? null : Math.max(0, Math.min(...passing.map((each) => leftMs(each, times))));
}

const leftMs = ({ owner, dueMs }: Deadline, times: Times): number => dueMs - timeOf(owner, times);
