/** An arm that follows another one, which a person leads by hand: slowly until the two stand alike, then closely, through the guards that every motion passes. */
import { Subject, takeUntil } from "rxjs";
import { type Clock, NS_PER_MS, nsToMs, secondsToNs } from "../core/clock.ts";
import { AgentError, cameTooLate } from "../core/errors.ts";
import type { GripperCommand, Segment } from "../core/motion.ts";
import type { Robot } from "../core/robot.ts";
import { segmentDurationSMax } from "../core/segment.ts";
import type { JointState } from "../core/sensing.ts";
import type { Body } from "./body.ts";
import { followStep } from "./follow-step.ts";

/** Where the leading arm is. */
export interface LeaderReading {
  /** Shape (jointCount), in the angles of the arm that follows. */
  readonly positionRad: Float64Array;
  /** How far its hand is open, 0 to 1; null where it has none. */
  readonly openShare: number | null;
}

export interface Leader extends AsyncDisposable {
  /** Null where it did not answer whole. */
  read(): Promise<LeaderReading | null>;
}

/** apart: the clutch is open, or the two are too far from one another, and the arm holds. aligning: it goes slowly to where the leader is. following: it goes along. */
export type LeadPhase = "apart" | "aligning" | "following";

export interface LeadOptions {
  readonly robot: Robot;
  /** The robot's. */
  readonly clock: Clock;
  readonly body: Pick<Body, "guard" | "toolAt" | "nextId">;
  readonly leader: Leader;
  /** Whether the person wants the arm to follow now. */
  readonly isClutched: (reading: LeaderReading) => boolean;
  /** Whether the leader's hand leads the gripper; not where it is the clutch. */
  readonly leadsGripper: boolean;
  /** Told of every change, and why where it was not the person. */
  readonly onPhase: (phase: LeadPhase, why: string | null) => void;
  /** Told where both stand, whenever both are known. */
  readonly onReading?: (leader: LeaderReading, arm: JointState) => void;
}

/** A newer motion takes over from the one before it this often. */
const LEAD_STEP_MS = 60;
/** From a motion's making to its start. */
const LEAD_MS = 60;
const ALIGN_RAD_PER_S = 0.3;
/** So near at every joint the two stand alike. */
const ALIGNED_RAD = 0.06;
/** Further from one another the arm does not follow: a leader that was dropped, or that went where the guards let nobody go. */
const FAR_RAD = 0.8;
/** A leader that is silent for longer leads nobody. */
const SILENT_MS_MAX = 300;
const FORCE_SHARE = 0.5;

/** Until the signal aborts; then the arm is told to stop. An arm that stopped by itself goes on once the clutch was opened and closed again. Throws what a robot throws that is lost. */
export async function leadArm(options: LeadOptions, signal: AbortSignal): Promise<void> {
  const { robot, clock, leader, isClutched } = options;
  const ended = new Subject<void>();
  let felt: JointState | null = null;
  let lost: AgentError | null = null;
  /** It takes no motion before a resume. */
  let isStopped = false;
  robot.observe(signal).subscribe({
    next: (sample) => {
      if (sample.kind === "joints") felt = sample.joints;
    },
    error: (error) => (lost = error),
  });
  const coupling = createCoupling(
    robot.spec.joints.map(({ name }) => name),
    options.onPhase,
  );
  const stopped = ({ message }: AgentError): void => {
    isStopped = true;
    coupling.stop(message);
  };
  robot.faults?.pipe(takeUntil(ended)).subscribe((error) => {
    if (!cameTooLate(error)) stopped(error);
  });
  const goOn = async (reading: LeaderReading, from: JointState, phase: LeadPhase): Promise<void> => {
    if (isStopped) await robot.resume();
    isStopped = false;
    await step(options, reading, from, phase === "aligning" ? ALIGN_RAD_PER_S : null, coupling.refuse);
  };
  const heldBy = (error: unknown): void => {
    if (!(error instanceof AgentError) || error.code === "robot.lost") throw error;
    stopped(error);
  };
  let heardNs = clock.nowNs();
  try {
    while (!signal.aborted) {
      const reading = await leader.read();
      if (lost) throw lost;
      if (reading) heardNs = clock.nowNs();
      if (nsToMs(clock.nowNs() - heardNs) > SILENT_MS_MAX)
        coupling.part(`the leader has not answered for ${SILENT_MS_MAX} ms; look at its cable`);
      if (reading && felt) {
        options.onReading?.(reading, felt);
        const restRad = robot.commandedAt(clock.nowNs() + secondsToNs(LEAD_MS / 1e3 + segmentDurationSMax)).positionRad;
        const phase = coupling.next(reading, restRad, isClutched(reading));
        if (phase !== "apart") await goOn(reading, felt, phase).catch(heldBy);
      }
      await clock.sleep(LEAD_STEP_MS, signal).catch(() => {}); // The person ends it.
    }
  } finally {
    ended.next();
    await robot.stop("leading ended").catch(() => {}); // A lost robot is stopped by its keeper.
  }
}

