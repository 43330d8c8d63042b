/** The bus of a launch file's arm, opened for the commands that set it up or measure it. */
import { lockRobot } from "../../runtime/act/robot-lock.ts";
import { createFeetechBus } from "../../runtime/bridge/feetech/bus.ts";
import { openSerialPort } from "../../runtime/bridge/feetech/serial-port.ts";
import type { ServoBus } from "../../runtime/bridge/servos/servo-bus.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { feetechSection } from "../backends/feetech/backend.ts";
import { portItself } from "../backends/feetech/port-itself.ts";
import { readCalibration } from "../backends/feetech/read-calibration.ts";
import type { DoctorResult } from "../cli/doctor.ts";
import { loadLaunch } from "../config/load.ts";
import { checkLink } from "./link-doctor.ts";

const ROUNDS = 1000;

/** Throws what port and servos refuse. */
export async function examineDesk(launch: string, overrides: readonly string[]): Promise<DoctorResult> {
  const { port, answerMs, calibration, limits, rateHz } = feetechSection(
    loadLaunch(launch, overrides),
    "doctor with a launch file measures an arm on its own bus",
  );
  await using bus = await openDeskBus(port, answerMs);
  const checks = await checkLink({
    bus,
    clock: new SystemClock(),
    calibration: readCalibration(calibration),
    limits,
    rateHz,
    rounds: ROUNDS,
  });
  return { ok: checks.every(({ ok, needed }) => ok || !needed), checks };
}

/** Ours alone while it is open. Throws AgentErrors that name the port, and who has it. */
export async function openDeskBus(port: string, answerMs: number): Promise<ServoBus> {
  const clock = new SystemClock();
  await lockRobot(`serial port ${portItself(port)}`, { clock }); // It lives as long as the process.
  return createFeetechBus({ port: await openSerialPort(port), clock, answerMs });
}
