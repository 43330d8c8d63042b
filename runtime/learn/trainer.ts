/** Runs a training graph step after step; the state is plain arrays that a checkpoint can hold. */
import { AgentError, invariant } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";
import { floats, type LocalSession, openSession, type SessionOptions, type TensorData } from "../graph/session.ts";
import { BETA_1, BETA_2 } from "./optimiser.ts";
import type { NamedWeights, ParameterTable } from "./parameters.ts";
import { STATE, type Training, trainingGraph } from "./training-graph.ts";

/** All that a training needs to go on: flat vectors of the same size, and the steps done. */
export interface TrainingState {
  readonly parameters: Float32Array;
  readonly moment1: Float32Array;
  readonly moment2: Float32Array;
  readonly average: Float32Array;
  readonly steps: number;
}

/** Figures of one step by name, `loss` among them. */
export type Figures = Readonly<Record<string, number>>;

export class Trainer implements AsyncDisposable {
  readonly table: ParameterTable;
  readonly #name: string;
  readonly #session: LocalSession;
  readonly #figures: readonly string[];
  #state: TrainingState;
  #spare: TrainingState;

  private constructor(name: string, session: LocalSession, table: ParameterTable, figures: readonly string[], state: TrainingState) {
    this.#name = name;
    this.#session = session;
    this.table = table;
    this.#figures = figures;
    this.#state = state;
    this.#spare = { ...emptyState(table.size), steps: 0 };
  }

  /** Starts at `state`, or at fresh weights. Throws `model.mismatch` when the state is of other networks. */
  static async open(
    training: Training,
    start: { readonly state: TrainingState } | { readonly rng: Rng; readonly known?: NamedWeights },
    options: SessionOptions = {},
  ): Promise<Trainer> {
    const { bytes, table, figures } = trainingGraph(training);
    const state = "state" in start ? start.state : freshState(table.initial(start.rng, start.known));
    if (state.parameters.length !== table.size) {
      throw new AgentError(
        "model.mismatch",
        `${training.name}: the weights given are ${state.parameters.length} numbers, its networks have ${table.size}; start from a model of the same sizes`,
      );
    }
    const session = await openSession(bytes, { ...options, name: training.name });
    return new Trainer(training.name, session, table, figures, state);
  }

  /** Valid until the next step. */
  get state(): TrainingState {
    return this.#state;
  }

  /** One step of learning rate `rate`. Throws `train.diverged` when the loss is no number; the state is then as it was before. */
  async step(batch: Readonly<Record<string, TensorData>>, rate: number): Promise<Figures> {
    const n = this.#state.steps + 1;
    const feeds = {
      ...batch,
      ...tensors(this.#state),
      rate: scalar(rate),
      correction1: scalar(1 - BETA_1 ** n),
      correction2: scalar(1 - BETA_2 ** n),
    };
    const into = Object.fromEntries(Object.entries(tensors(this.#spare)).map(([name, tensor]) => [`${name}.next`, tensor]));
    const results = await this.#session.runInto(feeds, into);
    const figures = Object.fromEntries(this.#figures.map((name) => [name, results[name]?.data[0] as number]));
    if (!Object.values(figures).every(Number.isFinite)) {
      const told = this.#figures.map((name) => `${name} ${figures[name]}`).join(", ");
      throw new AgentError("train.diverged", `${this.#name}: step ${n} gave ${told}; its weights were not taken, lower the learning rate`);
    }
    const before = this.#state;
    this.#state = { ...this.#spare, steps: n };
    this.#spare = before;
    return figures;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

export function freshState(parameters: Float32Array): TrainingState {
  const { moment1, moment2 } = emptyState(parameters.length);
  return { parameters, moment1, moment2, average: parameters.slice(), steps: 0 };
}

function emptyState(size: number): Omit<TrainingState, "steps"> {
  invariant(size > 0, "a training without weights");
  return {
    parameters: new Float32Array(size),
    moment1: new Float32Array(size),
    moment2: new Float32Array(size),
    average: new Float32Array(size),
  };
}

const tensors = (state: TrainingState): Record<string, TensorData> =>
  Object.fromEntries(STATE.map((name) => [name, floats(state[name], [state[name].length])]));

const scalar = (value: number): TensorData => floats(Float32Array.of(value), []);
