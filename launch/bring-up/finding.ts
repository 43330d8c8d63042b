/** What was found out about a live arm. */
export interface Finding {
  readonly subject: string;
  /** A warning is what could not be found out because nobody tells it. */
  readonly verdict: "ok" | "warning" | "wrong";
  readonly found: string;
}

export const wrong = (subject: string, found: string): Finding => ({ subject, verdict: "wrong", found });

const WORDS = { ok: "ok", warning: "warn", wrong: "WRONG" } as const;

export const printFindings = (findings: readonly Finding[]): string =>
  findings.map(({ subject, verdict, found }) => `${WORDS[verdict].padEnd(7)}${subject.padEnd(18)} ${found}`).join("\n");
