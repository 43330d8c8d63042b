/** A finished attempt as it is remembered: where it went, decision by decision, and whether it came to its goal; and its file. */
import * as z from "zod";
import { parseJson } from "../core/json.ts";
import type { Latent } from "../core/planning.ts";
import { sha256 } from "../core/sha256.ts";

export interface Episode {
  /** Latents are of this model and mean nothing to another. */
  readonly modelHash: string;
  /** Shape (latentDim), proprioception zero. */
  readonly goal: Latent;
  /** By the skill's own test, at its end. */
  readonly succeeded: boolean;
  /** What was believed at each decision, shape (decisions, latentDim). */
  readonly latents: Float32Array;
  /** What was commanded from there on, shape (decisions, actionDim), action units. */
  readonly actions: Float32Array;
}

/** Of a longer attempt the newest are remembered. */
export const DECISIONS_MAX = 256;
/** Of a file: many times the longest episode of our models. */
export const EPISODE_BYTES_MAX = 4 * 2 ** 20;

/** Float32, little-endian. */
const numbers = z.base64().max(EPISODE_BYTES_MAX);
const file = z.strictObject({
  format: z.literal("foresight-episode"),
  version: z.literal(1),
  modelHash: z.string().regex(/^[0-9a-f]{64}$/),
  succeeded: z.boolean(),
  decisions: z.int().min(1).max(DECISIONS_MAX),
  goal: numbers,
  latents: numbers,
  actions: numbers,
  sha256: z.string(),
});
type File = z.infer<typeof file>;

export function episodeText({ goal, latents, actions, ...rest }: Episode): string {
  const coded = { goal: coding(goal), latents: coding(latents), actions: coding(actions) };
  const content = { format: "foresight-episode" as const, version: 1 as const, ...rest, decisions: latents.length / goal.length, ...coded };
  return `${JSON.stringify({ ...content, sha256: checksum(content) })}\n`;
}

/** The episode, or why the file is none. */
export function readEpisode(text: string): Episode | string {
  const read = file.safeParse(parsed(text));
  if (!read.success) return "it is damaged, or no episode";
  const { modelHash, succeeded, decisions } = read.data;
  if (read.data.sha256 !== checksum(read.data)) return "it is damaged: its checksum does not fit";
  const [goal, latents, actions] = [decoded(read.data.goal), decoded(read.data.latents), decoded(read.data.actions)];
  const isWhole = goal.length > 0 && latents.length === decisions * goal.length && actions.length > 0 && actions.length % decisions === 0;
  if (!isWhole) return `its ${decisions} decisions have ${latents.length} latent entries and ${actions.length} action entries`;
  if (![goal, latents, actions].every((values) => values.every(Number.isFinite))) return "a number in it is not finite";
  return { modelHash, goal, succeeded, latents, actions };
}

const checksum = ({ modelHash, succeeded, decisions, goal, latents, actions }: Omit<File, "sha256">): string =>
  sha256([modelHash, succeeded, decisions, goal, latents, actions].join(" "));

function coding(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes.toString("base64");
}

function decoded(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readFloatLE(i * 4));
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
