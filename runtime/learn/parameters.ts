/** The weights of the networks in training: one flat vector, and a table that says which part of it is which weight. */
import { AgentError, invariant } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";
import type { Graph, Value } from "../graph/builder.ts";
import { reshape, slice } from "../graph/ops.ts";
import { elementCount, formatShape, sameShape } from "../graph/shape.ts";

/** How a weight starts. */
export type Init =
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "normal"; readonly std: number }
  | { readonly kind: "constant"; readonly value: number };

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Init;
  /** First element in the flat vector. */
  readonly offset: number;
}

/** Where a network takes its weights from: each is asked for by name, with its shape and how it starts. */
export interface Weights {
  /** Layer normalisations keep what the way back needs. */
  readonly forTraining: boolean;
  of(name: string, shape: readonly number[], init: Init): Value;
}

/** Weights of an earlier training by name. */
export type NamedWeights = ReadonlyMap<string, Float32Array>;

/** Which part of the flat vector is which weight; filled by building the networks once. */
export class ParameterTable {
  readonly #byName = new Map<string, Parameter>();
  #size = 0;

  /** Elements of the flat vector. */
  get size(): number {
    return this.#size;
  }

  get entries(): readonly Parameter[] {
    return [...this.#byName.values()];
  }

  define(name: string, shape: readonly number[], init: Init): Parameter {
    const known = this.#byName.get(name);
    if (known) {
      invariant(sameShape(known.shape, shape), `weight "${name}" is ${formatShape(known.shape)} and asked for as ${formatShape(shape)}`);
      return known;
    }
    const parameter = { name, shape: [...shape], init, offset: this.#size };
    this.#byName.set(name, parameter);
    this.#size += elementCount(shape);
    return parameter;
  }

  find(name: string): Parameter {
    const parameter = this.#byName.get(name);
    invariant(parameter, `there is no weight "${name}"`);
    return parameter;
  }

  /** The part of a flat vector that holds one weight; shares its memory. */
  view(flat: Float32Array, name: string): Float32Array {
    const { offset, shape } = this.find(name);
    return flat.subarray(offset, offset + elementCount(shape));
  }

  /** A flat vector at its start: `known` weights as they are given, the others by chance; the same seed gives the same weights whatever order they were asked for in. */
  initial(rng: Rng, known: NamedWeights = new Map()): Float32Array {
    const flat = new Float32Array(this.#size);
    this.entries.forEach(({ name, init }, index) => {
      const own = rng.fork(index);
      const part = this.view(flat, name);
      const given = known.get(name);
      if (given && given.length !== part.length) {
        const sizes = `${given.length} numbers, here it has ${part.length}`;
        throw new AgentError(
          "model.mismatch",
          `weight "${name}" of the model to go on from has ${sizes}; it is of other sizes, train anew`,
        );
      }
      if (given) part.set(given);
      else begin(part, init, own);
    });
    return flat;
  }
}

function begin(part: Float32Array, init: Init, rng: Rng): void {
  switch (init.kind) {
    case "normal":
      for (let i = 0; i < part.length; i++) part[i] = rng.normal() * init.std;
      return;
    case "uniform":
      for (let i = 0; i < part.length; i++) part[i] = rng.between(-init.bound, init.bound);
      return;
    case "constant":
      part.fill(init.value);
  }
}

/** Weights that only note what is asked for: what a first pass over the networks gets. */
export function declaring(g: Graph, table: ParameterTable): Weights {
  return {
    forTraining: true,
    of: (name, shape, init) => {
      table.define(name, shape, init);
      return g.constant(new Float32Array(elementCount(shape)), shape);
    },
  };
}

/** Weights cut out of a flat vector that is a value of the graph; each is cut once. */
export function sliced(g: Graph, table: ParameterTable, flat: Value): Weights & { readonly values: ReadonlyMap<string, Value> } {
  const values = new Map<string, Value>();
  return {
    forTraining: true,
    values,
    of: (name, shape) => {
      const { offset } = table.find(name);
      const value = values.get(name) ?? reshape(g, slice(g, flat, 0, offset, offset + elementCount(shape)), shape);
      values.set(name, value);
      return value;
    },
  };
}

/** Weights stored in the graph: what a trained network is exported with, or what another is trained through (`forTraining`). */
export function frozen(g: Graph, table: ParameterTable, flat: Float32Array, { forTraining = false } = {}): Weights {
  const values = new Map<string, Value>();
  return {
    forTraining,
    of: (name, shape) => {
      const value = values.get(name) ?? g.weight(name, table.view(flat, name), shape);
      values.set(name, value);
      return value;
    },
  };
}
