/** What an adversary has in its hand, kind by kind, and the segment that comes of it: by the agent's own planner, and its own way from an action to a segment. */
import { createActionToSegment } from "../../../../runtime/act/action-to-segment.ts";
import type { ModelSpec } from "../../../../runtime/core/model.ts";
import type { JointCommand, Segment } from "../../../../runtime/core/motion.ts";
import type { Rng } from "../../../../runtime/core/rng.ts";
import type { RobotSpec } from "../../../../runtime/core/robot.ts";
import type { Workspace } from "../../../../runtime/core/workspace.ts";
import type { Kinematics } from "../../../../runtime/kinematics/kinematics.ts";
import { actionFrom, goalFrom, latentFrom, NOW_NS, smallStepFrom, wantedFrom, weightsFrom } from "./adversary.ts";
import type { Planners } from "./planners.ts";

/** Of a hundred cases, in this order: segments and states straight before the guards; actions as a model might answer them; goals and objectives as a planner is asked for them. */
export const SHARES = { segments: 30, states: 25, actions: 25, goals: 10, objectives: 10 } as const;
export type Kind = keyof typeof SHARES;
export const KINDS = Object.keys(SHARES) as Kind[];

/** Throws AgentErrors: a case that is refused before any guard has seen it. */
export type Wish = (rng: Rng, commanded: JointCommand, id: number) => Segment | Promise<Segment>;

export interface Hand {
  readonly robot: RobotSpec;
  readonly model: ModelSpec;
  readonly planners: Planners;
  readonly kinematics: Kinematics;
  readonly workspace: Workspace;
}

export function wishes({ robot, model, planners, kinematics, workspace }: Hand): Readonly<Record<Kind, Wish>> {
  const { axes, toolHeightM, controlPeriodS: periodS, latentDim } = model;
  const toSegment = createActionToSegment({ kinematics, spec: robot, axes, toolHeightM, yawRad: 0, workspace, periodS });
  const planned = async (rng: Rng, commanded: JointCommand, id: number, weights: readonly number[]): Promise<Segment> => {
    const request = { latent: latentFrom(rng, latentDim), goal: latentFrom(rng, latentDim), goalPositionM: goalFrom(rng), warmStart: null };
    const { actions } = await planners.plan(id, request, weights, rng);
    return toSegment({ id, startNs: NOW_NS, commanded, action: actions.subarray(0, axes.length) });
  };
  return {
    segments: wantedFrom,
    states: smallStepFrom,
    actions: (rng, commanded, id) => toSegment({ id, startNs: NOW_NS, commanded, action: actionFrom(rng, axes.length) }),
    goals: (rng, commanded, id) => planned(rng, commanded, id, planners.ownWeights[id % planners.ownWeights.length]!),
    objectives: (rng, commanded, id) => planned(rng, commanded, id, weightsFrom(rng, planners.terms.length)),
  };
}
