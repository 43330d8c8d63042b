/** Are the decisions made on a recording the recorded ones? Compared exactly, told in words. */
import type { Tick } from "../core/tick.ts";
import { type Plain, plain } from "./channels/exact.ts";

export interface Comparison {
  readonly recorded: number;
  readonly made: number;
  readonly differing: number;
  /** One sentence per decision that differs, the first DIFFERENCES_TOLD_MAX, and one when the counts do. */
  readonly differences: readonly string[];
}

export const DIFFERENCES_TOLD_MAX = 20;

export interface Compared {
  /** What the recording itself lacks, which is a difference too. */
  readonly lacking?: string | null;
  /** Others moved the arm too: their motions are numbered among the decisions', and those that were refused are not recorded. Then the numbers do not count. */
  readonly othersMoved?: boolean;
}

/** Hand it every decision in order; how it differs comes back, or null. `result` may be asked at any time. */
export function compareDecisions(
  recorded: readonly Plain[],
  { lacking = null, othersMoved = false }: Compared = {},
): { add(decision: Tick["decision"]): string | null; result(): Comparison } {
  const told: string[] = [];
  let made = 0;
  let differing = 0;
  return {
    add(decision) {
      const index = made++;
      const other = recorded[index];
      const why = other === undefined ? "was not recorded" : decisionDifference(plain(decision), other, othersMoved);
      if (why === null) return null;
      differing++;
      if (told.length < DIFFERENCES_TOLD_MAX) told.push(`decision ${index} ${why}`);
      return why;
    },
    result() {
      const missing = made < recorded.length ? [`${recorded.length} decisions were recorded, ${made} were made`] : [];
      return { recorded: recorded.length, made, differing, differences: [...told, ...missing, ...(lacking ? [lacking] : [])] };
    },
  };
}

/** Null when nothing differs, else the fields that do, each with its largest difference. */
function decisionDifference(decision: Plain, recorded: Plain, othersMoved: boolean): string | null {
  const fields = new Map<string, { apart: number; count: number }>();
  for (const { path, apart } of unequalLeaves(decision, recorded, [])) {
    if (othersMoved && path.join(".") === "segment.id") continue;
    const field = path.slice(0, path[0] === "plan" ? 2 : 1).join(".") || "as a whole";
    const before = fields.get(field) ?? { apart: 0, count: 0 };
    fields.set(field, { apart: Math.max(before.apart, apart), count: before.count + 1 });
  }
  if (fields.size === 0) return null;
  const parts = [...fields].map(([field, { apart, count }]) => {
    const most = Number.isFinite(apart) ? `, at most by ${apart.toExponential(1)}` : "";
    return `${field} (${count === 1 ? "1 value" : `${count} values`}${most})`;
  });
  return `differs in ${parts.join(", ")}`;
}

interface Leaf {
  readonly path: readonly string[];
  /** Infinity where it is no matter of size. */
  readonly apart: number;
}

function* unequalLeaves(a: Plain, b: Plain, path: readonly string[]): Generator<Leaf> {
  if (typeof a === "object" && typeof b === "object" && a !== null && b !== null) {
    const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      const [one, other] = [left.get(key), right.get(key)];
      if (one === undefined || other === undefined) yield { path: [...path, key], apart: Number.POSITIVE_INFINITY };
      else yield* unequalLeaves(one as Plain, other as Plain, [...path, key]);
    }
  } else if (!Object.is(a, b)) {
    const isSize = typeof a === "number" && typeof b === "number";
    yield { path, apart: isSize ? Math.abs(a - b) : Number.POSITIVE_INFINITY };
  }
}
