/** Reverse-mode differentiation of a Graph: writes the gradient of a scalar into the same graph (Griewank and Walther 2008, chapter 3). */
import { AgentError, invariant } from "../core/errors.ts";
import { GRADIENT_RULES } from "./backward-rules.ts";
import type { Graph, Step, Value } from "./builder.ts";
import { add } from "./ops.ts";
import { elementCount, formatShape } from "./shape.ts";

/**
 * The gradient of `loss` (float32, one element) for each of `wrt`, of the same shapes; zeros where the loss does not depend on it.
 * Nothing flows through `detach`, comparisons and indices. Throws `model.mismatch` for an operator without a rule: inlined models have none, trace them.
 */
export function gradients(g: Graph, loss: Value, wrt: readonly Value[]): Value[] {
  invariant(loss.dtype === "float32" && elementCount(loss.shape) === 1, `gradients: the loss is ${loss.dtype} ${formatShape(loss.shape)}`);
  const forward = [...g.steps]; // What the rules add below is not differentiated.
  const needed = dependants(forward, wrt);
  const gradientOf = new Map<string, Value>([[loss.name, ones(g, loss.shape)]]);
  for (const step of forward.reverse()) {
    const upstream = step.outputs.map((output) => gradientOf.get(output.name) ?? null);
    if (upstream.every((each) => each === null) || !step.outputs.some((output) => needed.has(output.name))) continue;
    const wanted = step.inputs.map((input) => input !== null && needed.has(input.name));
    const downstream = ruleOf(g, step)({ g, step, upstream, wanted });
    step.inputs.forEach((input, i) => {
      const gradient = downstream[i];
      if (!input || !gradient || !wanted[i]) return;
      const sum = gradientOf.get(input.name);
      gradientOf.set(input.name, sum ? add(g, sum, gradient) : gradient);
    });
  }
  return wrt.map((value) => gradientOf.get(value.name) ?? zeros(g, value.shape));
}

/** The same value, through which no gradient flows. */
export function detach(g: Graph, x: Value): Value {
  return g.op("Identity", [x], [{ dtype: x.dtype, shape: x.shape }])[0] as Value;
}

/** Operators whose result does not change smoothly with any input: nothing flows back through them. */
const FLAT = new Set(["Identity", "Less", "Greater", "GreaterOrEqual", "LessOrEqual", "Equal", "Not", "And", "Or", "Sign", "Floor"]);

/** Names of the float values that depend on `wrt`. */
function dependants(steps: readonly Step[], wrt: readonly Value[]): Set<string> {
  const names = new Set(wrt.map(({ name }) => name));
  for (const { type, inputs, outputs } of steps) {
    if (FLAT.has(type) || !inputs.some((input) => input && names.has(input.name))) continue;
    for (const output of outputs) if (output.dtype === "float32") names.add(output.name);
  }
  return names;
}

function ruleOf(g: Graph, { type, attributes }: Step) {
  const rule = GRADIENT_RULES[type];
  if (rule) return rule;
  const what = type === "inline" ? `the inlined model "${attributes["model"]}"; trace it operator by operator instead` : `operator ${type}`;
  throw new AgentError(
    "model.mismatch",
    `graph "${g.name}": there is no gradient rule for ${what}; use a solver that needs none (cem, icem, mppi)`,
  );
}

const ones = (g: Graph, shape: readonly number[]): Value => g.constant(Float32Array.of(1), [...shape]);
const zeros = (g: Graph, shape: readonly number[]): Value => g.constant(new Float32Array(elementCount(shape)), [...shape]);
