/** Playback control as Foxglove's SDK speaks it (capability `playbackControl`; the older library does not know it): whoever looks at a recording plays it, rests, jumps and sets the rate. */
import { timeOf } from "../../record/channels/time-of.ts";

/** All that is wanted from now on. */
export interface PlaybackRequest {
  readonly isPlaying: boolean;
  /** Times as fast as the run was. */
  readonly rate: number;
  /** On the robot's clock; null to go on from where it is. */
  readonly seekNs: bigint | null;
  /** The answer carries it. */
  readonly id: string;
}

export interface PlaybackState {
  readonly status: "playing" | "paused" | "ended";
  readonly atNs: bigint;
  readonly rate: number;
  /** It jumped: what was heard before is no longer so. */
  readonly hasSought: boolean;
  /** Of the request that this answers; null where it came by itself. */
  readonly id: string | null;
}

export interface PlaybackRange {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** Operation codes of the SDK's binary messages, from the client and to it. */
export const PLAYBACK_REQUEST_OPCODE = 3;
const PLAYBACK_STATE_OPCODE = 5;
/** Operation, command, rate, has-seek, seek time, length of the id. */
const REQUEST_BYTES = 1 + 1 + 4 + 1 + 8 + 4;
const COMMANDS = { play: 0, pause: 1 } as const;
const STATUS = { playing: 0, paused: 1, ended: 3 } as const;
const ID_BYTES_MAX = 256;
const RATE_LIMITS = { min: 0.01, max: 100 } as const;

/** A sentence where it is not as the SDK writes it. */
export function readPlaybackRequest(bytes: Uint8Array): PlaybackRequest | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < REQUEST_BYTES) return "a playback request that is cut off";
  const idBytes = view.getUint32(15, true);
  if (idBytes > ID_BYTES_MAX || idBytes > bytes.byteLength - REQUEST_BYTES) return "a playback request whose id is cut off or too long";
  const command = view.getUint8(1);
  if (command !== COMMANDS.play && command !== COMMANDS.pause) return `playback is played (0) or paused (1), not ${command}`;
  const rate = view.getFloat32(2, true);
  const { min, max } = RATE_LIMITS;
  if (!(rate >= min && rate <= max)) return `the playback rate must be ${min} to ${max}, it is ${rate}`;
  return {
    isPlaying: command === COMMANDS.play,
    rate,
    seekNs: view.getUint8(6) === 0 ? null : view.getBigUint64(7, true),
    id: new TextDecoder().decode(bytes.subarray(REQUEST_BYTES, REQUEST_BYTES + idBytes)),
  };
}

export function playbackStateBytes({ status, atNs, rate, hasSought, id }: PlaybackState): Uint8Array {
  const name = Buffer.from(id ?? "");
  const head = Buffer.alloc(REQUEST_BYTES);
  head.writeUInt8(PLAYBACK_STATE_OPCODE, 0);
  head.writeUInt8(STATUS[status], 1);
  head.writeBigUInt64LE(atNs, 2);
  head.writeFloatLE(rate, 10);
  head.writeUInt8(hasSought ? 1 : 0, 14);
  head.writeUInt32LE(name.length, 15);
  return Buffer.concat([head, name]);
}

/** The server's greeting, with the range that the library does not know of. */
export function withRange(greeting: string, { startNs, endNs }: PlaybackRange): string {
  const message = JSON.parse(greeting) as { readonly op: string };
  if (message.op !== "serverInfo") return greeting;
  return JSON.stringify({ ...message, dataStartTime: timeOf(startNs), dataEndTime: timeOf(endNs) });
}
