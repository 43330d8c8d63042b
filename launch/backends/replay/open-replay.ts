/** Opens a recording as the robot of a launch file: the agent decides again on what was seen, and its decisions are held against the recorded ones. */

import { lockstepPace } from "../../../runtime/assemble/pace.ts";
import { ManualClock, NS_PER_MS } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { compareDecisions } from "../../../runtime/record/compare.ts";
import { createMomentRobot } from "../../../runtime/record/moment-robot.ts";
import type { RunRecording } from "../../../runtime/record/reading.ts";
import { readRecording } from "../../../runtime/record/recording.ts";
import { createReplayRobot } from "../../../runtime/record/replay-robot.ts";
import { type LaunchConfig, robotName } from "../../config/schema.ts";
import type { OpenedRobot } from "../opened.ts";
import { type Kept, recordedPace } from "./recorded-pace.ts";

/** Throws AgentError `launch.invalid` for a file that is no recording of a run of this robot with these cameras. */
export async function readRun(path: string, { robot, cameras }: Pick<LaunchConfig, "robot" | "cameras">): Promise<RunRecording> {
  const recording = await readRecording(path);
  const refuse = (what: string): never => {
    throw new AgentError("launch.invalid", `recording ${path}: ${what}`);
  };
  const { header } = recording;
  if (header.robot !== robotName(robot))
    return refuse(`is of robot "${header.robot}", the launch file has "${robotName(robot)}"; choose its own recording`);
  if (recording.decisions.length === 0) return refuse("holds no decision, so there is none to make again; record a run that decides");
  for (const { name, widthPx, heightPx } of cameras) {
    const frame = recording.samples.flatMap((each) => (each.kind === "frame" && each.frame.camera === name ? [each.frame] : []))[0];
    if (!frame) return refuse(`has no picture of camera "${name}"; choose a recording with the cameras of the launch file`);
    if (frame.widthPx !== widthPx || frame.heightPx !== heightPx)
      return refuse(
        `camera "${name}" is ${frame.widthPx}x${frame.heightPx} px, the launch file has ${widthPx}x${heightPx} px; choose a recording of such pictures`,
      );
  }
  return recording;
}

/** As fast as the agent thinks: its time is the recording's. */
export function openReplay(spec: RobotSpec, run: RunRecording, kept: Kept): OpenedRobot {
  const { header, goalFrames, decisions, missing, moments } = run;
  const { periodS, modelHash, ends = "with-task" } = header;
  const over = new AbortController();
  const clock = new ManualClock();
  const ask = async (name: string): Promise<never> => {
    throw new AgentError("robot.rejected", `ask "${name}": a recording answers nothing; use backend.kind sim`);
  };
  const comparedWith = (lacking: string | null) => ({
    ...{ goalFrames, modelHash, ends: "with-task" as const, over: over.signal },
    comparison: compareDecisions(decisions, { lacking, othersMoved: run.overrides.length > 0 }),
  });
  const common = { ask, world: null, clock, mode: "replay" } as const;
  if (moments.length > 0) {
    const robot = createMomentRobot({ spec, recording: run, clock, periodS });
    return {
      ...common,
      robot,
      orders: robot.orders,
      tellsSenseFaults: true,
      pace: () => recordedPace({ recording: run, robot, clock, kept, onOver: () => over.abort() }),
      replay: { ...comparedWith(missing), ends },
    };
  }
  const leadNs = BigInt(Math.round(header.leadMs)) * NS_PER_MS;
  const isLockstep = header.mode === "lockstep";
  const robot = createReplayRobot({ spec, recording: run, clock, periodS, leadNs, advance: isLockstep ? "period" : "recorded" });
  const lacking = isLockstep ? missing : [missing, WITHOUT_INSTANTS].filter((each) => each !== null).join("; ");
  const pace: OpenedRobot["pace"] = (observations) => {
    const waiting = lockstepPace({ observations, pass: () => robot.pass(), latencyMs: header.leadMs });
    return isLockstep ? waiting : { ...waiting, effectNs: () => clock.nowNs() + leadNs };
  };
  return { ...common, robot, pace, replay: comparedWith(lacking) };
}

const WITHOUT_INSTANTS =
  "it was made in real time by a foresight that did not record when each decision was made, so they come out alike, not the same";
