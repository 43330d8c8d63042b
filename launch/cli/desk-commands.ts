/** The verbs for an arm on a desk, on its own serial port: a virtual one for who has none. */
import type { Command } from "commander";
import { AgentError } from "../../runtime/core/errors.ts";
import { exit, interruption, seedNumber } from "./command-line.ts";

export function addDeskCommands(program: Command): void {
  addVirtualArm(program);
}

function addVirtualArm(program: Command): void {
  program
    .command("virtual-arm")
    .description(
      "an arm on a serial port that no hardware hangs on, for who has none: it has the servos' registers, weight and heat, and breaks on request",
    )
    .argument("<robot>", "so101")
    .option("--port <link>", "a name for its port that stays the same (default: the system's, /dev/pts/...)")
    .option("--leader", "limp, to be led by hand")
    .option("--uncalibrated", "as from the box: its zeros are not known")
    .option("--seed <count>", "of what goes wrong on the wire", seedNumber, 1)
    .action(async (robot: string, flags: { port?: string; leader?: boolean; uncalibrated?: boolean; seed: number }) => {
      if (robot !== "so101") throw new AgentError("launch.invalid", `virtual-arm "${robot}": there is so101 only`);
      const { runVirtualArm } = await import("../desk/virtual-arm.ts");
      const interrupt = interruption();
      await runVirtualArm(flags, process.stdin, console.log, interrupt.signal);
      process.exitCode = exit.success;
      process.exit();
    });
}
