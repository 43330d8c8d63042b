/** `foresight practise`: the planner's skill becomes a habit. It plans, keeps its successes, then watches the policy act and says what it would have done. */
import { resolve } from "node:path";
import { SystemClock } from "../runtime/core/clock.ts";
import { AgentError } from "../runtime/core/errors.ts";
import type { ModelPackage } from "../runtime/core/model.ts";
import { createRng } from "../runtime/core/rng.ts";
import { imitate, type Lesson } from "../runtime/learn/lessons.ts";
import { policyGraph } from "../runtime/learn/package-writer.ts";
import { replacePolicy } from "../runtime/learn/replace-policy.ts";
import type { Brain } from "./brain.ts";
import { createCoach } from "./coach.ts";
import { type Blueprint, draw, effectMs, openCrew, skillsOf } from "./compose.ts";
import { type EvaluationReport, evaluate } from "./evaluate.ts";
import { loadLaunch } from "./load.ts";
import { openRobot } from "./open-robot.ts";

export interface PractiseFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly episodes: number;
  readonly rounds: number;
  readonly steps: number;
  readonly seed: number;
  /** Episodes of the comparison at the end. */
  readonly compare: number;
  readonly out?: string;
}

export interface PractiseIo {
  readonly say: (line: string) => void;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface PractiseReport {
  readonly lessons: number;
  readonly loss: number;
  readonly mode2: EvaluationReport;
  readonly mode1: EvaluationReport;
}

/** Practice starts are drawn from here, far from those of development (600..) and evaluation (1000..). */
const PRACTICE_SEED = 2_000_000;
const COMPARE_SEED = 600;

/** Throws AgentErrors of launch file, model and robot, and `stop.operator` when interrupted: nothing is written then. */
export async function practise(flags: PractiseFlags, io: PractiseIo): Promise<PractiseReport> {
  const config = loadLaunch(flags.launch, [
    ...flags.overrides,
    "backend.mode:=lockstep",
    "dashboard.enabled:=false",
    "planner.policy:=mode2",
  ]);
  await using gym = await openGym(await draw(config), io);
  const { model } = gym;
  const sizes = { latentDim: model.spec.latentDim, visualDim: model.spec.latentDim - 3, actionDim: model.spec.action.axes.length };
  const lessons: Lesson[] = [];
  const rng = createRng(flags.seed);
  const session = { provider: config.model.provider, threads: config.model.threads } as const;
  let policy: Uint8Array | null = null;
  let loss = Number.NaN;
  for (let round = 0; round < flags.rounds; round++) {
    const kept = await gym.lessons(lessons, policy, PRACTICE_SEED + (flags.seed * flags.rounds + round) * flags.episodes, flags.episodes);
    if (lessons.length === 0)
      throw new AgentError(
        "skill.timeout",
        `practise: the planner reached none of ${flags.episodes} goals by its own judgement; train the model further`,
      );
    const student = await imitate(lessons, sizes, flags.steps, rng.fork(round), session);
    policy = policyGraph({ policy: student, visualDim: sizes.visualDim, actionDim: sizes.actionDim }).toBytes();
    loss = student.loss;
    io.say(
      `round ${round + 1} of ${flags.rounds}: ${kept} of ${flags.episodes} episodes kept, ${lessons.length} lessons, imitation error ${loss.toFixed(4)}`,
    );
  }
  const practice = { episodes: flags.episodes, rounds: flags.rounds, steps: flags.steps, seed: flags.seed, lessons: lessons.length };
  replacePolicy(model, policy as Uint8Array, practice, resolve(flags.out ?? model.folder));
  const practised = { ...model, networks: { ...model.networks, policy: policy as Uint8Array } };
  const mode2 = await gym.evaluate(practised, "mode2", flags.compare);
  const mode1 = await gym.evaluate(practised, "mode1", flags.compare);
  return { lessons: lessons.length, loss, mode2, mode1 };
}

/** One robot and one crew for all rounds. */
async function openGym(blueprint: Blueprint, io: PractiseIo) {
  const { config, spec, model } = blueprint;
  const skill = skillsOf(config.task)[0];
  if (!skill?.success.image) throw new AgentError("launch.invalid", "task: names no skill with goal pictures; practise needs one");
  if (config.backend.kind !== "sim")
    throw new AgentError("launch.invalid", `backend.kind "${config.backend.kind}": practise needs the simulator; use sim`);
  const task = config.backend.episode;
  const { threshold } = skill.success.image;
  const opened = await openRobot({ spec, config, periodS: model.spec.controlPeriodS, effectMs: effectMs(config) });
  const crew = await openCrew(blueprint);
  const openBrain = async (trained: ModelPackage, policy: "mode2" | "mode1"): Promise<Brain & AsyncDisposable> => {
    const other = await openCrew({ ...blueprint, model: trained, config: { ...config, planner: { ...config.planner, policy } } });
    const brain = await other.brain(skill, "image", false);
    return {
      ...brain,
      async [Symbol.asyncDispose]() {
        await brain[Symbol.asyncDispose]();
        await other[Symbol.asyncDispose]();
      },
    };
  };
  const run = (brain: Brain, policy: string, seed: number, episodes: number, onEpisode?: Parameters<typeof evaluate>[0]["onEpisode"]) =>
    evaluate(
      {
        task,
        policy,
        episodes,
        seed,
        decisionsMax: skill.limits.decisions,
        robot: opened.robot,
        brain,
        body: crew.body,
        clock: opened.clock,
        stopwatch: new SystemClock(),
        senses: crew.senses,
        makePace: opened.pace,
        signal: io.signal,
        onEpisode(episode, done, seen) {
          io.signal.throwIfAborted();
          io.progress(`${policy}: ${done} of ${episodes} episodes`);
          onEpisode?.(episode, done, seen);
        },
      },
      "lockstep",
    );
  return {
    model,
    /** Plays episodes and appends what the teacher did, or would have done; returns how many episodes were kept. */
    async lessons(lessons: Lesson[], policy: Uint8Array | null, seed: number, episodes: number): Promise<number> {
      await using teacher = await openBrain(model, "mode2");
      await using student = policy ? await openBrain({ ...model, networks: { ...model.networks, policy } }, "mode1") : null;
      const coach = createCoach(teacher.solver, student?.solver ?? null, model.spec.latentDim - 3, lessons);
      let kept = 0;
      const coached: Brain = { ...teacher, towards: async (goal) => ({ ...(await teacher.towards(goal)), solver: coach }) };
      await run(coached, student ? "policy, coached" : "planner", seed, episodes, ({ criticCost }) => {
        const keep = student !== null || (criticCost !== null && criticCost < threshold); // Its own opinion: nobody tells it the truth.
        if (keep) kept++;
        coach.endEpisode(keep);
      });
      return kept;
    },
    async evaluate(trained: ModelPackage, policy: "mode2" | "mode1", episodes: number): Promise<EvaluationReport> {
      await using brain = await openBrain(trained, policy);
      return await run(brain, policy, COMPARE_SEED, episodes);
    },
    async [Symbol.asyncDispose]() {
      await crew[Symbol.asyncDispose]();
      await opened.robot[Symbol.asyncDispose]();
    },
  };
}

export function printPractice({ lessons, mode2, mode1 }: PractiseReport): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const row = (name: string, { successes, episodes, success, wilson95: [low, high], planMs }: EvaluationReport): string =>
    `${name}  ${successes} of ${episodes} = ${percent(success)} (${percent(low)} to ${percent(high)}), plan p50 ${planMs.p50} ms`;
  const kept = mode2.successes === 0 ? Number.NaN : mode1.success / mode2.success;
  return [
    row("mode2, planning  ", mode2),
    row("mode1, the habit ", mode1),
    `the habit keeps ${percent(kept)} of the planner's success; learned from ${lessons} decisions`,
  ].join("\n");
}
