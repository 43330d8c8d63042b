/** `foresight train`: a world model from a data set, in a worker thread, with progress, checkpoints and a report. */

import { basename, join, resolve } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { createCurves, type GrowingCurves } from "../../runtime/dashboard/curves.ts";
import { openTrainingPage } from "../../runtime/dashboard/training-server.ts";
import { PackageDraft } from "../../runtime/learn/package-draft.ts";
import type { Levels } from "../../runtime/learn/recipe.ts";
import { type CriticKind, encoderRecipe, type TrainOptions } from "../../runtime/learn/train.ts";
import { startTraining } from "../../runtime/learn/train-host.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { loadLaunch } from "../config/load.ts";
import { robotName } from "../config/schema.ts";
import { localProvider } from "../inference.ts";
import { peakResidentMib } from "../measure/bench/machine.ts";
import { SIGHTS_FILE, sightsText } from "../run/kept-sights.ts";
import { skillsOf } from "../task-facts.ts";
import { rewriteCard } from "./rewrite-card.ts";
import { sightsOfPlay } from "./sights-of-play.ts";

export interface TrainFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly data: string;
  readonly out?: string;
  readonly work?: string;
  readonly minutes?: number;
  readonly steps?: number;
  readonly seed: number;
  readonly threads?: number;
  readonly privileged?: boolean;
  /** Default: one-step. */
  readonly critic?: CriticKind;
  /** Default: two where the skill has a gripper. */
  readonly levels?: Levels;
  readonly regulariser: boolean;
  readonly from?: string;
  /** Package of the twin that a seeing model learns from. */
  readonly teacher?: string;
  readonly rehearse?: string;
  /** Default: half. */
  readonly rehearseShare?: number;
  /** The same play as it looked in other worlds. */
  readonly retake?: string;
  readonly rate?: number;
  readonly only?: "uncertainty";
  readonly productVersion: string;
}

export interface TrainIo {
  readonly say: (line: string) => void;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Returns model.json's evaluation and `peakResidentMib` of this process. Throws AgentErrors; `stop.operator` when interrupted, after saving. */
export async function trainLaunch(flags: TrainFlags, io: TrainIo): Promise<Readonly<Record<string, unknown>>> {
  const config = loadLaunch(flags.launch, flags.overrides);
  const skill = skillsOf(config.task)[0];
  if (!skill)
    throw new AgentError(
      "launch.invalid",
      "task: names no skill; train with a launch file whose task has one, since training needs to know what goals show",
    );
  const subject = skill.goals.includes("object") ? "object" : "tool"; // What its goal pictures are about.
  const out = resolve(flags.out ?? (flags.privileged ? `${config.model.path}-oracle` : config.model.path));
  using draft = new PackageDraft(out);
  const recipe = encoderRecipe(subject);
  const options: TrainOptions = {
    data: resolve(flags.data),
    rehearse: flags.rehearse ? resolve(flags.rehearse) : null,
    ...(flags.rehearseShare ? { rehearsedShare: flags.rehearseShare } : {}),
    ...(flags.retake ? { retake: resolve(flags.retake) } : {}),
    out: draft.folder,
    work: resolve(flags.work ?? join(flags.data, `train-${basename(out)}-${flags.only ? `${flags.only}-` : ""}${flags.seed}`)),
    name: draft.name,
    seed: flags.seed,
    budget: flags.steps ? { steps: flags.steps } : { minutes: flags.minutes ?? (flags.only ? ONLY_MINUTES : DEFAULT_MINUTES) },
    goal: subject,
    observation: flags.privileged ? "state" : "cameras",
    encoder: flags.regulariser ? recipe : { ...recipe, givenWeight: 0, plainWeight: 0, feltWeight: 0 },
    critic: flags.critic ?? "one-step",
    levels: flags.levels ?? (skill.axes?.includes("gripper") ? "two" : "one"),
    expected: { robot: robotName(config.robot), cameras: flags.privileged ? null : config.cameras, axes: skill.axes },
    teacher: flags.teacher ? await loadModelPackage(resolve(flags.teacher)) : null,
    from: flags.from ? await loadModelPackage(resolve(flags.from)) : null,
    ...(flags.rate ? { rateShare: flags.rate } : {}),
    productVersion: flags.productVersion,
  };
  if (flags.rehearseShare && !options.rehearse)
    throw new AgentError("launch.invalid", "--rehearse-share: is about what is rehearsed; name its folder with --rehearse");
  if (flags.rehearseShare === 1)
    throw new AgentError("launch.invalid", "--rehearse-share 1: leaves nothing of --data; give a smaller share");
  if (flags.retake && (flags.privileged || flags.only))
    throw new AgentError("launch.invalid", "--retake: is for what learns to see; leave it out with --privileged and --only");
  if (flags.teacher && (flags.privileged || flags.only || flags.retake))
    throw new AgentError("launch.invalid", "--teacher: is for what learns to see from it; leave out --privileged, --only and --retake");
  if (flags.rate && !options.from)
    throw new AgentError("launch.invalid", "--rate: is about the networks of a package; name it with --from");
  if (flags.only && !options.from)
    throw new AgentError("launch.invalid", `--only ${flags.only}: needs a model whose other networks stay; name it with --from`);
  const { threads } = config.model;
  const provider = localProvider(config.model);
  const curves = createCurves(`training ${options.name}`);
  await using page = config.dashboard.enabled ? await openPage(curves, config.dashboard.port) : null;
  if (page) io.say(`watch: ${page.url}`);
  const evaluation = await startTraining(
    { options, only: flags.only ?? null },
    { provider, threads: flags.threads ?? threads },
    { ...io, onProgress: (point) => curves.add(point) },
  );
  const model = await loadModelPackage(draft.folder); // Nobody is told of a model that does not load.
  draft.add("training.json", JSON.stringify(curves.all()));
  const sights = await sightsOfPlay(options.data, model);
  if (sights.length > 0) {
    const text = await sightsText(model, sights);
    draft.add(SIGHTS_FILE, text);
    await rewriteCard(draft.folder, () => ({ sights: sha256(text) }));
  }
  const kept = draft.publish();
  io.say(`model: ${draft.place}${kept ? `; the one that was there is kept in ${kept} until you remove it` : ""}`);
  return { ...evaluation, peakResidentMib: peakResidentMib() };
}

const DEFAULT_MINUTES = 45;
const ONLY_MINUTES = 2;

/** On the launch file's port, or on any free one: an agent's page may be open there. */
const openPage = (curves: GrowingCurves, port: number) =>
  openTrainingPage({ curves, port }).catch(() => openTrainingPage({ curves, port: 0 }));
