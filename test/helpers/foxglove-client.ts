/** A Foxglove client: the official library over a real socket, and everything that it was told. */
import assert from "node:assert/strict";
import type {
  Channel,
  FetchAssetResponse,
  FoxgloveClient,
  ParameterValues,
  ServerInfo,
  Service,
  StatusMessage,
} from "@foxglove/ws-protocol";
import protocol from "@foxglove/ws-protocol";
import { WebSocket } from "ws";
import { until } from "./until.ts";

export interface Heard {
  readonly topic: string;
  readonly stampNs: bigint;
  readonly bytes: Uint8Array;
  /** Of every kind: what it is like is what a test asks. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** Connected, and told what there is. Rejects with the sentence of a refusal. */
export async function openFoxgloveClient(
  url: string,
  { protocols = ["foxglove.sdk.v1"], origin }: { protocols?: string[]; origin?: string } = {},
) {
  const socket = new WebSocket(url, protocols, { ...(origin === undefined ? {} : { origin }) });
  const open = opened(socket);
  const client: FoxgloveClient = new protocol.FoxgloveClient({ ws: socket as never });
  const told = {
    info: null as ServerInfo | null,
    channels: new Map<string, Channel>(),
    services: new Map<string, Service>(),
    messages: [] as Heard[],
    times: [] as bigint[],
    statuses: [] as StatusMessage[],
    parameters: [] as ParameterValues[],
    assets: [] as FetchAssetResponse[],
    answers: new Map<number, string>(),
    closed: null as { readonly code: number; readonly reason: string } | null,
  };
  const topics = new Map<number, string>();
  client.on("serverInfo", (info) => {
    told.info = info;
  });
  client.on("advertise", (channels) => channels.forEach((channel) => void told.channels.set(channel.topic, channel)));
  client.on("advertiseServices", (services) => services.forEach((service) => void told.services.set(service.name, service)));
  client.on("message", ({ subscriptionId, timestamp, data }) => {
    const bytes = Uint8Array.from(Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
    told.messages.push({
      topic: topics.get(subscriptionId) ?? "",
      stampNs: timestamp,
      bytes,
      body: JSON.parse(Buffer.from(bytes).toString("utf8")),
    });
  });
  client.on("time", ({ timestamp }) => void told.times.push(timestamp));
  client.on("status", (status) => void told.statuses.push(status));
  client.on("parameterValues", (values) => void told.parameters.push(values));
  client.on("fetchAssetResponse", (answer) => void told.assets.push(answer));
  client.on("serviceCallResponse", ({ callId, data }) => {
    told.answers.set(callId, Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength).toString("utf8"));
  });
  client.on("serviceCallFailure", ({ callId, message }) => void told.answers.set(callId, `refused: ${message}`));
  client.on("close", ({ code, reason }) => {
    told.closed = { code, reason };
  });
  await open;
  const areServicesTold = (): boolean => !told.info?.capabilities.includes("services") || told.services.size > 0;
  await until("all is told", () => told.info !== null && told.channels.size > 0 && areServicesTold());
  let calls = 0;
  return {
    ...{ client, socket, told },
    /** The topic's channel must be there. */
    subscribe(topic: string): number {
      const channel = told.channels.get(topic);
      assert.ok(channel, `a channel for ${topic}`);
      const id = client.subscribe(channel.id);
      topics.set(id, topic);
      return id;
    },
    heard: (topic: string): readonly Heard[] => told.messages.filter((message) => message.topic === topic),
    /** What a service answers: its JSON, or "refused: ..". */
    async call(name: string, request = "{}"): Promise<string> {
      const callId = ++calls;
      const service = told.services.get(name);
      assert.ok(service, `a service ${name}`);
      client.sendServiceCallRequest({ serviceId: service.id, callId, encoding: "json", data: new Uint8Array(Buffer.from(request)) });
      await until(`${name} answers`, () => told.answers.has(callId));
      return told.answers.get(callId) ?? "";
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) =>
        socket.readyState === WebSocket.CLOSED ? resolve() : socket.once("close", () => resolve()),
      );
      socket.close();
      await closed;
    },
  };
}

/** Resolves when the socket is open; rejects with status and body of the answer. */
function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
    socket.once("unexpected-response", (_, response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => reject(new Error(`${response.statusCode}: ${body}`)));
    });
  });
}
