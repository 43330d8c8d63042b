/** From the axes of a model to what moves this arm: displacements of its tool along x, y and z, all by the same length. */
import { AgentError } from "../core/errors.ts";
import type { ActionAxis, AxisName } from "../core/model.ts";
import type { ActionSpace, Axis } from "./action-to-segment.ts";

/** Throws `model.mismatch` for an axis that is not acted on, and for lengths that differ. */
export function displacementOf(axes: readonly ActionAxis[]): ActionSpace {
  const names = axes.map(({ name, kind }) => {
    if (isDisplacement(name) && kind === "continuous") return name;
    throw new AgentError(
      "model.mismatch",
      `action axis "${name}" (${kind}): the tool is moved along x, y and z alone; choose a model without it`,
    );
  });
  const [first] = axes;
  const other = axes.find(({ scale }) => scale !== first?.scale);
  if (!first || other) {
    const lengths = axes.map(({ name, scale, unit }) => `${name} ${scale} ${unit}`).join(", ") || "none";
    throw new AgentError(
      "model.mismatch",
      `action axes: ${lengths}; one length for all is acted on, choose a model with at least one axis and one length`,
    );
  }
  return { axes: names, scaleM: first.scale };
}

const isDisplacement = (name: AxisName): name is Axis => name === "x" || name === "y" || name === "z";
