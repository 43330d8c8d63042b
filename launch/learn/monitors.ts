/** What can tell that something is wrong, and how well each does: thresholds from usual runs, alarms and areas under ROC from runs that fail. Pure figures. */
import type { SurpriseSpec } from "../../runtime/core/model.ts";
import { quantile } from "../../runtime/core/statistics.ts";
import { auroc } from "../../runtime/learn/statistics.ts";
import { combinedSurprise, type SurpriseParts } from "../../runtime/predict/surprise.ts";
import { alarmsOf, SURPRISES_TO_HOLD, surpriseThreshold } from "../../runtime/supervise/surprise.ts";

/** How far a decision is from what the one before expected: as prediction error of the whole latent, and in parts; beside them what knows nothing. */
export interface Surprised extends SurpriseParts {
  readonly error: number;
  /** The error of who expects that what is seen stays as it is. */
  readonly unchanged: number;
  /** Drawn, 0..1. */
  readonly chance: number;
}

/** Decisions of an episode, one after another. */
export type Surprises = readonly Surprised[];

/** A figure of a decision, and the threshold that usual decisions seldom exceed; both in the unit of that figure, mostly none. */
export interface Monitor {
  readonly name: "chance" | "no change expected" | "prediction error" | "ensemble" | "combined";
  readonly threshold: number;
  score(decision: Surprised): number;
}

/** What an agent heeds, and what it is compared with. */
export interface Monitors {
  /** The floor first; the last is the combined one, which the agent heeds. */
  readonly all: readonly Monitor[];
  /** As the card tells it of the combined one. */
  readonly spec: SurpriseSpec;
}

/** Of each part so many usual decisions lie below what is called usual for it: as far out as alarms are, so that no part's tail outweighs another's. */
const USUAL = 0.99;

/**
 * Every second held-out episode says what is usual of each part, the others say where the thresholds lie, which the first therefore did not choose; infinite where
 * there are too few decisions for so small a share.
 */
export function monitorsOf(heldOut: readonly Surprises[], alpha: number): Monitors {
  const forUnits = heldOut.filter((_, i) => i % 2 === 0).flat();
  const forThreshold = heldOut.filter((_, i) => i % 2 === 1).flat();
  const usualOf = (part: keyof SurpriseParts): number =>
    quantile(
      forUnits.map((decision) => decision[part]),
      USUAL,
    ) || 0;
  const usual: SurpriseParts = { seen: usualOf("seen"), felt: usualOf("felt"), doubt: usualOf("doubt") };
  const monitor = (name: Monitor["name"], score: Monitor["score"]): Monitor => ({
    ...{ name, score },
    threshold: surpriseThreshold(forThreshold.map(score), alpha),
  });
  const combined = monitor("combined", (decision) => combinedSurprise(decision, usual));
  const floor = [monitor("chance", ({ chance }) => chance), monitor("no change expected", ({ unchanged }) => unchanged)];
  const all = [...floor, monitor("prediction error", ({ error }) => error), monitor("ensemble", ({ doubt }) => doubt), combined];
  return { all, spec: { alpha, n: forThreshold.length, quantile: combined.threshold, usual } };
}

/** What the alarms of some episodes came to. */
export interface Alarms {
  readonly what: string;
  readonly episodes: number;
  readonly decisions: number;
  /** Decisions above the threshold, each of which slows the arm down. */
  readonly surprised: number;
  readonly holds: number;
  /** Episodes with at least one decision above the threshold, and with at least one hold. */
  readonly slowed: number;
  readonly held: number;
  /** To the first decision above the threshold, in decisions; null where none was. */
  readonly noticedAfter: number | null;
}

export function alarms(what: string, episodes: readonly Surprises[], { threshold, score }: Monitor): Alarms {
  const each = episodes.map((decisions) => alarmsOf(decisions.map(score), threshold));
  const noticed = each.flatMap(({ firstAt }) => (firstAt === null ? [] : [firstAt]));
  return {
    ...{ what, episodes: episodes.length, decisions: episodes.flat().length },
    surprised: each.reduce((sum, { surprised }) => sum + surprised, 0),
    holds: each.reduce((sum, { holds }) => sum + holds, 0),
    slowed: noticed.length,
    held: each.filter(({ holds }) => holds > 0).length,
    noticedAfter: noticed.length === 0 ? null : noticed.reduce((sum, value) => sum + value, 0) / noticed.length,
  };
}

/** Chance that a failing episode exceeds a usual one, whatever the threshold, 0..1: by its largest score, and by the largest that enough decisions in a row exceed to hold. */
export interface Areas {
  readonly slower: number;
  readonly hold: number;
}

export const areas = (failing: readonly Surprises[], usual: readonly Surprises[], { score }: Pick<Monitor, "score">): Areas => {
  const area = (figureOf: (scores: readonly number[]) => number): number =>
    auroc(...([failing, usual].map((episodes) => episodes.map((decisions) => figureOf(decisions.map(score)))) as [number[], number[]]));
  return { slower: area((scores) => Math.max(...scores)), hold: area(insisted) };
};

/** The largest score that so many decisions in a row reach as a hold takes. */
export const insisted = (scores: readonly number[]): number =>
  Math.max(...scores.slice(SURPRISES_TO_HOLD - 1).map((_, i) => Math.min(...scores.slice(i, i + SURPRISES_TO_HOLD))));
