/** What a surprise above the launch file's threshold leads to: slower first, then a hold. */
import { AgentError } from "../../runtime/core/errors.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import { createSurpriseWatch, SURPRISES_TO_HOLD } from "../../runtime/supervise/surprise.ts";

/** Told of every decision; without a threshold nothing follows. */
export function heedSurprise(
  threshold: number | undefined,
  supervisor: { fault(error: AgentError): unknown },
  limitSpeed: (share: number) => void,
): (tick: Tick) => void {
  if (threshold === undefined) return () => {};
  const watch = createSurpriseWatch(threshold);
  return ({ decision: { index, surprise } }) => {
    const reaction = watch(surprise);
    limitSpeed(reaction === "calm" ? 1 : 0.5);
    if (reaction !== "hold") return;
    const is = `decision ${index}: surprised by ${surprise?.toFixed(2)}, ${SURPRISES_TO_HOLD} times in a row above ${threshold}`;
    supervisor.fault(new AgentError("model.surprised", `${is}; look at the scene and the cameras, or practise there`));
  };
}
