/** An arm as a description and its file make it: seen from its base, weighed, with joints that are not moved standing still. */
import type { CompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { bodyNamed } from "./chain.ts";
import type { RobotDescription } from "./description.ts";
import { fitProblems } from "./fit.ts";
import { type Pad, padsOf } from "./pads.ts";
import { reasonFaults } from "./reason.ts";
import { type Standing, seenFrom, settled } from "./settle.ts";
import type { LeftOut, Source } from "./source/source.ts";
import { type ToolPoint, toolPoint } from "./tool-point.ts";
import { weighed } from "./weights.ts";

export interface Arm {
  readonly model: CompiledModel;
  readonly tool: ToolPoint;
  /** Of a gripper whose fingers have no shapes that touch. */
  readonly pads: readonly Pad[];
  readonly standing: readonly Standing[];
  /** What was taken for something else, for people. */
  readonly notes: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** `arm` is of use only where there are no problems: `misfits` of the description, `faults` of the file itself. */
export function armFrom(
  description: RobotDescription,
  compiled: CompiledModel,
  source: Source,
): { readonly arm: Arm; readonly misfits: readonly string[]; readonly faults: readonly string[] } {
  const misfits = fitProblems(description, compiled, source);
  const { gripper } = description;
  const { model: still, standing } = settled(compiled, [
    ...description.joints.map(({ name }) => name),
    ...(gripper?.fingers.map(({ joint }) => joint) ?? []),
  ]);
  const { model, problems, notes } = weighed(description, still, source);
  const { link, yawRad } = description.base ?? { link: undefined, yawRad: 0 };
  const base = link === undefined ? 0 : Math.max(0, bodyNamed(model, link));
  const placed = seenFrom(model, base, yawRad);
  const tool = toolPoint(description, placed) ?? { body: 0, positionM: [0, 0, 0], quaternion: [1, 0, 0, 0] };
  return {
    arm: {
      ...{ model: placed, tool, pads: gripper ? padsOf(placed, gripper, tool) : [], standing },
      ...{ notes: [...source.notes, ...notes], leftOut: source.leftOut },
    },
    misfits,
    faults: [...problems, ...reasonFaults(placed, tool)],
  };
}
