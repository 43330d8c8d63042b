/** What is remembered of commands, so that none is done twice and none after a later one; bounded. */
import type { Command } from "./commands.ts";

/** Ids kept; an older one is refused by its sequence. */
export const IDS_MAX = 512;
/** Commanders whose sequence is kept; the launch file names fewer. */
const COMMANDERS_MAX = 64;

export interface Ledger {
  /** What was answered to this id before, null when it is new. */
  answered(command: Command): string | null;
  /** The sequence of the newest command of a commander, -1 before the first. */
  lastSequence(commander: string): number;
  /** From now on the command is known, and what was answered. */
  note(command: Command, answer: string): void;
}

export function createLedger(): Ledger {
  const answers = new Map<string, string>();
  const sequences = new Map<string, number>();
  const keyOf = ({ commander, id }: Command): string => `${commander} ${id}`;
  const keepTo = (map: Map<string, unknown>, max: number): void => {
    for (const oldest of map.keys()) {
      if (map.size <= max) return;
      map.delete(oldest);
    }
  };
  return {
    answered: (command) => answers.get(keyOf(command)) ?? null,
    lastSequence: (commander) => sequences.get(commander) ?? -1,
    note(command, answer) {
      answers.set(keyOf(command), answer);
      keepTo(answers, IDS_MAX);
      const last = sequences.get(command.commander) ?? -1;
      sequences.delete(command.commander); // Whoever was heard last is forgotten last.
      sequences.set(command.commander, Math.max(last, command.sequence));
      keepTo(sequences, COMMANDERS_MAX);
    },
  };
}
