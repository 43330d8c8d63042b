/** The ROS clock of a node, the machine's or a simulator's /clock, kept in step with ours; says when it stands still, jumps or runs at another pace. */
import { type ClockMap, createClockMap } from "../../act/clock-map.ts";
import { createSimClockWatch } from "../../act/clock-watch.ts";
import { type Clock, NS_PER_MS } from "../../core/clock.ts";
import type { AgentError } from "../../core/errors.ts";
import type { ClockMsg } from "./messages.ts";
import type { RosNode } from "./node.ts";
import { fromTimeMsg } from "./time.ts";

export interface RosClock extends Pick<ClockMap, "toMono" | "toOther"> {
  readonly isReady: boolean;
  /** ROS seconds per second. */
  readonly rate: number;
  /** Called at the stream's rate: deadlines are looked at here. */
  tick(nowNs: bigint): void;
}

export interface RosClockOptions {
  readonly ros: RosNode;
  readonly clock: Clock;
  readonly useSimTime: boolean;
  /** A /clock that stands still for longer is a fault. */
  readonly silentMsMax: number;
  readonly onFault: (error: AgentError) => void;
}

export const openRosClock = (options: RosClockOptions): RosClock => (options.useSimTime ? simClock(options) : systemClock(options));

/** How often the machine's two clocks are compared. */
const COMPARE_NS = 1000n * NS_PER_MS;

function systemClock({ ros, clock }: RosClockOptions): RosClock {
  const map = createClockMap();
  let comparedNs: bigint | null = null;
  const compare = (nowNs: bigint): void => {
    if (comparedNs !== null && nowNs - comparedNs < COMPARE_NS) return;
    comparedNs = nowNs;
    map.read(ros.node.now().nanoseconds, clock.nowNs()); // Someone who sets the machine's clock begins the map anew.
  };
  compare(clock.nowNs());
  return { toMono: map.toMono, toOther: map.toOther, isReady: true, rate: 1, tick: compare };
}

function simClock({ ros, clock, silentMsMax, onFault }: RosClockOptions): RosClock {
  const watch = createSimClockWatch(silentMsMax, onFault);
  ros.subscribe<ClockMsg>("rosgraph_msgs/msg/Clock", "/clock", "clock", (message) => watch.read(fromTimeMsg(message.clock), clock.nowNs()));
  return watch;
}
