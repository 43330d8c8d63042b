/** What the gripper is told during motion, as goals of its action: one under way, the newest wins, and a hold takes back what is not done. */
import { AgentError } from "../../core/errors.ts";
import type { GripperCommand } from "../../core/motion.ts";
import type { GripperSpec } from "../../core/robot.ts";
import type { Gripper } from "./gripper-client.ts";

export interface GripperChannel {
  /** The same beat after beat until another is told. */
  command(command: GripperCommand | undefined): void;
  /** Nothing more is pursued: the fingers stay where their driver has them. */
  hold(): void;
}

export function createGripperChannel(gripper: Gripper, spec: GripperSpec, onFault: (error: AgentError) => void): GripperChannel {
  let told: GripperCommand | undefined;
  let waiting: GripperCommand | null = null;
  let isBusy = false;
  const share = ({ openingM }: GripperCommand): number => (openingM - spec.openingMinM) / (spec.openingMaxM - spec.openingMinM);

  const pursue = async (): Promise<void> => {
    isBusy = true;
    while (waiting) {
      const goal: GripperCommand = waiting;
      waiting = null;
      try {
        await gripper.move(Math.min(1, Math.max(0, share(goal))), goal);
      } catch (error) {
        if (!(error instanceof AgentError)) throw error;
        if (told === goal) onFault(error); // One that was taken back ends as it was told to.
      }
    }
    isBusy = false;
  };
  const hold = (): void => {
    waiting = null;
    if (isBusy) gripper.cancel();
  };
  return {
    command(command) {
      if (!command || isSame(command, told)) return;
      told = command;
      hold();
      if (command.speedMPerS === 0) return;
      waiting = command;
      if (!isBusy) void pursue();
    },
    hold() {
      told = undefined;
      hold();
    },
  };
}

const isSame = (one: GripperCommand, other: GripperCommand | undefined): boolean =>
  one.openingM === other?.openingM && one.speedMPerS === other.speedMPerS && one.forceN === other.forceN;
