/** Notices fingers that do not what they were told: that open no further, or stay wide open. Fingers that stop on their way to closed hold something, or are jammed: what they feel is the same, and only who looks can tell. */
import { NS_PER_MS } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { GripperCommand } from "../core/motion.ts";
import type { GripperSpec } from "../core/robot.ts";
import type { GripperReading } from "../core/sensing.ts";

/** Fingers so far from where they were told to be are not there. */
const OFF_M = 0.005;
/** What they may take beyond the time that the whole way takes at their speed. */
const SLACK_MS = 700;

/** Fingers that moved by so much within this time are slow, not stuck: not every driver goes at the speed that it is told. */
const MOVED_M = 0.001;
const STILL_MS = 500;

/** One reading after the other, with what was told at its stamp; a fault once they have had their time, then again only after they were told something else. */
export function createGripWatch({ openingMinM, openingMaxM }: Pick<GripperSpec, "openingMinM" | "openingMaxM">) {
  let asked: { readonly openingM: number; readonly dueNs: bigint } | null = null;
  let stood = { openingM: Number.NaN, sinceNs: 0n };
  let isTold = false;
  const forget = (): null => {
    asked = null;
    isTold = false;
    return null;
  };
  const timeMs = ({ speedMPerS }: GripperCommand): number => (1e3 * (openingMaxM - openingMinM)) / speedMPerS + SLACK_MS;
  const astray = (isM: number, toldM: number): string | null => {
    if (isM < toldM - OFF_M) return "look what holds them";
    return isM > openingMaxM - OFF_M && toldM < openingMaxM - 2 * OFF_M ? "look whether they are driven" : null;
  };
  return {
    check({ openingM }: GripperReading, told: GripperCommand | undefined, atNs: bigint): AgentError | null {
      if (!told || told.speedMPerS === 0) return forget(); // What is held is asked for nothing.
      if (asked?.openingM !== told.openingM) {
        asked = { openingM: told.openingM, dueNs: atNs + BigInt(Math.round(timeMs(told))) * NS_PER_MS };
        isTold = false;
      }
      if (!(Math.abs(openingM - stood.openingM) <= MOVED_M)) stood = { openingM, sinceNs: atNs };
      if (isTold || atNs < asked.dueNs || atNs - stood.sinceNs < BigInt(STILL_MS) * NS_PER_MS) return null;
      const remedy = astray(openingM, told.openingM);
      if (remedy === null) return null;
      isTold = true;
      const [isMm, toldMm] = [openingM, told.openingM].map((each) => (each * 1e3).toFixed(1));
      const message = `gripper: its fingers are ${isMm} mm apart ${timeMs(told).toFixed(0)} ms after they were told ${toldMm} mm, at most ${OFF_M * 1e3} mm off; ${remedy}, then reset and start`;
      return new AgentError("robot.aborted", message);
    },
    /** The arm took its place anew, or nobody acts. */
    forget,
  };
}
