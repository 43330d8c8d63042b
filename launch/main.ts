/** The command line: every verb, with exit code 0 only on success. */
import { Command } from "commander";
import { AgentError } from "../runtime/core/errors.ts";
import { addArmCommands } from "./cli/arm-commands.ts";
import { addBenchCommands } from "./cli/bench-commands.ts";
import { commandLine, exit, tryReports } from "./cli/command-line.ts";
import { addDataCommands } from "./cli/data-commands.ts";
import { addDescribe } from "./cli/describe-command.ts";
import { addDeskCommands } from "./cli/desk-commands.ts";
import { addGazeboCommands } from "./cli/gazebo/commands.ts";
import { addGazeboExport } from "./cli/gazebo/export-command.ts";
import { addLearnCommands } from "./cli/learn-commands.ts";
import { readerLeft, watchReaders } from "./cli/reader.ts";
import { addRosCommands } from "./cli/ros/commands.ts";
import { addRunCommands } from "./cli/run-commands.ts";
import { productVersion } from "./cli/version.ts";

watchReaders();
process.on("exit", () => {
  if (readerLeft.aborted && process.exitCode === exit.interrupted) process.exitCode = exit.readerLeft;
});

const program = new Command("foresight")
  .description("A robot arm that sees, imagines with a learned world model, plans inside guardrails, acts, and is supervised.")
  .version(productVersion)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === exit.success ? exit.success : exit.badInput)) // Commander's own code would be 1.
  .addHelpText(
    "after",
    "\nWith backend.kind ros2, arguments for its node go behind --ros-args: -r from:=to, -r __ns:=/name, -r __node:=name, -p name:=value.",
  )
  .configureHelp({ sortSubcommands: false })
  .hook("preAction", (_, command) => tryReports(command.opts()));

addRunCommands(program);
addDescribe(program);
addLearnCommands(program);
addDataCommands(program);
addBenchCommands(program);
addArmCommands(program);
addDeskCommands(program);
addRosCommands(program);
addGazeboExport(addGazeboCommands(program));

try {
  await program.parseAsync([...commandLine.others], { from: "user" });
} catch (error) {
  // What the world did wrong is said in one message; a bug shows its stack.
  const stopped = error instanceof AgentError && error.code === "stop.operator";
  if (!(stopped && readerLeft.aborted)) console.error(error instanceof AgentError ? `${error.code}: ${error.message}` : error);
  process.exitCode = stopped ? exit.interrupted : error instanceof AgentError ? exit.badInput : exit.failed;
}
