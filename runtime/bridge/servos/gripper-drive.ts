/** A gripper on a servo: it closes by what it feels, so that it holds a thing instead of burning on it. */
import { nsToMs } from "../../core/clock.ts";
import { fingerAt, openingAt, towardsM } from "../../core/gripper.ts";
import type { GripperCommand } from "../../core/motion.ts";
import type { GripperSpec } from "../../core/robot.ts";
import type { GripperReading } from "../../core/sensing.ts";
import type { ArmServo } from "./arm-servos.ts";
import type { ServoReading } from "./servo-bus.ts";

export interface GripperDrive {
  /** What was felt. */
  reading(reading: ServoReading): GripperReading;
  /** The servo's goal for this round, steps. */
  goalSteps(command: GripperCommand, reading: ServoReading, nowNs: bigint): number;
  /** Share of the motor's torque that a command allows. */
  torqueShare(command: GripperCommand): number;
}

/** LeRobot's bound for this servo, which keeps its gears: all that a gripper's full force is. */
const TORQUE_SHARE_MAX = 0.5;
/** Below the overload threshold of a gripper's servo (.25 from setup-servos, as from LeRobot): at it the servo gives up after 2 s, and a gripper presses for longer than that. */
const LASTING_SHARE_MAX = 0.24;
/** With so much of what it may, for so long, without moving: it holds something. */
const GRIP_SHARE = 0.8;
const GRIP_MS = 150;
const STILL_M_PER_S = 0.004;
/** So far inside the thing the goal stays: it presses, by its torque limit, and no further error grows. */
const SQUEEZE_M = 0.003;

export function createGripperDrive({ scale }: ArmServo, spec: GripperSpec): GripperDrive {
  const finger = spec.fingers[0]!;
  let told: GripperCommand | null = null;
  let setM: number | null = null;
  let atNs: bigint | null = null;
  let feltSinceNs: bigint | null = null;
  let isGripping = false;

  const openingOf = ({ positionSteps }: ServoReading): number => openingAt(spec, [scale.toRad(positionSteps)]);
  const torqueShare = ({ forceN }: GripperCommand): number => Math.min(LASTING_SHARE_MAX, (TORQUE_SHARE_MAX * forceN) / spec.forceMaxN);
  /** Metres of opening a step of the servo is. */
  const stepM = Math.abs(openingAt(spec, [scale.toRad(1)]) - openingAt(spec, [scale.toRad(0)]));
  const feels = (command: GripperCommand, reading: ServoReading, openingM: number): boolean =>
    setM !== null &&
    openingM - setM > SQUEEZE_M &&
    Math.abs(reading.loadShare) >= GRIP_SHARE * torqueShare(command) &&
    Math.abs(reading.velocityStepsPerS) * stepM < STILL_M_PER_S;
  return {
    torqueShare,
    reading: (reading) => ({
      openingM: openingOf(reading),
      effortN: (Math.min(TORQUE_SHARE_MAX, Math.abs(reading.loadShare)) / TORQUE_SHARE_MAX) * spec.forceMaxN,
    }),
    goalSteps(command, reading, nowNs) {
      const openingM = openingOf(reading);
      setM ??= openingM;
      if (command.openingM !== told?.openingM) isGripping = false;
      told = command;
      const dtS = atNs === null ? 0 : nsToMs(nowNs - atNs) / 1e3;
      atNs = nowNs;
      if (!isGripping) setM = towardsM(setM, command, dtS);
      if (!feels(command, reading, openingM)) feltSinceNs = null;
      else {
        feltSinceNs ??= nowNs;
        if (nsToMs(nowNs - feltSinceNs) >= GRIP_MS) {
          isGripping = true;
          setM = openingM - SQUEEZE_M;
        }
      }
      return Math.round(scale.toSteps(fingerAt(spec, finger, setM)));
    },
  };
}
