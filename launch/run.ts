/** `foresight run`: one launch file, one robot, one task, one page, one report. */

import type { Body } from "../runtime/assemble/body.ts";
import { type Brain, checkGoalFrames } from "../runtime/assemble/brain.ts";
import { runTask, type SkillParts, type TaskResult } from "../runtime/assemble/run-task.ts";
import { SystemClock } from "../runtime/core/clock.ts";
import { AgentError } from "../runtime/core/errors.ts";
import { createRng } from "../runtime/core/rng.ts";
import type { Frame, Observation, Sample } from "../runtime/core/sensing.ts";
import type { Goal } from "../runtime/core/skill.ts";
import { quantile, round } from "../runtime/core/statistics.ts";
import type { Tick } from "../runtime/core/tick.ts";
import type { GroundTruth } from "../runtime/core/truth.ts";
import type { Dashboard } from "../runtime/dashboard/server.ts";
import { openDashboard } from "../runtime/dashboard/server.ts";
import type { Comparison } from "../runtime/record/compare.ts";
import { openRecorder, type Recorded } from "../runtime/record/recorder.ts";
import type { Header } from "../runtime/record/recording-line.ts";
import { goalKindOf } from "../runtime/supervise/check-task.ts";
import { misplaced } from "../runtime/supervise/goal-place.ts";
import { createSupervisor } from "../runtime/supervise/supervisor.ts";
import type { OperatorCommand, Supervisor, SupervisorState } from "../runtime/supervise/supervisor-types.ts";
import type { GoalSpec } from "../runtime/supervise/task-tree.ts";
import type { EpisodeStart } from "../sim/sim-driver.ts";
import { skills } from "../skills/index.ts";
import { imaginedPainter } from "./backends/gazebo/imagined-painter.ts";
import { type OpenedRobot, openRobot, worldOf } from "./backends/open-robot.ts";
import type { Replay } from "./backends/replay/open-replay.ts";
import { type Blueprint, type Crew, effectMs, openCrew } from "./compose.ts";
import { robotName } from "./config/schema.ts";
import { readGoalFrames } from "./goal-files.ts";
import { finalErrorM, SUCCESS_M } from "./measure/evaluate.ts";

export interface RunIo {
  /** Lines for people. */
  readonly say: (line: string) => void;
  /** Aborting it is Ctrl-C. */
  readonly signal: AbortSignal;
  readonly onTick?: (tick: Tick) => void;
  /** Replace a recording that is there. */
  readonly force?: boolean;
  /** What became of the recording, at the end. */
  readonly onRecorded?: (recorded: Recorded) => void;
  /** Who takes part beside the page, such as a ROS graph; it decides when the run ends. */
  readonly guest?: RunGuest;
}

/** Someone who looks at everything and commands in the supervisor's own words: never a second way to the arm. */
export interface RunGuest {
  /** Robot, models and supervisor are there; nothing has begun. */
  opened(party: RunParty): void;
  /** Why a command, from whomever it comes, is not possible now, or null. */
  refuses(command: OperatorCommand): string | null;
  /** A skill begins, towards this. */
  towards(goal: Goal): void;
  tick(tick: Tick): void;
}

export interface RunParty {
  readonly supervisor: Supervisor;
  readonly robot: OpenedRobot["robot"];
  readonly body: Pick<Body, "limitSpeed" | "limitAges">;
  /** Pictures of the goal from now on, where a task wants the ones that the world gives. */
  giveGoal(frames: readonly Frame[]): void;
}

/** What is printed at the end, and written by `--json`. */
export interface RunReport extends TaskResult {
  readonly mode: OpenedRobot["mode"];
  /** Judged by the simulator's truth, null where there is none. */
  readonly reached: boolean | null;
  readonly distanceLeftCm: number | null;
  readonly decisions: number;
  readonly planMs: { readonly p50: number; readonly p99: number };
  readonly decisionMs: { readonly p50: number; readonly p99: number };
  readonly modelCalls: number;
  readonly guardInterventions: number;
  readonly provider: string;
  readonly modelHash: string;
  /** How the decisions on a recording differ from the recorded ones; null unless backend.kind is replay. */
  readonly replay: Comparison | null;
}

