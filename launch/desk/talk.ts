/** A conversation with the person at the desk: what is said, what is asked, and where the joints stand meanwhile; in the terminal, and on a page at the same time. */
import { createInterface } from "node:readline/promises";
import { AgentError } from "../../runtime/core/errors.ts";
import type { JointSeen } from "./page/view.ts";

export interface Talk {
  say(text: string): void;
  /** Waits for Enter. */
  enter(text: string): Promise<void>;
  /** Only a plain yes is one. */
  yes(question: string): Promise<boolean>;
  /** Where the joints stand now. */
  see(joints: readonly JointSeen[]): void;
}

export interface Question {
  /** next: done, go on; yes: yes or no. */
  readonly kind: "next" | "yes";
  readonly text: string;
}

/** Where a person reads and answers. */
export interface Face {
  say(text: string): void;
  see(joints: readonly JointSeen[]): void;
  /** Whether they said yes, or that they are done. Rejects when the signal aborts, or when nobody can answer here. */
  ask(question: Question, signal: AbortSignal): Promise<boolean>;
}

/** Told at every face, and asked at all of them: whoever answers first has answered. Throws AgentError `stop.operator` when the person leaves. */
export function talkOf(faces: readonly Face[], signal: AbortSignal): Talk {
  const ask = async (question: Question): Promise<boolean> => {
    const answered = new AbortController();
    const over = AbortSignal.any([signal, answered.signal]);
    try {
      return await Promise.any(faces.map((face) => face.ask(question, over)));
    } catch {
      throw new AgentError("stop.operator", "left from the keyboard; what was not said yes to was not written");
    } finally {
      answered.abort();
    }
  };
  return {
    say: (text) => faces.forEach((face) => void face.say(text)),
    see: (joints) => faces.forEach((face) => void face.see(joints)),
    async enter(text) {
      await ask({ kind: "next", text });
    },
    yes: (text) => ask({ kind: "yes", text }),
  };
}

export function terminalFace(): Face & Disposable {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT")); // A terminal in raw mode makes no signal of it.
  const closed = new Promise<never>((_, reject) => lines.once("close", () => reject(new Error("the terminal is closed"))));
  closed.catch(() => {}); // Whoever asks is told.
  return {
    say: (text) => console.log(text),
    see() {},
    async ask({ kind, text }, signal) {
      const asked = lines.question(`${text} ${kind === "yes" ? "[y/N]" : "[Enter]"} `, { signal });
      asked.catch(() => console.log()); // Answered elsewhere: what comes next begins a line.
      const answer = await Promise.race([asked, closed]);
      return kind === "next" || /^y(es)?$/i.test(answer.trim());
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
