/** The ROS clock of a node, the machine's or a simulator's /clock, kept in step with ours; says when it stands still, jumps or runs at another pace. */
import { type Clock, NS_PER_MS, nsToMs, nsToSeconds } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { ClockMsg } from "./messages.ts";
import type { RosNode } from "./node.ts";
import { type ClockMap, createClockMap, fromTimeMsg } from "./time.ts";

export interface RosClock extends Pick<ClockMap, "toMono" | "toRos"> {
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
  return { toMono: map.toMono, toRos: map.toRos, isReady: true, rate: 1, tick: compare };
}

function simClock({ ros, clock, silentMsMax, onFault }: RosClockOptions): RosClock {
  const watch = createSimClockWatch(silentMsMax, onFault);
  ros.subscribe<ClockMsg>("rosgraph_msgs/msg/Clock", "/clock", "clock", (message) => watch.read(fromTimeMsg(message.clock), clock.nowNs()));
  return watch;
}

/** What follows from the readings of /clock, without ROS. */
export function createSimClockWatch(silentMsMax: number, onFault: (error: AgentError) => void) {
  const map = createClockMap();
  let readRosNs = 0n;
  let isStill = false;
  return {
    toMono: map.toMono,
    toRos: map.toRos,
    get isReady() {
      return map.toMono(0n) !== null;
    },
    get rate() {
      return map.rate;
    },
    read(rosNs: bigint, monoNs: bigint): void {
      const step = map.read(rosNs, monoNs);
      if (step === "jumped-back" || step === "jumped-forward") {
        const [from, to] = [nsToSeconds(readRosNs).toFixed(3), nsToSeconds(rosNs).toFixed(3)];
        const what = step === "jumped-back" ? "back" : "forward";
        onFault(
          new AgentError(
            "bridge.lost",
            `/clock: jumped ${what} from ${from} s to ${to} s; the simulator was reset or seeked, resume when the arm is ready`,
          ),
        );
      }
      if (step === "forward") isStill = false;
      readRosNs = rosNs;
    },
    tick(nowNs: bigint): void {
      const stillNs = map.stillForNs(nowNs);
      if (stillNs === null || isStill || stillNs <= BigInt(Math.round(silentMsMax)) * NS_PER_MS) return;
      isStill = true;
      const ms = nsToMs(stillNs).toFixed(0);
      onFault(
        new AgentError(
          "bridge.timeout",
          `/clock: stands still for ${ms} ms, at most ${silentMsMax} ms; let the simulator go on, then resume`,
        ),
      );
    },
  };
}
