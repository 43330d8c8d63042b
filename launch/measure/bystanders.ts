/** Things that were to stay where they lay: how many of them an episode moved. */
import { type Objects, poseOf, type TrialSpec } from "../../runtime/core/trial.ts";
import { distanceM } from "../../runtime/core/vec3.ts";

/** Counts. */
export interface Bystanders {
  readonly count: number;
  readonly moved: number;
}

/** What moves by less was not touched, or hardly. */
export const BYSTANDER_MOVED_M = 0.01;

/** Of one episode; where the tool alone counts every thing is one. */
export function bystandersOf({ object }: Pick<TrialSpec, "object">, before: Objects, after: Objects): Bystanders {
  const names = Object.keys(before).filter((name) => name !== object);
  const moved = names.filter((name) => distanceM(poseOf(before, name).positionM, poseOf(after, name).positionM) > BYSTANDER_MOVED_M);
  return { count: names.length, moved: moved.length };
}

/** Of several episodes, and in how many of them something was moved; null where there was none. */
export function allBystanders(episodes: readonly Bystanders[]): (Bystanders & { readonly episodes: number }) | null {
  const sum = (of: (each: Bystanders) => number): number => episodes.reduce((total, each) => total + of(each), 0);
  const count = sum((each) => each.count);
  if (count === 0) return null;
  return { count, moved: sum(({ moved }) => moved), episodes: episodes.filter(({ moved }) => moved > 0).length };
}
