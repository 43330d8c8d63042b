/** What a plan imagines, told by the nearest pictures seen: each once, however many steps it stands for. */
import type { Latent } from "../core/planning.ts";
import type { Frame } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";
import { createSeen, type Found, type Seen, type Sight } from "./seen.ts";

/** One imagined instant: which picture is nearest, and how far its latent is. */
export interface ImaginedStep {
  /** Place in the list of sights. */
  readonly sight: number;
  readonly apart: number;
}

export interface ImaginedMessage {
  readonly type: "imagined";
  readonly sights: readonly Sight[];
  /** After each action of the plan; empty without a plan, or before anything was seen. */
  readonly steps: readonly ImaginedStep[];
  /** Null where the planner has none. */
  readonly subgoal: ImaginedStep | null;
  /** Of how many sights these are the nearest. */
  readonly of: number;
}

export interface Imagination {
  frames(frames: readonly Frame[]): void;
  /** Returns what to tell of it, made when it is asked for. */
  tick(tick: Tick): () => ImaginedMessage;
}

/** `feltCount` entries at the end of a latent are what the body feels, which a subgoal does not say. */
export function createImagination(feltCount: number, seen: Seen = createSeen()): Imagination {
  let newest: readonly Frame[] = [];
  let due: { readonly latent: Latent; readonly fromNs: bigint } | null = null;
  /** A latent is of the instant at which its plan takes effect: its picture comes a little later. */
  const pair = (): void => {
    if (!due || newest.length === 0 || newest.some(({ stampNs }) => stampNs < due!.fromNs)) return;
    seen.add(due.latent, newest, "run");
    due = null;
  };
  return {
    frames(frames) {
      newest = frames;
      pair();
    },
    tick({ decision: { latent, plan, segment, stampNs } }) {
      due = { latent, fromNs: segment?.startNs ?? stampNs };
      pair();
      return () => messageOf(seen, feltCount, latent.length, plan);
    },
  };
}

function messageOf(seen: Seen, feltCount: number, latentDim: number, plan: Tick["decision"]["plan"]): ImaginedMessage {
  const sights: Sight[] = [];
  const step = (found: Found | null): readonly ImaginedStep[] => {
    if (!found) return [];
    if (!sights.includes(found.sight)) sights.push(found.sight);
    return [{ sight: sights.indexOf(found.sight), apart: found.apart }];
  };
  const predicted = Array.from({ length: plan?.horizon ?? 0 }, (_, i) => plan!.predicted.subarray(i * latentDim, (i + 1) * latentDim));
  const steps = predicted.flatMap((latent) => step(seen.nearest(latent)));
  const subgoal = plan?.subgoal ? (step(seen.nearest(plan.subgoal, latentDim - feltCount))[0] ?? null) : null;
  return { type: "imagined", sights, steps, subgoal, of: seen.count };
}
