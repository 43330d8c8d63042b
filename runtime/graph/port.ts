/** The inputs and outputs of a model: names, element types, sizes, and whether given tensors fit them. */
import { AgentError } from "../core/errors.ts";
import type { DType } from "./proto.ts";
import { formatShape } from "./shape.ts";

/** One input or output of a model. */
export interface PortInfo {
  readonly name: string;
  readonly dtype: DType;
  /** Sizes; -1 where symbolic. */
  readonly shape: readonly number[];
  /** The same with the names of the symbolic dimensions. */
  readonly dims: readonly (number | string)[];
}

/** What a tensor or graph value looks like from outside. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Describes a port; an unnamed symbolic dimension is `batch` in first place and independent elsewhere. */
export function describePort(name: string, dtype: DType, dims: readonly (number | string)[]): PortInfo {
  const named = dims.map((dim, i) => (dim === "" || (typeof dim === "number" && dim < 0) ? (i === 0 ? "batch" : `${name}.${i}`) : dim));
  return { name, dtype, dims: named, shape: named.map((dim) => (typeof dim === "string" ? -1 : dim)) };
}

/** Checks that exactly these inputs are given and fit; returns the size of each symbolic dimension. Throws `model.mismatch` naming both shapes. */
export function bindInputs(
  model: string,
  inputs: readonly PortInfo[],
  given: Readonly<Record<string, TensorType>>,
): ReadonlyMap<string, number> {
  const expected = inputs.map(({ name }) => name).join(", ");
  for (const name of Object.keys(given)) {
    if (inputs.some((input) => input.name === name)) continue;
    throw new AgentError("model.mismatch", `${model}: has no input "${name}"; name one of its inputs, ${expected}`);
  }
  const sizes = new Map<string, number>();
  for (const input of inputs) {
    const value = given[input.name];
    if (!value) throw new AgentError("model.mismatch", `${model}: input "${input.name}" is not given; give all of its inputs, ${expected}`);
    bindInput(model, input, value, sizes);
  }
  return sizes;
}

/** The shape of each output by name, given the sizes that the inputs bound. Exporters often name the batch of an output differently: an unbound first dimension is the batch. */
export function bindOutputs(
  model: string,
  outputs: readonly PortInfo[],
  sizes: ReadonlyMap<string, number>,
): Record<string, readonly number[]> {
  const [batch] = sizes.values();
  const sizeOf = (output: PortInfo, dim: number | string, i: number): number => {
    if (typeof dim === "number") return dim;
    const size = sizes.get(dim) ?? (i === 0 ? batch : undefined);
    if (size !== undefined) return size;
    throw new AgentError(
      "model.mismatch",
      `${model}: dimension "${dim}" of output "${output.name}" follows from no input; export it as a number`,
    );
  };
  return Object.fromEntries(outputs.map((output) => [output.name, output.dims.map((dim, i) => sizeOf(output, dim, i))]));
}

function bindInput(model: string, input: PortInfo, value: TensorType, sizes: Map<string, number>): void {
  const declared = `[${input.dims.map((dim) => (sizes.has(String(dim)) ? `${dim} = ${sizes.get(String(dim))}` : dim)).join(", ")}]`;
  const fits = input.dims.every((dim, i) => {
    const size = value.shape[i];
    if (size === undefined || typeof dim === "number") return size === dim;
    const bound = sizes.get(dim) ?? size;
    sizes.set(dim, bound);
    return bound === size;
  });
  if (fits && value.dtype === input.dtype && value.shape.length === input.dims.length) return;
  throw new AgentError(
    "model.mismatch",
    `${model}: input "${input.name}" takes ${input.dtype} ${declared} but is given ${value.dtype} ${formatShape(value.shape)}; feed it so, or export the model again`,
  );
}