export async function run(blueprint: Blueprint, io: RunIo): Promise<RunReport> {
  const { config, spec, model, recording } = blueprint;
  const opened = await openRobot({ spec, config, periodS: model.spec.controlPeriodS, effectMs: effectMs(config), recording });
  await using _robot = opened.robot;
  await using crew = await openCrew(blueprint);
  let goalFrames = await resetWorld(blueprint, opened);
  const resume = config.backend.kind === "ros2" ? config.backend.resume : "self";
  const supervisor = createSupervisor({ clock: opened.clock, skills, task: config.task, resume });
  const { guest } = io;
  await using page = await openPage(blueprint, (command) => guest?.refuses(command) ?? supervisor.command(command));
  if (page) io.say(`page: ${page.url}`);
  page?.showGoal(goalFrames);
  const { mode } = opened;
  const recorder =
    config.record === undefined || mode === "replay" ? null : await openRecorder(config.record, headerOf(blueprint, mode), io);
  recorder?.goal(goalFrames);
  const giveGoal = (frames: readonly Frame[]): void => {
    goalFrames = frames;
    page?.showGoal(frames);
    recorder?.goal(frames);
  };
  const paint = imaginedPainter(config.backend, opened.robot, io.say);
  const ticks: Tick[] = [];
  const brains = new Map<string, Brain>();
  supervisor.states.subscribe((state) => page?.showState(stateLine(state)));
  guest?.opened({ supervisor, robot: opened.robot, body: crew.body, giveGoal });
  try {
    const result = await runTask({
      opened,
      supervisor,
      senses: crew.senses,
      stopwatch: new SystemClock(),
      signal: io.signal,
      prepare: prepareSkill(blueprint, crew, opened, brains, () => goalFrames, io),
      onSample: both(showFrames(page), recorder?.sample),
      onTick: (tick) => {
        ticks.push(tick);
        void paint?.(tick);
        page?.showTick(tick);
        recorder?.tick(tick);
        opened.replay?.comparison.add(tick.decision);
        io.onTick?.(tick);
        guest?.tick(tick);
      },
      ends: guest ? "when-told" : "with-task",
    });
    return await report(blueprint, opened, result, ticks, brains);
  } finally {
    for (const brain of brains.values()) await brain[Symbol.asyncDispose]();
    supervisor[Symbol.dispose]();
    const recorded = await recorder?.finish();
    if (recorded) io.say(recorded.said);
    if (recorded) io.onRecorded?.(recorded);
  }
}

/** Puts a simulated world at the start of its episode; a real one is as it is. Answers with pictures of the goal, where the world knows them. */
async function resetWorld({ config }: Blueprint, { robot, replay }: OpenedRobot): Promise<readonly Frame[]> {
  const world = worldOf(config.backend);
  if (!world) return replay?.goalFrames ?? [];
  const start = (await robot.ask("reset", { task: world.episode, seed: world.sceneSeed })) as EpisodeStart;
  return start.goalFrames;
}

/** What a recording says of its run. */
function headerOf({ config, spec, model }: Blueprint, mode: Header["mode"]): Omit<Header, "kind" | "format"> {
  const leadMs = (mode === "lockstep" ? worldOf(config.backend)?.latencyMs : undefined) ?? effectMs(config);
  const { record: _, dashboard: __, ...kept } = config; // The page is no part of what was decided, and its token is secret.
  return { robot: spec.name, mode, periodS: model.spec.controlPeriodS, leadMs, modelHash: model.modelHash, config: kept };
}

/** One listener for two; the second is optional. */
const both = <T>(first: (value: T) => void, second: ((value: T) => void) | undefined): ((value: T) => void) => {
  if (!second) return first;
  return (value) => {
    first(value);
    second(value);
  };
};

async function openPage({ config }: Blueprint, onCommand: Parameters<typeof openDashboard>[0]["onCommand"]): Promise<Dashboard | null> {
  const { enabled, host, port, token } = config.dashboard;
  if (!enabled) return null;
  return openDashboard({
    host,
    port,
    ...(token === undefined ? {} : { token }),
    title: `Foresight: ${robotName(config.robot)}`,
    cameras: config.cameras,
    onCommand,
  });
}

/** Opens the solver of a skill once and points it at the goal. */
function prepareSkill(
  blueprint: Blueprint,
  crew: Crew,
  opened: OpenedRobot,
  brains: Map<string, Brain>,
  goalFrames: () => readonly Frame[],
  io: RunIo,
) {
  const { config } = blueprint;
  const rng = createRng(config.seed);
  return async (name: string, goalSpec: GoalSpec, observation: Observation | null): Promise<SkillParts> => {
    const skill = skills[name];
    if (!skill) throw new AgentError("goal.mismatch", `skill "${name}" does not exist`);
    const kind = goalKindOf(goalSpec);
    const key = `${name} ${kind}`;
    const brain = brains.get(key) ?? (await crew.brain(skill, kind, opened.mode === "realtime"));
    if (!brains.has(key))
      io.say(
        `model: ${blueprint.model.spec.name} on ${brain.provider.name}${brain.provider.fallbackReason ? ` (${brain.provider.fallbackReason})` : ""}`,
      );
    brains.set(key, brain);
    const goal = await goalOf(goalSpec, blueprint, crew, goalFrames(), observation);
    io.guest?.towards(goal);
    return { ...(await brain.towards(goal)), ...crew.body, rng };
  };
}

