/** From a checked launch file to an agent: the one place that knows all its parts. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { robots } from "../robots/index.ts";
import { checkAxes } from "../runtime/act/axes.ts";
import { type Body, openBody } from "../runtime/assemble/body.ts";
import { type Brain, openBrain } from "../runtime/assemble/brain.ts";
import { type Rehearsal, rehearse } from "../runtime/assemble/disturb.ts";
import { SystemClock } from "../runtime/core/clock.ts";
import { AgentError } from "../runtime/core/errors.ts";
import type { ModelPackage } from "../runtime/core/model.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { Goal, Skill } from "../runtime/core/skill.ts";
import { disturbanceOf } from "../runtime/disturb/catalogue.ts";
import type { InferenceServer } from "../runtime/graph/inference/open-server.ts";
import { openSessionWorker, type SessionWorker } from "../runtime/graph/session-host.ts";
import type { Session } from "../runtime/graph/session-types.ts";
import { checkModelFits } from "../runtime/predict/model-fit.ts";
import { loadModelPackage } from "../runtime/predict/model-package.ts";
import type { Remembered } from "../runtime/remember/recall.ts";
import type { SenseOptions } from "../runtime/sense/sense-item.ts";
import type { OpenedRobot, OpenRequest } from "./backends/opened.ts";
import { backendOf } from "./backends/registry.ts";
import { type Blueprint, effectMs } from "./blueprint.ts";
import { checkReach } from "./config/check-reach.ts";
import type { LaunchConfig } from "./config/schema.ts";
import { writtenTasks } from "./config/tree-path.ts";
import { type DrawnTrial, drawnTrial } from "./drawn-trial.ts";
import { inferenceServerOf, localProvider } from "./inference.ts";
import { isPrivileged } from "./privilege.ts";
import { checkRequired } from "./required-model.ts";
import { checkGoalFiles } from "./run/goals.ts";
import { usualSurpriseOf } from "./run/heed-surprise.ts";
import { skillsOf } from "./task-facts.ts";
import { tryModel } from "./tried-model.ts";

/** Loads and checks robot and model, and tries its networks in a process of their own; nothing else is opened. Throws AgentErrors. */
export async function draw(config: LaunchConfig): Promise<Blueprint> {
  const spec = await robotOf(config);
  await checkReach(config.guards, spec);
  const model = await modelOf(config);
  if (model.spec.robot !== spec.name)
    throw new AgentError(
      "model.mismatch",
      `model package ${model.spec.name}: trained for robot "${model.spec.robot}", the launch file has "${spec.name}"; choose a model for it`,
    );
  checkRequired(config, model);
  checkAxes(model.spec.axes, spec);
  checkRoles(config.planner, model);
  if (isPrivileged(model) && !backendOf(config).facts.world)
    throw new AgentError(
      "model.mismatch",
      `model package ${model.spec.name}: is told where things are by a simulation, and backend.kind "${config.backend.kind}" has none that tells; choose a model that sees, or backend.kind sim`,
    );
  for (const skill of writtenTasks(config).flatMap(({ tree }) => skillsOf(tree))) {
    if (skill.axes) checkModelFits(model, { cameras: isPrivileged(model) ? [] : config.cameras, actionAxes: skill.axes });
  }
  await checkGoalFiles(config, model);
  await tryModel(model);
  return { config, spec: scaled(spec, sharesOf(config)), model, open: await backendOf(config).prepare(model) };
}

/** Throws AgentError `model.mismatch` where the planner asks networks that the package does not hold. */
function checkRoles({ policy, solver }: LaunchConfig["planner"], { spec, networks }: ModelPackage): void {
  if (policy !== "mode2" || solver !== "hierarchical") return;
  const missing = (["prior", "subgoal"] as const).filter((role) => !networks[role]);
  if (missing.length === 0) return;
  const files = missing.map((role) => `${role}.onnx`).join(" and ");
  throw new AgentError(
    "model.mismatch",
    `planner.solver "hierarchical": model package ${spec.name} has no ${files}; train one that has, or choose another planner.solver`,
  );
}

/** Whether there is a package; whether it is whole is found when it is loaded. */
export const isTrained = ({ model: { path } }: { readonly model: Pick<LaunchConfig["model"], "path"> }): boolean =>
  existsSync(join(path, "model.json"));

/** A robot that nobody has trained a model for yet has none; what to do about it fits into a sentence. */
async function modelOf({ model: { path } }: LaunchConfig): Promise<ModelPackage> {
  if (isTrained({ model: { path } })) return loadModelPackage(path);
  const make = `make it with "foresight collect LAUNCH --out DATA", then "foresight train LAUNCH --data DATA"`;
  throw new AgentError(
    "model.missing",
    `model package ${path}: is not there; ${make}, LAUNCH being this launch file, or correct model.path`,
  );
}

/** The robot that a launch file names or describes. */
export const robotOf = async (config: LaunchConfig): Promise<RobotSpec> => backendOf(config).reached(await namedRobot(config));

