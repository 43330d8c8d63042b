/** How far episodes come: a trial's stages counted in their order, so that a figure says where it was lost. */
import type { Stage, WorldState } from "../../runtime/core/trial.ts";

export interface Funnel {
  /** Told the world after every decision. */
  see(now: WorldState): void;
  /** Stages seen so far: a stage counts once those before it were seen, several at once where they hold at once. */
  readonly passed: number;
}

export function createFunnel(stages: readonly Stage[], goal: WorldState): Funnel {
  let passed = 0;
  return {
    see(now) {
      while (passed < stages.length && stages[passed]!.holds(now, goal)) passed++;
    },
    get passed() {
      return passed;
    },
  };
}

/** Of one episode. */
export interface Passage {
  readonly passed: number;
  readonly success: boolean;
}

/** Episodes that came to each stage, in order; those at the end went through all of them and succeeded. */
export function funnelOf(stages: readonly Stage[], episodes: readonly Passage[]): Readonly<Record<string, number>> {
  const came = (count: number): number => episodes.filter(({ passed }) => passed >= count).length;
  const atEnd = episodes.filter(({ passed, success }) => passed === stages.length && success).length;
  return { ...Object.fromEntries(stages.map(({ name }, i) => [name, came(i + 1)])), "there at the end": atEnd };
}
