/** Jobs of kind "practise": an episode that teaches is a function of its seed, its launch file, its model and the policy that acts; the policy learns where the command was given. */
import * as z from "zod";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { type LessonWidths, lessonNumbers, lessonsOf, lessonWidth, lessonWidths } from "../../runtime/learn/lesson-numbers.ts";
import type { Lesson } from "../../runtime/learn/practice.ts";
import { draw } from "../compose.ts";
import { type Classroom, openGym } from "../learn/gym.ts";
import { type OpenPlayers, type PractiseFlags, type PractiseIo, type PractiseReport, practise, type Round } from "../learn/practise.ts";
import { partName } from "../store/item.ts";
import { skillsOf } from "../task-facts.ts";
import { type CampaignQueue, runCampaign } from "./campaign.ts";
import { fetchBytes, type PartStore, sendBytes } from "./parts.ts";
import { type JobQueue, SEED_MAX } from "./queue.ts";
import { arrived, readSheet, sheetOf, travelling } from "./travel.ts";
import type { Bench } from "./work.ts";

export const PRACTISE = "practise";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const sheetSchema = sheetOf(PRACTISE, {
  /** The hash of the model that plans. */
  model: hash,
  /** The parts of the policy that acts; null where the planner does. */
  policy: z.array(hash).min(1).max(1000).nullable(),
});
/** Float32 numbers of lessons in base64; null of an episode from which nothing is learned. */
const taughtSchema = z.base64().nullable();
/** A message holds a megabyte as servers come, its head included. */
const TAUGHT_CHARACTERS_MAX = 900_000;

export interface PractiseBy {
  readonly product: string;
  readonly clock: Clock;
}

type PractiseQueue = CampaignQueue & Pick<JobQueue, "parts">;

/** Practises with episodes that workers play: the policy has the bytes of one machine. Throws as `practise`, and AgentErrors of the jobs. */
export const practiseByJobs = (queue: PractiseQueue, flags: PractiseFlags, by: PractiseBy, io: PractiseIo): Promise<PractiseReport> =>
  practise(flags, io, playersThere(queue, by));

const playersThere =
  (queue: PractiseQueue, { product, clock }: PractiseBy): OpenPlayers =>
  ({ config, model }, _, io) => {
    const widths = lessonWidths(model.spec);
    checkSize(skillsOf(config.task)[0]?.limits.decisions ?? 0, widths);
    const sheet = { kind: PRACTISE, product, launch: travelling(config), model: model.modelHash };
    const store = queue.parts(clock);
    return async ({ policy, seeds }: Round) => {
      checkSeeds(seeds);
      const parts = policy ? await sendBytes(store, policy, io.signal) : null;
      const workers = new Set<string>();
      const onOutcome = ({ worker }: { readonly worker: string }, done: number): void => {
        workers.add(worker);
        io.progress(`${policy ? "policy, coached" : "planner"}: ${done} of ${seeds.length} episodes, ${workers.size} workers`);
      };
      const campaign = { kind: PRACTISE, config: JSON.stringify({ ...sheet, policy: parts }), seeds, seedsAJob: 1 };
      const values = await runCampaign(queue, campaign, { clock, say: io.say, onOutcome, signal: io.signal });
      return {
        taught: values.map((value) => readTaught(value, widths)),
        async settled() {
          for (const part of new Set(parts)) await store.remove(partName(part), io.signal);
          for (const seed of seeds) await queue.forget(sha256(campaign.config), seed);
        },
      };
    };
  };

function checkSize(decisions: number, widths: LessonWidths): void {
  const characters = (decisions * lessonWidth(widths) * Float32Array.BYTES_PER_ELEMENT * 4) / 3;
  if (characters <= TAUGHT_CHARACTERS_MAX) return;
  throw new AgentError(
    "launch.invalid",
    `--jobs: ${decisions} decisions of ${lessonWidth(widths)} numbers are more than a message holds; leave out --jobs`,
  );
}

function checkSeeds(seeds: readonly number[]): void {
  const last = seeds.at(-1) ?? 0;
  if (last <= SEED_MAX) return;
  throw new AgentError("launch.invalid", `--seed: its last start would be ${last}, jobs go to ${SEED_MAX}; give a smaller one`);
}

function readTaught(value: unknown, widths: LessonWidths): readonly Lesson[] | null {
  const text = taughtSchema.parse(value);
  if (text === null) return null;
  const numbers = new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
  if (numbers.length % lessonWidth(widths) !== 0 || !numbers.every(Number.isFinite))
    throw new AgentError("data.corrupt", "jobs: a worker sent lessons of another form; use the same version everywhere");
  return lessonsOf(numbers, widths);
}

/** Opens what a configuration says, for a worker. Throws AgentErrors; `model.mismatch` for a model that is not the one that is meant. */
export async function openPractiseBench(text: string, product: string, store: PartStore, signal: AbortSignal): Promise<Bench> {
  const { launch, model: wanted, policy } = readSheet(sheetSchema, text, product);
  const blueprint = await draw(arrived(launch));
  const { config, model } = blueprint;
  if (model.modelHash !== wanted)
    throw new AgentError(
      "model.mismatch",
      `jobs: the model in ${config.model.path} is ${model.modelHash}, the job is about ${wanted}; bring the right one there`,
    );
  const acting = policy && (await fetchBytes(store, policy, signal));
  const gym = await openGym(blueprint);
  let classroom: Classroom;
  try {
    classroom = await gym.openClassroom(acting);
  } catch (error) {
    await gym[Symbol.asyncDispose]();
    throw error;
  }
  return {
    async do(seed, aborted) {
      const lessons = await classroom.taught(seed, aborted);
      return lessons && Buffer.from(lessonNumbers(lessons).buffer).toString("base64");
    },
    async [Symbol.asyncDispose]() {
      await classroom[Symbol.asyncDispose]();
      await gym[Symbol.asyncDispose]();
    },
  };
}
