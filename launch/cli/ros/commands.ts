/** The verbs of ROS: building its client library against the ROS that is sourced. */
import type { Command } from "commander";
import { say } from "../command-line.ts";

export function addRosCommands(program: Command): void {
  const ros = program.command("ros").description("ROS 2: build its client library against the ROS that is sourced");
  ros
    .command("build")
    .description("compile rclnodejs and generate its messages; once, and again after new interface packages were installed")
    .option("--cache <folder>", "keep the compiled part there for other installations on this machine")
    .option("--jobs <count>", "compilers at the same time", Number, 1)
    .action(async (flags: { cache?: string; jobs: number }) => {
      const { buildRos } = await import("../../../runtime/bridge/ros2/build.ts");
      await buildRos({ cache: flags.cache ?? null, jobs: Math.max(1, Math.trunc(flags.jobs) || 1), say });
    });
}
