/** What play of a launch file is: plain data, the same in this process and in a worker thread. */

import { AgentError } from "../../../runtime/core/errors.ts";
import type { ActionAxis, AxisName } from "../../../runtime/core/model.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { sceneRecord } from "../../../runtime/core/scene-record.ts";
import { actionOfData } from "../../../runtime/learn/data-axes.ts";
import type { DatasetMeta } from "../../../runtime/learn/dataset-writer.ts";
import { backendOf } from "../../backends/registry.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { sceneOf, skillsOf } from "../../task-facts.ts";
import { columnsOf } from "./rows.ts";

/** led: a person leads the arm by another one. */
export type PlayKind = "scripted" | "free" | "led";

export interface PlaySetup {
  readonly config: LaunchConfig;
  /** With the share of its limits that the launch file allows. */
  readonly spec: RobotSpec;
  readonly play: PlayKind;
  readonly folder: string;
  readonly seed: number;
  readonly productVersion: string;
  /** The world is put back before every so many-th episode, by the simulator or by a person; null for never. */
  readonly resetEvery: number | null;
}

/** A decision of play. */
export const PERIOD_S = 0.2;
/** Tool displacement of an action of 1. */
export const STEP_M = 0.03;
/** Turn of an action of 1. */
export const TURN_RAD = 0.3;
const SPACE = ["x", "y", "z"] as const;

/** The axes that the task's first skill moves along. */
export const actionOf = (config: LaunchConfig): readonly ActionAxis[] => (skillsOf(config.task)[0]?.axes ?? SPACE).map(axisOf);

function axisOf(name: AxisName): ActionAxis {
  if (name === "gripper") return { name, unit: "1", scale: 1, kind: "switch" };
  return name === "yaw"
    ? { name, unit: "rad", scale: TURN_RAD, kind: "continuous" }
    : { name, unit: "m", scale: STEP_M, kind: "continuous" };
}

/** The height that the tool is held at, metres; null where z is an axis. */
export function toolHeightM({ task, guards }: LaunchConfig): number | null {
  const heightM = skillsOf(task)[0]?.toolHeightM ?? null;
  return heightM === null ? null : guards.workspace.tableZM + heightM;
}

/** meta.json of the data set; without cameras it is for a twin that is told where everything is. Throws AgentError `launch.invalid` for cameras that cannot be one data set. */
export function metaOf({ config, spec, play, seed, productVersion }: PlaySetup): DatasetMeta {
  const { cameras } = config;
  const { facts } = backendOf(config);
  const [first] = cameras;
  const other = cameras.find(({ widthPx, heightPx }) => widthPx !== first?.widthPx || heightPx !== first.heightPx);
  if (first && other) {
    const sizes = `${other.widthPx}x${other.heightPx} px, "${first.name}" is ${first.widthPx}x${first.heightPx} px`;
    throw new AgentError("launch.invalid", `cameras: "${other.name}" is ${sizes}; give all one size to learn from them together`);
  }
  const axes = actionOf(config);
  return {
    format: 1,
    provenance: facts.provenance === "recorded" ? "real" : facts.provenance,
    robot: spec.name,
    scene: { ...(facts.scene && sceneRecord(facts.scene)), ...(facts.world?.vary && { vary: facts.world.vary }) },
    play,
    productVersion,
    seed,
    cameras,
    widthPx: first?.widthPx ?? 0,
    heightPx: first?.heightPx ?? 0,
    controlPeriodS: PERIOD_S,
    action: actionOfData(axes, STEP_M),
    toolHeightM: toolHeightM(config),
    columns: columnsOf(spec, axes, facts.world !== null && Object.keys(sceneOf(config).objects).length > 0),
  };
}
