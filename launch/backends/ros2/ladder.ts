/** The ladder by which a real arm is brought into use: shadow, jog, slow, normal; what was done with a launch file is kept in a small file of the user's. */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import type { RosBackendConfig } from "../../../runtime/bridge/ros2/config.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { parseJson } from "../../../runtime/core/json.ts";
import { makeFolder, replaceFile } from "../../../runtime/core/own-files.ts";
import { plainText } from "../../../runtime/core/plain-file.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import type { Ladder, Rung } from "../backend.ts";
import type { Ros2Section } from "./schema.ts";

const BYTES_MAX = 2 ** 20;
/** In this order; each is done before the next. */
const RUNGS = ["shadow", "jog", "slow"] as const satisfies readonly Rung[];
/** Share of speed and acceleration on the rung `slow`. */
export const SLOW_SHARE = 0.1;
/** Decisions without a fault that stops the arm, which make a rung count as done. */
export const DECISIONS_OF_A_RUNG = 25;

const record = z.record(z.string(), z.strictObject({ robot: z.string(), done: z.array(z.enum(RUNGS)) }));
type Recorded = z.output<typeof record>;

/** An arm is another one when it is reached or moved otherwise. */
export function armKey(robot: LaunchConfig["robot"], { node, joints, command }: RosBackendConfig): string {
  const { domainId, namespace, remap, rosArgs } = node;
  const reached = JSON.stringify([robot, domainId, namespace, remap, rosArgs, joints, command.kind, command.name]);
  return createHash("sha256").update(reached).digest("hex").slice(0, 16);
}

export const ladderFile = (environment: Readonly<Record<string, string | undefined>>): string =>
  join(environment["XDG_STATE_HOME"] || join(homedir(), ".local/state"), "foresight/bring-up.json");

/** The rungs that were done with this arm; none when the file cannot be read. */
export function rungsDone(file: string, key: string): readonly Rung[] {
  return readLadder(file)[key]?.done ?? [];
}

function readLadder(file: string): Recorded {
  try {
    const read = record.safeParse(parseJson(plainText(file, BYTES_MAX)));
    return read.success ? read.data : {};
  } catch {
    return {}; // No file, or half of one, proves nothing: the ladder begins anew.
  }
}

export function recordRung(file: string, key: string, robot: string, rung: Rung): void {
  if (rung === "normal") return;
  const ladder = readLadder(file);
  const done = RUNGS.filter((each) => each === rung || ladder[key]?.done.includes(each));
  makeFolder(dirname(file));
  replaceFile(file, `${JSON.stringify({ ...ladder, [key]: { robot, done } }, null, 2)}\n`);
}

/** Throws AgentError `launch.invalid` naming the rung that comes first. A simulated arm needs no ladder. */
export function checkLadder(wanted: Rung, done: readonly Rung[], isSimulated: boolean): void {
  if (isSimulated) return;
  const before = wanted === "normal" ? RUNGS : RUNGS.slice(0, RUNGS.indexOf(wanted));
  const lacking = before.find((rung) => !done.includes(rung));
  if (lacking === undefined) return;
  const how =
    lacking === "jog"
      ? "foresight jog LAUNCH"
      : `foresight run LAUNCH backend.bringUp:=${lacking}, for ${DECISIONS_OF_A_RUNG} decisions without a fault that stops`;
  throw new AgentError("launch.invalid", `backend.bringUp "${wanted}": "${lacking}" was not done with this arm yet; first ${how}`);
}

/** The ladder of the arm that a launch file names. */
export function ladderOf(robot: LaunchConfig["robot"], { kind: _, ...ros }: Ros2Section): Ladder {
  const [file, key] = [ladderFile(process.env), armKey(robot, ros)];
  return {
    check: (wanted) => checkLadder(wanted, rungsDone(file, key), ros.evaluation !== null),
    done: (rung) => recordRung(file, key, typeof robot === "string" ? robot : robot.name, rung),
  };
}
