/** The guards every launch runs, in their order: cheap and structural ones first, so that the later ones may trust the segment's shape. */
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
import { wellFormed } from "./well-formed.ts";
import { workspace } from "./workspace.ts";

export interface GuardOptions {
  readonly joints: readonly JointSpec[];
  /** Absent: no segment may tell it anything. */
  readonly gripper?: GripperSpec | undefined;
  readonly freshness: FreshnessOptions;
  readonly workspace: Workspace;
  readonly keepOut: readonly KeepOut[];
  /** Of the tool point; default 1 m/s. */
  readonly toolSpeedMaxMPerS?: number | undefined;
  /** The arm's whole shape; absent: only its tool point is looked at. */
  readonly shape?: (LinkShapes & { condition(positionRad: ArrayLike<number>): number }) | undefined;
}

const TOOL_SPEED_MAX_M_PER_S = 1;

export function standardGuards(options: GuardOptions): Guard {
  const { shape } = options;
  return chain([
    freshness(options.freshness),
    wellFormed(options.joints.length),
    finite,
    gripperLimits(options.gripper),
    jointLimits(options.joints),
    workspace(options.workspace),
    keepOut(options.keepOut),
    toolSpeed({ maxMPerS: options.toolSpeedMaxMPerS ?? TOOL_SPEED_MAX_M_PER_S, condition: shape?.condition }),
    ...(shape ? [links(shape, options.keepOut)] : []),
  ]);
}
