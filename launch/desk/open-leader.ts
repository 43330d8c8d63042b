/** Another arm of servos on this computer, by which a person leads the one of a launch file. */
import { type LeaderArm, openLeaderArm } from "../../runtime/bridge/servos/leader.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { readCalibration } from "../backends/feetech/read-calibration.ts";
import { openDeskBus } from "./open-desk-bus.ts";
import { virtualCalibration } from "./virtual-arm.ts";

export interface LeaderPlace {
  readonly port: string;
  /** Default: that of `foresight virtual-arm --leader`. */
  readonly calibration: string | undefined;
}

/** For adapters that hold bytes back. */
const PATIENT_MS = 20;

/** It goes limp. Throws AgentErrors that name port, servo and remedy. */
export async function openLeader({ port, calibration }: LeaderPlace, spec: RobotSpec): Promise<LeaderArm> {
  const read = readCalibration(calibration ?? virtualCalibration);
  const bus = await openDeskBus(port, PATIENT_MS);
  try {
    return await openLeaderArm({ bus, spec, calibration: read, clock: new SystemClock() });
  } catch (error) {
    await bus[Symbol.asyncDispose]();
    throw error;
  }
}
