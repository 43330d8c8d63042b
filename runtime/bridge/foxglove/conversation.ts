/** What is said over the lines: topics, time, parameters, services and assets, in the words of the official library. */
import protocol, { type ChannelId, type FoxgloveServer, type IWebSocket } from "@foxglove/ws-protocol";
import { AgentError, invariant } from "../../core/errors.ts";
import type { FetchAsset } from "./assets.ts";
import type { Heard, Subscription } from "./client-message.ts";
import type { Line } from "./line.ts";
import type { Parameters } from "./parameters.ts";
import { type PlaybackRange, type PlaybackRequest, type PlaybackState, playbackStateBytes, withRange } from "./playback.ts";
import { DONE, isEmptyRequest, serviceOf } from "./services.ts";

/** JSON with a JSON Schema. */
export interface LiveChannel {
  readonly topic: string;
  readonly schemaName: string;
  readonly schema: string;
}

export interface Dated {
  /** On the robot's clock. */
  readonly stampNs: bigint;
  readonly data: Uint8Array;
}

export interface ConversationOptions {
  readonly name: string;
  /** New at every start. */
  readonly sessionId: string;
  readonly channels: readonly LiveChannel[];
  /** Null where there are none, as for a recording. */
  readonly parameters: Parameters | null;
  readonly fetchAsset: FetchAsset;
  /** What is commanded, by the name of its service below /foresight/: null when done, else why not. Null itself where nothing is. */
  readonly orders: Orders | null;
  /** Of a recording; null for what is live. */
  readonly playback: (PlaybackRange & { readonly onRequest: (request: PlaybackRequest) => void }) | null;
  /** What whoever comes later is told of a topic at once; null where they wait for the next message. */
  readonly newest: (topic: string) => Dated | null | Promise<Dated | null>;
}

/** Null when done, else why not. */
export type Order = () => string | null | Promise<string | null>;
export type Orders = ReadonlyMap<string, Order>;

export interface Conversation {
  /** Somebody listens to it. */
  isHeard(topic: string): boolean;
  send(topic: string, message: Dated): void;
  tellTime(stampNs: bigint): void;
  tellPlayback(state: PlaybackState): void;
  join(line: Line, name: string): void;
  leave(line: Line): void;
  /** What has passed the border. */
  hear(line: Line, message: Heard): void;
  /** Null when done, else why not. */
  hearPlayback(request: PlaybackRequest): string | null;
}

const { FoxgloveServer: Server, FetchAssetStatus } = protocol;
const NEEDS_TOKEN = "it needs the token: connect to the address that was printed, with ?token=... at its end";

type Lines = ReadonlyMap<IWebSocket, Line>;

export function createConversation(options: ConversationOptions): Conversation {
  const { name, sessionId, channels, parameters, orders, playback } = options;
  const capabilities = [
    ...["time", "assets"],
    ...(parameters ? ["parameters", "parametersSubscribe"] : []),
    ...(orders ? ["services"] : []),
    ...(playback ? ["playbackControl"] : []),
  ];
  const server = new Server({ name, sessionId, capabilities, supportedEncodings: ["json"] });
  const lines = new Map<IWebSocket, Line>();
  let speaking: Line | null = null;
  server.on("error", ({ message }) => speaking?.tell("error", message));

  const idOf = new Map<string, ChannelId>();
  const topicOf = new Map<ChannelId, string>();
  for (const channel of channels) {
    const id = server.addChannel({ ...channel, encoding: "json", schemaEncoding: "jsonschema" });
    idOf.set(channel.topic, id);
    topicOf.set(id, channel.topic);
  }
  const heard = new Set<ChannelId>();
  server.on("subscribe", (id) => void heard.add(id));
  server.on("unsubscribe", (id) => void heard.delete(id));

  if (orders) answerCalls(server, lines, orders);
  if (parameters) answerParameters(server, lines, parameters);
  answerFetches(server, options.fetchAsset);

  /** Whoever subscribes late hears at once what is told once. */
  const catchUp = async (line: Line, subscriptions: readonly Subscription[]): Promise<void> => {
    for (const { id, channelId } of subscriptions) {
      const topic = topicOf.get(channelId);
      const message = topic === undefined ? null : await options.newest(topic);
      if (message && lines.has(line)) line.send(messageData(id, message));
    }
  };
  return {
    isHeard: (topic) => heard.has(idOf.get(topic) ?? -1),
    send(topic, { stampNs, data }) {
      const id = idOf.get(topic);
      invariant(id !== undefined, `no channel for ${topic}`);
      server.sendMessage(id, stampNs, data as Uint8Array<ArrayBuffer>);
    },
    tellTime: (stampNs) => server.broadcastTime(stampNs),
    tellPlayback(state) {
      const bytes = playbackStateBytes(state);
      for (const line of lines.values()) line.send(bytes);
    },
    join(line, who) {
      lines.set(line, line);
      const { send } = line;
      if (playback) line.send = (data) => send(typeof data === "string" ? withRange(data, playback) : data);
      server.handleConnection(line, who);
      line.send = send;
    },
    leave(line) {
      lines.delete(line);
      line.onclose?.({ code: 0, reason: "", wasClean: true });
    },
    hear(line, { data, subscriptions }) {
      speaking = line;
      line.onmessage?.({ data });
      speaking = null;
      if (subscriptions.length > 0) orEnd(() => catchUp(line, subscriptions));
    },
    hearPlayback(request) {
      if (!playback) return "this is no recording: nothing is played back";
      playback.onRequest(request);
      return null;
    },
  };
}

