/** The command line as data: every verb with its options, from one place. */
import { Command } from "commander";
import { addArmCommands } from "./arm-commands.ts";
import { addBenchCommands } from "./bench-commands.ts";
import { exit, tryReports } from "./command-line.ts";
import { addDataCommands } from "./data-commands.ts";
import { addDescribe } from "./describe-command.ts";
import { addDeskCommands } from "./desk-commands.ts";
import { addGazeboCommands } from "./gazebo/commands.ts";
import { addGazeboExport } from "./gazebo/export-command.ts";
import { addLearnCommands } from "./learn-commands.ts";
import { addReportCommands } from "./report-commands.ts";
import { addRosCommands } from "./ros/commands.ts";
import { addRunCommands } from "./run-commands.ts";
import { addServe } from "./serve-command.ts";
import { addStoreCommands } from "./store-commands.ts";
import { productVersion } from "./version.ts";
import { addWorker } from "./worker-command.ts";

export function createProgram(): Command {
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
    .hook("preAction", (_, command) => {
      refuseEmpty(command);
      return tryReports(command.opts());
    });
  addRunCommands(program);
  addDescribe(program);
  addLearnCommands(program);
  addReportCommands(program);
  addDataCommands(program);
  addStoreCommands(program);
  addServe(program);
  addWorker(program);
  addBenchCommands(program);
  addArmCommands(program);
  addDeskCommands(program);
  addRosCommands(program);
  addGazeboExport(addGazeboCommands(program));
  return program;
}

/** What a shell makes of a variable that is not set: a name for a file that means the folder one happens to be in, or nothing. */
function refuseEmpty(command: Command): void {
  const empty = command.options.find((option) => command.getOptionValue(option.attributeName()) === "");
  if (empty) command.error(`error: option "${empty.flags}" was given nothing; leave it out, or say what`);
}
