/** The command line: runs a verb, with exit code 0 only on success. */
import { AgentError } from "../runtime/core/errors.ts";
import { commandLine, exit } from "./cli/command-line.ts";
import { createProgram } from "./cli/program.ts";
import { readerLeft, watchReaders } from "./cli/reader.ts";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal); // Said "while loading" (foresight.mjs); each command knows better.
watchReaders();
process.on("exit", () => {
  if (readerLeft.aborted && process.exitCode === exit.interrupted) process.exitCode = exit.readerLeft;
});

process.on("unhandledRejection", (error) => {
  tell(error);
  process.exit(); // As without this line, but in words.
});

let isThrough = false;
process.once("beforeExit", () => {
  if (isThrough) return;
  console.error("the command waits for something that cannot come any more, and ends here: a bug; run it again, and tell us of it");
  process.exitCode = exit.failed;
});

try {
  await createProgram().parseAsync([...commandLine.others], { from: "user" });
} catch (error) {
  tell(error);
}
isThrough = true;

/** What the world did wrong is said in one message; a bug shows its stack. */
function tell(error: unknown): void {
  const stopped = error instanceof AgentError && error.code === "stop.operator";
  if (!(stopped && readerLeft.aborted)) console.error(error instanceof AgentError ? `${error.code}: ${error.message}` : error);
  process.exitCode = stopped ? exit.interrupted : error instanceof AgentError ? exit.badInput : exit.failed;
}
