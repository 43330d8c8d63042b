/** Watches a simulated clock that is told over a middleware: says when it stands still or jumps. */
import { NS_PER_MS, nsToMs, nsToSeconds } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { createClockMap } from "./clock-map.ts";

/** What follows from the readings of a simulated clock. */
export function createSimClockWatch(silentMsMax: number, onFault: (error: AgentError) => void) {
  const map = createClockMap();
  let readOtherNs = 0n;
  let isStill = false;
  return {
    toMono: map.toMono,
    toOther: map.toOther,
    get isReady() {
      return map.toMono(0n) !== null;
    },
    get rate() {
      return map.rate;
    },
    read(otherNs: bigint, monoNs: bigint): void {
      const step = map.read(otherNs, monoNs);
      if (step === "jumped-back" || step === "jumped-forward") {
        const [from, to] = [nsToSeconds(readOtherNs).toFixed(3), nsToSeconds(otherNs).toFixed(3)];
        const what = step === "jumped-back" ? "back" : "forward";
        onFault(
          new AgentError(
            "bridge.lost",
            `/clock: jumped ${what} from ${from} s to ${to} s; the simulator was reset or seeked, resume when the arm is ready`,
          ),
        );
      }
      if (step === "forward") isStill = false;
      readOtherNs = otherNs;
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
