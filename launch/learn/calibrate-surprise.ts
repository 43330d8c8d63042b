/** `foresight calibrate-surprise`: how much surprise is usual for a model, from runs that it was not made of, written into its card; `foresight report failures`: how well it then tells failures that nobody showed it. */
import { AgentError } from "../../runtime/core/errors.ts";
import { figure } from "../../runtime/core/figure.ts";
import type { SurpriseSpec } from "../../runtime/core/model.ts";
import { draw, openAgent } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import { loadInLockstep } from "../config/load-in-lockstep.ts";
import { trialSpecOf } from "../task-facts.ts";
import { type DisturbanceName, FROM_DECISION, openPlay } from "./disturbed-play.ts";
import { type Alarms, type Areas, alarms, areas, type Monitor, monitorsOf, type Surprises } from "./monitors.ts";
import { rewriteCard, tryCard } from "./rewrite-card.ts";

export interface CalibrateFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** For units and threshold, half of them each, and as many again for the false alarms. */
  readonly episodes: number;
  /** Of the first episode. */
  readonly seed: number;
  /** Of the first episode that judges: usual runs, then the disturbed ones; default those that follow. */
  readonly judgeSeed?: number;
  /** Share of usual decisions that may lie above the threshold, 0..1. */
  readonly alpha: number;
  /** Episodes of each disturbance. */
  readonly disturbed: number;
}

export interface CalibrateIo {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What one monitor made of the runs that judge. */
export interface MonitorReport {
  readonly name: Monitor["name"];
  readonly threshold: number;
  readonly usual: Alarms;
  readonly disturbed: readonly (Alarms & { readonly auroc: Areas })[];
}

export interface CalibrateReport extends SurpriseSpec {
  readonly model: string;
  readonly modelHash: string;
  readonly periodS: number;
  readonly seeds: { readonly threshold: number; readonly judged: number };
  /** The floor first; the last is the combined one, which the agent heeds. */
  readonly monitors: readonly MonitorReport[];
}

const DISTURBANCES: readonly DisturbanceName[] = ["object taken away", "object moved by 12 cm", "camera turned by 6 px", "arm blocked"];
const OF_OBJECT: ReadonlySet<DisturbanceName> = new Set(["object taken away", "object moved by 12 cm"]);

/** Throws AgentErrors of launch file, model and robot, and `model.mismatch` where there are too few decisions for so small a share. */
export async function studySurprise(flags: CalibrateFlags, { progress, signal }: CalibrateIo): Promise<CalibrateReport> {
  const { seed, episodes, alpha, judgeSeed = seed + episodes } = flags;
  const blueprint = await draw(loadInLockstep(flags.launch, [...flags.overrides, "planner.policy:=mode2"], "a study of surprise"));
  const { model, config } = blueprint;
  await using agent = await openAgent(blueprint);
  await using play = await openPlay(agent, config, signal);
  const played = async (what: string, first: number, count: number, disturbance?: DisturbanceName): Promise<readonly Surprises[]> => {
    const found: Surprises[] = [];
    for (let index = 0; index < count; index++) {
      signal.throwIfAborted();
      found.push(await play(first + index, disturbance));
      progress(`${what}: ${index + 1} of ${count} episodes`);
    }
    return found;
  };
  const { all, spec } = monitorsOf(await played("for the threshold", seed, episodes), alpha);
  if (!Number.isFinite(spec.quantile)) {
    const message = `${spec.n} decisions are too few for a share of ${alpha}; at least ${Math.ceil(1 / alpha)} are needed: give more --episodes`;
    throw new AgentError("model.mismatch", `surprise: ${message}`);
  }
  const usual = await played("usual runs", judgeSeed, episodes);
  const disturbed: { what: DisturbanceName; runs: readonly Surprises[] }[] = [];
  for (const what of DISTURBANCES.filter((each) => trialSpecOf(config)?.object !== null || !OF_OBJECT.has(each)))
    disturbed.push({ what, runs: await played(what, judgeSeed + episodes, flags.disturbed, what) });
  const since = (runs: readonly Surprises[]): readonly Surprises[] => runs.map((decisions) => decisions.slice(FROM_DECISION - 1)); // The first decision has no surprise.
  return {
    ...{ model: model.folder, modelHash: model.modelHash, periodS: model.spec.controlPeriodS, ...spec },
    seeds: { threshold: seed, judged: judgeSeed },
    monitors: all.map((monitor) => ({
      ...{ name: monitor.name, threshold: monitor.threshold, usual: alarms("usual runs", usual, monitor) },
      disturbed: disturbed.map(({ what, runs }) => ({
        ...alarms(what, since(runs), monitor),
        auroc: areas(since(runs), since(usual), monitor),
      })),
    })),
  };
}

/** The same, and what was found goes into the model's card. Throws AgentErrors of the package as well. */
export async function calibrateSurprise(flags: CalibrateFlags, io: CalibrateIo): Promise<CalibrateReport> {
  await tryCard(loadLaunch(flags.launch, [...flags.overrides]).model.path);
  return studySurprise(flags, io);
}

export const keepSurprise = ({ model, alpha, n, quantile, usual }: CalibrateReport): Promise<void> =>
  rewriteCard(model, () => ({ surprise: { alpha, n, quantile, usual } satisfies SurpriseSpec }));

export function printCalibration(report: CalibrateReport): string {
  const { alpha, n, periodS, monitors, seeds } = report;
  return [
    `of ${n} held-out decisions at most ${alpha} may lie above a threshold (split conformal; seeds from ${seeds.threshold}, judged on seeds from ${seeds.judged})`,
    ...monitors.flatMap((monitor) => inWords(monitor, periodS)),
    "area under ROC: failing episodes against usual ones by their largest score, and by the largest that three decisions in a row reach",
  ].join("\n");
}

function inWords({ name, threshold, usual, disturbed }: MonitorReport, periodS: number): readonly string[] {
  const hours = (usual.decisions * periodS) / 3600;
  const anHour = (count: number): string => figure(count / hours, { digits: 0 });
  return [
    `${name}, threshold ${figure(threshold, { digits: 3 })}: in ${usual.episodes} usual runs ${usual.surprised} of ${usual.decisions} decisions above it, ${usual.holds} holds: ${anHour(usual.surprised)} slower decisions and ${anHour(usual.holds)} holds an hour`,
    ...disturbed.map(
      ({ what, episodes, slowed, held, noticedAfter, auroc }) =>
        `  ${what}: area under ROC ${figure(auroc.slower, { digits: 3 })} and ${figure(auroc.hold, { digits: 3 })}; ${slowed} of ${episodes} episodes slower${noticedAfter === null ? "" : `, at first after ${figure(noticedAfter, { digits: 1 })} decisions`}; ${held} hold`,
    ),
  ];
}
