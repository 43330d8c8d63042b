/** `foresight gazebo export`: its options and help. */
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { CONTROLLERS, RELEASES } from "../../../sim/gazebo/release.ts";
import { say } from "../command-line.ts";
import type { ExportFlags } from "./export.ts";

const ROS_LAUNCH_FILE = "sim/gazebo/ros/simulation.launch.py";

/** Adds `export` to `foresight gazebo`. */
export function addGazeboExport(gazebo: Command): void {
  gazebo
    .command("export")
    .description(
      "write the scene of a launch file for Gazebo: world and robot (SDF) from the robot's own model; with --controller ros2_control also what ROS 2 needs",
    )
    .argument("<launch>", "launch file")
    .argument("[overrides...]", "changes such as backend.scene.objects.cube.massKg:=0.2 backend.mode:=lockstep")
    .addOption(new Option("--for <release>", "whose plugin names; harmonic is right from Garden on").choices(RELEASES).default("harmonic"))
    .addOption(new Option("--controller <kind>", "what moves the arm").choices(CONTROLLERS).default("trajectory"))
    .option("--out <folder>", "where to", "gazebo")
    .action(async (launch: string, overrides: string[], flags: ExportFlags & { out: string }) => {
      const { exportLaunch } = await import("./export.ts");
      for (const path of await exportLaunch(launch, overrides, flags)) say(path);
      if (flags.controller === "ros2_control") {
        console.error(`where ROS 2 is: ros2 launch ${join(packageRoot, ROS_LAUNCH_FILE)} folder:=${resolve(flags.out)}`);
      }
    });
}
