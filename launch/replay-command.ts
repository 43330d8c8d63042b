/** The verb `replay`: makes the decisions of a recorded run again and says whether they are the same. */
import type { Command } from "commander";

/** What the command line shares among its verbs. */
export interface Tools {
  readonly writeJson: (path: string, value: unknown) => void;
  readonly interruption: () => AbortController;
  readonly exit: { readonly success: number; readonly failed: number; readonly interrupted: number };
}

export function addReplayCommand(program: Command, { writeJson, interruption, exit }: Tools): void {
  program
    .command("replay")
    .description("make the decisions of a recorded run again, on what was seen then; exit code 0 when all are the same, bit for bit")
    .argument("<recording>", "what foresight run ... record:=FILE wrote; it holds its launch configuration")
    .argument("[overrides...]", "changes such as planner.samples:=256, to see what they would have changed")
    .option("--json <file>", "write the report")
    .action(async (recording: string, overrides: string[], { json }: { json?: string }) => {
      const { draw } = await import("./compose.ts");
      const { recordedConfig } = await import("./recorded-config.ts");
      const { isSame, printRun, run } = await import("./run.ts");
      const interrupt = interruption();
      const report = await run(await draw(await recordedConfig(recording, overrides)), { say: console.log, signal: interrupt.signal });
      if (json) writeJson(json, report);
      console.log(printRun(report));
      process.exitCode = interrupt.signal.aborted ? exit.interrupted : report.replay && isSame(report.replay) ? exit.success : exit.failed;
    });
}
