/** `foresight teleop`: a person leads the arm of a launch file by another one, inside the guards of that file. */
import { openBody } from "../../runtime/assemble/body.ts";
import { type LeadPhase, leadArm } from "../../runtime/assemble/lead.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { JointSpec } from "../../runtime/core/robot.ts";
import { openRobot, robotOf, scaled, sharesOf } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import { type LaunchConfig, robotName } from "../config/schema.ts";
import { type ClutchKind, openClutch } from "./clutch.ts";
import { NO_MODEL } from "./no-model.ts";
import { openLeader } from "./open-leader.ts";
import { type DeskPage, onDeskPage } from "./page/page.ts";
import type { JointSeen } from "./page/view.ts";

export interface TeleopFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** Port of the leading arm. */
  readonly leader: string;
  readonly leaderCalibration?: string;
  readonly clutch: ClutchKind;
}

const IN_WORDS: Readonly<Record<LeadPhase, string>> = {
  apart: "The arm holds: the clutch is open.",
  aligning: "The arm goes slowly to where the leader stands.",
  following: "The arm follows the leader.",
};
const HOW: Readonly<Record<ClutchKind, string>> = {
  key: "the space bar closes and opens the clutch, any other key opens it",
  page: "a button of the page closes and opens the clutch",
  gripper: "squeeze the leader's hand to be followed",
};

/** Until the signal aborts; told here and on a page. Throws AgentErrors of launch file, ports and arms. */
export async function teleop(flags: TeleopFlags, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const config = loadLaunch(flags.launch, flags.overrides);
  const title = `Foresight: teleop ${robotName(config.robot)}`;
  await onDeskPage({ section: config.dashboard, title, clock: new SystemClock(), say }, async (page) => {
    await lead(flags, config, page, say, signal);
    return "Leading has ended.";
  });
}

async function lead(
  flags: TeleopFlags,
  config: LaunchConfig,
  page: DeskPage,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const spec = scaled(await robotOf(config), sharesOf(config));
  using body = await openBody({ robot: spec, model: NO_MODEL, ...config.guards }); // Before the robot: it keeps this process busy, and the keeper would take it for lost.
  using clutch = openClutch(flags.clutch);
  await using leader = await openLeader({ port: flags.leader, calibration: flags.leaderCalibration }, spec);
  const opened = await openRobot({ ...config, cameras: [] }, spec);
  await using robot = opened.robot;
  if (opened.mode !== "realtime") throw new AgentError("launch.invalid", "teleop: a person moves in real time; use backend.mode:=realtime");
  say(`${HOW[flags.clutch]}; the arm goes to where the leader stands slowly first; Ctrl-C ends`);
  page.show({ step: IN_WORDS.apart });
  page.presses.subscribe((key) => clutch.set?.(key === CLOSE.key));
  await leadArm(
    {
      ...{ robot, clock: opened.clock, body, leader },
      isClutched: clutch.isClosed,
      leadsGripper: flags.clutch !== "gripper",
      onPhase(phase, why) {
        say(`${phase}${why === null ? "" : `: ${why}`}\r`);
        page.show({ step: why ?? IN_WORDS[phase] });
        if (why !== null) page.say(why);
      },
      onReading: (reading, arm) =>
        page.show({
          joints: spec.joints.map((joint, index) => seen(joint, arm.positionRad[index]!, reading.positionRad[index]!)),
          buttons: clutch.set === null ? [] : [clutch.isClosed(reading) ? OPEN : CLOSE],
        }),
    },
    signal,
  );
}

const CLOSE = { key: "clutch-close", label: "Close the clutch: the arm follows", onSpace: true } as const;
const OPEN = { key: "clutch-open", label: "Open the clutch: the arm holds", onSpace: true } as const;

const seen = ({ name, positionMinRad, positionMaxRad }: JointSpec, angleRad: number, leaderRad: number): JointSeen => ({
  ...{ name, angleRad, rangeRad: [positionMinRad, positionMaxRad], sweptRad: null, leaderRad, why: null },
});
