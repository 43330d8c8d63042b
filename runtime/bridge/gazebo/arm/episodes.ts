/** Puts an arm in Gazebo and its loose things where an episode starts, and takes pictures of its goal: by moving, since Gazebo sets no joints. */
import { AgentError } from "../../../core/errors.ts";
import { angleRad } from "../../../core/joint-angle.ts";
import type { JointCommand } from "../../../core/motion.ts";
import type { RobotSpec } from "../../../core/robot.ts";
import type { Frame } from "../../../core/sensing.ts";
import type { Objects } from "../../../core/trial.ts";
import { flatDistanceM } from "../../../core/vec3.ts";
import type { GazeboArm } from "./arm.ts";

export interface Posture {
  /** Shape (jointCount). */
  readonly armRad: ArrayLike<number>;
  readonly objects: Objects;
  /** Between the fingers; absent: as they are. */
  readonly openingM?: number;
}

/** A start, a goal, and what happens to the loose things on the way. */
export interface GazeboEpisode {
  readonly start: Posture;
  readonly goal: Posture;
  /** Where the loose things wait while the arm moves: on the table, out of the arm's way. */
  readonly parked: Objects;
}

/** Lets simulated time pass. */
export interface Passage {
  advance(durationS: number): Promise<void>;
  /** Resolves when every camera has sent a picture of now or later; returned in the cameras' order. */
  picturesNow(): Promise<readonly Frame[]>;
}

/** Share of the joints' velocity limits that a move to a posture uses. */
const VELOCITY_SHARE = 0.8;
const MOVE_S_MIN = 0.3;
/** For what was placed to lie still, and for the arm to reach the end of its move. */
const SETTLE_S = 0.2;
const ARRIVED_RAD = 0.01;
const LIES_WITHIN_M = 0.005;

/** Leaves the arm at rest at the episode's start. Throws AgentError `robot.aborted` when arm or thing is not where it was put. */
export async function playInto(arm: GazeboArm, passage: Passage, episode: GazeboEpisode): Promise<{ goalFrames: readonly Frame[] }> {
  await place(arm, episode.parked);
  await moveTo(arm, passage, arm.options.spec.homeRad); // Between postures over the table the arm goes by way of its rest posture.
  await take(arm, passage, episode.goal);
  const goalFrames = await passage.picturesNow();
  await place(arm, episode.parked);
  await moveTo(arm, passage, arm.options.spec.homeRad);
  await take(arm, passage, episode.start);
  return { goalFrames };
}

async function place(arm: GazeboArm, objects: Objects): Promise<void> {
  for (const [name, pose] of Object.entries(objects)) await arm.placeObject(name, pose);
}

async function take(arm: GazeboArm, passage: Passage, { armRad, objects, openingM }: Posture): Promise<void> {
  await moveTo(arm, passage, armRad);
  await openTo(arm, passage, openingM);
  await place(arm, objects);
  await passage.advance(SETTLE_S);
  for (const [name, { positionM }] of Object.entries(objects)) {
    const at = arm.poseOf(name);
    const offM = at ? flatDistanceM(at.positionM, positionM) : Number.POSITIVE_INFINITY;
    if (offM <= LIES_WITHIN_M) continue;
    const message = `Gazebo: "${name}" lies ${offM.toFixed(4)} m from where it was put, at most ${LIES_WITHIN_M} m`;
    throw new AgentError("robot.aborted", `${message}; does it touch the arm or something else there?`);
  }
}

/** Before anything is put between the fingers. */
async function openTo(arm: GazeboArm, passage: Passage, openingM: number | undefined): Promise<void> {
  const { gripper } = arm.options.spec;
  if (openingM === undefined || !gripper) return;
  const wholeWayS = (gripper.openingMaxM - gripper.openingMinM) / gripper.speedMaxMPerS;
  arm.grip({ openingM, speedMPerS: gripper.speedMaxMPerS, forceN: gripper.forceMaxN }, wholeWayS);
  await passage.advance(wholeWayS + SETTLE_S);
}

/** Through joint space to rest there, the shorter way round where a joint turns for ever. Throws when the arm does not arrive. */
export async function moveTo(arm: GazeboArm, passage: Passage, placeRad: ArrayLike<number>): Promise<void> {
  const { spec } = arm.options;
  const fromRad = arm.soundRad();
  const toRad = Float64Array.from(fromRad, (rad, joint) => rad + angleRad(spec.joints[joint]!.type, rad, placeRad[joint]!));
  const durationS = moveDurationS(spec, fromRad, toRad);
  arm.follow((tS) => restToRest(fromRad, toRad, tS / durationS, durationS), durationS);
  await passage.advance(durationS + SETTLE_S);
  const { joint, offRad } = furthestOff(arm, toRad);
  if (!(offRad <= ARRIVED_RAD)) {
    const name = spec.joints[joint]?.name;
    const message = `Gazebo: joint "${name}" is ${offRad.toFixed(4)} rad from the posture it was moved to, at most ${ARRIVED_RAD} rad`;
    throw new AgentError("robot.aborted", `${message}; does the arm touch something, or does somebody else command it?`);
  }
}

/** The minimum-jerk motion (Flash and Hogan, J. Neuroscience 5(7), 1985) at the share `u` of its duration, 0..1. */
function restToRest(fromRad: ArrayLike<number>, toRad: ArrayLike<number>, u: number, durationS: number): JointCommand {
  const [position, velocity, acceleration] = [
    u ** 3 * (10 - 15 * u + 6 * u * u),
    (30 * u * u * (1 - u) ** 2) / durationS,
    (60 * u * (1 - u) * (1 - 2 * u)) / durationS ** 2,
  ];
  const each = (value: (fromRad: number, wayRad: number) => number): Float64Array =>
    Float64Array.from(fromRad, (joint, i) => value(joint, toRad[i]! - joint));
  return {
    positionRad: each((joint, wayRad) => joint + position * wayRad),
    velocityRadPerS: each((_, wayRad) => velocity * wayRad),
    accelerationRadPerS2: each((_, wayRad) => acceleration * wayRad),
  };
}

function moveDurationS({ joints }: RobotSpec, fromRad: ArrayLike<number>, toRad: ArrayLike<number>): number {
  // A quintic's peak velocity is 15/8 of its mean.
  const needed = joints.map(
    ({ velocityMaxRadPerS }, i) => (1.875 * Math.abs(toRad[i]! - fromRad[i]!)) / (VELOCITY_SHARE * velocityMaxRadPerS),
  );
  const longestS = Math.max(MOVE_S_MIN, ...needed);
  return Math.ceil(longestS / 0.2) * 0.2;
}

function furthestOff(arm: GazeboArm, toRad: ArrayLike<number>): { joint: number; offRad: number } {
  const offs = [...(arm.joints?.positionRad ?? [])].map((value, i) => Math.abs(value - toRad[i]!));
  const offRad = Math.max(...offs);
  return { joint: offs.indexOf(offRad), offRad };
}
