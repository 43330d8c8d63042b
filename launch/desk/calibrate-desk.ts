/** Calibrates the arm of a launch file, and keeps what was found as a file of its own: an older one stays. */
import { existsSync } from "node:fs";
import { so101ServoIds, so101StopsRad } from "../../robots/so101/servos.ts";
import { so101Spec } from "../../robots/so101/spec.ts";
import { printCalibration } from "../../runtime/bridge/servos/calibration.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { feetechSection } from "../backends/feetech/backend.ts";
import { loadLaunch } from "../config/load.ts";
import { robotName } from "../config/schema.ts";
import { tryUserFile, writeUserFile } from "../user-files.ts";
import { calibrate } from "./calibrate.ts";
import { openDeskBus } from "./open-desk-bus.ts";
import type { Talk } from "./talk.ts";
import { waysOf } from "./ways.ts";

export interface CalibrateDeskOptions {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly out: string | undefined;
  readonly talk: Talk;
}

const VERSIONS_MAX = 1000;

/** Throws AgentErrors that name joint, file and remedy. */
export async function calibrateDesk({ launch, overrides, out, talk }: CalibrateDeskOptions): Promise<void> {
  const config = loadLaunch(launch, overrides);
  const { port, answerMs, calibration: named } = feetechSection(config, "calibrate is for an arm on its own bus");
  if (robotName(config.robot) !== "so101")
    throw new AgentError("launch.invalid", `calibrate "${robotName(config.robot)}": the stops of so101 are known only`);
  const file = freeVersion(out ?? named);
  await tryUserFile(file); // Before the work.
  await using bus = await openDeskBus(port, answerMs);
  using kinematics = await createKinematics(so101Spec);
  const ways = { ...waysOf(kinematics), gripper: { grows: "the jaw open", shrinks: "the jaw close" } };
  const found = await calibrate({ bus, clock: new SystemClock(), talk, ids: so101ServoIds, stopsRad: so101StopsRad, ways });
  writeUserFile(file, printCalibration(found));
  talk.say(file === named ? `Written: ${file}` : `Written: ${file}; the older one stays. Use it with backend.calibration: ${file}`);
}

/** name.json, or name.2.json, name.3.json where that is taken. */
function freeVersion(file: string): string {
  for (let version = 1; version <= VERSIONS_MAX; version++) {
    const name = version === 1 ? file : file.replace(/(\.json)?$/, `.${version}$1`);
    if (!existsSync(name)) return name;
  }
  throw new AgentError("launch.invalid", `calibration ${file}: ${VERSIONS_MAX} versions are there already; remove some`);
}
