/** From a checked launch file to the parts of an agent: the one place that knows them all. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { robots } from "../robots/index.ts";
import { type Body, openBody } from "../runtime/assemble/body.ts";
import { type Brain, openBrain } from "../runtime/assemble/brain.ts";
import { SystemClock } from "../runtime/core/clock.ts";
import { AgentError } from "../runtime/core/errors.ts";
import type { ModelPackage } from "../runtime/core/model.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { Goal, Skill } from "../runtime/core/skill.ts";
import { openSessionWorker, type SessionWorker } from "../runtime/graph/session-host.ts";
import { checkModelFits } from "../runtime/predict/model-fit.ts";
import { loadModelPackage } from "../runtime/predict/model-package.ts";
import type { SenseOptions } from "../runtime/sense/sense-item.ts";
import { childrenOf, type TaskNode } from "../runtime/supervise/task-tree.ts";
import { skills } from "../skills/index.ts";
import { type RecordedRun, readRun } from "./backends/replay/open-replay.ts";
import { SLOW_SHARE } from "./backends/ros2/ladder.ts";
import type { LaunchConfig } from "./config/schema.ts";

/** Everything that can be known before anything moves. */
export interface Blueprint {
  readonly config: LaunchConfig;
  readonly spec: RobotSpec;
  readonly model: ModelPackage;
  /** The run to decide again, with backend.kind replay. */
  readonly recording?: RecordedRun;
}

/** A decision's budget from observation to effect in realtime: the plan's deadline and this for encoding, guards and the way to the keeper. */
const OVERHEAD_MS = 30;

/** Loads and checks robot and model; nothing is opened. Throws AgentErrors. */
export async function draw(config: LaunchConfig): Promise<Blueprint> {
  const spec = await robotOf(config);
  const model = await modelOf(config);
  if (model.spec.robot !== spec.name)
    throw new AgentError(
      "model.mismatch",
      `model package ${model.spec.name}: trained for robot "${model.spec.robot}", the launch file has "${spec.name}"; choose a model for it`,
    );
  for (const skill of skillsOf(config.task)) {
    if (skill.axes) checkModelFits(model, { cameras: model.spec.observation === "state" ? [] : config.cameras, actionAxes: skill.axes });
  }
  const drawn = { config, spec: scaled(spec, sharesOf(config)), model };
  return config.backend.kind === "replay" ? { ...drawn, recording: await recordingFor(config, model, config.backend.path) } : drawn;
}

/** A robot that nobody has trained a model for yet has none; what to do about it fits into a sentence. */
async function modelOf({ model: { path } }: LaunchConfig): Promise<ModelPackage> {
  if (existsSync(join(path, "model.json"))) return loadModelPackage(path);
  const make = `make it with "foresight collect LAUNCH --out DATA", then "foresight train LAUNCH --data DATA"`;
  throw new AgentError(
    "model.missing",
    `model package ${path}: is not there; ${make}, LAUNCH being this launch file, or correct model.path`,
  );
}

async function recordingFor(config: LaunchConfig, { spec }: ModelPackage, path: string): Promise<RecordedRun> {
  const run = await readRun(path, config);
  if (run.header.periodS === spec.controlPeriodS) return run;
  const periods = `decides every ${run.header.periodS} s, model ${spec.name} every ${spec.controlPeriodS} s`;
  throw new AgentError("launch.invalid", `recording ${path}: ${periods}; choose a model of its period`);
}

/** The robot that a launch file names or describes. */
export async function robotOf(config: LaunchConfig): Promise<RobotSpec> {
  if (typeof config.robot !== "string") return (await import("../robots/described/robot.ts")).describedRobot(config.robot);
  const load = Object.hasOwn(robots, config.robot) ? robots[config.robot as keyof typeof robots] : undefined;
  if (!load)
    throw new AgentError(
      "launch.invalid",
      `robot "${config.robot}": there is no such folder in robots/; use one of ${Object.keys(robots).join(", ")}, or describe it by its URDF (robots/described/README.md)`,
    );
  return load();
}

export const effectMs = ({ planner }: LaunchConfig): number => Math.min(planner.deadlineMs, DEADLINE_MS_USED_MAX) + OVERHEAD_MS;
/** A plan that may take longer than this is started from further ahead than the world model is asked to look. */
const DEADLINE_MS_USED_MAX = 150;

/** The thinking and acting parts, opened once for a run. */
export interface Crew extends AsyncDisposable {
  readonly body: Body;
  readonly worker: SessionWorker;
  readonly senses: SenseOptions;
  brain(skill: Skill, goalKind: Goal["kind"], adaptive: boolean): Promise<Brain>;
}

export async function openCrew({ config, spec, model }: Blueprint): Promise<Crew> {
  const body = await openBody({ robot: spec, model: model.spec, ...config.guards });
  const worker = openSessionWorker({ threads: config.model.threads });
  return {
    body,
    worker,
    senses: { ...config.senses, cameras: config.cameras, joints: spec.joints },
    brain: (skill, goalKind, adaptive) =>
      openBrain({
        package: model,
        skill,
        goalKind,
        planner: config.planner,
        provider: config.model.provider,
        worker,
        clock: new SystemClock(),
        toolAt: body.toolAt,
        workspace: config.guards.workspace,
        adaptive,
      }),
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      body[Symbol.dispose]();
    },
  };
}

/** The skills that a task names, in order. */
export function skillsOf(node: TaskNode): readonly Skill[] {
  if ("skill" in node) return [skills[node.skill]].filter((skill) => skill !== undefined);
  return childrenOf(node, "").flatMap((child) => skillsOf(child.node));
}

/** The shares of the robot's limits that the launch file allows; an arm that is being brought into use has less. */
export function sharesOf({ backend, guards: { velocityScale, accelerationScale } }: LaunchConfig): Shares {
  if (backend.kind !== "ros2" || backend.bringUp !== "slow") return { velocityScale, accelerationScale };
  return { velocityScale: velocityScale * SLOW_SHARE, accelerationScale: accelerationScale * SLOW_SHARE };
}

type Shares = Pick<LaunchConfig["guards"], "velocityScale" | "accelerationScale">;

/** The robot with these shares of its limits. */
export function scaled(spec: RobotSpec, { velocityScale, accelerationScale }: Shares): RobotSpec {
  const joints = spec.joints.map((joint) => ({
    ...joint,
    velocityMaxRadPerS: joint.velocityMaxRadPerS * velocityScale,
    accelerationMaxRadPerS2: joint.accelerationMaxRadPerS2 * accelerationScale,
  }));
  return { ...spec, joints };
}
