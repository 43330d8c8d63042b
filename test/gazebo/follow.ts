/**
 * Which controller follows our segments: `node --import tsx test/gazebo/follow.ts [DECISIONS]` sends the same wandering motion through a JointTrajectoryController
 * (one trajectory a decision) and through JointPositionControllers (one set-point a joint every 4 ms), stepped and in real time, and prints the errors.
 */
import { pandaSpec } from "../../robots/panda/spec.ts";
import type { JointCommand } from "../../runtime/core/motion.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { sampleSegment } from "../../runtime/core/segment.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { GAZEBO_STEP_S } from "../../sim/gazebo/export-scene.ts";
import type { Controller } from "../../sim/gazebo/release.ts";
import { PERIOD_S, wander } from "./decided-motion.ts";
import { clock } from "./real-server.ts";
import { type ArmState, SteppedArm } from "./stepped-arm.ts";

const SEED = 11;
const BEAT_S = 0.004;
/** Delays that are tried for the best fit. */
const DELAY_S_MAX = 0.4;

interface Errors {
  readonly jointRmsMrad: number;
  readonly jointMaxMrad: number;
  readonly tipRmsMm: number;
  readonly tipMaxMm: number;
  /** The constant lag that fits best. */
  readonly delayMs: number;
  /** Without taking the lag out. */
  readonly tipRmsUndelayedMm: number;
}

const decisions = Number(process.argv[2] ?? 30);
using kinematics = await createKinematics(pandaSpec);
const motion = wander(pandaSpec, kinematics, decisions, SEED);
console.log(
  "| mode | controller | joint RMS mrad | joint max mrad | tip RMS mm | tip max mm | lag ms | tip RMS mm with the lag | real-time factor |",
);
console.log("|---|---|---|---|---|---|---|---|---|");
for (const mode of ["stepped", "realtime"] as const) {
  for (const controller of ["trajectory", "position"] as const) await measure(mode, controller);
}

async function measure(mode: "stepped" | "realtime", controller: Controller): Promise<void> {
  const scene = {
    robot: pandaSpec,
    scene: defaultScene,
    cameras: [],
    cameraRateHz: 20,
    release: "fortress",
    controller,
    realTimeFactor: mode === "stepped" ? 0 : 1,
  } as const;
  await using arm = await SteppedArm.open(scene);
  await arm.moveTo(pandaSpec.homeRad);
  await arm.moveTo(motion.startRad);
  arm.take();
  const t0S = arm.timeS;
  const beganNs = clock.nowNs();
  await (mode === "stepped" ? stepped(arm) : realtime(arm));
  const factor = (arm.state.timeS - t0S) / (Number(clock.nowNs() - beganNs) / 1e9);
  const states = arm.take().filter(({ timeS }) => timeS > t0S && timeS <= t0S + decisions * PERIOD_S);
  const e = errorsOf(states.map((state) => ({ ...state, timeS: state.timeS - t0S })));
  const cells = [e.jointRmsMrad, e.jointMaxMrad, e.tipRmsMm, e.tipMaxMm].map((value) => value.toFixed(3));
  const rest = [e.delayMs.toFixed(0), e.tipRmsUndelayedMm.toFixed(3), mode === "stepped" ? "-" : factor.toFixed(2)];
  console.log(`| ${mode} | ${controller} | ${[...cells, ...rest].join(" | ")} |`);
}

async function stepped(arm: SteppedArm): Promise<void> {
  for (const segment of motion.segments.keys()) {
    await arm.follow((tS) => segmentAt(segment, tS), PERIOD_S, { tailS: 0.4 - PERIOD_S });
  }
}

/** The world goes on by itself; commands are sent when its clock says so. */
async function realtime(arm: SteppedArm): Promise<void> {
  const startS = arm.timeS;
  const endS = decisions * PERIOD_S;
  await arm.run();
  if (arm.controller === "trajectory") {
    for (const segment of motion.segments.keys()) {
      await arm.reaches(startS + segment * PERIOD_S);
      arm.sendTrajectory((tS) => segmentAt(segment, tS), 0.4);
    }
  } else {
    for (let tS = 0; tS < endS; tS = Math.max(tS + BEAT_S, arm.state.timeS - startS)) {
      await arm.reaches(startS + tS);
      arm.sendPositions(motion.commandAt(tS));
    }
  }
  await arm.reaches(startS + endS);
  await arm.pause();
}

function segmentAt(decision: number, tS: number): JointCommand {
  return sampleSegment(motion.segments[decision]!, tS);
}

/** Errors against the commanded motion, shifted by the delay that fits best. */
function errorsOf(states: readonly ArmState[]): Errors {
  const delays = Array.from({ length: DELAY_S_MAX / GAZEBO_STEP_S + 1 }, (_, i) => i * GAZEBO_STEP_S);
  const squares = delays.map((delayS) => mean(states.flatMap((state) => jointErrors(state, delayS).map((error) => error ** 2))));
  const delayS = delays[squares.indexOf(Math.min(...squares))]!;
  const joints = states.flatMap((state) => jointErrors(state, delayS));
  const tips = states.map((state) => tipErrorM(state, delayS));
  return {
    jointRmsMrad: 1e3 * rms(joints),
    jointMaxMrad: 1e3 * Math.max(...joints.map(Math.abs)),
    tipRmsMm: 1e3 * rms(tips),
    tipMaxMm: 1e3 * Math.max(...tips),
    delayMs: 1e3 * delayS,
    tipRmsUndelayedMm: 1e3 * rms(states.map((state) => tipErrorM(state, 0))),
  };
}

function commanded(timeS: number): JointCommand {
  return motion.commandAt(Math.max(0, timeS));
}

function jointErrors({ timeS, positionRad }: ArmState, delayS: number): number[] {
  const wanted = commanded(timeS - delayS).positionRad;
  return Array.from(positionRad, (value, joint) => value - wanted[joint]!);
}

function tipErrorM({ timeS, positionRad }: ArmState, delayS: number): number {
  const [is, wanted] = [kinematics.toolAt(positionRad), kinematics.toolAt(commanded(timeS - delayS).positionRad)];
  return Math.hypot(is[0] - wanted[0], is[1] - wanted[1], is[2] - wanted[2]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rms(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value ** 2)));
}
