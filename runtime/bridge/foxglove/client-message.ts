/** The border for what a client sends: only the messages that we answer, whole and of bounded size, get to the library, which believes everything. */
import * as z from "zod";
import { parseJson } from "../../core/json.ts";
import { objections } from "../../core/objections.ts";
import { PLAYBACK_REQUEST_OPCODE, type PlaybackRequest, readPlaybackRequest } from "./playback.ts";

/** Of one message, bytes. */
export const MESSAGE_BYTES_MAX = 65_536;
/** A binary message: opcode, service id, call id and length of the encoding's name. */
const CALL_OPCODE = 2;
const CALL_HEADER_BYTES = 13;

const id = z.int().min(0).max(0xffff_ffff);
const parameterName = z.string().min(1).max(128);
const names = z.array(parameterName).max(256);
const requestId = z.string().max(128).optional();
const value = z.union([z.number(), z.boolean(), z.string().max(1024), z.array(z.number()).max(64)]).optional();

const subscription = z.object({ id, channelId: id });

const message = z.discriminatedUnion("op", [
  z.object({ op: z.literal("subscribe"), subscriptions: z.array(subscription).max(256) }),
  z.object({ op: z.literal("unsubscribe"), subscriptionIds: z.array(id).max(256) }),
  z.object({ op: z.literal("getParameters"), parameterNames: names, id: requestId }),
  z.object({ op: z.literal("setParameters"), parameters: z.array(z.object({ name: parameterName, value })).max(64), id: requestId }),
  z.object({ op: z.literal("subscribeParameterUpdates"), parameterNames: names }),
  z.object({ op: z.literal("unsubscribeParameterUpdates"), parameterNames: names }),
  z.object({ op: z.literal("fetchAsset"), uri: z.string().max(1024), requestId: id }),
]);

interface Refused {
  readonly kind: "refused";
  readonly why: string;
}
const refused = (why: string): Refused => ({ kind: "refused", why });

export type Subscription = z.output<typeof subscription>;

/** What passed: as the library takes it, and what is subscribed to with it. */
export interface Heard {
  readonly kind: "heard";
  readonly data: string | Uint8Array;
  readonly subscriptions: readonly Subscription[];
}

/** What the library does not know. */
export interface HeardPlayback {
  readonly kind: "playback";
  readonly request: PlaybackRequest;
}

/** `known` are the parameters that exist; others are not remembered for anybody. */
export function readClientMessage(data: Uint8Array, isBinary: boolean, known: ReadonlySet<string>): Heard | HeardPlayback | Refused {
  if (isBinary) return data[0] === PLAYBACK_REQUEST_OPCODE ? readPlayback(data) : readCall(data);
  let parsed: unknown;
  try {
    parsed = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    return refused("a text message must be JSON in UTF-8");
  }
  const read = message.safeParse(parsed);
  if (!read.success) return refused(`not understood: ${objections(read.error)}`);
  const { data: checked } = read;
  const isUpdates = checked.op === "subscribeParameterUpdates" || checked.op === "unsubscribeParameterUpdates";
  const kept = isUpdates ? { ...checked, parameterNames: checked.parameterNames.filter((name) => known.has(name)) } : checked;
  return { kind: "heard", data: JSON.stringify(kept), subscriptions: checked.op === "subscribe" ? checked.subscriptions : [] };
}

function readCall(bytes: Uint8Array): Heard | Refused {
  if (bytes[0] !== CALL_OPCODE)
    return refused(`binary messages of kind ${bytes[0] ?? "nothing"} are not taken; only service calls and playback requests are`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isWhole = bytes.byteLength >= CALL_HEADER_BYTES && view.getUint32(9, true) <= bytes.byteLength - CALL_HEADER_BYTES;
  return isWhole ? { kind: "heard", data: bytes, subscriptions: [] } : refused("a service call that is cut off");
}

function readPlayback(bytes: Uint8Array): HeardPlayback | Refused {
  const request = readPlaybackRequest(bytes);
  return typeof request === "string" ? refused(request) : { kind: "playback", request };
}
