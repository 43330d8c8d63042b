/** What a practice has reached, on disk after every round: the policy's weights and all lessons in one file, replaced whole. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { parseJson } from "../core/json.ts";
import type { ModelPackage } from "../core/model.ts";
import { type FolderKind, OwnFolder } from "../core/own-folder.ts";
import { sha256 } from "../core/sha256.ts";
import type { Trained } from "./latent-trainings.ts";
import { inARow, lessonNumbers, lessonsOf, lessonWidth, lessonWidths } from "./lesson-numbers.ts";
import { type Lesson, policyTable } from "./practice.ts";
import type { Figures } from "./trainer.ts";

export interface PracticeState {
  readonly lessons: Lesson[];
  readonly student: Trained;
  readonly figures: Figures;
}

export interface PracticeJournal {
  /** Whole rounds found when it was opened. */
  readonly rounds: number;
  /** Null before the first round. Throws `train.checkpoint` when the file is not whole. */
  load(model: ModelPackage): PracticeState | null;
  save(rounds: number, lessons: readonly Lesson[], student: Trained & { readonly figures: Figures }): void;
  /** Keeps other processes out until it is disposed of. */
  lock(): Disposable;
  /** Of the journal's own files, and of its folder where nothing else is in it. */
  remove(): void;
}

const facts = z.strictObject({
  identity: z.record(z.string(), z.json()),
  rounds: z.int().positive(),
  weights: z.int().positive(),
  lessons: z.int().positive(),
  figures: z.record(z.string(), z.number()),
  /** Of the file of numbers. */
  sha256: z.string(),
});

const FOLDER: FolderKind = {
  what: "practice",
  marker: "practice.json",
  owns: /^practice\.(json|f32)$/,
  code: "train.checkpoint",
  elsewhere: "give another --work folder",
  retry: "free some space and give the same command again",
};
/** Characters: whoever wrote that file may have written anything. */
const TOLD_MAX = 500;
const FACTS_BYTES_MAX = 10_000_000;
const NUMBERS_BYTES_MAX = 2 ** 31 - 1;

/** `identity` names all that the outcome depends on. Throws `train.checkpoint` when the folder is of another practice, or of somebody else. */
export function openPracticeJournal(folder: string, identity: Readonly<Record<string, string | number | null>>): PracticeJournal {
  const own = new OwnFolder(folder, FOLDER);
  const broken = (cause?: unknown): AgentError => {
    const why = cause === undefined ? "" : ` (${faultOf(cause)})`;
    const remedy = "remove practice.json and practice.f32 from it to start anew";
    return new AgentError("train.checkpoint", `${folder} is not a whole practice${why}; ${remedy}`, { cause });
  };
  const read = <T>(reading: () => T): T => {
    try {
      return reading();
    } catch (cause) {
      throw broken(cause);
    }
  };
  const found = own.has("practice.json") ? facts.safeParse(parse(read(() => own.text("practice.json", FACTS_BYTES_MAX)))) : null;
  if (found && !found.success) throw broken();
  const known = found?.data ?? null;
  if (known && !isDeepStrictEqual(known.identity, identity)) {
    const was = `${JSON.stringify(known.identity).slice(0, TOLD_MAX)} there, ${JSON.stringify(identity)} asked for`;
    throw new AgentError(
      "train.checkpoint",
      `${folder} holds another practice (${was}); give the same options to go on with it, or another --work folder to start anew`,
    );
  }
  return {
    rounds: known?.rounds ?? 0,
    load({ spec }) {
      if (!known) return null;
      const bytes = read(() => own.bytes("practice.f32", NUMBERS_BYTES_MAX));
      if (sha256(bytes) !== known.sha256) throw broken();
      const numbers = read(() => new Float32Array(bytes.buffer)); // Throws where its bytes are no whole numbers.
      const widths = lessonWidths(spec);
      const table = policyTable(spec);
      if (table.size !== known.weights || numbers.length !== known.weights + known.lessons * lessonWidth(widths)) throw broken();
      if (!numbers.every(Number.isFinite)) throw broken();
      return {
        student: { table, flat: numbers.slice(0, table.size) },
        lessons: lessonsOf(numbers.subarray(table.size), widths),
        figures: known.figures,
      };
    },
    save(rounds, lessons, { flat, figures }) {
      const numbers = inARow([flat, lessonNumbers(lessons)]);
      own.remove("practice.json"); // While the numbers are replaced there is no practice rather than a mixed one.
      const bytes = new Uint8Array(numbers.buffer);
      own.replace("practice.f32", bytes);
      const known = { identity, rounds, weights: flat.length, lessons: lessons.length, figures, sha256: sha256(bytes) };
      own.replace("practice.json", `${JSON.stringify(known)}\n`);
    },
    lock: () => own.lock(),
    remove: () => own.removeAll(),
  };
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
