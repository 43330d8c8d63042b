/** Makes a whole recording of one that was cut off: all its messages are streamed into a new file, which gets an end and an index. */
import { resolve } from "node:path";
import type * as z from "zod";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { draftOf, nameDraft, removeFile } from "../core/own-files.ts";
import { jsonOf } from "./channels/read-sample.ts";
import { ours } from "./channels/schemas.ts";
import { CHANNELS, channelsOf } from "./channels/table.ts";
import { layoutOf } from "./mcap/layout.ts";
import { entriesOf } from "./mcap/read.ts";
import { loadZstd, type Zstd } from "./mcap/zstd.ts";
import { readHeader } from "./recording.ts";
import { refuseOther } from "./recording-files.ts";
import { createTape, type Ending, type Tape } from "./tape.ts";

export interface Recovered {
  readonly messages: number;
  readonly decisions: number;
  /** Why it was not whole; null for one that was, of which nothing is written. */
  readonly lacked: string | null;
  /** Where the whole one is. */
  readonly file: string;
}

/** `to` null: in the place of the original, which needs `force`. The original is never touched before the new one is whole. Throws AgentError `launch.invalid`. */
export async function recover(path: string, to: string | null, force: boolean): Promise<Recovered> {
  const header = await readHeader(path);
  const file = resolve(to ?? path);
  const draft = draftOf(file);
  const zstd = await loadZstd();
  try {
    refuseOther(file, force);
    const look = streamed(path, zstd, null);
    if (look.lacked === null) return { ...look, file: resolve(path) };
    removeFile(draft);
    const setup = {
      file: draft,
      force,
      layout: layoutOf(channelsOf(header)),
      splitBytes: Number.POSITIVE_INFINITY,
      splitS: Number.POSITIVE_INFINITY,
    };
    const room = { minFreeBytes: 0, freeBytes: () => 0, last: null };
    let stopped: string | null = null;
    const tape = createTape({ ...setup, ...room, zstd, onStopped: (why) => (stopped = why) });
    const written = streamed(path, zstd, tape);
    if (stopped !== null) {
      removeFile(draft);
      throw new Error(`it could not be written: ${stopped}`);
    }
    nameDraft(file);
    return { ...written, file };
  } catch (cause) {
    throw new AgentError("launch.invalid", `recording ${path}: ${faultOf(cause)}; name another file with --out`, { cause });
  }
}

export const recoveredName = (path: string): string => path.replace(/(\.mcap)?$/, ".recovered.mcap");

type End = z.output<(typeof ours)["foresight.End"]>;

/** Reads all that is there, and writes it where there is a tape. */
function streamed(path: string, zstd: Zstd, tape: Tape | null): Omit<Recovered, "file"> {
  const entries = entriesOf(path, zstd);
  let end: End | null = null;
  let messages = 0;
  let decisions = 0;
  let next = entries.next();
  for (; !next.done; next = entries.next()) {
    const { schema: _, ...message } = next.value;
    if (message.topic === CHANNELS.end.topic) {
      end = ours["foresight.End"].parse(jsonOf(message.data));
      continue; // The new file writes its own.
    }
    messages++;
    if (message.topic === CHANNELS.tick.topic) decisions++;
    tape?.write([message]);
  }
  const lacked = next.value ?? (end ? null : "its end is missing");
  const ending: Ending = end ?? { why: "stopped", reason: "it was cut off and repaired: what came after this is lost" };
  tape?.finish(end?.dropped ?? 0, ending);
  return { messages, decisions, lacked };
}
