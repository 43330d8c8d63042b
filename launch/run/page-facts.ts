/** What the page is told of an agent before it begins: joints, cameras, limits, shapes, and which goals it may give. */
import { rangeRad } from "../../runtime/core/joint-angle.ts";
import type { AxisName } from "../../runtime/core/model.ts";
import type { JointSpec, RobotSpec } from "../../runtime/core/robot.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { PageFacts } from "../../runtime/dashboard/facts.ts";
import { varied } from "../../sim/vary/vary.ts";
import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import { type LaunchConfig, robotName } from "../config/schema.ts";
import { isPrivileged } from "../privilege.ts";
import { skillsOf, urgentTasks } from "../task-facts.ts";
import { limitsOf } from "./limits-in-words.ts";
import { pageScene } from "./page-scene.ts";
import type { Party } from "./words.ts";

/** Throws AgentErrors of the robot's model. */
export async function pageFacts(
  blueprint: Blueprint,
  { ends, jog, recorder }: Pick<Party, "ends" | "jog" | "recorder">,
): Promise<PageFacts> {
  const { config, spec, model } = blueprint;
  const { maxToolSpeedMPerS, payloadKg } = config.guards;
  return {
    ...(await armFacts(config, spec)),
    title: `Foresight: ${robotName(config.robot)}`,
    decisionPeriodS: model.spec.controlPeriodS,
    feltCount: model.spec.proprioception.length,
    goals: goalsOf(blueprint),
    urgent: urgentTasks(config),
    ends,
    jogs: jog !== null,
    jogAxes: jog === null ? [] : axesOf(spec),
    saves: config.record?.last !== undefined,
    records: recorder.onDemand !== null,
    limits: { maxToolSpeedMPerS, payloadKg, inForce: limitsOf(blueprint) },
    playback: null,
  };
}

type ArmFact = "cameras" | "joints" | "gripper" | "planDeadlineMs" | "pictureAgeMsMax" | "scene";

/** What a launch file and its robot say, without a model. Throws AgentErrors of the robot's model. */
export async function armFacts(config: LaunchConfig, spec: RobotSpec): Promise<Pick<PageFacts, ArmFact>> {
  return {
    cameras: config.cameras,
    joints: spec.joints.map(jointOf),
    gripper: spec.gripper ? { openingMinM: spec.gripper.openingMinM, openingMaxM: spec.gripper.openingMaxM } : null,
    planDeadlineMs: config.planner.deadlineMs,
    pictureAgeMsMax: config.guards.maxObservationAgeMs,
    scene: await pageScene(config, spec, ownScene(config)),
  };
}

/** What stands in front of the arm in the trial that a run begins with; null where nobody says. */
function ownScene(config: LaunchConfig): SceneSpec | null {
  const { scene, world } = backendOf(config).facts;
  return scene && world?.vary ? varied({ scene, cameras: config.cameras }, world.vary, world.seed).scene : scene;
}

/** JSON has no Infinity: a joint that turns for ever is shown over a turn. */
function jointOf(joint: JointSpec): PageFacts["joints"][number] {
  const { name, type = "revolute", velocityMaxRadPerS } = joint;
  const [positionMinRad, positionMaxRad] = rangeRad(joint);
  return { name, type, velocityMaxRadPerS, positionMinRad, positionMaxRad };
}

/** A full turn at a place takes six joints. */
const axesOf = ({ joints, gripper }: RobotSpec): readonly AxisName[] => [
  ...(["x", "y", "z"] as const),
  ...(joints.length < 6 ? [] : (["yaw"] as const)),
  ...(gripper ? (["gripper"] as const) : []),
];

/** For each kind of goal the first skill of the task that takes it and that this model can do: on two levels a model that sees samples subgoals on the way to a picture alone. */
export function goalsOf({ config, model }: Pick<Blueprint, "config" | "model">): PageFacts["goals"] {
  const takesPlaces = config.planner.solver !== "hierarchical" || isPrivileged(model);
  const isPossible = {
    tool: takesPlaces,
    object: takesPlaces && model.networks.probe !== undefined,
    image: model.spec.cameras.length > 0,
  };
  const kinds = (["object", "tool", "image"] as const).filter((kind) => isPossible[kind]);
  return kinds.flatMap((kind) => {
    const skill = skillsOf(config.task).find(({ goals }) => goals.includes(kind));
    return skill ? [{ skill: skill.name, kind }] : [];
  });
}
