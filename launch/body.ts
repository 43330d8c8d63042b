/** Opens the acting parts of an agent: kinematics, action to segment, guards. */
import { createActionToSegment, executedAction } from "../runtime/act/action-to-segment.ts";
import type { AgentParts } from "../runtime/agent.ts";
import type { ModelSpec } from "../runtime/core/model.ts";
import type { RobotSpec, Vec3 } from "../runtime/core/types.ts";
import type { KeepOutBox } from "../runtime/guard/keep-out.ts";
import { standardGuards } from "../runtime/guard/standard-guards.ts";
import { createKinematics } from "../runtime/kinematics/kinematics.ts";

export interface BodyOptions {
  readonly robot: RobotSpec;
  readonly model: Pick<ModelSpec, "action" | "toolHeightM" | "controlPeriodS">;
  readonly workspace: { readonly minM: Vec3; readonly maxM: Vec3; readonly tableZM: number; readonly tableClearanceM: number };
  readonly keepOut: readonly KeepOutBox[];
  readonly maxObservationAgeMs: number;
  readonly maxPlanAgeMs: number;
  /** Where several bodies move one arm, they number their segments together. */
  readonly nextId?: () => number;
}

/** 0, 1, 2 .. */
export function createIds(): () => number {
  let next = 0;
  return () => next++;
}

/** A stamp further ahead of our clock is a broken clock. */
const FUTURE_MS_MAX = 20;

export interface Body extends Pick<AgentParts, "actuate" | "actionBetween" | "guard" | "toolAt" | "periodS">, Disposable {
  /** From now on every decision moves this share of what it would, and so as much slower; 0 to 1. */
  limitSpeed(share: number): void;
}

export async function openBody(options: BodyOptions): Promise<Body> {
  const { robot, model, workspace, nextId = createIds() } = options;
  const kinematics = await createKinematics(robot);
  const toSegment = createActionToSegment({
    kinematics,
    spec: robot,
    action: model.action,
    toolHeightM: model.toolHeightM,
    yawRad: 0,
    workspace,
    periodS: model.controlPeriodS,
  });
  let speed = 1;
  return {
    actuate: (action, commanded, startNs) =>
      toSegment({ id: nextId(), startNs, commanded, action: speed === 1 ? action : action.map((value) => value * speed) }),
    limitSpeed(share) {
      speed = Math.min(1, Math.max(0, share));
    },
    actionBetween: (start, end) => executedAction(kinematics, start, end, model.action),
    guard: guardsOf(options),
    toolAt: (positionRad) => kinematics.toolAt(positionRad),
    periodS: model.controlPeriodS,
    [Symbol.dispose]: () => kinematics[Symbol.dispose](),
  };
}

function guardsOf({ robot, workspace, keepOut, maxObservationAgeMs, maxPlanAgeMs }: BodyOptions) {
  return standardGuards({
    joints: robot.joints,
    freshness: {
      observationAgeMsMax: maxObservationAgeMs,
      sourceAgeMsMax: maxObservationAgeMs,
      planAgeMsMax: maxPlanAgeMs,
      futureMsMax: FUTURE_MS_MAX,
    },
    workspace,
    keepOut,
  });
}