/** One motion towards the leader, where the guards let it. */
async function step(
  { robot, clock, body, leadsGripper }: LeadOptions,
  { positionRad: toRad, openShare }: LeaderReading,
  { stampNs, receivedNs }: JointState,
  speedRadPerSMax: number | null,
  refuse: (why: string | null) => void,
): Promise<void> {
  const nowNs = clock.nowNs();
  const startNs = nowNs + BigInt(LEAD_MS) * NS_PER_MS;
  const from = robot.commandedAt(startNs);
  const restRad = robot.commandedAt(startNs + secondsToNs(segmentDurationSMax)).positionRad;
  const gripper = leadsGripper ? gripperAt(robot, openShare) : undefined;
  const segment = followStep({ joints: robot.spec.joints, from, restRad, toRad, speedRadPerSMax, gripper }, { id: body.nextId(), startNs });
  const verdict = body.guard.check(segment, {
    ...{ nowNs, commanded: from, restRad, restInS: segmentDurationSMax, planMadeNs: nowNs },
    ...{ observationReceivedNs: receivedNs, observationStampNs: stampNs, toolAt: body.toolAt },
  });
  refuse(verdict.kind === "stop" ? verdict.why.join("; ") : null);
  if (verdict.kind !== "stop") await acted(robot, verdict.segment);
}

/** Handed over too late on a busy computer, a motion is left out: the one before it brings the arm to rest. */
async function acted(robot: Robot, segment: Segment): Promise<void> {
  try {
    await robot.act(segment);
  } catch (error) {
    if (!cameTooLate(error)) throw error;
  }
}

function gripperAt({ spec: { gripper } }: Robot, openShare: number | null): GripperCommand | undefined {
  if (!gripper || openShare === null) return undefined;
  const { openingMinM, openingMaxM, speedMaxMPerS: speedMPerS, forceMaxN } = gripper;
  const openingM = openingMinM + Math.min(1, Math.max(0, openShare)) * (openingMaxM - openingMinM);
  return { openingM, speedMPerS, forceN: FORCE_SHARE * forceMaxN };
}

/** Whether the two go together, as a person's clutch and their distance say. */
function createCoupling(names: readonly string[], onPhase: LeadOptions["onPhase"]) {
  let phase: LeadPhase = "apart";
  /** Parted by itself: the clutch must be opened before it can be closed. */
  let mustOpen = false;
  let refused: string | null = null;
  const enter = (next: LeadPhase, why: string | null): LeadPhase => {
    if (next !== phase || why !== null) onPhase(next, why);
    phase = next;
    return phase;
  };
  const stop = (why: string): void => {
    mustOpen = true;
    enter("apart", `${why}; the arm holds; open the clutch and close it again`);
  };
  const part = (why: string): void => {
    if (phase !== "apart") stop(why);
  };
  return {
    part,
    /** The arm does not move, whoever leads it. */
    stop,
    /** What the guards say, once until they say something else. */
    refuse(why: string | null): void {
      if (why !== null && refused === null) onPhase(phase, `the arm waits: ${why}`);
      if (why === null && refused !== null) onPhase(phase, null);
      refused = why;
    },
    next({ positionRad }: LeaderReading, restRad: Float64Array, isClutched: boolean): LeadPhase {
      if (!isClutched) {
        mustOpen = false;
        return enter("apart", null);
      }
      if (mustOpen) return phase;
      const offRad = restRad.map((rest, joint) => Math.abs(positionRad[joint]! - rest));
      const worst = offRad.indexOf(Math.max(...offRad));
      if (phase === "apart") return enter("aligning", null);
      if (phase === "aligning") return offRad[worst]! <= ALIGNED_RAD ? enter("following", null) : phase;
      if (offRad[worst]! > FAR_RAD)
        part(
          `joint "${names[worst]}": the leader is ${offRad[worst]!.toFixed(2)} rad from the arm, at most ${FAR_RAD} rad while it follows`,
        );
      return phase;
    },
  };
}
