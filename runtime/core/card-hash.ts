/** The name of what a model's card says: every number that decides what the arm does, and through the files' hashes the networks. */
import { sha256 } from "./sha256.ts";

/** How it was made and how well it did are told, they decide nothing; the hash itself cannot be part of it. */
const NOT_COUNTED: ReadonlySet<string> = new Set(["training", "evaluation", "cardHash"]);

/** SHA-256 over the content of model.json as JSON with sorted keys and without spaces; 64 hexadecimal digits. */
export function cardHash(content: object): string {
  const counted = Object.fromEntries(Object.entries(content).filter(([key]) => !NOT_COUNTED.has(key)));
  return sha256(JSON.stringify(counted, sorted));
}

/** The text of a card with its hash; `write` shapes values as for JSON.stringify. */
export function cardText(content: object, write?: (key: string, value: unknown) => unknown): string {
  const written = JSON.parse(JSON.stringify(content, write)) as object; // What is hashed is what a reader will see.
  return `${JSON.stringify({ ...written, cardHash: cardHash(written) }, null, 2)}\n`;
}

const sorted = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
