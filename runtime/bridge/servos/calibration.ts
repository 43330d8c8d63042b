/** A calibration as LeRobot keeps it, one file an arm, and what its steps mean in radians. */
import * as z from "zod";
import { AgentError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { objections } from "../../core/objections.ts";

const steps = z.int().min(-32_767).max(32_767);

export const jointCalibrationSchema = z.strictObject({
  id: z.int().min(0).max(252),
  /** 1 where the servo turns against the joint. */
  drive_mode: z.int().min(0).max(1),
  homing_offset: steps,
  range_min: steps,
  range_max: steps,
});
export type JointCalibration = z.output<typeof jointCalibrationSchema>;

/** By joint name, as the arm's maker calls them. */
const calibrationSchema = z.record(z.string().min(1), jointCalibrationSchema);
export type Calibration = Readonly<Record<string, JointCalibration>>;

/** A range below it is a joint that was not swept. */
const RANGE_STEPS_MIN = 100;

/** Throws AgentError `launch.invalid` naming file, joint, value and remedy. */
export function parseCalibration(file: string, text: string): Calibration {
  let data: unknown;
  try {
    data = parseJson(text);
  } catch (error) {
    throw refusal(file, `is no JSON (${error instanceof Error ? error.message : error})`);
  }
  const { data: parsed, error } = calibrationSchema.safeParse(data);
  if (!parsed) throw refusal(file, objections(error, "its top"));
  const byId = new Map<number, string>();
  for (const [joint, { id, range_min, range_max }] of Object.entries(parsed)) {
    const other = byId.get(id);
    if (other !== undefined) throw refusal(file, `${joint} and ${other} have the same number ${id}`);
    byId.set(id, joint);
    if (range_max - range_min < RANGE_STEPS_MIN)
      throw refusal(
        file,
        `${joint}: range ${range_min} to ${range_max} steps, must be ${RANGE_STEPS_MIN} or more; sweep it from stop to stop`,
      );
  }
  return parsed;
}

const refusal = (file: string, why: string): AgentError =>
  new AgentError("launch.invalid", `calibration ${file}: ${why}; make it with foresight calibrate or LeRobot's lerobot-calibrate`);

/** As LeRobot writes it. */
export const printCalibration = (calibration: Calibration): string => `${JSON.stringify(calibration, null, 4)}\n`;

/** Between a servo's steps and its joint's angle. */
export interface JointScale {
  toRad(steps: number): number;
  /** Not rounded, within the swept range. */
  toSteps(rad: number): number;
  /** Of a turn. */
  readonly stepsPerRad: number;
  /** 1, or -1 where the servo turns against the joint. */
  readonly sign: 1 | -1;
}

/** The zero is the middle of the swept range: the convention of the arm's model. */
export function jointScale({ drive_mode, range_min, range_max }: JointCalibration, stepsPerTurn: number): JointScale {
  const sign = drive_mode === 1 ? -1 : 1;
  const zero = (range_min + range_max) / 2;
  const stepsPerRad = stepsPerTurn / (2 * Math.PI);
  return {
    sign,
    stepsPerRad,
    toRad: (at) => (sign * (at - zero)) / stepsPerRad,
    toSteps: (rad) => Math.max(range_min, Math.min(range_max, zero + sign * rad * stepsPerRad)),
  };
}

/** A gripper's: closed at one end of the swept range and open at the other, as LeRobot's 0 to 100. */
export function gripperScale(calibration: JointCalibration, closedRad: number, openRad: number): JointScale {
  const { drive_mode, range_min, range_max } = calibration;
  const sign = drive_mode === 1 ? -1 : 1;
  const [closed, open] = sign === 1 ? [range_min, range_max] : [range_max, range_min];
  const stepsPerRad = Math.abs((open - closed) / (openRad - closedRad));
  return {
    sign,
    stepsPerRad,
    toRad: (at) => closedRad + ((at - closed) / (open - closed)) * (openRad - closedRad),
    toSteps: (rad) => Math.max(range_min, Math.min(range_max, closed + ((rad - closedRad) / (openRad - closedRad)) * (open - closed))),
  };
}
