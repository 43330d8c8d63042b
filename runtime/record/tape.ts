/** Where the messages of a run go: into one file after another, and into the ring of the newest. It runs in the recorder's thread and never throws for what a disk does. */
import { basename, dirname, join } from "node:path";
import type * as z from "zod";
import { faultOf } from "../core/file-fault.ts";
import { makeFolder } from "../core/own-files.ts";
import { exactJson } from "./channels/exact.ts";
import type { ours } from "./channels/schemas.ts";
import { CHANNELS } from "./channels/table.ts";
import { type Chunk, type ChunkMessage, createChunker } from "./mcap/chunk.ts";
import { createMcapFile, identityOf, type McapFile } from "./mcap/file-out.ts";
import type { Zstd } from "./mcap/zstd.ts";
import type { RecorderSetup, Saved } from "./recorder-protocol.ts";
import { createFile, PARTS_MAX, partOf, type Written } from "./recording-files.ts";
import { createRing } from "./ring.ts";

export interface TapeMessage extends Omit<ChunkMessage, "channelId"> {
  readonly topic: string;
}

export interface TapeOptions extends RecorderSetup {
  readonly zstd: Zstd;
  /** Of the disk with this folder. */
  readonly freeBytes: (folder: string) => number;
  /** Recording ends before the run does; a clause. */
  readonly onStopped: (why: string) => void;
}

export interface Tape {
  /** On the disk, all parts together; what was saved of the newest is none. */
  readonly bytes: number;
  write(messages: readonly TapeMessage[]): void;
  /** News that could not be written down. */
  miss(): void;
  /** Every now and then: what is begun reaches the disk, if there is room for it. */
  beat(): void;
  /** The newest seconds as a file of their own, never in the place of another. */
  save(name: string): Saved;
  finish(dropped: number, ending?: Ending): { readonly files: readonly Written[]; readonly decisions: number; readonly dropped: number };
}

type EndWhy = z.output<(typeof ours)["foresight.End"]>["why"];
/** Why it ends here. */
export interface Ending {
  readonly why: EndWhy;
  readonly reason: string;
}

interface Reel {
  readonly file: string;
  readonly out: McapFile;
  readonly identity: Pick<Written, "ino" | "dev">;
  /** Of its first message. */
  startNs: bigint | null;
}

