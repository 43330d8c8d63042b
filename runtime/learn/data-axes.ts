/** What the actions of a data set are made of, and what of the body stands beside them: as meta.json says it, and as a model does. */
import { AgentError } from "../core/errors.ts";
import { type ActionAxis, displacementAxes, TOOL_SIGNALS } from "../core/model.ts";
import type { SignalName } from "../core/signals.ts";

export interface DataAction {
  /** Of all axes, in order. */
  readonly axes: readonly string[];
  /** Tool displacement of an action of 1, along x, y and z. */
  readonly scaleM: number;
  /** Those that are no displacement; absent where all are. */
  readonly others?: readonly ActionAxis[] | undefined;
}

/** `scaleM` stands where the tool is not displaced at all. */
export function actionOfData(axes: readonly ActionAxis[], scaleM: number): DataAction {
  const others = axes.filter(({ unit }) => unit !== "m");
  return { axes: axes.map(({ name }) => name), scaleM, ...(others.length > 0 ? { others } : {}) };
}

export const axesOfData = (action: DataAction): readonly ActionAxis[] =>
  displacementAxes(action).map((axis) => action.others?.find(({ name }) => name === axis.name) ?? axis);

/** Refuses data whose actions are not made as a model's are, with `data.mismatch` naming the first axis that differs. */
export function refuseOtherAxes(folder: string, there: readonly ActionAxis[], model: readonly ActionAxis[]): void {
  const say = (axis: ActionAxis | undefined): string => (axis ? `"${axis.name}" (${axis.kind}, ${axis.scale} ${axis.unit})` : "none");
  const count = Math.max(there.length, model.length);
  for (let place = 0; place < count; place++) {
    const [one, other] = [say(there[place]), say(model[place])];
    if (one === other) continue;
    throw new AgentError(
      "data.mismatch",
      `${folder}: action axis ${place + 1} is ${one}, the model's is ${other}; collect with the skill that the model is for, or train a model of these data`,
    );
  }
}

/** What is felt beside such actions, in the order of the columns; the place of the tool first. */
export function signalsOf(axes: readonly ActionAxis[]): readonly SignalName[] {
  const has = (wanted: ActionAxis["name"]): boolean => axes.some(({ name }) => name === wanted);
  return [...TOOL_SIGNALS, ...(has("yaw") ? (["tool.yaw"] as const) : []), ...(has("gripper") ? (["gripper.opening"] as const) : [])];
}
