/** The calibration file that a launch file names. */
import { existsSync } from "node:fs";
import { type Calibration, parseCalibration } from "../../../runtime/bridge/servos/calibration.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { readPlainText } from "../../../runtime/core/plain-file.ts";

const BYTES_MAX = 64 * 1024;

/** Throws AgentError `launch.invalid` with the remedy. */
export function readCalibration(file: string): Calibration {
  if (!existsSync(file))
    throw new AgentError("launch.invalid", `calibration ${file}: it is not there; make it with foresight calibrate, or name LeRobot's`);
  const reading = {
    bytesMax: BYTES_MAX,
    code: "launch.invalid",
    subject: "calibration",
    remedy: "name a file that foresight calibrate or LeRobot wrote",
  } as const;
  return parseCalibration(file, readPlainText(file, reading));
}
