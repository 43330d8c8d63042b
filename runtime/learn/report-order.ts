/** Whether the value rises along carries that succeeded, phase by phase: order consistency (of OTA, arXiv 2505.12737), on held-out episodes. */
import type { Session, TensorData } from "../graph/session.ts";
import { type LatentData, take } from "./latent-data.ts";
import type { PlayData } from "./play-data.ts";

/** The value is compared over so many decisions. */
const APART = 3;
/** Off the table: what lies is at the height at which things lie most. */
const LIFTED_M = 0.02;
/** Resting between two decisions. */
const STILL_M = 0.002;
/** A carry that is shorter is none; what comes before and after it that belongs to it, decisions. */
const CARRY_MIN = 5;
const BEFORE = 14;
const AFTER = 8;

const PHASES = ["approach", "carry", "let go"] as const;
type Phase = (typeof PHASES)[number];

/** One thing picked up, carried and set down: rows from..to, lifted from `lift` to before `down`; `to` is the goal. */
export interface Carry {
  readonly from: number;
  readonly lift: number;
  readonly down: number;
  readonly to: number;
}

/** Carries of the held-out episodes after which the thing lies still. */
export function carriesOf({ objectM, rows, split }: Pick<PlayData, "objectM" | "rows" | "split">): readonly Carry[] {
  if (!objectM) return [];
  const height = (row: number): number => objectM[3 * row + 2]!;
  const lying = median(objectM.filter((_, i) => i % 3 === 2));
  const isLifted = (row: number): boolean => height(row) > lying + LIFTED_M;
  const isStill = (row: number): boolean =>
    Math.hypot(...[0, 1, 2].map((k) => objectM[3 * row + k]! - objectM[3 * (row - 1) + k]!)) < STILL_M;
  const carries: Carry[] = [];
  for (let row = 1; row < rows; row++) {
    if (split.heldOut[row] === 0 || !isLifted(row) || isLifted(row - 1) || split.last[row - 1] !== split.last[row]) continue;
    const last = split.last[row]!;
    let [from, down] = [row, row];
    while (down <= last && isLifted(down)) down++;
    while (row - from < BEFORE && from > 1 && split.last[from - 1] === last && !isLifted(from - 1)) from--;
    let to = Math.min(down + 2, last); // It settles.
    while (to < last && to < down + AFTER && isStill(to + 1)) to++;
    if (down - row >= CARRY_MIN && to >= down + APART + 2) carries.push({ from, lift: row, down, to });
  }
  return carries;
}

/** Share of the pairs three decisions apart of which the later one is nearer to the end of its carry, by the critic; and the pairs of each phase. */
export async function orderConsistency(
  data: PlayData,
  { latents, latentDim }: LatentData,
  critic: Session,
): Promise<Readonly<Record<string, { readonly consistent: number; readonly pairs: number }>>> {
  const pairs = carriesOf(data).flatMap(({ from, lift, down, to }) =>
    Array.from({ length: Math.max(0, to - APART - from + 1) }, (_, i) => {
      const row = from + i;
      const phase: Phase = row < lift ? "approach" : row < down ? "carry" : "let go";
      return { row, to, phase };
    }),
  );
  if (pairs.length === 0) return {};
  const goal = take(
    latents,
    latentDim,
    pairs.map(({ to }) => to),
  );
  const costs = async (apart: number): Promise<Float32Array> => {
    const latent = take(
      latents,
      latentDim,
      pairs.map(({ row }) => row + apart),
    );
    return ((await critic.run({ latent, goal }))["cost"] as TensorData).data as Float32Array;
  };
  const [earlier, later] = [await costs(0), await costs(APART)];
  const figures = PHASES.map((phase) => {
    const own = pairs.flatMap((pair, i) => (pair.phase === phase ? [later[i]! < earlier[i]!] : []));
    return [phase, { consistent: own.filter(Boolean).length / Math.max(1, own.length), pairs: own.length }] as const;
  });
  return Object.fromEntries(figures.filter(([, { pairs: count }]) => count > 0));
}

const median = (values: Float32Array): number => values.slice().sort()[Math.floor(values.length / 2)] ?? 0;
