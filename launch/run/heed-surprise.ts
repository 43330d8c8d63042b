/** What a surprise above the launch file's threshold leads to: slower first, then a hold. */

import { AgentError } from "../../runtime/core/errors.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import { createSurpriseWatch, SURPRISES_TO_HOLD } from "../../runtime/supervise/surprise.ts";
import type { Blueprint } from "../blueprint.ts";

type Asked = Pick<Blueprint, "config" | "model">;

/** The threshold that holds for a run; undefined where nothing follows from a surprise. */
export const usualSurpriseOf = ({ config, model }: Asked): number | undefined =>
  config.guards.maxSurprise === "calibrated" ? model.spec.surprise?.quantile : config.guards.maxSurprise;

/** And that in a sentence, also where there is none. */
export function surpriseInWords({ config, model }: Asked): string {
  const usual = usualSurpriseOf({ config, model });
  if (usual !== undefined) return `surprise above ${usual.toFixed(3)}: slower, three in a row hold`;
  if (!model.spec.surprise) return "surprise is not calibrated for this model (foresight calibrate-surprise): nothing follows from one";
  return "nothing follows from a surprise (guards.maxSurprise:=calibrated heeds what the model's card says)";
}

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
