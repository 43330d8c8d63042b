/** `foresight calibrate-surprise`: how much surprise is usual for a model, from runs that it was not made of, written into its card; and how often it then alarms, with and without a cause. */
import { AgentError } from "../../runtime/core/errors.ts";
import { figure } from "../../runtime/core/figure.ts";
import type { SurpriseSpec } from "../../runtime/core/model.ts";
import { alarmsOf, surpriseThreshold } from "../../runtime/supervise/surprise.ts";
import { draw, openAgent } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import { trialSpecOf } from "../task-facts.ts";
import { type DisturbanceName, FROM_DECISION, openPlay } from "./disturbed-play.ts";
import { rewriteCard, tryCard } from "./rewrite-card.ts";

export interface CalibrateFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** For the threshold, and as many again for the false alarms. */
  readonly episodes: number;
  /** Of the first episode. */
  readonly seed: number;
  /** Share of usual decisions that may lie above the threshold, 0..1. */
  readonly alpha: number;
  /** Episodes of each disturbance. */
  readonly disturbed: number;
}

export interface CalibrateIo {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What the alarms of some episodes came to. */
export interface Alarms {
  readonly what: string;
  readonly episodes: number;
  readonly decisions: number;
  /** Decisions above the threshold, each of which slows the arm down. */
  readonly surprised: number;
  readonly holds: number;
  /** Episodes with at least one hold, from when the disturbance began. */
  readonly held: number;
  /** From the disturbance to the first decision above the threshold, in decisions; null where none was. */
  readonly noticedAfter: number | null;
}

export interface CalibrateReport extends SurpriseSpec {
  readonly model: string;
  readonly periodS: number;
  readonly usual: Alarms;
  readonly disturbed: readonly Alarms[];
}

const DISTURBANCES: readonly DisturbanceName[] = ["object moved by 12 cm", "camera turned by 6 px"];

/** Throws AgentErrors of launch file, model and robot, and `model.mismatch` where there are too few decisions for so small a share. */
export async function calibrateSurprise(flags: CalibrateFlags, { progress, signal }: CalibrateIo): Promise<CalibrateReport> {
  const { seed, episodes, alpha } = flags;
  const modes = ["backend.mode:=lockstep", "dashboard.enabled:=false", "planner.policy:=mode2"];
  const blueprint = await draw(loadLaunch(flags.launch, [...flags.overrides, ...modes]));
  const { model, config } = blueprint;
  await tryCard(model.folder);
  await using agent = await openAgent(blueprint);
  await using play = await openPlay(agent, config, signal);
  const surprisesOf = async (what: string, first: number, count: number, disturbance?: DisturbanceName): Promise<number[][]> => {
    const found: number[][] = [];
    for (let index = 0; index < count; index++) {
      signal.throwIfAborted();
      found.push(await play(first + index, disturbance));
      progress(`${what}: ${index + 1} of ${count} episodes`);
    }
    return found;
  };
  const heldOut = (await surprisesOf("for the threshold", seed, episodes)).flat();
  const quantile = surpriseThreshold(heldOut, alpha);
  if (!Number.isFinite(quantile)) {
    const message = `${heldOut.length} decisions are too few for a share of ${alpha}; at least ${Math.ceil(1 / alpha)} are needed: give more --episodes`;
    throw new AgentError("model.mismatch", `calibrate-surprise: ${message}`);
  }
  const usual = await surprisesOf("usual runs", seed + episodes, episodes);
  const disturbed: Alarms[] = [];
  for (const what of trialSpecOf(config)?.object === null ? DISTURBANCES.slice(1) : DISTURBANCES) {
    const found = await surprisesOf(what, seed + 2 * episodes, flags.disturbed, what);
    disturbed.push(alarms(what, found, quantile, FROM_DECISION - 1)); // The first decision has no surprise.
  }
  const surprise: SurpriseSpec = { alpha, n: heldOut.length, quantile };
  return {
    ...{ model: model.folder, periodS: model.spec.controlPeriodS, ...surprise },
    ...{ usual: alarms("usual runs", usual, quantile, 0), disturbed },
  };
}

/** What was found goes into the model's card. Throws AgentErrors of the package. */
export const keepSurprise = ({ model, alpha, n, quantile }: CalibrateReport): Promise<void> =>
  rewriteCard(model, () => ({ surprise: { alpha, n, quantile } satisfies SurpriseSpec }));

function alarms(what: string, episodes: readonly (readonly number[])[], quantile: number, from: number): Alarms {
  const each = episodes.map((surprises) => alarmsOf(surprises.slice(from), quantile));
  const noticed = each.flatMap(({ firstAt }) => (firstAt === null ? [] : [firstAt]));
  return {
    ...{ what, episodes: episodes.length, decisions: episodes.reduce((sum, { length }) => sum + Math.max(0, length - from), 0) },
    surprised: each.reduce((sum, { surprised }) => sum + surprised, 0),
    holds: each.reduce((sum, { holds }) => sum + holds, 0),
    held: each.filter(({ holds }) => holds > 0).length,
    noticedAfter: noticed.length === 0 ? null : noticed.reduce((sum, value) => sum + value, 0) / noticed.length,
  };
}

export function printCalibration({ alpha, n, quantile, usual, disturbed, periodS }: CalibrateReport): string {
  const hours = (usual.decisions * periodS) / 3600;
  return [
    `threshold      ${figure(quantile, { digits: 3 })}: of ${n} held-out decisions at most ${alpha} may lie above it (split conformal)`,
    `usual runs     ${usual.surprised} of ${usual.decisions} decisions above it, ${usual.holds} holds in ${usual.episodes} other episodes: ${figure(usual.surprised / hours, { digits: 0 })} slower decisions and ${figure(usual.holds / hours, { digits: 0 })} holds an hour`,
    ...disturbed.map(
      ({ what, episodes, held, surprised, decisions, noticedAfter }) =>
        `${what}: ${held} of ${episodes} episodes hold; ${surprised} of ${decisions} decisions above it, the first after ${figure(noticedAfter, { digits: 1 })}`,
    ),
  ].join("\n");
}
