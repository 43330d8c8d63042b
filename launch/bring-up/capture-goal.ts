/** `foresight goal capture`: pictures of the goal from the robot's own cameras, as files that a launch file names. */
import { join, relative } from "node:path";
import sharp from "sharp";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { onlyLooking } from "../backends/registry.ts";
import { openRobot, robotOf } from "../compose.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { tryUserFile, writePicture } from "../user-files.ts";
import { watchArm } from "./watch-arm.ts";

/** So that every camera sends at least one; again where one has not yet: cameras on a desk are opened one after another. */
const WATCH_S = 1.5;
const WATCHES_MAX = 6;

/** The lines to put into the launch file; `ready` resolves when the picture may be taken. Throws `sense.stale` naming a camera that sent nothing. */
export async function captureGoal(config: LaunchConfig, folder: string, ready: () => Promise<void> = async () => {}): Promise<string> {
  const pathOf = (camera: string): string => join(folder, `${camera}.png`);
  for (const { name } of config.cameras) await tryUserFile(pathOf(name));
  const spec = await robotOf(config);
  const opened = await openRobot(onlyLooking(config), spec);
  await using robot = opened.robot;
  await ready();
  const clock = new SystemClock();
  let { frames, joints } = await watchArm(robot, clock, WATCH_S);
  for (let watches = 1; watches < WATCHES_MAX && config.cameras.some(({ name }) => !frames.has(name)); watches++)
    ({ frames, joints } = await watchArm(robot, clock, WATCH_S));
  const files: string[] = [];
  for (const { name } of config.cameras) {
    const seen = frames.get(name);
    if (!seen)
      throw new AgentError("sense.stale", `camera "${name}": sent no picture within ${WATCHES_MAX * WATCH_S} s; look whether it publishes`);
    const { rgb, widthPx: width, heightPx: height } = seen.newest;
    const path = pathOf(name);
    await writePicture(path, sharp(rgb, { raw: { width, height, channels: 3 } }));
    files.push(`${name}: ${inYaml(relative(process.cwd(), path))}`);
  }
  const posture = joints && `# the arm stands at ${[...joints.positionRad].map((rad) => rad.toFixed(3)).join(", ")} rad\n`;
  return `${posture ?? ""}goal: { kind: image, source: files, files: { ${files.join(", ")} } }`;
}

/** A path as text within braces, in quotes where it would mean something else. */
const inYaml = (path: string): string => (/^[\w./][\w./-]*$/.test(path) ? path : JSON.stringify(path));
