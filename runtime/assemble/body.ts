/** Opens the acting parts of an agent: kinematics, action to segment, guards. */
import { createActionToSegment, executedAction } from "../act/action-to-segment.ts";
import { checkAxes } from "../act/axes.ts";
import type { AgentParts } from "../agent.ts";
import { type AgeLimits, type ToolLimits, usualToolLimits } from "../core/desk.ts";
import type { ActionAxis, ModelSpec } from "../core/model.ts";
import type { JointCommand } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";
import type { Workspace } from "../core/workspace.ts";
import type { Hand } from "../encode/encoder.ts";
import type { FreshnessOptions } from "../guard/freshness.ts";
import type { KeepOutBall, KeepOutBox } from "../guard/keep-out.ts";
import { standardGuards } from "../guard/standard-guards.ts";
import { createDynamics } from "../kinematics/dynamics.ts";
import { createKinematics, type Kinematics } from "../kinematics/kinematics.ts";
import { yawOf } from "../kinematics/quaternion.ts";
import { createArmShape } from "../kinematics/shape.ts";

export interface BodyOptions extends AgeLimits, Partial<ToolLimits> {
  readonly robot: RobotSpec;
  readonly model: Pick<ModelSpec, "axes" | "toolHeightM" | "controlPeriodS">;
  readonly workspace: Workspace;
  readonly keepOut: readonly KeepOutBox[];
  readonly keepOutBalls?: readonly KeepOutBall[];
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
  /** What the drives must give for a motion, with the payload; N m, shape (jointCount). */
  torqueNm(motion: JointCommand): Float64Array;
  readonly frictionNm: Float64Array;
  readonly kinematics: Kinematics;
  /** Numbers segments together with its own. */
  readonly nextId: () => number;
  /** What it feels beside the place of its tool. */
  readonly hand: Hand;
  /** From now on every decision moves this share of what it would, and so as much slower; 0 to 1. */
  limitSpeed(share: number): void;
  /** From the next decision on; SAFETY: never looser than what it was opened with, here and below. */
  limitTool(limits: ToolLimits): void;
  limitAges(ages: AgeLimits): void;
}

/** Throws `model.mismatch` for actions that this arm cannot do, and AgentErrors of the robot's model. */
export async function openBody(options: BodyOptions): Promise<Body> {
  const { robot, model, workspace, nextId = createIds() } = options;
  const { axes } = model;
  checkAxes(axes, robot);
  const kinematics = await createKinematics(robot);
  const shape = await createArmShape(robot);
  const dynamics = await createDynamics(robot);
  const toSegment = createActionToSegment({
    kinematics,
    spec: robot,
    axes,
    toolHeightM: model.toolHeightM,
    yawRad: 0,
    workspace,
    periodS: model.controlPeriodS,
  });
  let speed = 1;
  const freshness = { ...freshnessOf(options) };
  const { maxToolSpeedMPerS: maxMPerS, payloadKg: minKg } = { ...usualToolLimits, ...options };
  const tool = { maxToolSpeedMPerS: maxMPerS, payloadKg: minKg };
  return {
    actuate: (action, commanded, startNs) =>
      toSegment({ id: nextId(), startNs, commanded, action: speed === 1 ? action : slower(action, axes, speed) }),
    limitSpeed(share) {
      speed = Math.min(1, Math.max(0, share));
    },
    actionBetween: (start, end) => executedAction({ kinematics, spec: robot, axes }, start, end),
    limitTool({ maxToolSpeedMPerS, payloadKg }) {
      tool.maxToolSpeedMPerS = Math.min(maxToolSpeedMPerS, maxMPerS);
      tool.payloadKg = Math.max(payloadKg, minKg);
    },
    limitAges({ maxObservationAgeMs, maxPlanAgeMs }) {
      Object.assign(
        freshness,
        freshnessOf({
          maxObservationAgeMs: Math.min(maxObservationAgeMs, options.maxObservationAgeMs),
          maxPlanAgeMs: Math.min(maxPlanAgeMs, options.maxPlanAgeMs),
        }),
      );
    },
    guard: standardGuards({
      joints: robot.joints,
      gripper: robot.gripper,
      freshness,
      workspace,
      keepOut: [...options.keepOut, ...(options.keepOutBalls ?? [])],
      tool,
      shape,
      torques: dynamics,
    }),
    torqueNm: (motion) => dynamics.torqueNm(motion, tool.payloadKg),
    frictionNm: dynamics.frictionNm,
    kinematics,
    nextId,
    toolAt: (positionRad) => kinematics.toolAt(positionRad),
    hand: { yawAt: (positionRad) => yawOf(kinematics.toolPose(positionRad).quaternion), gripper: robot.gripper },
    periodS: model.controlPeriodS,
    [Symbol.dispose]() {
      dynamics[Symbol.dispose]();
      shape[Symbol.dispose]();
      kinematics[Symbol.dispose]();
    },
  };
}

/** A switch is one of two things at any speed. */
const slower = (action: Float32Array, axes: readonly ActionAxis[], speed: number): Float32Array =>
  action.map((value, i) => (axes[i]?.kind === "switch" ? value : value * speed));

const freshnessOf = ({ maxObservationAgeMs, maxPlanAgeMs }: AgeLimits): FreshnessOptions => ({
  observationAgeMsMax: maxObservationAgeMs,
  sourceAgeMsMax: maxObservationAgeMs,
  planAgeMsMax: maxPlanAgeMs,
  futureMsMax: FUTURE_MS_MAX,
});