async function goalOf(
  spec: GoalSpec,
  blueprint: Blueprint,
  crew: Crew,
  goalFrames: readonly Frame[],
  observation: Observation | null,
): Promise<Goal> {
  switch (spec.kind) {
    case "image": {
      const frames = spec.source === "files" ? await readGoalFrames(spec.files) : goalFrames;
      checkGoalFrames(blueprint.model, frames);
      return { kind: "image", frames };
    }
    case "tool":
    case "object":
      checkReachable(spec, blueprint);
      return spec;
    case "here": {
      if (!observation) throw new AgentError("sense.stale", 'goal "here": nothing was sensed yet; wait for the first observation');
      return { kind: "tool", positionM: crew.body.toolAt(observation.joints.positionRad) };
    }
  }
}

function checkReachable(goal: GoalSpec, { config }: Blueprint): void {
  const problem = misplaced(goal, config.guards.workspace);
  if (problem) throw new AgentError("goal.unreachable", `goal: ${problem}`);
}

/** The newest picture of every camera, at most every 100 ms of the pictures' own time. */
function showFrames(page: Dashboard | null): (sample: Sample) => void {
  const newest = new Map<string, Frame>();
  let shownNs = -1n;
  return (sample) => {
    if (!page || sample.kind !== "frame") return;
    newest.set(sample.frame.camera, sample.frame);
    if (sample.frame.stampNs - shownNs < 100_000_000n && shownNs >= 0n) return;
    shownNs = sample.frame.stampNs;
    page.showFrames([...newest.values()]);
  };
}

function stateLine({ agent, task, skills: active, reason }: SupervisorState) {
  return {
    agent,
    task,
    skill: active.map(({ name, state, decisions }) => `${name} (${state}, ${decisions} decisions)`).join(", "),
    reason,
  };
}

async function report(
  { config, model }: Blueprint,
  { robot, mode, replay }: OpenedRobot,
  result: TaskResult,
  ticks: readonly Tick[],
  brains: ReadonlyMap<string, Brain>,
): Promise<RunReport> {
  const world = worldOf(config.backend);
  const truth = world ? ((await robot.ask("truth")) as GroundTruth) : null;
  const task = world?.episode ?? "push";
  const errorM = truth ? finalErrorM(task, truth) : null;
  const summary = (values: number[]) => ({ p50: round(quantile(values, 0.5), 1), p99: round(quantile(values, 0.99), 1) });
  return {
    ...result,
    mode,
    reached: errorM === null ? null : errorM <= SUCCESS_M[task],
    distanceLeftCm: errorM === null ? null : round(errorM * 100, 2),
    decisions: ticks.length,
    planMs: summary(ticks.map((tick) => tick.timing.planMs)),
    decisionMs: summary(ticks.map((tick) => tick.timing.decisionMs)),
    modelCalls: ticks.reduce((sum, tick) => sum + (tick.decision.plan?.stats.modelCalls ?? 0), 0),
    guardInterventions: ticks.filter((tick) => tick.decision.verdict !== "pass").length,
    provider: [...brains.values()][0]?.provider.name ?? "none",
    modelHash: model.modelHash,
    replay: replay ? compared(replay, model.modelHash) : null,
  };
}

export function printRun(report: RunReport): string {
  const reached = report.reached === null ? report.result : report.reached ? "reached" : "not reached";
  return [
    `goal           ${reached}${report.distanceLeftCm === null ? "" : `, ${report.distanceLeftCm} cm left`} (task ${report.result}: ${report.reason})`,
    `decisions      ${report.decisions} (${report.mode})`,
    `plan time      p50 ${report.planMs.p50} ms, p99 ${report.planMs.p99} ms; whole decision p50 ${report.decisionMs.p50} ms, p99 ${report.decisionMs.p99} ms`,
    `model calls    ${report.modelCalls} on ${report.provider}`,
    `interventions  ${report.guardInterventions} by the guards`,
    ...(report.replay ? [printComparison(report.replay)] : []),
  ].join("\n");
}

function compared({ comparison, modelHash }: Replay, own: string): Comparison {
  const result = comparison.result();
  if (own === modelHash) return result;
  const other = `the model is ${own.slice(0, 12)}, the recording was made with ${modelHash.slice(0, 12)}`;
  return { ...result, differences: [other, ...result.differences] };
}

/** The same decisions, to the last bit? */
export const isSame = ({ differences }: Comparison): boolean => differences.length === 0;

function printComparison(comparison: Comparison): string {
  const { recorded, made, differing, differences } = comparison;
  if (isSame(comparison)) return `replay         all ${made} decisions are the recorded ones, bit for bit`;
  const head = `replay         ${differing} of ${made} decisions differ from the ${recorded} recorded ones`;
  return [head, ...differences.map((difference) => `  ${difference}`)].join("\n");
}
