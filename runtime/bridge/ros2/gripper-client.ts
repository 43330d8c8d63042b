/** Opens and closes the gripper by its action, within a time. */
import type { Clock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { RosGripperConfig } from "./config.ts";
import { GRIPPER_TYPES, type GripperBounds, type GripperResult, gripperGoal, judgeGripper } from "./gripper-result.ts";
import type { ActionClient, GoalHandle } from "./library.ts";
import type { RosNode } from "./node.ts";

export interface Gripper {
  /** 0 closed to 1 open, within the launch file's bounds where there are no others; resolves when it is there or holds something. Throws AgentErrors. */
  move(opening: number, bounds?: GripperBounds): Promise<GripperResult>;
  /** Takes back what is under way, which then ends with an error. */
  cancel(): void;
  isConnected(): boolean;
}

export function openGripper(ros: RosNode, clock: Clock, config: RosGripperConfig): Gripper {
  const action = new ros.library.rcl.ActionClient(ros.node, GRIPPER_TYPES[config.kind], config.name);
  ros.onDispose(() => action.destroy());
  return createGripper(action, clock, config);
}

export function createGripper(
  action: Pick<ActionClient, "sendGoal" | "isActionServerAvailable">,
  clock: Clock,
  config: RosGripperConfig,
): Gripper {
  let sending: GoalHandle | null = null;
  let isTakenBack = false;
  const cancel = (): void => {
    isTakenBack = true;
    void sending?.cancelGoal().catch(() => {}); // Its end says what became of it.
  };
  const pursue = async (opening: number, bounds?: GripperBounds): Promise<GripperResult> => {
    isTakenBack = false;
    const handle = await action.sendGoal(gripperGoal(opening, config, bounds));
    if (!handle.isAccepted())
      throw new AgentError(
        "robot.rejected",
        `gripper: "${config.name}" refused to move to ${opening}; look whether its controller is active`,
      );
    sending = handle;
    if (isTakenBack) cancel(); // Before it was accepted.
    const result = await handle.getResult();
    const end = handle.isSucceeded() ? "succeeded" : handle.isCanceled() ? "canceled" : handle.isAborted() ? "aborted" : "unknown";
    return judgeGripper(opening, end, result);
  };
  return {
    async move(opening, bounds) {
      if (!(opening >= 0 && opening <= 1))
        throw new AgentError("robot.rejected", `gripper: opening ${opening} is outside [0, 1]; ask for a share of its opening`);
      if (!action.isActionServerAvailable())
        throw new AgentError("bridge.lost", `gripper: there is no action "${config.name}"; start its controller, then resume`);
      const waiting = new AbortController();
      const late = clock.sleep(config.timeoutMs, waiting.signal).then(() => {
        void sending?.cancelGoal().catch(() => {}); // It has not answered before either.
        throw new AgentError(
          "bridge.timeout",
          `gripper: "${config.name}" was not done within ${config.timeoutMs} ms; look at the gripper, then resume`,
        );
      });
      late.catch(() => {}); // Aborted below when the gripper was quicker.
      try {
        return await Promise.race([pursue(opening, bounds), late]);
      } finally {
        waiting.abort();
        sending = null;
      }
    },
    cancel,
    isConnected: () => action.isActionServerAvailable(),
  };
}
