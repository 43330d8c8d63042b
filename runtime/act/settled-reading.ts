/** Where an arm stands, once its readings can be believed: several in a row sound, of the right joints, within limits, and agreeing for a moment. */
import { nsToMs } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { angleRad } from "../core/joint-angle.ts";
import { checkJoints } from "../core/joint-reading.ts";
import type { JointSpec } from "../core/robot.ts";
import type { JointState } from "../core/sensing.ts";

/** So many readings in a row, over at least so long, each this near to the first of them. */
const READINGS_MIN = 5;
const AGREE_MS_MIN = 100;
export const AGREE_RAD_MAX = 0.01;
/** How far outside its limits a joint may stand: an arm that leans on its end stop. */
export const OUTSIDE_RAD_MAX = 0.05;
/** Readings that ended so long ago say nothing of now. */
const AGE_MS_MAX = 500;

export interface SettledReading {
  /** One reading after the other. */
  take(reading: JointState): void;
  /** Where the arm stands, shape (jointCount), where its newest readings agree; else null. A copy. */
  standsAt(nowNs: bigint): Float64Array | null;
  /** When the newest sound reading was received, whether or not it agrees with those before; null before the first. */
  readonly soundNs: bigint | null;
  /** Why the readings are not believed, naming joint, value, bound and unit. */
  objection(nowNs: bigint): AgentError;
  /** Begins anew: what was read before counts no more. */
  forget(): void;
}

export function createSettledReading(joints: readonly JointSpec[]): SettledReading {
  let first: JointState | null = null;
  let newest: JointState | null = null;
  let count = 0;
  let soundNs: bigint | null = null;
  let why: AgentError | null = null;

  const begin = (reading: JointState | null, objection: AgentError | null): void => {
    first = newest = reading;
    count = reading ? 1 : 0;
    why = objection;
  };
  return {
    take(reading) {
      const unsound = checkJoints(reading, joints, OUTSIDE_RAD_MAX);
      if (unsound) return begin(null, unsound);
      soundNs = reading.receivedNs;
      if (first === null || newest === null) return begin(reading, null);
      if (reading.stampNs <= newest.stampNs) return; // The same reading told twice agrees with itself.
      const moved = disagreement(first, reading, joints);
      if (moved) return begin(reading, moved);
      newest = reading;
      count++;
    },
    standsAt(nowNs) {
      if (first === null || newest === null || count < READINGS_MIN) return null;
      const isLong = nsToMs(newest.receivedNs - first.receivedNs) >= AGREE_MS_MIN;
      return isLong && nsToMs(nowNs - newest.receivedNs) <= AGE_MS_MAX ? newest.positionRad.slice() : null;
    },
    get soundNs() {
      return soundNs;
    },
    objection(nowNs) {
      const ageMs = soundNs === null ? Number.POSITIVE_INFINITY : nsToMs(nowNs - soundNs);
      return why ?? silence(ageMs > AGE_MS_MAX ? null : count);
    },
    forget: () => begin(null, null),
  };
}

const silence = (count: number | null): AgentError =>
  new AgentError(
    "sense.stale",
    `joints: ${count ?? "no"} new readings, must be ${READINGS_MIN} or more over ${AGREE_MS_MIN} ms that agree; look whether the arm's driver runs`,
  );

function disagreement(first: JointState, reading: JointState, joints: readonly JointSpec[]): AgentError | null {
  for (const [joint, spec] of joints.entries()) {
    const [fromRad, toRad] = [first.positionRad[joint]!, reading.positionRad[joint]!];
    const moved = Math.abs(angleRad(spec.type, fromRad, toRad));
    if (moved <= AGREE_RAD_MAX) continue;
    const within = nsToMs(reading.receivedNs - first.receivedNs).toFixed(0);
    const what = `read ${fromRad.toFixed(3)} rad and, ${within} ms later, ${toRad.toFixed(3)} rad`;
    const bound = `readings must agree within ${AGREE_RAD_MAX} rad over ${AGREE_MS_MIN} ms`;
    return new AgentError("sense.jump", `joint "${spec.name}": ${what}, ${bound}; let the arm rest, and look who else tells its joints`);
  }
  return null;
}
