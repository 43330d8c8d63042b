/** `foresight teleop`: a person leads the arm of a launch file by another one, inside the guards of that file. */
import { openBody } from "../../runtime/assemble/body.ts";
import { leadArm } from "../../runtime/assemble/lead.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { openRobot, robotOf, scaled, sharesOf } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import { type ClutchKind, openClutch } from "./clutch.ts";
import { NO_MODEL } from "./no-model.ts";
import { openLeader } from "./open-leader.ts";

export interface TeleopFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** Port of the leading arm. */
  readonly leader: string;
  readonly leaderCalibration?: string;
  readonly clutch: ClutchKind;
}

/** Until the signal aborts. Throws AgentErrors of launch file, ports and arms. */
export async function teleop(flags: TeleopFlags, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const config = loadLaunch(flags.launch, flags.overrides);
  const spec = scaled(await robotOf(config), sharesOf(config));
  using body = await openBody({ robot: spec, model: NO_MODEL, ...config.guards }); // Before the robot: it keeps this process busy, and the keeper would take it for lost.
  using clutch = openClutch(flags.clutch);
  await using leader = await openLeader({ port: flags.leader, calibration: flags.leaderCalibration }, spec);
  const opened = await openRobot({ ...config, cameras: [] }, spec);
  await using robot = opened.robot;
  if (opened.mode !== "realtime") throw new AgentError("launch.invalid", "teleop: a person moves in real time; use backend.mode:=realtime");
  const how =
    flags.clutch === "key"
      ? "the space bar closes and opens the clutch, any other key opens it"
      : "squeeze the leader's hand to be followed";
  say(`${how}; the arm goes to where the leader stands slowly first; Ctrl-C ends`);
  await leadArm(
    {
      ...{ robot, clock: opened.clock, body, leader },
      isClutched: clutch.isClosed,
      leadsGripper: flags.clutch === "key",
      onPhase: (phase, why) => say(`${phase}${why === null ? "" : `: ${why}`}\r`),
    },
    signal,
  );
}
