/** Gathers the messages of a recording, one file after another, into the run that they are of, and says what is missing. */
import type * as z from "zod";
import { AgentError, type ErrorCode } from "../core/errors.ts";
import type { Instant } from "../core/instant.ts";
import type { Segment } from "../core/motion.ts";
import type { Frame, Sample } from "../core/sensing.ts";
import { createDecisionReader } from "./channels/decision-reader.ts";
import type { Plain } from "./channels/exact.ts";
import { frameOf, jointsOf, jsonOf } from "./channels/read-sample.ts";
import { ours } from "./channels/schemas.ts";
import { CHANNELS } from "./channels/table.ts";
import type { Entry } from "./mcap/read.ts";
import { type Commanded, createMoments, type Moment, type Outside, type Place } from "./moments.ts";

export interface Recording {
  /** In order of receipt. */
  readonly samples: readonly Sample[];
  /** In order of start. */
  readonly segments: readonly Segment[];
}

export type Header = z.output<(typeof ours)["foresight.Run"]>;

/** A whole run: what is needed to make its decisions again, and what they were. */
export interface RunRecording extends Recording {
  readonly header: Header;
  /** What the first goal looked like; empty for a goal by position. */
  readonly goalFrames: readonly Frame[];
  /** The `decision` halves of all Ticks, as `plain` writes them. */
  readonly decisions: readonly Plain[];
  /** When the agent decided or looked, in order; empty in a recording of before 30 November 2026. */
  readonly moments: readonly Moment[];
  /** Brakes and holds that no decision sent. */
  readonly overrides: readonly Commanded[];
  /** When an attempt of a skill could begin; empty in older recordings. */
  readonly prepared: readonly Place[];
  /** What came from outside the decisions. */
  readonly events: readonly Outside[];
  /** In what way something is missing, as a sentence; null for a run that was recorded to its end. */
  readonly missing: string | null;
}

export interface Reading {
  /** Throws SyntaxError, ZodError or Error for what no recorder of ours wrote. */
  add(entry: Entry): Promise<void>;
  /** `cut`: why the file is not whole, or null. */
  endFile(cut: string | null): void;
  /** Whether another file follows. */
  goesOn(): boolean;
  lack(what: string): void;
  /** Throws Error where it is no run. */
  result(): Promise<RunRecording>;
}

/** Bytes of decoded pictures that are held at once. */
const PICTURE_BYTES_MAX = 2 * 2 ** 30;
/** Of one run: five hours of joints at 250 Hz. */
const MESSAGES_MAX = 5_000_000;
/** Pictures that are decoded side by side. */
const DECODING_MAX = 16;
const CAMERA = CHANNELS.camera.topic.replace("{camera}", "");
const GOAL = CHANNELS.goalPicture.topic.replace("{camera}", "");

type End = z.output<(typeof ours)["foresight.End"]>;

