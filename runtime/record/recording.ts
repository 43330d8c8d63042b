/** Reads what a replay robot replays: a run from its MCAP files, or the joints and segments of ticks in memory. */
import * as z from "zod";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { objections } from "../core/objections.ts";
import { kindOf } from "../core/own-files.ts";
import type { Tick } from "../core/tick.ts";
import { jsonOf } from "./channels/read-sample.ts";
import { ours } from "./channels/schemas.ts";
import { CHANNELS } from "./channels/table.ts";
import { entriesOf } from "./mcap/read.ts";
import { loadZstd } from "./mcap/zstd.ts";
import { createReading, type Header, type Recording, type RunRecording } from "./reading.ts";
import { PARTS_MAX, partOf } from "./recording-files.ts";

/** The joints and segments of recorded decisions; pictures are not part of a Tick. `velocityRadPerS` is zero: a Tick has none. */
export function recordingFromTicks(ticks: readonly Tick[]): Recording {
  return {
    samples: ticks.map(({ decision: { stampNs, jointsRad } }) => ({
      kind: "joints",
      joints: { positionRad: jointsRad.slice(), velocityRadPerS: new Float64Array(jointsRad.length), stampNs, receivedNs: stampNs },
    })),
    segments: ticks.flatMap(({ decision: { segment } }) => (segment ? [segment] : [])),
  };
}

/** What a run's recording says of the run. Throws AgentError `launch.invalid`. */
export async function readHeader(path: string): Promise<Header> {
  const zstd = await loadZstd();
  return orUnreadable(path, async () => {
    for (const { topic, data } of entriesOf(path, zstd)) if (topic === CHANNELS.run.topic) return headerOf(data);
    throw new Error(`it says nothing on ${CHANNELS.run.topic}, so it is no run; make one with "foresight run ... record:=FILE"`);
  });
}

/** Reads a recording with the files that follow it. Throws AgentError `launch.invalid` naming the file that cannot be read. */
export async function readRecording(path: string): Promise<RunRecording> {
  const zstd = await loadZstd();
  const reading = createReading();
  for (let part = 1; part <= PARTS_MAX && reading.goesOn(); part++) {
    const file = partOf(path, part);
    if (part > 1 && kindOf(file) === "nothing") {
      reading.lack(`it goes on in ${file}, which is not there`);
      break;
    }
    await orUnreadable(file, async () => {
      const entries = entriesOf(file, zstd);
      let next = entries.next();
      for (; !next.done; next = entries.next()) await reading.add(next.value);
      reading.endFile(next.value);
    });
  }
  return orUnreadable(path, () => reading.result());
}

const headerOf = (data: Uint8Array): Header => ours["foresight.Run"].parse(jsonOf(data));

export async function orUnreadable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const why = cause instanceof z.ZodError ? objections(cause) : faultOf(cause);
    throw new AgentError("launch.invalid", `recording ${path}: ${why}; record it again or name another file`, { cause });
  }
}
