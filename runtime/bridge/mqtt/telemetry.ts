/** What the telemetry message says: the newest joints and decision, and counts since the start. */
import type { JointState } from "../../core/sensing.ts";
import type { Tick } from "../../core/tick.ts";
import { cut } from "./fields.ts";
import type { MessageBody } from "./messages.ts";

export type Counts = MessageBody<"telemetry">["counts"];

/** JSON has no NaN. */
const finite = (values: Iterable<number>): (number | null)[] => [...values].map((value) => (Number.isFinite(value) ? value : null));
const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
const tenths = (ms: number): number => Math.round(ms * 10) / 10;
const WHY_MAX = 16;

export function telemetryBody(joints: JointState, tick: Tick | null, counts: Counts): MessageBody<"telemetry"> {
  return {
    joints: {
      stampNs: `${joints.stampNs}`,
      positionRad: finite(joints.positionRad),
      velocityRadPerS: finite(joints.velocityRadPerS),
    },
    decision: tick && decisionOf(tick),
    counts,
  };
}

function decisionOf({ decision, timing }: Tick): NonNullable<MessageBody<"telemetry">["decision"]> {
  const { criticCost, toolToGoalM, objectToGoalM } = decision.measures;
  return {
    index: decision.index,
    verdict: decision.verdict,
    why: decision.why.slice(0, WHY_MAX).map(cut),
    toolM: [...decision.toolM],
    criticCost: finiteOrNull(criticCost),
    toolToGoalM: finiteOrNull(toolToGoalM),
    objectToGoalM: finiteOrNull(objectToGoalM),
    planMs: tenths(timing.planMs),
    decisionMs: tenths(timing.decisionMs),
  };
}
