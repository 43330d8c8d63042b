/** Shows in Gazebo what the agent imagines, decision by decision, when the launch file asks for it. */
import type { Tick } from "../../../runtime/core/tick.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import type { OpenedRobot } from "../open-robot.ts";

/** Null unless `backend.drawImagined`. One drawing at a time, newer ones meanwhile are left out; one that fails is said and is the last. */
export function imaginedPainter(
  backend: Pick<LaunchConfig["backend"], "kind"> & { readonly drawImagined?: boolean },
  robot: Pick<OpenedRobot["robot"], "ask">,
  say: (text: string) => void,
): ((tick: Pick<Tick, "decision">) => Promise<void>) | null {
  if (backend.kind !== "gazebo" || !backend.drawImagined) return null;
  let isBusy = false;
  return async ({ decision: { toolM, imaginedToolM } }) => {
    if (isBusy || imaginedToolM.length === 0) return;
    isBusy = true;
    const steps = Array.from({ length: imaginedToolM.length / 3 }, (_, step) => [...imaginedToolM.subarray(3 * step, 3 * step + 3)]);
    try {
      await robot.ask("draw", { pathM: [[...toolM], ...steps] });
      isBusy = false;
    } catch (error) {
      say(`the imagined path is not drawn: ${(error as Error).message}`); // In lockstep each further attempt would hold the world up.
    }
  };
}
