/** What a training run has learned so far, on disk: one file of numbers and one of facts a phase, each replaced whole. */
import { join } from "node:path";
import { z } from "zod";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { parseJson } from "../core/json.ts";
import { type FolderKind, OwnFolder } from "../core/own-folder.ts";
import { sha256 } from "../core/sha256.ts";
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
  /** Of the file of numbers. */
  sha256: z.string(),
  curve: z.array(z.strictObject({ phase: z.string(), step: z.int(), figures: z.record(z.string(), z.number()) })),
});

const FOLDER: FolderKind = {
  what: "training",
  marker: "run.json",
  owns: /^(run\.json|(encoder|predictor|critic|policy|probe|uncertainty|prior|subgoal)(\.json|-\d+(-done)?\.f32))$/,
  code: "train.checkpoint",
  elsewhere: "give another --work folder",
  retry: "the last checkpoint is whole: free some space and give the same command again",
};
/** Characters: whoever wrote that file may have written anything. */
const TOLD_MAX = 500;
const FACTS_BYTES_MAX = 100_000_000;
const NUMBERS_BYTES_MAX = 2 ** 31 - 1;

export class Checkpoint {
  readonly folder: string;
  readonly #own: OwnFolder;

  /** Opens or makes the folder. `identity` names all that the weights depend on; throws `train.checkpoint` when the folder is of another run, or of somebody else. */
  constructor(folder: string, identity: Readonly<Record<string, unknown>>) {
    this.folder = folder;
    this.#own = new OwnFolder(folder, FOLDER);
    const wanted = `${JSON.stringify(identity, null, 2)}\n`;
    if (!this.#own.has("run.json")) this.#own.replace("run.json", wanted);
    const found = this.#text("run.json");
    if (found !== wanted) {
      throw new AgentError(
        "train.checkpoint",
        `${folder} holds another run (${differences(found, identity)}); give the same options to go on with it, or another --work folder to start anew`,
      );
    }
  }

  /** What a phase has reached, or null. Throws `train.checkpoint` for files that are not whole. */
  load(phase: string): PhaseRecord | null {
    const name = `${phase}.json`;
    if (!this.#own.has(name)) return null;
    const read = facts.safeParse(parse(this.#text(name)));
    if (!read.success || read.data.numbers !== numbersName(phase, read.data)) throw this.#broken(name);
    const { numbers, size, steps, sha256: hash, ...rest } = read.data;
    const bytes = this.#bytes(numbers);
    if (bytes.length !== 4 * 4 * size || sha256(bytes) !== hash) throw this.#broken(numbers);
    const all = new Float32Array(bytes.buffer);
    if (!all.every(Number.isFinite)) throw this.#broken(numbers);
    const part = (i: number): Float32Array => all.slice(i * size, (i + 1) * size);
    return { ...rest, state: { parameters: part(0), moment1: part(1), moment2: part(2), average: part(3), steps } };
  }

  /** Saves so that either the old or the new record is whole, whenever the power goes. */
  save(phase: string, { state, ...rest }: PhaseRecord): void {
    const { steps, parameters, moment1, moment2, average } = state;
    const numbers = numbersName(phase, { steps, done: rest.done });
    const before = this.#numbersOf(phase);
    const bytes = Buffer.concat([parameters, moment1, moment2, average].map(bytesOf));
    this.#own.replace(numbers, bytes);
    this.#own.replace(`${phase}.json`, JSON.stringify({ ...rest, steps, numbers, size: parameters.length, sha256: sha256(bytes) }));
    if (before && before !== numbers) this.#own.remove(before);
  }

  /** The file of the record that is there; null where its name is not one that we gave. */
  #numbersOf(phase: string): string | null {
    const read = this.#own.has(`${phase}.json`) ? facts.safeParse(parse(this.#text(`${phase}.json`))) : null;
    return read?.success && read.data.numbers === numbersName(phase, read.data) ? read.data.numbers : null;
  }

  #text(name: string): string {
    return new TextDecoder().decode(this.#read(name, FACTS_BYTES_MAX));
  }

  #bytes(name: string): Uint8Array<ArrayBuffer> {
    return this.#read(name, NUMBERS_BYTES_MAX);
  }

  #read(name: string, bytesMax: number): Uint8Array<ArrayBuffer> {
    try {
      return this.#own.bytes(name, bytesMax);
    } catch (cause) {
      throw this.#broken(name, cause);
    }
  }

  #broken(name: string, cause?: unknown): AgentError {
    const why = cause === undefined ? "" : ` (${faultOf(cause)})`;
    return new AgentError(
      "train.checkpoint",
      `${join(this.folder, name)} is not a whole checkpoint${why}; delete ${this.folder} to start anew`,
      { cause },
    );
  }
}

const numbersName = (phase: string, { steps, done }: { readonly steps: number; readonly done: boolean }): string =>
  `${phase}-${steps}${done ? "-done" : ""}.f32`;

const bytesOf = (array: Float32Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function differences(found: string, wanted: Readonly<Record<string, unknown>>): string {
  const was = (parse(found) ?? {}) as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(was), ...Object.keys(wanted)])];
  const differing = keys.filter((key) => JSON.stringify(was[key]) !== JSON.stringify(wanted[key]));
  const told = differing.map((key) => `${key}: ${JSON.stringify(was[key])} there, ${JSON.stringify(wanted[key])} asked for`).join("; ");
  return told.slice(0, TOLD_MAX) || "its run.json is not as we write it";
}
