/** Moves one joint while a person holds a button: each press moves it a little and ends at rest, through the guards that every motion passes. */
import { type Clock, NS_PER_MS, secondsToNs } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Robot } from "../core/robot.ts";
import { segmentDurationSMax } from "../core/segment.ts";
import type { JointState, Sample } from "../core/sensing.ts";
import type { SupervisorState } from "../core/supervision.ts";
import type { Body } from "./body.ts";
import { jointStep } from "./joint-step.ts";

export interface HoldToRunOptions {
  readonly robot: Robot;
  readonly clock: Clock;
  readonly body: Pick<Body, "guard" | "toolAt" | "nextId">;
  readonly state: () => Pick<SupervisorState, "agent">;
  /** Why this person may not, or null: one commander at a time. */
  readonly refusal: (who: string) => string | null;
}

export interface HoldToRun {
  /** Tell it of every sample: it moves nothing that it does not feel. */
  sample(sample: Sample): void;
  /** One press of the button, to be repeated while it is held; null when done, else why not. */
  move(who: string, joint: string, direction: -1 | 1): Promise<string | null>;
}

/** Of the joint's velocity limit, and at most so fast: a person must be able to let go in time. */
const SPEED_SHARE = 0.15;
const SPEED_RAD_PER_S_MAX = 0.25;
/** From a press to the start of its motion. */
const LEAD_MS = 100;
const MOVABLE: ReadonlySet<SupervisorState["agent"]> = new Set(["idle", "holding"]);

export function createHoldToRun({ robot, clock, body, state, refusal }: HoldToRunOptions): HoldToRun {
  let felt: JointState | null = null;
  let isBusy = false;
  const step = async (index: number, direction: -1 | 1, { stampNs, receivedNs }: JointState): Promise<string | null> => {
    const nowNs = clock.nowNs();
    const startNs = nowNs + BigInt(LEAD_MS) * NS_PER_MS;
    const commanded = robot.commandedAt(startNs);
    const { velocityMaxRadPerS } = robot.spec.joints[index]!;
    const speedRadPerS = Math.min(SPEED_RAD_PER_S_MAX, SPEED_SHARE * velocityMaxRadPerS);
    const drive = { joint: index, toRad: commanded.positionRad[index]! + direction * speedRadPerS * segmentDurationSMax, speedRadPerS };
    const segment = jointStep(robot, drive, commanded, { id: body.nextId(), startNs });
    const restRad = robot.commandedAt(startNs + secondsToNs(segmentDurationSMax)).positionRad;
    const moves = commanded.velocityRadPerS.some((velocity) => velocity !== 0);
    const verdict = body.guard.check(segment, {
      ...{ nowNs, commanded, restRad, restInS: moves ? segmentDurationSMax : 0, planMadeNs: nowNs },
      ...{ observationReceivedNs: receivedNs, observationStampNs: stampNs, toolAt: body.toolAt },
    });
    if (verdict.kind === "stop") return verdict.why.join("; ");
    await robot.act(verdict.segment);
    return null;
  };
  return {
    sample(sample) {
      if (sample.kind === "joints") felt = sample.joints;
    },
    async move(who, joint, direction) {
      const { agent } = state();
      if (!MOVABLE.has(agent)) return `joints are moved by hand while the agent is idle or holding, it is ${agent}`;
      const refused = refusal(who);
      if (refused !== null) return refused;
      const index = robot.spec.joints.findIndex(({ name }) => name === joint);
      if (index === -1) return `joint "${joint}": the arm has ${robot.spec.joints.map(({ name }) => name).join(", ")}`;
      if (felt === null) return "nothing was heard of the joints yet";
      if (isBusy) return null; // The press before is on its way, and brings the arm to rest by itself.
      isBusy = true;
      try {
        return await step(index, direction, felt);
      } catch (error) {
        if (error instanceof AgentError) return error.message;
        throw error;
      } finally {
        isBusy = false;
      }
    },
  };
}