function answerCalls(server: FoxgloveServer, lines: Lines, orders: Orders): void {
  const orderOf = new Map([...orders].map(([name, carryOut]) => [server.addService(serviceOf(name)), { name, carryOut }]));
  server.on("serviceCallRequest", ({ serviceId, callId, data }, connection) =>
    orEnd(async () => {
      const order = orderOf.get(serviceId);
      invariant(order !== undefined, `no order for service ${serviceId}`);
      const why = !lines.get(connection)?.mayCommand
        ? `${order.name}: ${NEEDS_TOKEN}`
        : isEmptyRequest(data)
          ? await order.carryOut()
          : `${order.name}: the request is an empty JSON object, {}`;
      if (why === null) server.sendServiceCallResponse({ serviceId, callId, encoding: "json", data: DONE }, connection);
      else server.sendServiceCallFailure({ op: "serviceCallFailure", serviceId, callId, message: why }, connection);
    }),
  );
}

function answerParameters(server: FoxgloveServer, lines: Lines, parameters: Parameters): void {
  server.on("getParameters", ({ parameterNames, id }, connection) =>
    server.publishParameterValues(parameters.read(parameterNames), id, connection),
  );
  server.on("setParameters", ({ parameters: wanted, id }, connection) =>
    orEnd(async () => {
      const line = connection && lines.get(connection);
      for (const { name, value } of wanted) {
        const why = line?.mayCommand ? parameters.set(name, value) : `${name}: ${NEEDS_TOKEN}`;
        if (why !== null) line?.tell("error", why);
      }
      const now = parameters.read(wanted.map(({ name }) => name));
      if (id !== undefined) server.publishParameterValues(now, id, connection);
      server.updateParameterValues(now);
    }),
  );
}

function answerFetches(server: FoxgloveServer, fetchAsset: FetchAsset): void {
  server.on("fetchAsset", ({ uri, requestId }, connection) =>
    orEnd(async () => {
      const op = protocol.BinaryOpcode.FETCH_ASSET_RESPONSE as const;
      try {
        const data = await fetchAsset(uri);
        server.sendFetchAssetResponse({ op, requestId, status: FetchAssetStatus.SUCCESS, data }, connection);
      } catch (error) {
        if (!(error instanceof AgentError)) throw error;
        server.sendFetchAssetResponse({ op, requestId, status: FetchAssetStatus.ERROR, error: error.message }, connection);
      }
    }),
  );
}

/** The library swallows what a handler throws, and a bug must not end as a line to a client. */
function orEnd(work: () => Promise<void>): void {
  work().catch((error: unknown) =>
    setImmediate(() => {
      throw error;
    }),
  );
}

/** Message data as the protocol has it: opcode, subscription, time, payload. */
function messageData(subscriptionId: number, { stampNs, data }: Dated): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt8(protocol.BinaryOpcode.MESSAGE_DATA, 0);
  header.writeUInt32LE(subscriptionId, 1);
  header.writeBigUInt64LE(stampNs, 5);
  return Buffer.concat([header, data]);
}
