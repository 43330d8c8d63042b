/** What a practice has reached, on disk after every round: the policy's weights and all lessons in one file, replaced whole. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { AgentError } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { Trained } from "./latent-trainings.ts";
import { replace } from "./package-writer.ts";
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
  remove(): void;
}

const facts = z.strictObject({
  identity: z.record(z.string(), z.json()),
  rounds: z.int().positive(),
  weights: z.int().positive(),
  lessons: z.int().positive(),
  figures: z.record(z.string(), z.number()),
});

/** `identity` names all that the outcome depends on. Throws `train.checkpoint` when the folder is of another practice. */
export function openPracticeJournal(folder: string, identity: Readonly<Record<string, string | number | null>>): PracticeJournal {
  const [factsPath, numbersPath] = [join(folder, "practice.json"), join(folder, "practice.f32")];
  const found = existsSync(factsPath) ? facts.safeParse(parse(readFileSync(factsPath, "utf8"))) : null;
  const broken = (): AgentError => new AgentError("train.checkpoint", `${folder} is not a whole practice; delete it to start anew`);
  if (found && !found.success) throw broken();
  const known = found?.data ?? null;
  if (known && !isDeepStrictEqual(known.identity, identity)) {
    const was = `${JSON.stringify(known.identity)} there, ${JSON.stringify(identity)} asked for`;
    throw new AgentError(
      "train.checkpoint",
      `${folder} holds another practice (${was}); give the same options to go on with it, or another --work folder to start anew`,
    );
  }
  return {
    rounds: known?.rounds ?? 0,
    load({ spec }) {
      if (!known) return null;
      const bytes = readFileSync(numbersPath);
      const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      const { latentDim, action, proprioception } = spec;
      const widths = [latentDim, latentDim - proprioception.signals.length, action.axes.length] as const;
      const table = policyTable(spec);
      if (table.size !== known.weights || numbers.length !== known.weights + known.lessons * sum(widths)) throw broken();
      return {
        student: { table, flat: numbers.slice(0, table.size) },
        lessons: lessonsOf(numbers.subarray(table.size), widths),
        figures: known.figures,
      };
    },
    save(rounds, lessons, { flat, figures }) {
      mkdirSync(folder, { recursive: true });
      const parts = [flat, ...lessons.flatMap(({ latent, goal, action }) => [latent, goal, action])];
      const numbers = Float32Array.from({ length: sum(parts.map(({ length }) => length)) });
      let at = 0;
      for (const part of parts) {
        numbers.set(part, at);
        at += part.length;
      }
      rmSync(factsPath, { force: true }); // While the numbers are replaced there is no practice rather than a mixed one.
      replace(numbersPath, new Uint8Array(numbers.buffer));
      replace(factsPath, `${JSON.stringify({ identity, rounds, weights: flat.length, lessons: lessons.length, figures })}\n`);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function lessonsOf(numbers: Float32Array, [latent, goal, action]: readonly [number, number, number]): Lesson[] {
  const width = latent + goal + action;
  return Array.from({ length: numbers.length / width }, (_, i) => {
    const row = numbers.slice(i * width, (i + 1) * width);
    return { latent: row.slice(0, latent), goal: row.slice(latent, latent + goal), action: row.slice(latent + goal) };
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