/** Throws the system's error, or Error, when the first file cannot be begun. */
export function createTape(options: TapeOptions): Tape {
  const { zstd, layout, minFreeBytes, freeBytes } = options;
  const byTopic = new Map(layout.channels.map((channel) => [channel.topic, channel]));
  const [tickId, endId] = [CHANNELS.tick, CHANNELS.end].map(({ topic }) => byTopic.get(topic)!.id) as [number, number];
  const kept = new Map<string, ChunkMessage>();
  const chunker = createChunker(zstd);
  const ring = options.last ? createRing(options.last.seconds) : null;
  const files: Written[] = [];
  let decisions = 0;
  let newestNs = 0n;
  let dropped = 0;

  const roomIn = (folder: string): number => {
    try {
      return freeBytes(folder);
    } catch {
      return Number.POSITIVE_INFINITY; // Somebody took the folder away: what is open goes on, what is to be begun says so.
    }
  };
  const lacksRoom = (file: string): string | null => {
    const free = roomIn(dirname(file));
    const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
    return free < minFreeBytes ? `${mb(free)} MB are free on the disk of ${dirname(file)}, at least ${mb(minFreeBytes)} must be` : null;
  };
  const begin = (file: string): Reel => {
    const lacking = lacksRoom(file);
    if (lacking) throw new Error(lacking);
    const fd = createFile(file);
    return { file, out: createMcapFile(fd, layout), identity: identityOf(fd), startNs: null };
  };
  const oneChunk = (messages: readonly ChunkMessage[]): readonly Chunk[] => {
    const own = createChunker(zstd);
    return [...messages.map((each) => own.add(each)), own.flush()].flatMap((chunk) => chunk ?? []);
  };
  /** Its last message, index and footer. Returns why there was no room even for that: the file is then read without it, and said to be cut off. */
  const end = ({ file, out, identity }: Reel, why: EndWhy, reason: string): string | null => {
    let missing: string | null = null;
    try {
      const counts = { messages: out.messages, decisions: out.countOf(tickId), dropped };
      const data = new TextEncoder().encode(exactJson({ ...counts, why, reason }));
      for (const chunk of oneChunk([{ channelId: endId, stampNs: newestNs, receivedNs: newestNs, data }])) out.write(chunk);
      out.end();
    } catch (error) {
      missing = faultOf(error);
    }
    files.push({ file, ...identity, bytes: out.bytes });
    out.close();
    return missing;
  };

  let reel = options.file === null ? null : begin(options.file);
  let part = 1;
  const stop = (why: string): void => {
    if (!reel) return;
    const last = reel;
    reel = null;
    end(last, "stopped", why);
    options.onStopped(why);
  };
  const goOn = (last: Reel): void => {
    const next = partOf(options.file!, ++part);
    if (part > PARTS_MAX) throw new Error(`there are ${PARTS_MAX} files`);
    const opened = begin(next);
    for (const chunk of oneChunk([...kept.values()])) opened.out.write(chunk);
    reel = opened;
    const missing = end(last, "split", `goes on in ${basename(next)}`);
    if (missing) stop(missing);
  };
  const take = (chunk: Chunk): void => {
    ring?.push(chunk);
    if (!reel) return;
    try {
      reel.out.write(chunk);
      decisions += chunk.indexes.find(({ channelId }) => channelId === tickId)?.records.length ?? 0;
      reel.startNs ??= chunk.chunk.messageStartTime;
      const spanS = Number(chunk.chunk.messageEndTime - reel.startNs) / 1e9;
      if (reel.out.bytes >= options.splitBytes || spanS >= options.splitS) goOn(reel);
    } catch (error) {
      stop(faultOf(error));
    }
  };
  const flush = (): void => {
    const chunk = chunker.flush();
    if (chunk) take(chunk);
  };

  return {
    get bytes() {
      return files.reduce((sum, { bytes }) => sum + bytes, reel?.out.bytes ?? 0);
    },
    write(messages) {
      for (const { topic, ...message } of messages) {
        const channel = byTopic.get(topic);
        if (!channel) {
          dropped++; // A camera that the launch file does not have.
          continue;
        }
        if (message.receivedNs > newestNs) newestNs = message.receivedNs;
        const numbered = { ...message, channelId: channel.id };
        if (channel.isKept) kept.set(topic, numbered);
        const chunk = chunker.add(numbered);
        if (chunk) take(chunk);
      }
    },
    miss: () => void dropped++,
    beat() {
      flush();
      if (!reel) return;
      const lacking = lacksRoom(reel.file);
      if (lacking) stop(lacking);
      else reel.out.sync((error) => stop(faultOf(error)));
    },
    save(name) {
      if (!ring || !options.last) return { file: null, said: "record.last is not in the launch file, so nothing is kept to be saved" };
      flush();
      const { folder } = options.last;
      try {
        makeFolder(folder);
        const saved = firstFree(begin, join(folder, name));
        const newest = ring.chunks();
        const startNs = newest[0]?.chunk.messageStartTime ?? 0n;
        const before = [...kept.values()].filter(({ receivedNs }) => receivedNs < startNs); // The others are in it anyway.
        for (const chunk of [...oneChunk(before), ...newest]) saved.out.write(chunk);
        const seconds = ring.coveredS().toFixed(1);
        const missing = end(saved, "saved", `the last ${seconds} s of a run`);
        files.pop(); // It is no part of the recording.
        if (missing) throw new Error(missing);
        return { file: saved.file, said: `saved the last ${seconds} s in ${saved.file}` };
      } catch (error) {
        return { file: null, said: `the last ${ring.coveredS().toFixed(1)} s could not be saved in ${folder}: ${faultOf(error)}` };
      }
    },
    finish(alsoDropped, { why, reason } = { why: "ended", reason: "the run ended" }) {
      dropped += alsoDropped;
      flush();
      const missing = reel && end(reel, why, reason);
      reel = null;
      if (missing) options.onStopped(missing);
      return { files, decisions, dropped };
    },
  };
}

const SAME_NAME_MAX = 100;

/** Throws the system's error. */
function firstFree(begin: (file: string) => Reel, path: string): Reel {
  for (let number = 1; ; number++) {
    try {
      return begin(`${path}${number === 1 ? "" : `-${number}`}.mcap`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || number === SAME_NAME_MAX) throw error;
    }
  }
}
