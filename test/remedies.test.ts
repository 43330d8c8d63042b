/** What every error of this product says, read from its sources: what is wrong, then what to do. The messages that a fault brings about are read as they come out in faults/faults.test.ts. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../runtime/core/package-root.ts";

const FOLDERS = ["launch", "robots", "runtime", "sim", "skills"];
const MADE = "new AgentError(";
/** A person's own stop: nobody needs to be told what to do. */
const OWN_STOP = '"stop.operator"';
/** What is wrong; what to do. What ends with another part's words leaves it to that part. */
const SENTENCE = /; \S|\}$/;

/** From the bracket behind `at` to the one that closes it. */
function argumentsAt(source: string, at: number): string {
  let depth = 0;
  for (let end = at; end < source.length; end++) {
    if ("({[".includes(source[end]!)) depth++;
    if (")}]".includes(source[end]!) && --depth === 0) return source.slice(at + 1, end);
  }
  return "";
}

/** The text of a message that is written where the error is made, behind its code; null where it comes from elsewhere. */
const literalOf = (given: string): string | null =>
  /^(?:"[a-z.-]+"|[^,"`]+),\s*([`"'])(?<text>.*)\1/s.exec(given)?.groups?.["text"] ?? null;

test("every error that is written out says what is wrong; what to do", (context) => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => path.endsWith(".ts")),
  );
  const remediless: string[] = [];
  let read = 0;
  for (const path of files) {
    const source = readFileSync(join(packageRoot, path), "utf8");
    for (let at = source.indexOf(MADE); at >= 0; at = source.indexOf(MADE, at + 1)) {
      const given = argumentsAt(source, at + MADE.length - 1).trim();
      const text = given.startsWith(OWN_STOP) ? null : literalOf(given);
      if (text === null) continue;
      read++;
      if (!SENTENCE.test(text)) remediless.push(`${path}:${source.slice(0, at).split("\n").length}: ${text}`);
    }
  }
  context.diagnostic(`${read} messages`);
  assert.ok(read > 400, `${read} messages`);
  assert.deepEqual(remediless, []);
});
