/** The guards every launch runs, in their order: cheap and structural ones first, so that the later ones may trust the segment's shape. */
import type { Guard } from "../core/guarding.ts";
import type { GripperSpec, JointSpec } from "../core/robot.ts";
import type { Workspace } from "../core/workspace.ts";
import { chain } from "./chain.ts";
import { finite } from "./finite.ts";
import { type FreshnessOptions, freshness } from "./freshness.ts";
import { gripperLimits } from "./gripper.ts";
import { jointLimits } from "./joint-limits.ts";
import { type KeepOutBox, keepOut } from "./keep-out.ts";
import { wellFormed } from "./well-formed.ts";
import { workspace } from "./workspace.ts";

export interface GuardOptions {
  readonly joints: readonly JointSpec[];
  /** Absent: no segment may tell it anything. */
  readonly gripper?: GripperSpec | undefined;
  readonly freshness: FreshnessOptions;
  readonly workspace: Workspace;
  readonly keepOut: readonly KeepOutBox[];
}

export function standardGuards(options: GuardOptions): Guard {
  return chain([
    freshness(options.freshness),
    wellFormed(options.joints.length),
    finite,
    gripperLimits(options.gripper),
    jointLimits(options.joints),
    workspace(options.workspace),
    keepOut(options.keepOut),
  ]);
}
