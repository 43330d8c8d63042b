/** `foresight run`: one launch file, one robot, one task, one page, one report. */

import { SystemClock } from "../runtime/core/clock.ts";
import { AgentError } from "../runtime/core/errors.ts";
import { createRng } from "../runtime/core/rng.ts";
import type { Frame, Goal, GroundTruth, Observation, Sample, Tick } from "../runtime/core/types.ts";
import type { Dashboard } from "../runtime/dashboard/server.ts";
import { openDashboard } from "../runtime/dashboard/server.ts";
import { goalKindOf } from "../runtime/supervise/check-task.ts";
import { createSupervisor } from "../runtime/supervise/supervisor.ts";
import type { SupervisorState } from "../runtime/supervise/supervisor-types.ts";
import type { GoalSpec } from "../runtime/supervise/task-tree.ts";
import type { EpisodeStart } from "../sim/sim-driver.ts";
import { skills } from "../skills/index.ts";
import { type Brain, checkGoalFrames } from "./brain.ts";
import { type Blueprint, type Crew, effectMs, openCrew } from "./compose.ts";
import { finalErrorM, SUCCESS_M } from "./evaluate.ts";
import { readGoalFrames } from "./goal-files.ts";
import { type OpenedRobot, openRobot } from "./open-robot.ts";
import { runTask, type SkillParts, type TaskResult } from "./run-task.ts";
import { quantile, round } from "./statistics.ts";

export interface RunIo {
  /** Lines for people. */
  readonly say: (line: string) => void;
  /** Aborting it is Ctrl-C. */
  readonly signal: AbortSignal;
  readonly onTick?: (tick: Tick) => void;
}

/** What is printed at the end, and written by `--json`. */
export interface RunReport extends TaskResult {
  readonly mode: "realtime" | "lockstep";
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
}

export async function run(blueprint: Blueprint, io: RunIo): Promise<RunReport> {
  const { config, spec, model } = blueprint;
  const opened = await openRobot({ spec, config, periodS: model.spec.controlPeriodS, effectMs: effectMs(config) });
  await using _robot = opened.robot;
  await using crew = await openCrew(blueprint);
  const start = await resetWorld(blueprint, opened);
  const supervisor = createSupervisor({ clock: opened.clock, skills, task: config.task });
  await using page = await openPage(blueprint, (command) => supervisor.command(command));
  if (page) io.say(`page: ${page.url}`);
  if (page && start) page.showGoal(start.goalFrames);
  const ticks: Tick[] = [];
  const brains = new Map<string, Brain>();
  supervisor.states.subscribe((state) => page?.showState(stateLine(state)));
  try {
    const result = await runTask({
      opened,
      supervisor,
      senses: crew.senses,
      stopwatch: new SystemClock(),
      signal: io.signal,
      prepare: prepareSkill(blueprint, crew, opened, brains, start, io),
      onSample: showFrames(page),
      onTick: (tick) => {
        ticks.push(tick);
        page?.showTick(tick);
        io.onTick?.(tick);
      },
    });
    return await report(blueprint, opened, result, ticks, brains);
  } finally {
    for (const brain of brains.values()) await brain[Symbol.asyncDispose]();
    supervisor[Symbol.dispose]();
  }
}

/** A simulated world is put at the start of its episode; a real one is as it is. */
async function resetWorld({ config }: Blueprint, { robot }: OpenedRobot): Promise<EpisodeStart | null> {
  if (config.backend.kind !== "sim") return null;
  return (await robot.ask("reset", { task: config.backend.episode, seed: config.backend.sceneSeed })) as EpisodeStart;
}

async function openPage({ config }: Blueprint, onCommand: Parameters<typeof openDashboard>[0]["onCommand"]): Promise<Dashboard | null> {
  const { enabled, host, port, token } = config.dashboard;
  if (!enabled) return null;
  return openDashboard({
    host,
    port,
    ...(token === undefined ? {} : { token }),
    title: `Foresight: ${config.robot}`,
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
  start: EpisodeStart | null,
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
    const goal = await goalOf(goalSpec, blueprint, crew, start, observation);
    return { ...(await brain.towards(goal)), ...crew.body, rng };
  };
}

async function goalOf(
  spec: GoalSpec,
  blueprint: Blueprint,
  crew: Crew,
  start: EpisodeStart | null,
  observation: Observation | null,
): Promise<Goal> {
  switch (spec.kind) {
    case "image": {
      const frames = spec.source === "files" ? await readGoalFrames(spec.files) : (start?.goalFrames ?? []);
      checkGoalFrames(blueprint.model, frames);
      return { kind: "image", frames };
    }
    case "tool":
      checkReachable(spec.positionM, blueprint);
      return spec;
    case "object":
      return spec;
    case "here": {
      if (!observation) throw new AgentError("sense.stale", 'goal "here": nothing was sensed yet; wait for the first observation');
      return { kind: "tool", positionM: crew.body.toolAt(observation.joints.positionRad) };
    }
  }
}

function checkReachable(positionM: readonly [number, number, number], { config }: Blueprint): void {
  const { minM, maxM } = config.guards.workspace;
  const outside = positionM.findIndex((value, axis) => value < minM[axis]! || value > maxM[axis]!);
  if (outside === -1) return;
  const axis = ["x", "y", "z"][outside];
  const bounds = `[${minM[outside]}, ${maxM[outside]}] m`;
  throw new AgentError(
    "goal.unreachable",
    `goal: tool ${axis} ${positionM[outside]} m is outside the workspace ${bounds}; move the goal or guards.workspace`,
  );
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
  { robot, mode }: OpenedRobot,
  result: TaskResult,
  ticks: readonly Tick[],
  brains: ReadonlyMap<string, Brain>,
): Promise<RunReport> {
  const truth = config.backend.kind === "sim" ? ((await robot.ask("truth")) as GroundTruth) : null;
  const task = config.backend.kind === "sim" ? config.backend.episode : "push";
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
  ].join("\n");
}
