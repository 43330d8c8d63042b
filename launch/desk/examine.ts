/** `foresight doctor` of the arm of a launch file: its bus first, and, where a person says that it may move, the arm. */
import { openBody } from "../../runtime/assemble/body.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { feetechSection } from "../backends/feetech/backend.ts";
import { readCalibration } from "../backends/feetech/read-calibration.ts";
import type { FeetechSection } from "../backends/feetech/schema.ts";
import type { Check } from "../cli/check.ts";
import type { DoctorResult } from "../cli/doctor.ts";
import { openRobot, robotOf, scaled, sharesOf } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { checkMotion } from "./arm-doctor.ts";
import { checkLink } from "./link-doctor.ts";
import { NO_MODEL } from "./no-model.ts";
import { openDeskBus } from "./open-desk-bus.ts";

const ROUNDS = 1000;

export interface ExamineOptions {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** Asked before anything moves; null: nothing moves. */
  readonly mayMove: ((question: string) => Promise<boolean>) | null;
  readonly say: (text: string) => void;
}

/** Throws what port and servos refuse. */
export async function examineDesk({ launch, overrides, mayMove, say }: ExamineOptions): Promise<DoctorResult> {
  const config = loadLaunch(launch, overrides);
  const section = feetechSection(config, "doctor with a launch file measures an arm on its own bus");
  const { port, answerMs, calibration, limits, rateHz } = section;
  const checks: Check[] = [];
  {
    await using bus = await openDeskBus(port, answerMs);
    checks.push(
      ...(await checkLink({ bus, clock: new SystemClock(), calibration: readCalibration(calibration), limits, rateHz, rounds: ROUNDS })),
    );
  }
  const ok = (): boolean => checks.every((check) => check.ok || !check.needed);
  if (!mayMove) return { ok: ok(), checks };
  if (!ok()) say("nothing moves before what is wrong so far is mended");
  else if (await mayMove("Each joint now moves by 0.06 rad to and fro, slowly. Is nothing in its way?"))
    checks.push(...(await examineMotion(config, section, say)));
  return { ok: ok(), checks };
}

/** Through keeper and guards, as a run moves it. */
async function examineMotion(
  config: LaunchConfig,
  { limits, leadMs, cameras }: FeetechSection,
  say: (text: string) => void,
): Promise<readonly Check[]> {
  const spec = scaled(await robotOf(config), sharesOf(config));
  using body = await openBody({ robot: spec, model: NO_MODEL, ...config.guards }); // Before the robot: it keeps this process busy, and the keeper would take it for lost.
  const opened = await openRobot(config, spec);
  await using robot = opened.robot;
  const supplyV = async (): Promise<number> => {
    const { servos } = (await opened.ask("servos")) as { readonly servos: readonly { readonly voltageV?: number }[] };
    return Math.min(...servos.flatMap(({ voltageV }) => voltageV ?? []));
  };
  const latencyMs = Object.fromEntries(Object.entries(cameras).map(([name, camera]) => [name, camera.latencyMs]));
  return await checkMotion({ ...{ robot, clock: opened.clock, body, supplyV, leadMs, latencyMs, say }, voltageMinV: limits.voltageMinV });
}
