/** Trains again, or for the first time, what nothing else in a package depends on; the rest stays as it is, and so does what it sees. */
import type { ModelPackage } from "../core/model.ts";
import { createRng } from "../core/rng.ts";
import { openSession } from "../graph/session.ts";
import { Checkpoint } from "./checkpoint.ts";
import { axesOfData, refuseOtherAxes } from "./data-axes.ts";
import { encodePlay } from "./errands.ts";
import { type PackageHead, uncertaintyGraph } from "./package-writer.ts";
import { runPhase } from "./phase.ts";
import { playData } from "./play-data.ts";
import { openExperience } from "./rehearsal.ts";
import { replaceNetworks } from "./replace-networks.ts";
import { uncertaintyFigures } from "./report-uncertainty.ts";
import type { TrainEnvironment, TrainOptions } from "./train.ts";
import { uncertaintyTraining } from "./uncertainty-training.ts";

export type OnlyOptions = Pick<TrainOptions, "data" | "rehearse" | "out" | "work" | "seed" | "budget" | "expected"> & {
  readonly from: ModelPackage;
};

/** The ensemble of a package, on data that its encoder sees. Returns what was measured. Errors as `train`. */
export async function trainUncertainty(options: OnlyOptions, environment: TrainEnvironment): Promise<PackageHead["evaluation"]> {
  const { from, seed, budget } = options;
  const { session, say } = environment;
  using dataset = openExperience(options);
  refuseOtherAxes(options.data, axesOfData(dataset.meta.action), from.spec.axes);
  const data = playData(dataset, Number(from.spec.training["seed"])); // What it was not trained on stays held out.
  say(`${options.data}: encoding ${data.rows} rows with ${from.spec.name}`);
  const latents = await encodePlay(data, from, session, () => undefined);
  const identity = { data: dataset.hash(), seed, only: "uncertainty", from: from.modelHash };
  const run = { ...environment, rng: createRng(seed), known: new Map(), checkpoint: new Checkpoint(options.work, identity) };
  const phaseBudget = "steps" in budget ? budget : { seconds: 60 * budget.minutes };
  const uncertainty = await runPhase(run, 0, uncertaintyTraining(latents), phaseBudget);
  const bytes = uncertaintyGraph({ uncertainty, ...latents }).toBytes();
  await using ensemble = await openSession(bytes, session);
  await using predictor = await openSession(from.networks.predictor, session);
  const evaluation = { uncertainty: await uncertaintyFigures({ latents, predictor, uncertainty: ensemble }) };
  const { steps, seconds } = uncertainty;
  const training = { uncertainty: { dataHash: dataset.hash(), seed, steps, minutes: seconds / 60 } };
  replaceNetworks(from, { uncertainty: bytes }, { training, evaluation }, options.out);
  return evaluation;
}
