/** Children of a program that was given as text: they run their own module, never the text again. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

const startWorker = new URL("../../../runtime/core/start-worker.ts", import.meta.url).href;
const entry = new URL("./says-flags.ts", import.meta.url).href;

test("a module forked by node --eval is what the child runs: the text would fork again, and again", () => {
  const program = `
    if (process.env.IS_CHILD) { console.log("the text ran in the child"); process.exit(1); }
    const { forkModule } = await import(${JSON.stringify(startWorker)});
    forkModule(new URL(${JSON.stringify(entry)}), { stdio: "inherit", env: { ...process.env, IS_CHILD: "yes" } });`;
  const flags = ["--import", "tsx", "--trace-warnings", "--input-type=module", "--eval", program];
  const said = execFileSync(process.execPath, flags, { encoding: "utf8" });
  assert.match(said, /^forked with --trace-warnings --import file:.*tsx.*\n$/);
});