async function namedRobot(config: Pick<LaunchConfig, "robot">): Promise<RobotSpec> {
  if (typeof config.robot !== "string") return (await import("../robots/described/robot.ts")).describedRobot(config.robot);
  const load = Object.hasOwn(robots, config.robot) ? robots[config.robot as keyof typeof robots] : undefined;
  if (!load)
    throw new AgentError(
      "launch.invalid",
      `robot "${config.robot}": there is no such folder in robots/; use one of ${Object.keys(robots).join(", ")}, or describe it by its URDF (robots/described/README.md)`,
    );
  return load();
}

/** The thinking and acting parts of an agent, opened once for a run. */
export interface Crew extends AsyncDisposable {
  readonly body: Body;
  readonly worker: SessionWorker;
  readonly senses: SenseOptions;
  /** `adaptive`: measured times may choose the size of a plan. `say` is told when an inference server comes and goes. */
  brain(skill: Skill, goalKind: Goal["kind"], adaptive: boolean, say?: (line: string) => void, memory?: Remembered): Promise<Brain>;
  /** The trial that a seed stands for, on this launch file's table. Throws AgentErrors `launch.invalid` where the task has none, `goal.unreachable`. */
  trial(seed: number): DrawnTrial;
}

/** `through`: what every session passes through before it is used. */
export async function openCrew({ config, spec, model }: Blueprint, through: (session: Session) => Session = (same) => same): Promise<Crew> {
  const body = await openBody({ robot: spec, model: model.spec, ...config.guards });
  const own = openSessionWorker({ threads: config.model.threads, runMsMax: config.model.maxAnswerMs });
  const worker: SessionWorker = {
    get busy() {
      return own.busy;
    },
    open: async (bytes, options) => through(await own.open(bytes, options)),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
  let server: InferenceServer | null = null;
  return {
    body,
    worker,
    senses: sensesOf(config, spec),
    async brain(skill, goalKind, adaptive, say = () => {}, memory = undefined) {
      server ??= await inferenceServerOf(config, worker, say);
      return openBrain({
        package: model,
        skill,
        goalKind,
        planner: config.planner,
        provider: localProvider(config.model),
        worker,
        planOn: server ?? undefined,
        clock: new SystemClock(),
        toolAt: body.toolAt,
        hand: body.hand,
        workspace: config.guards.workspace,
        adaptive,
        memory,
        surpriseMax: usualSurpriseOf({ config, model }),
      });
    },
    trial: (seed) => drawnTrial(config, seed, { robot: spec, kinematics: body.kinematics }),
    async [Symbol.asyncDispose]() {
      await server?.[Symbol.asyncDispose]();
      await worker[Symbol.asyncDispose]();
      body[Symbol.dispose]();
    },
  };
}

/** A crew with its robot. */
export interface Agent extends Crew {
  readonly opened: OpenedRobot;
  /** Of the launch file's faults, where it has any. */
  readonly rehearsal: Rehearsal | null;
}

/** `prepare` runs before the robot is opened: what keeps this thread for seconds comes first, since a keeper takes a silent agent for lost. */
export async function openAgent(blueprint: Blueprint, prepare: (crew: Crew) => Promise<void> = async () => {}): Promise<Agent> {
  const { config, spec, model } = blueprint;
  const names = { cameras: config.cameras.map(({ name }) => name), joints: spec.joints.map(({ name }) => name) };
  const wanted = config.faults.length > 0 ? rehearse(disturbanceOf(config.faults, names)) : null;
  const crew = await openCrew(blueprint, wanted?.session);
  try {
    await prepare(crew);
    const opened = await blueprint.open(requestOf(config, spec, model.spec.controlPeriodS));
    const rehearsal = opened.mode === "replay" ? null : wanted; // What a recording holds was disturbed when it was made.
    return {
      ...crew,
      opened: rehearsal?.opened(opened) ?? opened,
      rehearsal,
      async [Symbol.asyncDispose]() {
        rehearsal?.[Symbol.dispose]();
        await crew[Symbol.asyncDispose]();
        await opened.robot[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await crew[Symbol.asyncDispose]();
    throw error;
  }
}

/** The robot of a launch file without a model: for play, and for bringing an arm into use. Throws AgentErrors of the robot. */
export const openRobot = (
  config: LaunchConfig,
  spec: RobotSpec,
  { periodS, effectMs: leadMs }: Partial<Pick<OpenRequest, "periodS" | "effectMs">> = {},
): Promise<OpenedRobot> =>
  backendOf(config).open({ ...requestOf(config, spec, periodS ?? PERIOD_S), effectMs: leadMs ?? effectMs(config) });

const PERIOD_S = 0.2;

const requestOf = (config: LaunchConfig, spec: RobotSpec, periodS: number): OpenRequest => ({
  spec,
  cameras: config.cameras,
  periodS,
  effectMs: effectMs(config),
});

export const sensesOf = ({ senses, cameras }: LaunchConfig, { joints }: RobotSpec): SenseOptions => ({ ...senses, cameras, joints });

/** The shares of the robot's limits that the launch file allows; an arm that is being brought into use has less. */
export function sharesOf(config: LaunchConfig): Shares {
  const { velocityScale, accelerationScale } = config.guards;
  const { limitShare } = backendOf(config).facts;
  return { velocityScale: velocityScale * limitShare, accelerationScale: accelerationScale * limitShare };
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
