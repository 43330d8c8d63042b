/** From bytes to a command: JSON of bounded size and depth that fits its schema, or a sentence that says why it does not. */

import { parseJson } from "../../core/json.ts";
import { objections } from "../../core/objections.ts";
import { type Command, commandSchemas, NESTING_MAX } from "./commands.ts";
import { commander, cut, id } from "./fields.ts";
import type { CommandTopic } from "./topics.ts";

export type Reading =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "malformed"; readonly why: string; readonly id: string | null; readonly commander: string | null };

/** Never throws. */
export function readCommand(topic: CommandTopic, payload: Uint8Array): Reading {
  const malformed = (why: string, value?: unknown): Reading => ({ kind: "malformed", why: cut(why), ...namesIn(value) });
  let value: unknown;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    return malformed(`is no JSON in UTF-8 (${(error as Error).message})`);
  }
  if (isDeeperThan(value, NESTING_MAX)) return malformed(`is nested deeper than ${NESTING_MAX} levels`);
  const checked = commandSchemas[topic].safeParse(value);
  if (!checked.success) return malformed(objections(checked.error, "message"), value);
  return { kind: "command", command: { topic, ...checked.data } as Command };
}

/** An answer wants to say whose command it was, even where the rest is wrong. */
function namesIn(value: unknown): { readonly id: string | null; readonly commander: string | null } {
  const object = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  return { id: id.safeParse(object["id"]).data ?? null, commander: commander.safeParse(object["commander"]).data ?? null };
}

/** Level by level, not by recursion: a deep message must not exhaust the stack. */
function isDeeperThan(value: unknown, levelsMax: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levelsMax) return true;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return false;
}
