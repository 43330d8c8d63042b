/** The two ways to move an arm without answers: JointTrajectory messages, and positions at the stream's rate. */
import { type Clock, NS_PER_MS, nsToSeconds } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { JointCommand } from "../../core/motion.ts";
import type { RosCommandConfig } from "./config.ts";
import type { CommandSink } from "./follow-client.ts";
import type { Publisher } from "./library.ts";
import { checkTrajectory, toTrajectory } from "./trajectory.ts";

export interface TopicSinkOptions {
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly config: RosCommandConfig;
  /** ROS's joint names, in the order of the spec. */
  readonly names: readonly string[];
  readonly toOther: (monoNs: bigint) => bigint | null;
  readonly onFault: (error: AgentError) => void;
}

/** How often it is looked whether anyone listens. */
const LOOK_NS = 200n * NS_PER_MS;

/** trajectory_msgs/JointTrajectory for each segment; a newer one replaces the one that runs. */
export function createTrajectorySink(options: TopicSinkOptions): CommandSink {
  const { publisher, config, names, toOther } = options;
  const listeners = watchListeners(options);
  return {
    follow(segment, nowNs) {
      const isNow = config.start === "now";
      const passedS = isNow ? Math.max(0, nsToSeconds(nowNs - segment.startNs)) : 0;
      const trajectory = toTrajectory(segment, { names, passedS, stampNs: isNow ? null : toOther(segment.startNs) });
      checkTrajectory(trajectory, names.length);
      publisher.publish(trajectory);
    },
    tick: listeners.look,
    command() {},
    // An empty trajectory: joint_trajectory_controller then holds where it is.
    cancel: () => publisher.publish({ header: { stamp: { sec: 0, nanosec: 0 }, frame_id: "" }, joint_names: [], points: [] }),
    get isConnected() {
      return listeners.isConnected;
    },
  };
}

/** std_msgs/Float64MultiArray of positions in the order of the spec, every beat. */
export function createPositionSink(options: TopicSinkOptions): CommandSink {
  const { publisher } = options;
  const listeners = watchListeners(options);
  const layout = { dim: [], data_offset: 0 };
  return {
    follow() {},
    tick: listeners.look,
    command: ({ positionRad }: JointCommand) => publisher.publish({ layout, data: positionRad }),
    cancel() {},
    get isConnected() {
      return listeners.isConnected;
    },
  };
}

/** Commands nobody: for looking only. */
export const createSilentSink = (): CommandSink => ({ follow() {}, tick() {}, command() {}, cancel() {}, isConnected: true });

function watchListeners({ publisher, config, onFault }: TopicSinkOptions) {
  let lookedNs: bigint | null = null;
  const watch = {
    isConnected: publisher.subscriptionCount > 0,
    look(nowNs: bigint): void {
      if (lookedNs !== null && nowNs - lookedNs < LOOK_NS) return;
      lookedNs = nowNs;
      const isThere = publisher.subscriptionCount > 0;
      if (watch.isConnected && !isThere)
        onFault(new AgentError("bridge.lost", `topic "${config.name}": nobody listens any more; start the controller, then resume`));
      watch.isConnected = isThere;
    },
  };
  return watch;
}
