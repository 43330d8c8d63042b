/** What happened, newest first: changes of the statecharts, faults with cause and remedy, commands from the page. Bounded. */
import { AgentError } from "../core/errors.ts";
import type { Fault } from "../core/supervision.ts";

export type Happening = { /** Of the agent's time, ms. */ readonly atMs: number } & (
  | { readonly kind: "change"; readonly what: string; readonly from: string | null; readonly to: string | null; readonly reason: string }
  | {
      readonly kind: "fault";
      /** Of the error's table, or "bug". */
      readonly code: string;
      readonly cause: string;
      /** Empty where the error names none. */
      readonly remedy: string;
      readonly reaction: Fault["decision"]["reaction"];
      /** Why this follows. */
      readonly reason: string;
      /** How often in a row. */
      readonly times: number;
    }
  | { readonly kind: "command"; readonly what: string; readonly refused: string | null }
);

export const HAPPENINGS_MAX = 60;

/** An error's message says what is wrong, then after a semicolon what to do about it. */
export function faultHappening({ error, decision }: Fault, atMs: number): Extract<Happening, { kind: "fault" }> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof AgentError ? error.code : "bug";
  const at = code === "bug" ? -1 : message.lastIndexOf("; ");
  const [cause, remedy] = at === -1 ? [message, ""] : [message.slice(0, at), message.slice(at + 2)];
  return { kind: "fault", atMs, code, cause, remedy, reaction: decision.reaction, reason: decision.reason, times: 1 };
}

/** The list with one more on top; a fault like the one on top only counts up. */
export function withHappening(list: readonly Happening[], happening: Happening): readonly Happening[] {
  const [top, ...rest] = list;
  if (top?.kind === "fault" && happening.kind === "fault" && top.code === happening.code && top.reaction === happening.reaction)
    return [{ ...happening, times: top.times + 1 }, ...rest];
  return [happening, ...list].slice(0, HAPPENINGS_MAX);
}
