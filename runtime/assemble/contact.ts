/** What follows where something touches the arm: it stops, gives way a bounded little along the way it came, and stays there until a person says otherwise. */
import { type ContactLimits, createContactWatch } from "../act/contact-watch.ts";
import { type Clock, NS_PER_MS } from "../core/clock.ts";
import type { AgentError } from "../core/errors.ts";
import type { Segment } from "../core/motion.ts";
import type { Robot } from "../core/robot.ts";
import { quinticSegment, segmentDurationSMax } from "../core/segment.ts";
import type { JointState, Sample } from "../core/sensing.ts";
import type { SupervisorState } from "../core/supervision.ts";
import type { Body } from "./body.ts";

export interface ContactOptions extends ContactLimits {
  readonly robot: Robot;
  readonly clock: Clock;
  readonly mode: "realtime" | "lockstep";
  readonly body: Pick<Body, "guard" | "toolAt" | "nextId" | "torqueNm" | "frictionNm">;
  readonly state: () => Pick<SupervisorState, "agent">;
  readonly onContact: (error: AgentError) => void;
  /** What the arm has taken to give way. */
  readonly onMotion?: (segment: Segment) => void;
}

export interface Contact {
  /** Tell it of every sample. */
  sample(sample: Sample): void;
  /** To be called at rest after a stop: gives way once after a contact, else does nothing. Throws AgentErrors of the robot, which is at rest then too. */
  backOff(): Promise<void>;
  /** SAFETY: a person says stop. It gives way no more, and where it does already it comes to rest now. */
  forgo(): void;
}

/** No joint gives way by more. */
export const BACK_OFF_RAD_MAX = 0.05;
/** Where it came from is where it was so long before. */
const BEFORE_MS = 300;
const READINGS_MAX = 500;
/** Half as long as a segment may last: stopping and giving way together are over well before the second that a stop may take. */
const BACK_OFF_S = segmentDurationSMax / 2;
/** From the decision to the start of the motion, as a joint that is moved by hand. */
const LEAD_MS = 100;
const WATCHED: ReadonlySet<SupervisorState["agent"]> = new Set(["running", "holding"]);

export function createContact({ robot, clock, mode, body, state, onContact, onMotion, ...limits }: ContactOptions): Contact {
  const watch = createContactWatch({ ...limits, joints: robot.spec.joints, torqueNm: body.torqueNm, frictionNm: body.frictionNm });
  const felt: JointState[] = [];
  let touchedAt: JointState | null = null;
  let way: AbortController | null = null;
  const cameFrom = (touched: JointState): Float64Array => {
    const beforeNs = touched.stampNs - BigInt(BEFORE_MS) * NS_PER_MS;
    return (felt.findLast(({ stampNs }) => stampNs <= beforeNs) ?? felt[0] ?? touched).positionRad;
  };
  return {
    sample(sample) {
      if (sample.kind !== "joints") return;
      felt.push(sample.joints);
      if (felt.length > READINGS_MAX) felt.shift();
      if (!WATCHED.has(state().agent)) return watch.forget();
      const error = watch.check(sample.joints, robot.commandedAt(sample.joints.stampNs));
      if (error === null) return;
      touchedAt = sample.joints;
      queueMicrotask(() => onContact(error)); // A world that waits tells its samples from within its step.
    },
    async backOff() {
      if (touchedAt === null) return;
      const touched = touchedAt;
      touchedAt = null;
      const from = cameFrom(touched);
      way = new AbortController();
      const { signal } = way;
      await robot.resume();
      try {
        if (signal.aborted) return;
        const nowNs = clock.nowNs();
        const leadMs = mode === "realtime" ? LEAD_MS : 0;
        const startNs = nowNs + BigInt(leadMs) * NS_PER_MS;
        const commanded = robot.commandedAt(startNs);
        const toRad = touched.positionRad.map((rad, joint) => rad + clamp(from[joint]! - rad, BACK_OFF_RAD_MAX));
        const segment = quinticSegment({ id: body.nextId(), startNs, from: commanded, toRad, durationS: BACK_OFF_S });
        const { receivedNs, stampNs } = felt.at(-1) ?? touched;
        const verdict = body.guard.check(segment, {
          ...{ nowNs, commanded, restRad: commanded.positionRad, restInS: 0, planMadeNs: nowNs, toolAt: body.toolAt },
          ...{ observationReceivedNs: receivedNs, observationStampNs: stampNs },
        });
        if (verdict.kind === "stop") return; // SAFETY: where no way back is allowed it rests where it is.
        const taken = await robot.act(verdict.segment);
        onMotion?.(taken);
        if (mode === "lockstep") return; // A world that waits went on with the segment.
        await clock.sleep(leadMs + BACK_OFF_S * 1e3, signal).catch(() => {}); // The stop that follows is what was asked for.
      } finally {
        await robot.stop("backed off from what it touched");
      }
    },
    forgo() {
      touchedAt = null;
      way?.abort();
    },
  };
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
