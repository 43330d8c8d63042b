/** Gazebo's discovery datagrams: a 2-byte little-endian length, then one protobuf message. */
import type { Codec } from "./messages.ts";

/** The wire version of every Gazebo from Fortress on over ZeroMQ. */
export const WIRE_VERSION = 10;
/** What a process with topic statistics switched on speaks; the two do not understand each other. */
export const STATISTICS_WIRE_VERSION = 110;

const SCOPE_PROCESS = 0; // The default: nobody outside that process may use it.
const SCOPE_ALL = 2;
const LENGTH_BYTES = 2;

const KINDS = [
  null,
  "advertise",
  "subscribe",
  "unadvertise",
  "heartbeat",
  "bye",
  "new-connection",
  "end-connection",
  "subscribers-request",
  "subscribers-reply",
] as const;
export type DiscoveryKind = NonNullable<(typeof KINDS)[number]>;

interface AdvertCommon {
  /** Name on the wire, with partition. */
  readonly name: string;
  /** Where its socket listens, such as `tcp://127.0.0.1:41234`. */
  readonly address: string;
  readonly processUuid: string;
  readonly nodeUuid: string;
}
/** Somebody publishes a topic. In new-connection and end-connection `addressee` is the publisher's process, the rest the subscriber's. */
export interface TopicAdvert extends AdvertCommon {
  readonly kind: "topic";
  readonly type: string;
  readonly addressee?: string;
}
/** Somebody offers a service. */
export interface ServiceAdvert extends AdvertCommon {
  readonly kind: "service";
  /** Routing id of the replier's socket. */
  readonly socketId: string;
  readonly requestType: string;
  readonly responseType: string;
}
export type Advert = TopicAdvert | ServiceAdvert;

/** One datagram. `name` goes with subscribe, `advert` with what speaks of a publisher. */
export interface Announcement {
  readonly kind: DiscoveryKind;
  readonly processUuid: string;
  readonly name?: string;
  readonly advert?: Advert;
}

/** What a datagram turned out to be. */
export type Decoded =
  | { readonly kind: "announcement"; readonly announcement: Announcement }
  /** From a process that speaks another version: nothing else of it can be trusted. */
  | { readonly kind: "version"; readonly version: number; readonly processUuid: string }
  /** Re-sent by a relay on behalf of another network. */
  | { readonly kind: "relayed" }
  | { readonly kind: "garbage"; readonly why: string };

export function encodeAnnouncement(codec: Codec, { kind, processUuid, name, advert }: Announcement): Uint8Array {
  const body = codec.encode("Discovery", {
    version: WIRE_VERSION,
    processUuid,
    type: KINDS.indexOf(kind),
    ...(name === undefined ? {} : { sub: { topic: name } }),
    ...(advert ? { pub: { ...publisherOf(advert) } } : {}),
  });
  const datagram = new Uint8Array(LENGTH_BYTES + body.length);
  new DataView(datagram.buffer).setUint16(0, body.length, true);
  datagram.set(body, LENGTH_BYTES);
  return datagram;
}

export function decodeAnnouncement(codec: Codec, datagram: Uint8Array): Decoded {
  if (datagram.length < LENGTH_BYTES) return { kind: "garbage", why: `${datagram.length} bytes are no discovery message` };
  const said = new DataView(datagram.buffer, datagram.byteOffset).getUint16(0, true);
  if (said !== datagram.length - LENGTH_BYTES) {
    return { kind: "garbage", why: `length field says ${said} bytes, ${datagram.length - LENGTH_BYTES} follow` };
  }
  let message: ReturnType<typeof codec.decode<"Discovery">>;
  try {
    message = codec.decode("Discovery", datagram.subarray(LENGTH_BYTES));
  } catch (error) {
    return { kind: "garbage", why: (error as Error).message };
  }
  const { version, processUuid, flags, sub, pub } = message;
  if (version !== WIRE_VERSION) return { kind: "version", version, processUuid };
  if (flags?.relay || flags?.noRelay) return { kind: "relayed" };
  const kind = KINDS[message.type];
  if (!kind) return { kind: "garbage", why: `unknown discovery type ${message.type}` };
  if (!processUuid) return { kind: "garbage", why: "no process uuid" };
  const advert = pub && advertOf(pub);
  return { kind: "announcement", announcement: { kind, processUuid, ...(sub ? { name: sub.topic } : {}), ...(advert ? { advert } : {}) } };
}

function publisherOf(advert: Advert) {
  const { name, address, processUuid, nodeUuid } = advert;
  const common = { topic: name, address, processUuid, nodeUuid, scope: SCOPE_ALL };
  if (advert.kind === "topic") return { ...common, msgPub: { ctrl: advert.addressee ?? "", msgType: advert.type } };
  const { socketId, requestType, responseType } = advert;
  return { ...common, srvPub: { socketId, requestType, responseType } };
}

/** Null for what is not meant for other processes, or speaks of no topic and no service (heartbeats from Harmonic on). */
function advertOf(pub: import("./message-types.ts").GazeboMessage<"DiscoveryPublisher">): Advert | null {
  const { topic: name, address, processUuid, nodeUuid, msgPub, srvPub } = pub;
  if (pub.scope === SCOPE_PROCESS || !name) return null;
  const common = { name, address, processUuid, nodeUuid };
  if (msgPub) return { ...common, kind: "topic", type: msgPub.msgType, addressee: msgPub.ctrl };
  if (!srvPub) return null;
  return { ...common, kind: "service", socketId: srvPub.socketId, requestType: srvPub.requestType, responseType: srvPub.responseType };
}
