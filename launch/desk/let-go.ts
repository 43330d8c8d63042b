/** An arm on its own bus goes limp, so that a person can move it by hand. */
import { AgentError } from "../../runtime/core/errors.ts";
import { feetechSection } from "../backends/feetech/backend.ts";
import { readCalibration } from "../backends/feetech/read-calibration.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { openDeskBus } from "./open-desk-bus.ts";
import type { Talk } from "./talk.ts";

/** Throws AgentError `stop.operator` without a yes; then nothing was changed. */
export async function letGo(config: LaunchConfig, talk: Talk): Promise<void> {
  const { port, answerMs, calibration } = feetechSection(config, "--by-hand is for an arm on its own bus");
  await using bus = await openDeskBus(port, answerMs);
  if (!(await talk.yes("The arm goes limp now and may fall: hold it. Go on?")))
    throw new AgentError("stop.operator", "nothing was changed; the arm holds");
  for (const { id } of Object.values(readCalibration(calibration))) await bus.setTorque(id, false);
}
