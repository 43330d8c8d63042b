/** What follows where fingers do not what they were told: a fault, once; the supervisor makes a stop of it. */
import { createGripWatch } from "../act/grip-watch.ts";
import type { AgentError } from "../core/errors.ts";
import type { Robot } from "../core/robot.ts";
import type { Sample } from "../core/sensing.ts";
import type { SupervisorState } from "../core/supervision.ts";

export interface FingersOptions {
  readonly robot: Pick<Robot, "spec" | "commandedAt">;
  readonly state: () => Pick<SupervisorState, "agent">;
  readonly onFault: (error: AgentError) => void;
}

/** To be told of every sample; null for an arm without fingers. */
export function watchFingers({ robot, state, onFault }: FingersOptions): ((sample: Sample) => void) | null {
  const { gripper } = robot.spec;
  if (!gripper) return null;
  const watch = createGripWatch(gripper);
  return (sample) => {
    if (sample.kind !== "joints" || !sample.joints.gripper) return;
    const { gripper: reading, stampNs } = sample.joints;
    if (state().agent !== "running") {
      watch.forget();
      return;
    }
    const error = watch.check(reading, robot.commandedAt(stampNs).gripper, stampNs);
    if (error) queueMicrotask(() => onFault(error)); // A world that waits tells its samples from within its step.
  };
}
