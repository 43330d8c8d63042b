/** A recording that is looked at, from any instant on: what was last said on each topic, and what is said from then on. */
import { kindOf } from "../core/own-files.ts";
import { CHANNELS, channelsOf } from "./channels/table.ts";
import { type IndexedFile, openIndexed } from "./mcap/indexed.ts";
import type { Entry } from "./mcap/read.ts";
import { loadZstd } from "./mcap/zstd.ts";
import type { Header } from "./reading.ts";
import { orUnreadable, readHeader } from "./recording.ts";
import { PARTS_MAX, partOf } from "./recording-files.ts";

/** Stamps are on the robot's clock, of when the agent learnt of a thing. Its functions throw AgentError `launch.invalid` for what is damaged. */
export interface SeekableRun {
  readonly header: Header;
  readonly topics: readonly string[];
  /** Of the first reading of joints, and of the last message. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** The newest message of each topic at or before an instant; a topic that had none is not there. */
  at(atNs: bigint, topics?: readonly string[]): Promise<ReadonlyMap<string, Entry>>;
  /** In order, ends included. */
  between(fromNs: bigint, toNs: bigint, topics?: readonly string[]): AsyncGenerator<Entry, void>;
  close(): void;
}

/** Opens a recording with the files that follow it. Throws AgentError `launch.invalid`: one that was cut off has no index and is recovered first. */
export async function openSeekable(path: string): Promise<SeekableRun> {
  const header = await readHeader(path);
  const ofFiles: string = CHANNELS.end.topic; // Each file has one.
  const every = channelsOf(header).flatMap(({ topic }) => (topic === ofFiles ? [] : [topic]));
  const files = await openParts(path);
  const close = (): void => files.forEach((file) => void file.close());
  /** A later file begins with older messages again, so that it can be read alone. */
  const beginsNs = (part: number): bigint => files[part - 1]?.endNs ?? 0n;

  async function* between(fromNs: bigint, toNs: bigint, topics: readonly string[] = every): AsyncGenerator<Entry, void> {
    for (const [part, file] of files.entries()) {
      const startNs = fromNs > beginsNs(part) ? fromNs : beginsNs(part);
      if (startNs <= toNs && startNs <= file.endNs) yield* file.between(startNs, toNs, topics);
    }
  }
  const newest = async (topic: string, atNs: bigint): Promise<Entry | null> => {
    for (const [part, file] of [...files.entries()].reverse()) {
      const found = part === 0 || atNs >= beginsNs(part) ? await file.newest(topic, atNs) : null;
      if (found) return found;
    }
    return null;
  };
  try {
    return {
      header,
      topics: every,
      startNs: await orUnreadable(path, () => firstNs(between)),
      endNs: files.at(-1)?.endNs ?? 0n,
      at: (atNs, topics = every) =>
        orUnreadable(path, async () => {
          const found = new Map<string, Entry>();
          for (const topic of topics) {
            const entry = await newest(topic, atNs);
            if (entry) found.set(topic, entry);
          }
          return found;
        }),
      async *between(fromNs, toNs, topics) {
        const entries = between(fromNs, toNs, topics);
        for (let next = await step(); !next.done; next = await step()) yield next.value;
        function step() {
          return orUnreadable(path, () => entries.next());
        }
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function openParts(path: string): Promise<readonly IndexedFile[]> {
  const zstd = await loadZstd();
  const files: IndexedFile[] = [];
  try {
    for (let part = 1; part <= PARTS_MAX && (part === 1 || kindOf(partOf(path, part)) === "file"); part++)
      files.push(await orUnreadable(partOf(path, part), () => openIndexed(partOf(path, part), zstd)));
    return files;
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
}

/** Of the first reading of joints: what is kept at the start of every file, and of the newest seconds, is older than they are. */
async function firstNs(between: SeekableRun["between"]): Promise<bigint> {
  const everNs = 2n ** 64n - 1n;
  for await (const { receivedNs } of between(0n, everNs, [CHANNELS.joints.topic])) return receivedNs;
  for await (const { receivedNs } of between(0n, everNs)) return receivedNs;
  throw new Error("its index names no message");
}
