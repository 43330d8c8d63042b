/** What a training run has learned so far, on disk: one file of numbers and one of facts a phase, each replaced whole. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AgentError } from "../core/errors.ts";
import type { TrainingState } from "./trainer.ts";

/** One point of a loss curve. */
export interface CurvePoint {
  readonly phase: string;
  readonly step: number;
  readonly figures: Readonly<Record<string, number>>;
}

export interface PhaseRecord {
  readonly done: boolean;
  /** Seconds of training. */
  readonly seconds: number;
  readonly curve: readonly CurvePoint[];
  readonly state: TrainingState;
}

const facts = z.strictObject({
  done: z.boolean(),
  seconds: z.number().nonnegative(),
  steps: z.int().nonnegative(),
  numbers: z.string(),
  size: z.int().positive(),
  curve: z.array(z.strictObject({ phase: z.string(), step: z.int(), figures: z.record(z.string(), z.number()) })),
});

export class Checkpoint {
  readonly folder: string;

  /** Opens or makes the folder. `identity` names all that the weights depend on; throws `train.checkpoint` when the folder is of another run. */
  constructor(folder: string, identity: Readonly<Record<string, unknown>>) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "run.json");
    const wanted = `${JSON.stringify(identity, null, 2)}\n`;
    if (!existsSync(path)) this.#replace("run.json", wanted);
    const found = readFileSync(path, "utf8");
    if (found !== wanted) {
      throw new AgentError(
        "train.checkpoint",
        `${folder} holds another run (${differences(found, identity)}); give the same options to go on with it, or another --work folder to start anew`,
      );
    }
  }

  /** What a phase has reached, or null. Throws `train.checkpoint` for files that are not whole. */
  load(phase: string): PhaseRecord | null {
    const path = join(this.folder, `${phase}.json`);
    if (!existsSync(path)) return null;
    const read = facts.safeParse(parse(readFileSync(path, "utf8")));
    if (!read.success) throw this.#broken(path);
    const { numbers, size, steps, ...rest } = read.data;
    const bytes = readFileSync(join(this.folder, numbers));
    if (bytes.length !== 4 * 4 * size) throw this.#broken(join(this.folder, numbers));
    const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const part = (i: number): Float32Array => all.slice(i * size, (i + 1) * size);
    return { ...rest, state: { parameters: part(0), moment1: part(1), moment2: part(2), average: part(3), steps } };
  }

  /** Saves so that either the old or the new record is whole, whenever the power goes. */
  save(phase: string, { state, ...rest }: PhaseRecord): void {
    const { steps, parameters, moment1, moment2, average } = state;
    const numbers = `${phase}-${steps}${rest.done ? "-done" : ""}.f32`;
    const before = this.#numbersOf(phase);
    this.#replace(numbers, Buffer.concat([parameters, moment1, moment2, average].map(bytesOf)));
    this.#replace(`${phase}.json`, JSON.stringify({ ...rest, steps, numbers, size: parameters.length }));
    if (before && before !== numbers) rmSync(join(this.folder, before), { force: true });
  }

  #numbersOf(phase: string): string | null {
    const path = join(this.folder, `${phase}.json`);
    const read = existsSync(path) ? facts.safeParse(parse(readFileSync(path, "utf8"))) : null;
    return read?.success ? read.data.numbers : null;
  }

  #replace(name: string, content: string | Buffer): void {
    const path = join(this.folder, name);
    try {
      writeFileSync(`${path}.partial`, content, { flush: true });
      renameSync(`${path}.partial`, path);
    } catch (cause) {
      rmSync(`${path}.partial`, { force: true, recursive: true });
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AgentError(
        "train.checkpoint",
        `${path} could not be written (${why}); the last checkpoint is whole: free some space and give the same command again`,
        {
          cause,
        },
      );
    }
  }

  #broken(path: string): AgentError {
    return new AgentError("train.checkpoint", `${path} is not a whole checkpoint; delete ${this.folder} to start anew`);
  }
}

const bytesOf = (array: Float32Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function differences(found: string, wanted: Readonly<Record<string, unknown>>): string {
  const was = (parse(found) ?? {}) as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(was), ...Object.keys(wanted)])];
  const differing = keys.filter((key) => JSON.stringify(was[key]) !== JSON.stringify(wanted[key]));
  return differing.map((key) => `${key}: ${JSON.stringify(was[key])} there, ${JSON.stringify(wanted[key])} asked for`).join("; ");
}
