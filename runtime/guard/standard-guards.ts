/** The guards every launch runs, in their order: cheap and structural ones first, so that the later ones may trust the segment's shape. */

import { type ToolLimits, usualToolLimits } from "../core/desk.ts";
import type { Guard } from "../core/guarding.ts";
import type { GripperSpec, JointSpec } from "../core/robot.ts";
import type { Workspace } from "../core/workspace.ts";
import { chain } from "./chain.ts";
import { finite } from "./finite.ts";
import { type FreshnessOptions, freshness } from "./freshness.ts";
import { gripperLimits } from "./gripper.ts";
import { jointLimits } from "./joint-limits.ts";
import { type KeepOut, keepOut } from "./keep-out.ts";
import { type LinkShapes, links } from "./links.ts";
import { toolSpeed } from "./tool-speed.ts";
import { type DriveTorques, torque } from "./torque.ts";
import { wellFormed } from "./well-formed.ts";
import { workspace } from "./workspace.ts";

export interface GuardOptions {
  readonly joints: readonly JointSpec[];
  /** Absent: no segment may tell it anything. */
  readonly gripper?: GripperSpec | undefined;
  readonly freshness: FreshnessOptions;
  readonly workspace: Workspace;
  readonly keepOut: readonly KeepOut[];
  /** May become stricter between two segments; default `usualToolLimits`. */
  readonly tool?: ToolLimits | undefined;
  /** The arm's whole shape; absent: only its tool point is looked at. */
  readonly shape?: (LinkShapes & { condition(positionRad: ArrayLike<number>): number }) | undefined;
  /** Absent: nobody reckons what the drives must give. */
  readonly torques?: DriveTorques | undefined;
}

export const standardGuards = (options: GuardOptions): Guard => chain(guardList(options));

/** The same one by one. */
export function guardList(options: GuardOptions): readonly Guard[] {
  const { joints, shape, torques, tool = usualToolLimits } = options;
  return [
    freshness(options.freshness),
    wellFormed(joints.length),
    finite,
    gripperLimits(options.gripper),
    jointLimits(joints),
    workspace(options.workspace),
    keepOut(options.keepOut),
    toolSpeed(tool, shape?.condition),
    ...(torques ? [torque({ joints, torques, tool })] : []),
    ...(shape ? [links(shape, options.keepOut, options.workspace.tableZM)] : []),
  ];
}
