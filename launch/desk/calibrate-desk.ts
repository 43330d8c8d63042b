/** Calibrates the arm of a launch file, and keeps what was found as a file of its own: an older one stays. */
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
import { freeVersion } from "./free-version.ts";
import { openDeskBus } from "./open-desk-bus.ts";
import { onDeskPage } from "./page/page.ts";
import { pageFace } from "./page/page-face.ts";
import { talkOf, terminalFace } from "./talk.ts";
import { waysOf } from "./ways.ts";

export interface CalibrateDeskOptions {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly out: string | undefined;
  readonly signal: AbortSignal;
}

/** In the terminal and on the page at once. Throws AgentErrors that name joint, file and remedy. */
export async function calibrateDesk({ launch, overrides, out, signal }: CalibrateDeskOptions): Promise<void> {
  const config = loadLaunch(launch, overrides);
  const { port, answerMs, calibration: named } = feetechSection(config, "calibrate is for an arm on its own bus");
  if (robotName(config.robot) !== "so101")
    throw new AgentError(
      "launch.invalid",
      `calibrate "${robotName(config.robot)}": the stops of so101 are known only; write the calibration file of another arm by hand`,
    );
  const file = freeVersion(out ?? named);
  await tryUserFile(file); // Before the work.
  using kinematics = await createKinematics(so101Spec);
  const ways = { ...waysOf(kinematics), gripper: { grows: "the jaw open", shrinks: "the jaw close" } };
  const clock = new SystemClock();
  using terminal = terminalFace();
  await onDeskPage({ section: config.dashboard, title: `Foresight: calibrate ${port}`, clock, say: terminal.say }, async (page) => {
    const talk = talkOf([terminal, pageFace(page)], signal);
    await using bus = await openDeskBus(port, answerMs);
    const found = await calibrate({ bus, clock, talk, ids: so101ServoIds, stopsRad: so101StopsRad, ways });
    writeUserFile(file, printCalibration(found));
    const written = file === named ? `Written: ${file}` : `Written: ${file}; the older one stays. Use it with backend.calibration: ${file}`;
    terminal.say(written);
    return written;
  });
}
