/** How a person says that the arm is to follow now: a key or a button of the page that opens and closes it, or the leader's own hand, squeezed. */
import type { LeaderReading } from "../../runtime/assemble/lead.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Keys } from "../bring-up/hold-to-run.ts";

/** key: and the page's button too, where there is one. */
export type ClutchKind = "key" | "page" | "gripper";

export interface Clutch extends Disposable {
  readonly isClosed: (reading: LeaderReading) => boolean;
  /** Closes or opens it from elsewhere; null where the leader's hand alone does. */
  readonly set: ((isClosed: boolean) => void) | null;
}

/** Of its opening; below it the hand is squeezed. */
const SQUEEZED_SHARE = 0.25;
const CTRL_C = "\u0003";

/** It begins open. Throws AgentError `launch.invalid` where there is no keyboard. */
export function openClutch(kind: ClutchKind, keys: (Keys & { readonly isTTY?: boolean }) | null = process.stdin): Clutch {
  if (kind === "gripper") {
    return { isClosed: ({ openShare }) => openShare !== null && openShare < SQUEEZED_SHARE, set: null, [Symbol.dispose]() {} };
  }
  let isClosed = false;
  const known = {
    isClosed: () => isClosed,
    set(closed: boolean): void {
      isClosed = closed;
    },
  };
  if (kind === "page") return { ...known, [Symbol.dispose]() {} };
  if (!keys?.isTTY) throw new AgentError("launch.invalid", "--clutch key: there is no keyboard here; use --clutch gripper");
  const onKeys = (data: Buffer): void => {
    const text = data.toString("latin1");
    if (text.includes(CTRL_C))
      process.kill(process.pid, "SIGINT"); // A raw terminal makes no signal of it.
    else isClosed = text.includes(" ") ? !isClosed : false; // Any other key opens it.
  };
  keys.setRawMode(true);
  keys.on("data", onKeys);
  keys.resume();
  return {
    ...known,
    [Symbol.dispose]() {
      keys.off("data", onKeys);
      keys.setRawMode(false);
      keys.pause();
    },
  };
}
