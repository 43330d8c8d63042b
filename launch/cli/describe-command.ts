/** The command `foresight describe`: a launch file and a picture from an arm's own file, shown before they are written. */

import { dirname } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { AgentError } from "../../runtime/core/errors.ts";
import { faultOf } from "../../runtime/core/file-fault.ts";
import { kindOf, makeFolder, replaceFile, tryWriting } from "../../runtime/core/own-files.ts";
import type { Described, DescribedPaths } from "../describe/describe.ts";
import { tryUserFile, writeUserFile } from "../user-files.ts";
import { say } from "./command-line.ts";

const HELP = `
Reads the URDF or MJCF as it was published, finds the arm in it, its tool, a rest posture that points the tool down, a work area inside its
reach and two cameras that see it. Writes NAME.launch.yaml, every guess with a comment, and NAME.png: the arm at rest, the area blue, the
cameras orange. Then it checks what it wrote. Without --yes it shows what it found and asks before it writes.

  foresight describe arm.urdf
  foresight describe scene.xml --tool attachment_site --out my-arm.launch.yaml --yes`;

interface DescribeFlags {
  readonly tool?: string;
  readonly out?: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

export function addDescribe(program: Command): void {
  program
    .command("describe")
    .description(
      "a launch file for any arm from its own URDF or MJCF: joints, tool, rest posture, work area, cameras, and a picture of them",
    )
    .argument("<file>", "URDF (xacro expanded) or MJCF")
    .option("--tool <name>", "link or site that the tool is at (default: found by name and place)")
    .option("--out <file>", "the launch file (default: beside the arm's file, with its name)")
    .option("--yes", "write without asking")
    .option("--force", "replace a launch file that is there")
    .addHelpText("after", HELP)
    .action(async (file: string, { tool, out, yes, force }: DescribeFlags) => {
      const { describedPaths, describeFile } = await import("../describe/describe.ts");
      await tryPlaces(describedPaths(file, out), force ?? false);
      const described = await describeFile(file, { ...(tool ? { tool } : {}), ...(out ? { out } : {}) });
      say(described.said.join("\n"));
      if (!yes) await confirm(described);
      write(described);
      const { loadLaunch } = await import("../config/load.ts");
      const { checkLaunch } = await import("../check/check-launch.ts");
      say(`wrote    ${described.launchPath}\n         ${described.picturePath}: look at it\n`);
      say(await checkLaunch(loadLaunch(described.launchPath), described.launchPath));
    });
}

/** Before the work. Throws AgentError `launch.invalid` for a launch file that is there, a picture that is not ours, and a place that cannot be written to. */
async function tryPlaces({ launchPath, picturePath }: DescribedPaths, force: boolean): Promise<void> {
  await tryWriting(launchPath).catch((cause) => Promise.reject(unwritable(launchPath, cause)));
  if (!force && kindOf(launchPath) !== "nothing")
    throw new AgentError(
      "launch.invalid",
      `describe: ${launchPath} is there already; give --force to replace it, or --out for another name`,
    );
  await tryUserFile(picturePath);
}

const unwritable = (launchPath: string, cause: unknown): AgentError =>
  new AgentError("launch.invalid", `describe: ${launchPath} cannot be written (${faultOf(cause)}); choose another place with --out`, {
    cause,
  });

async function confirm({ launchPath }: Described): Promise<void> {
  if (!process.stdin.isTTY)
    throw new AgentError("launch.invalid", "describe: there is no terminal to ask on; give --yes to write without asking");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`write ${launchPath}? [Y/n] `);
    if (/^n/i.test(answer.trim())) throw new AgentError("stop.operator", "nothing was written");
  } finally {
    terminal.close();
  }
}

function write({ launchPath, launch, picturePath, picture }: Described): void {
  try {
    writeUserFile(picturePath, picture);
    makeFolder(dirname(launchPath));
    replaceFile(launchPath, launch);
  } catch (error) {
    throw error instanceof AgentError ? error : unwritable(launchPath, error);
  }
}
