/** Moves one joint, or the tool along an axis, while a person holds a button: each press moves it a little and ends at rest, through the guards that every motion passes. */
import { type Clock, NS_PER_MS, secondsToNs } from "../core/clock.ts";
import { AgentError, cameTooLate } from "../core/errors.ts";
import type { AxisName } from "../core/model.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import type { Robot } from "../core/robot.ts";
import { segmentDurationSMax } from "../core/segment.ts";
import type { JointState, Sample } from "../core/sensing.ts";
import type { SupervisorState } from "../core/supervision.ts";
import type { Body } from "./body.ts";
import { jointStep } from "./joint-step.ts";
import { toolStep } from "./tool-step.ts";

export interface HoldToRunOptions {
  readonly robot: Robot;
  readonly clock: Clock;
  readonly body: Pick<Body, "guard" | "toolAt" | "nextId" | "kinematics">;
  readonly state: () => Pick<SupervisorState, "agent">;
  /** Why this person may not, or null: one commander at a time. */
  readonly refusal: (who: string) => string | null;
  /** What the arm has taken. */
  readonly onMotion?: (segment: Segment) => void;
}

/** What a button moves: a joint by its name, or the tool by the name of an axis. */
export type Jog = ({ readonly joint: string } | { readonly axis: AxisName }) & { readonly direction: -1 | 1 };

export interface HoldToRun {
  /** Tell it of every sample: it moves nothing that it does not feel. */
  sample(sample: Sample): void;
  /** One press of the button, to be repeated while it is held; null when done, else why not. */
  move(who: string, jog: Jog): Promise<string | null>;
}

/** Of the joint's velocity limit, and at most so fast: a person must be able to let go in time. */
const SPEED_SHARE = 0.15;
const SPEED_RAD_PER_S_MAX = 0.25;
/** From a press to the start of its motion. */
const LEAD_MS = 100;
const MOVABLE: ReadonlySet<SupervisorState["agent"]> = new Set(["idle", "holding"]);

export function createHoldToRun({ robot, clock, body, state, refusal, onMotion }: HoldToRunOptions): HoldToRun {
  let felt: JointState | null = null;
  let isBusy = false;
  /** Of the newest motion that the arm has taken: only one may wait for its start. */
  let startsNs = clock.nowNs();
  const jointMotion = (name: string, direction: -1 | 1, commanded: JointCommand, startNs: bigint): Segment | string => {
    const index = robot.spec.joints.findIndex((joint) => joint.name === name);
    if (index === -1) return `joint "${name}": the arm has ${robot.spec.joints.map((joint) => joint.name).join(", ")}`;
    const speedRadPerS = Math.min(SPEED_RAD_PER_S_MAX, SPEED_SHARE * robot.spec.joints[index]!.velocityMaxRadPerS);
    const drive = { joint: index, toRad: commanded.positionRad[index]! + direction * speedRadPerS * segmentDurationSMax, speedRadPerS };
    return jointStep(robot, drive, commanded, { id: body.nextId(), startNs });
  };
  const step = async (jog: Jog, { stampNs, receivedNs, gripper }: JointState): Promise<string | null> => {
    const nowNs = clock.nowNs();
    const startNs = nowNs + BigInt(LEAD_MS) * NS_PER_MS;
    const commanded = robot.commandedAt(startNs);
    const drive = { ...jog, speedRadPerSMax: SPEED_RAD_PER_S_MAX };
    const segment =
      "axis" in drive
        ? toolStep(body.kinematics, drive, commanded, gripper?.openingM, { id: body.nextId(), startNs })
        : jointMotion(drive.joint, drive.direction, commanded, startNs);
    if (typeof segment === "string") return segment;
    const restRad = robot.commandedAt(startNs + secondsToNs(segmentDurationSMax)).positionRad;
    const moves = commanded.velocityRadPerS.some((velocity) => velocity !== 0);
    const verdict = body.guard.check(segment, {
      ...{ nowNs, commanded, restRad, restInS: moves ? segmentDurationSMax : 0, planMadeNs: nowNs },
      ...{ observationReceivedNs: receivedNs, observationStampNs: stampNs, toolAt: body.toolAt },
    });
    if (verdict.kind === "stop") return verdict.why.join("; ");
    if (nowNs < startsNs) return null; // The press before moves it first.
    const taken = await robot.act(verdict.segment);
    startsNs = taken.startNs;
    onMotion?.(taken);
    return null;
  };
  return {
    sample(sample) {
      if (sample.kind === "joints") felt = sample.joints;
    },
    async move(who, jog) {
      const { agent } = state();
      if (!MOVABLE.has(agent)) return `the arm is moved by hand while the agent is idle or holding, it is ${agent}`;
      const refused = refusal(who);
      if (refused !== null) return refused;
      if (felt === null) return "nothing was heard of the joints yet";
      if (isBusy) return null; // The press before is on its way, and brings the arm to rest by itself.
      isBusy = true;
      try {
        return await step(jog, felt);
      } catch (error) {
        if (cameTooLate(error)) return null; // The press that follows starts from where the arm came to rest.
        if (error instanceof AgentError) return error.message;
        throw error;
      } finally {
        isBusy = false;
      }
    },
  };
}