export function createReading(): Reading {
  const decisionReader = createDecisionReader();
  const samples: (Sample | Pending)[] = [];
  const goalPictures: Pending[] = [];
  const segments: Segment[] = [];
  const decisions: Plain[] = [];
  const moment = createMoments();
  const lacking: string[] = [];
  const decoding = new Set<Promise<Frame>>();
  let header: Header | null = null;
  let pictureBytes = 0;
  let isLossy = false;
  let file = { messages: 0, decisions: 0, end: null as End | null };
  let isOver = false;
  let messages = 0;

  const decode = async (entry: Entry): Promise<Frame> => {
    const { isLossy: lost, ...frame } = await frameOf(entry);
    isLossy ||= lost;
    pictureBytes += frame.rgb.length;
    if (pictureBytes <= PICTURE_BYTES_MAX) return frame;
    throw new Error(`its pictures have more than ${PICTURE_BYTES_MAX / 2 ** 30} GiB, which do not fit into memory; record shorter runs`);
  };
  /** Waits only while too many are on their way; throws what went wrong with one of them. */
  const decodeSoon = async (entry: Entry): Promise<Pending> => {
    const frame = decode(entry);
    decoding.add(frame);
    frame.then(() => decoding.delete(frame)).catch(() => {}); // One that failed stays, so that the race below throws it.
    if (decoding.size >= DECODING_MAX) await Promise.race(decoding);
    return { frame, receivedNs: entry.receivedNs };
  };
  return {
    async add(entry) {
      const { topic, data } = entry;
      if (topic === CHANNELS.end.topic) {
        file.end = ours["foresight.End"].parse(jsonOf(data));
        return;
      }
      file.messages++;
      if (++messages > MESSAGES_MAX) throw new Error(`it has more than ${MESSAGES_MAX} messages; record shorter runs`);
      if (topic === CHANNELS.run.topic) header ??= ours["foresight.Run"].parse(jsonOf(data));
      else if (topic === CHANNELS.joints.topic) samples.push({ kind: "joints", joints: jointsOf(entry) });
      else if (topic.startsWith(CAMERA)) samples.push(await decodeSoon(entry));
      else if (topic.startsWith(GOAL)) goalPictures.push(await decodeSoon(entry));
      else if (topic === CHANNELS.fault.topic) moment.fault(faultIn(data), entry.receivedNs);
      else if (topic === CHANNELS.instant.topic) moment.instant(ours["foresight.Instant"].parse(jsonOf(data)) as Instant);
      else {
        const read = decisionReader.add(topic, data);
        if (!read) return;
        file.decisions++;
        decisions.push(read.decision);
        moment.decided(read.segment, entry.receivedNs);
        if (read.segment) segments.push(read.segment);
      }
    },
    endFile(cut) {
      const { end, ...there } = file;
      lacking.push(...missingFrom(end, there, decisions.length, cut));
      isOver = end?.why !== "split";
      file = { messages: 0, decisions: 0, end: null };
    },
    goesOn: () => !isOver,
    lack: (what) => void lacking.push(what),
    async result() {
      if (!header) {
        const why = [`it says nothing on ${CHANNELS.run.topic}, so it is no run`, ...lacking].join("; ");
        throw new Error(`${why}; make one with "foresight run ... record:=FILE"`);
      }
      const first = goalPictures.filter(({ receivedNs }) => receivedNs === goalPictures[0]?.receivedNs);
      const goalFrames = await Promise.all(first.map(({ frame }) => frame));
      const pictures = await Promise.all(goalPictures.map(async ({ frame, receivedNs }) => ({ frame: await frame, receivedNs })));
      /** They are told right behind it. */
      const nextOf = (camera: string, atNs: bigint): Frame[] =>
        pictures.flatMap(({ frame, receivedNs }) => (frame.camera === camera && receivedNs >= atNs ? [frame] : [])).slice(0, 1);
      const all = await Promise.all(samples.map(sampleOf));
      if (header.begins === "within-run")
        lacking.push("it was started when the run was under way, and what was decided depends on what came before");
      if (isLossy) lacking.push("its pictures are JPEG, so that decisions on them are not exactly the recorded ones");
      return {
        header,
        goalFrames,
        samples: all,
        segments,
        decisions,
        moments: moment.moments,
        overrides: moment.overrides,
        prepared: moment.prepared,
        events: moment.events(({ cameras, atNs }) => cameras.flatMap((camera) => nextOf(camera, atNs))),
        missing: lacking.join("; ") || null,
      };
    },
  };
}

function faultIn(data: Uint8Array): AgentError {
  const { code, message } = ours["foresight.Fault"].parse(jsonOf(data));
  return new AgentError(code as ErrorCode, message); // A bug has the code "bug", which nobody asks for here.
}

/** A picture that is being decoded. */
interface Pending {
  readonly frame: Promise<Frame>;
  readonly receivedNs: bigint;
}

const sampleOf = async (sample: Sample | Pending): Promise<Sample> =>
  "kind" in sample ? sample : { kind: "frame", frame: await sample.frame };

/** Sentences. */
function missingFrom(
  end: End | null,
  there: Omit<End, "dropped" | "why" | "reason">,
  decisions: number,
  cut: string | null,
): readonly string[] {
  if (!end) return [`the recording was cut off: its end is missing, behind ${decisions} decisions${cut ? ` (${cut})` : ""}`];
  const isComplete = end.messages === there.messages && end.decisions === there.decisions; // Then only the index is cut off, which nobody needs here.
  const written = `${end.messages} messages with ${end.decisions} decisions were written`;
  return [
    ...(isComplete ? [] : [`the recording is not whole: ${written}, ${there.messages} with ${there.decisions} are there`]),
    ...(end.dropped > 0 ? [`the recording is not whole: ${end.dropped} news were left out while it was written`] : []),
    ...(end.why === "stopped" ? [`the recording ended before the run did: ${end.reason}`] : []),
    ...(end.why === "saved" ? [`it holds ${end.reason} only, and what was decided depends on what came before`] : []),
  ];
}
