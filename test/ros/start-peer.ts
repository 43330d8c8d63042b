/** `npm run ros:peer -- LAUNCH`: the peer by hand, with the robot, the cameras and the joint names of a launch file; Ctrl-C ends it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { robotOf } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { type RendererName, writePeerConfig } from "./peer-config.ts";

interface Flags {
  readonly renderer: RendererName;
  readonly cameraRate: number;
}

const program = new Command("ros:peer")
  .description(
    "a stand-in for ros2_control and a simulated arm, for a launch file with backend.kind ros2; needs a sourced ROS 2 with mujoco",
  )
  .argument("<launch>", "launch file whose robot and cameras it stands in for")
  .argument("[overrides...]", "changes to the launch file, key:=value")
  .addOption(new Option("--renderer <name>", "whose pictures").choices(["ours", "mujoco"]).default("ours"))
  .option("--camera-rate <hertz>", "pictures a second of each camera", Number, 20)
  .helpOption("--help", "more options are the peer's own, after --: see python3 test/ros/peer --help");
const [own, peers] = split(process.argv.slice(2));
program.parse(own, { from: "user" });
const [launch, ...overrides] = program.args as [string, ...string[]];
const { renderer, cameraRate: cameraRateHz } = program.opts<Flags>();
const launched = loadLaunch(launch, overrides);
const { cameras, backend } = launched;
const robot = await robotOf(launched);
const names = backend.kind === "ros2" ? backend.joints.names : {};
const config = writePeerConfig({ robot, cameras, cameraRateHz, renderer, rosNames: robot.joints.map((it) => names[it.name] ?? it.name) });
const python = spawn("python3", [fileURLToPath(new URL("peer", import.meta.url)), config, ...peers], {
  stdio: "inherit",
  env: { MUJOCO_GL: "egl", ...process.env },
});
process.on("SIGINT", () => {}); // The terminal tells the peer too; its end is ours.
const [code] = (await once(python, "exit")) as [number | null];
process.exitCode = code ?? 1;

/** What stands before -- is ours, what stands behind it the peer's. */
function split(args: readonly string[]): readonly [readonly string[], readonly string[]] {
  const at = args.indexOf("--");
  return at < 0 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
}
