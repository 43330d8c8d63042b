/** A conversation in a terminal: what is said, what is asked, and a key that ends a wait. */
import { createInterface } from "node:readline/promises";
import { AgentError } from "../../runtime/core/errors.ts";

export interface Talk {
  say(text: string): void;
  /** Waits for Enter. */
  enter(text: string): Promise<void>;
  /** Only a plain yes is one. */
  yes(question: string): Promise<boolean>;
}

/** Throws AgentError `stop.operator` when the person leaves. */
export function terminalTalk(signal: AbortSignal): Talk & Disposable {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const ask = async (text: string): Promise<string> => {
    try {
      return await lines.question(`${text} `, { signal });
    } catch {
      throw new AgentError("stop.operator", "left from the keyboard; what was not said yes to was not written");
    }
  };
  return {
    say: (text) => console.log(text),
    async enter(text) {
      await ask(`${text} [Enter]`);
    },
    yes: async (question) => /^y(es)?$/i.test((await ask(`${question} [y/N]`)).trim()),
    [Symbol.dispose]: () => lines.close(),
  };
}
