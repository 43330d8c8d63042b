/** The verbs for an arm on a desk, on its own serial port: found, numbered, calibrated; and a virtual one for who has none. */
import { type Command, Option } from "commander";
import { so101ServoIds } from "../../robots/so101/servos.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { ClutchKind } from "../desk/clutch.ts";
import type { TeleopFlags } from "../desk/teleop.ts";
import type { VirtualArmFlags } from "../desk/virtual-arm.ts";
import { exit, interruption, positiveIntegerUpTo, say, seedNumber, show } from "./command-line.ts";

export function addDeskCommands(program: Command): void {
  addFind(program);
  addSetupServos(program);
  addCalibrate(program);
  addTeleop(program);
  addVirtualArm(program);
}

function addFind(program: Command): void {
  program
    .command("find")
    .description("serial ports by names that stay, the servos that answer on them, and cameras; changes nothing")
    .argument("[ports...]", "only these (default: all that hang on USB)")
    .option("--cameras <devices...>", "these too, beside those that the system names: a device, or motion JPEG from tcp://..")
    .option("--page", "show on a page what each camera sees, until Ctrl-C")
    .option("--json <file>", "write what was found")
    .action(async (named: string[], { cameras: more = [], page, json }: FindFlags) => {
      const { findCameras, findPorts, printFound } = await import("../desk/find.ts");
      const clock = new SystemClock();
      const [ports, cameras] = [await findPorts(named, clock), [...findCameras(), ...more]];
      const text = printFound(ports, cameras);
      show({ ports, cameras }, text, json);
      process.exitCode = ports.some(({ servos }) => servos.length > 0) ? exit.success : exit.failed;
      if (page) await (await import("../desk/show-found.ts")).showFound({ text, cameras }, clock, say, interruption().signal);
    });
}

interface FindFlags {
  readonly cameras?: readonly string[];
  readonly page?: boolean;
  readonly json?: string;
}

function addSetupServos(program: Command): void {
  program
    .command("setup-servos")
    .description("give each servo of a new arm its number and settings, one at a time; written only after a yes, and only what differs")
    .argument("<robot>", "so101")
    .requiredOption("--port <path>", "the adapter's serial port; foresight find lists them")
    .action(async (robot: string, { port }: { port: string }) => {
      onlySo101("setup-servos", robot);
      const { setUpServos } = await import("../desk/setup-servos.ts");
      const { openDeskBus } = await import("../desk/open-desk-bus.ts");
      const { talkOf, terminalFace } = await import("../desk/talk.ts");
      using terminal = terminalFace();
      await using bus = await openDeskBus(port, PATIENT_MS);
      await setUpServos(bus, so101ServoIds, talkOf([terminal], interruption().signal));
    });
}

function addCalibrate(program: Command): void {
  program
    .command("calibrate")
    .description(
      "find each joint's zero and ends, a step at a time, here and on a page, each held against the arm's model; writes LeRobot's calibration file, never over one that is there",
    )
    .argument("<launch>", "launch file with backend.kind feetech")
    .argument("[overrides...]", "changes such as backend.port:=/dev/ttyACM1")
    .option("--out <file>", "for the calibration (default: where the launch file has it)")
    .action(async (launch: string, overrides: string[], { out }: { out?: string }) => {
      const { calibrateDesk } = await import("../desk/calibrate-desk.ts");
      await calibrateDesk({ launch, overrides, out, signal: interruption().signal });
    });
}

function addTeleop(program: Command): void {
  program
    .command("teleop")
    .description(
      "lead the arm of a launch file by another one, moved by hand: slow until they stand alike, with a clutch, inside the guards; a page shows both",
    )
    .argument("<launch>", "launch file")
    .argument("[overrides...]", "changes such as backend.port:=/dev/ttyACM1")
    .requiredOption("--leader <port>", "serial port of the leading arm, which goes limp")
    .option("--leader-calibration <file>", "of the leading arm (default: that of virtual-arm --leader)")
    .addOption(clutchOption("key", "page", "gripper"))
    .action(async (launch: string, overrides: string[], flags: Omit<TeleopFlags, "launch" | "overrides">) => {
      const { teleop } = await import("../desk/teleop.ts");
      await teleop({ ...flags, launch, overrides }, say, interruption().signal);
    });
}

export const clutchOption = (...kinds: readonly ClutchKind[]): Option =>
  new Option("--clutch <kind>", kinds.map((kind) => `${kind}: ${CLUTCHES[kind]}`).join("; ")).choices(kinds).default("key");

const CLUTCHES: Readonly<Record<ClutchKind, string>> = {
  key: "the space bar opens and closes it",
  page: "a button of the page does",
  gripper: "the leader's hand, squeezed",
};

function onlySo101(command: string, robot: string): void {
  if (robot !== "so101") throw new AgentError("launch.invalid", `${command} "${robot}": there is so101 only; give so101`);
}

/** For adapters that hold bytes back. */
const PATIENT_MS = 20;

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
    .option(
      "--pictures <port>",
      "its cameras as motion JPEG on this TCP port of this machine and the following ones",
      positiveIntegerUpTo(65_000),
    )
    .option(
      "--scene <launch>",
      "launch file of the simulator whose table, light and cameras it stands at (default: the shipped models' own)",
    )
    .option("--seed <count>", "of what goes wrong on the wire", seedNumber, 1)
    .action(async (robot: string, flags: VirtualArmFlags) => {
      onlySo101("virtual-arm", robot);
      const { runVirtualArm } = await import("../desk/virtual-arm.ts");
      const interrupt = interruption();
      await runVirtualArm(flags, process.stdin, say, interrupt.signal);
      process.exitCode = exit.success;
      process.exit();
    });
}
