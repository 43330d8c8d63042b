/** Numbers that ROS may set: declared with a description and a range, judged on every change before they take effect. */
import { AgentError } from "../../core/errors.ts";
import type { ParameterValue, SetParametersResult } from "./library.ts";
import type { RosNode } from "./node.ts";

export interface NumberParameter {
  readonly name: string;
  /** With its unit. */
  readonly description: string;
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  readonly readOnly?: boolean;
  /** Takes effect. Null, or why it cannot now. */
  readonly set?: (value: number) => string | null;
}

/** rcl_interfaces/msg/ParameterType. */
const DOUBLE = 3;

/** What -p or a parameter file says counts at once. Throws AgentError `launch.invalid` when that is out of range. */
export function declareNumbers({ node, library: { rcl } }: RosNode, parameters: readonly NumberParameter[]): void {
  for (const { name, description, min, max, initial, readOnly = false } of parameters) {
    // rclnodejs 2.2.0 judges by the range but describes it only under another name, in the message's own words.
    const range = Object.assign(new rcl.FloatingPointRange(min, max, 0), { from_value: min, to_value: max });
    const described = Object.assign(new rcl.ParameterDescriptor(name, DOUBLE, description, readOnly, range), { _rangeConstraint: range });
    try {
      node.declareParameter(new rcl.Parameter(name, DOUBLE, initial), described);
    } catch (cause) {
      throw new AgentError(
        "launch.invalid",
        `parameter ${name}: ${(cause as Error).message}; give a number from ${min} to ${max}, such as ${max.toFixed(1)}`,
        {
          cause,
        },
      );
    }
  }
  const fixed = parameters.find(({ name, initial, readOnly }) => readOnly && node.getParameter(name).value !== initial);
  if (fixed) throw new AgentError("launch.invalid", `parameter ${fixed.name}: is read only; change the launch file: ${fixed.description}`);
  const overridden = parameters.filter(({ name, initial }) => node.getParameter(name).value !== initial);
  const { successful, reason } = judgeChanges(
    parameters,
    overridden.map(({ name }) => node.getParameter(name)),
  );
  if (!successful) throw new AgentError("launch.invalid", reason);
  node.addOnSetParametersCallback((changes) => judgeChanges(parameters, changes));
}

/** All of them or none: each is judged first, then they take effect in order. */
export function judgeChanges(parameters: readonly NumberParameter[], changes: readonly ParameterValue[]): SetParametersResult {
  const known = changes.flatMap(({ name, value }) => {
    const parameter = parameters.find((each) => each.name === name);
    return parameter ? [{ parameter, value }] : []; // Others, such as use_sim_time, are the node's own.
  });
  for (const { parameter, value } of known) {
    const { name, min, max } = parameter;
    if (typeof value !== "number" || !(value >= min && value <= max))
      return { successful: false, reason: `${name}: ${String(value)} is outside [${min}, ${max}]; give a number within` };
  }
  for (const { parameter, value } of known) {
    const why = parameter.set?.(value as number) ?? null;
    if (why !== null) return { successful: false, reason: `${parameter.name}: ${why}` };
  }
  return { successful: true, reason: "" };
}
