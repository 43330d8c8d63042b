/** Shapes and sizes of loose things, drawn. */
import type { Rng } from "../../runtime/core/rng.ts";
import type { Shape } from "../../runtime/core/shape.ts";

export interface Bodies {
  /** Alike often. */
  readonly kinds: readonly Shape["kind"][];
  /** seen: any size but the held-out ones; held-out: one of those alone. */
  readonly sizes: "seen" | "held-out";
  /** Smallest and largest edge, or diameter and height, metres. */
  readonly sizeM: readonly [number, number];
  /** Within that range, from one up to another: never shown while it learns, so that it can be judged by them. */
  readonly heldOutSizeM: readonly [number, number];
}

export function drawShape(rng: Rng, { kinds, sizes, sizeM, heldOutSizeM }: Bodies): Shape {
  const kind = kinds[Math.floor(rng.uniform() * kinds.length)]!;
  return shapeOf(kind, sizes === "held-out" ? rng.between(...heldOutSizeM) : drawBeside(rng, sizeM, heldOutSizeM));
}

/** As high as it is wide. */
export function shapeOf(kind: Shape["kind"], edgeM: number): Shape {
  switch (kind) {
    case "box":
      return { kind, sizeM: [edgeM, edgeM, edgeM] };
    case "cylinder":
      return { kind, radiusM: edgeM / 2, heightM: edgeM };
    case "ball":
      return { kind, radiusM: edgeM / 2 };
  }
}

/** In the range, but not in the gap in it. */
function drawBeside(rng: Rng, [low, high]: readonly [number, number], [from, to]: readonly [number, number]): number {
  const drawn = rng.between(low, high - (to - from));
  return drawn < from ? drawn : drawn + (to - from);
}
