/** `foresight virtual-arm`: an SO-101 on a serial port that no hardware hangs on. Whoever has none drives it, with our programs or others'; and it breaks on request. */
import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { so101ServoIds } from "../../robots/so101/servos.ts";
import { so101Spec } from "../../robots/so101/spec.ts";
import { STEPS_PER_TURN } from "../../runtime/bridge/feetech/registers.ts";
import { parseCalibration } from "../../runtime/bridge/servos/calibration.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { createArmBody } from "../../sim/servos/arm-body.ts";
import { serveArmWorld } from "../../sim/servos/arm-world.ts";
import { faultCommand } from "../../sim/servos/fault-command.ts";
import { streamPictures } from "../../sim/servos/picture-streams.ts";
import { openPlug } from "../../sim/servos/plug.ts";
import { openPseudoTerminal } from "../../sim/servos/pseudo-terminal.ts";
import { createVirtualArm } from "../../sim/servos/virtual-arm.ts";
import { sceneOf } from "../backends/scene-of.ts";
import { simSection } from "../backends/sim/backend.ts";
import { knocked } from "../backends/sim/open.ts";
import { loadLaunch } from "../config/load.ts";

export interface VirtualArmFlags {
  /** A name for its port that stays the same. */
  readonly port?: string;
  /** Limp, to be led by hand. */
  readonly leader?: boolean;
  /** As from the box: nothing is known of its joints' zeros. */
  readonly uncalibrated?: boolean;
  readonly seed: number;
  /** Its cameras as streams of motion JPEG, from this TCP port of this machine on, one each. */
  readonly pictures?: number;
  /** Launch file of the simulator whose table, light and cameras it stands at; absent: that of the shipped models. */
  readonly scene?: string;
}

export const virtualCalibration = join(packageRoot, "robots/so101/virtual.calibration.json");
/** Where each servo's middle is when its joint is at zero: this arm's own, as it was screwed together. */
const HORN_STEPS = [2101, 1987, 2230, 1890, 2012, 1700];

/** Runs until the signal aborts; takes faults line by line from `lines`. */
export async function runVirtualArm(
  flags: VirtualArmFlags,
  lines: NodeJS.ReadableStream,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const clock = new SystemClock();
  answerFirst();
  const { scene, cameras } = standOf(flags.scene ?? join(packageRoot, "launch/so101-reach.launch.yaml"));
  let path = "";
  await using port = await openPlug(async () => {
    const terminal = await openPseudoTerminal(flags.port);
    path = terminal.path;
    return terminal;
  });
  using body = await createArmBody(so101Spec, scene);
  using arm = createVirtualArm({ body, port, clock, rng: createRng(flags.seed), ids: Object.values(so101ServoIds), hornSteps: HORN_STEPS });
  if (!flags.uncalibrated) {
    const calibration = parseCalibration(virtualCalibration, readFileSync(virtualCalibration, "utf8"));
    for (const [index, name] of body.names.entries()) {
      const { homing_offset, range_min, range_max } = calibration[name]!;
      const { table } = arm.servos[index]!;
      table.set("offsetSteps", homing_offset);
      table.set("positionMinSteps", range_min);
      table.set("positionMaxSteps", range_max);
      for (const [register, value] of SET_UP) table.set(register, value);
      // Held at rest, as the program before left it: a limp arm would sink onto the table before anybody takes it.
      table.set("goalSteps", Math.round(HORN_STEPS[index]! + (body.angleRad(index) * STEPS_PER_TURN) / (2 * Math.PI) - homing_offset));
      table.set("torqueEnable", flags.leader ? 0 : 1);
    }
    for (const [register, value] of GRIPPER_SET_UP) arm.servos.at(-1)!.table.set(register, value);
  }
  const pictured = flags.pictures === undefined ? null : { robot: so101Spec, scene, cameras, port: flags.pictures };
  await using streams = pictured && (await streamPictures(body.world, pictured, clock));
  say(`virtual so101 ${flags.leader ? "leader" : "follower"} on ${port.name}${port.name === path ? "" : ` (${path})`}`);
  say(`calibration: ${flags.uncalibrated ? "none" : virtualCalibration}; faults are typed here: help lists them`);
  for (const url of streams?.urls ?? []) say(`pictures: ${url}`);
  const socket = flags.port === undefined ? null : `${flags.port}.world`;
  await using _ = socket === null ? null : await serveArmWorld({ arm, body, spec: so101Spec, cameras }, socket);
  if (socket !== null) say(`world: ${socket}, for eval`);
  const typed = createInterface({ input: lines });
  typed.on("line", async (line) => say(await faultCommand({ arm, body, port }, line)));
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  typed.close();
}

/** Servos answer at once, however busy this machine is, where this user may say so. */
function answerFirst(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Most users may not: then an answer is late now and then, and whoever drives it must bear that.
  }
}

/** What LeRobot and `foresight setup-servos` set: answers at once, softer than from the factory. */
const SET_UP = [
  ["returnDelayUs", 0],
  ["gainP", 16],
  ["gainI", 0],
  ["gainD", 32],
] as const;
const GRIPPER_SET_UP = [
  ["torqueMaxShare", 0.5],
  ["torqueLimitShare", 0.5],
  ["protectionCurrentA", 1.625],
  ["overloadTorqueShare", 0.25],
] as const;

/** What stands around it, and its cameras where they really are. */
function standOf(launch: string): { readonly scene: SceneSpec; readonly cameras: readonly CameraSpec[] } {
  const config = loadLaunch(launch);
  const section = simSection(config, "virtual-arm --scene: the arm stands in a simulated one");
  return { scene: sceneOf(section), cameras: config.cameras.map((camera) => knocked(camera, section.knocked)) };
}
