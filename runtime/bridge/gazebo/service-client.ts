/** Calls services of others: one ROUTER socket to ask, one for the answers. */
import { randomUUID } from "node:crypto";
import type { Router } from "zeromq";
import { AgentError, type ErrorCode } from "../../core/errors.ts";
import { bindAnywhere, isReachable, messagesOf, type NodeContext, pause, sendToPeer } from "./context.ts";
import type { Discovery } from "./discovery.ts";
import type { Advert, ServiceAdvert } from "./discovery-codec.ts";
import { explainSilence } from "./explain.ts";
import type { MessageName } from "./message-types.ts";
import { splitTypeName } from "./messages.ts";
import { wireName } from "./names.ts";
import { createSendQueue, type SendQueue } from "./send-queue.ts";

const SEND_QUEUE_MAX = 1000;
const PENDING_MAX = 1000;
const SEND_TIMEOUT_MS = 1000;

/** A call to be made: the types by name, the request as bytes. */
export interface RawRequest {
  readonly service: string;
  readonly requestType: MessageName;
  readonly responseType: MessageName;
  readonly request: Uint8Array;
  readonly timeoutMs: number;
  /**
   * Asks again after so long without an answer, for requests that may be made twice: a peer that is kept from running while it connects back
   * to answer loses its first answer, and nobody is told.
   */
  readonly repeatMs?: number | undefined;
}

type Answer = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly code: ErrorCode; readonly why: string };

interface Call {
  readonly provider: ServiceAdvert;
  answer(answer: Answer): void;
}

/** Binds the socket that answers come to. */
export async function openServiceClient(context: NodeContext): Promise<ServiceClient> {
  const receiverId = randomUUID();
  const receiver = new context.zmq.Router({ context: context.zmq.context, linger: 0, routingId: receiverId, mandatory: true });
  const receiverAddress = await bindAnywhere(receiver, context.network.hostIp);
  return new ServiceClient(context, { receiver, receiverId, receiverAddress });
}

export class ServiceClient {
  readonly #context: NodeContext;
  readonly #requester: Router;
  readonly #queue: SendQueue;
  readonly #receiver: Router;
  readonly #receiverId: string;
  readonly #receiverAddress: string;
  readonly #connected = new Set<string>();
  readonly #calls = new Map<string, Call>();
  readonly #onFound = new Set<() => void>();

  constructor(context: NodeContext, parts: { receiver: Router; receiverId: string; receiverAddress: string }) {
    this.#context = context;
    this.#receiver = parts.receiver;
    this.#receiverId = parts.receiverId;
    this.#receiverAddress = parts.receiverAddress;
    this.#requester = new context.zmq.Router({ context: context.zmq.context, linger: 0, mandatory: true, sendTimeout: SEND_TIMEOUT_MS });
    this.#queue = createSendQueue((frames) => this.#requester.send(frames), SEND_QUEUE_MAX);
    void this.#readAnswers();
  }

  /** The answer's bytes; empty when the response type is `Empty`, to which no answer is ever sent. */
  async request(discovery: Discovery, raw: RawRequest): Promise<Uint8Array> {
    const { clock, partition } = this.#context;
    if (this.#calls.size >= PENDING_MAX) {
      throw new AgentError(
        "bridge.failed",
        `service "${raw.service}": ${PENDING_MAX} calls wait for an answer already; wait for some of them`,
      );
    }
    const name = wireName(partition, raw.service);
    const deadlineNs = clock.nowNs() + BigInt(Math.round(raw.timeoutMs * 1e6));
    const ended = new AbortController();
    const timeout = pause(clock, raw.timeoutMs, ended.signal).then(() => null);
    const unwant = discovery.want(name);
    try {
      const provider = await Promise.race([this.#whenProvided(discovery, name, raw, ended.signal), timeout]);
      const answer = provider && (await this.#call(provider, raw, deadlineNs, timeout));
      if (!answer) throw new AgentError("bridge.timeout", explainSilence(this.#context, discovery, raw, provider));
      if (!answer.ok) throw new AgentError(answer.code, `service "${raw.service}" ${answer.why}`);
      return answer.bytes;
    } finally {
      ended.abort();
      unwant();
    }
  }

  onFound(): void {
    for (const look of this.#onFound) look();
  }

  onLost(lost: Advert, discovery: Discovery): void {
    for (const { provider, answer } of this.#calls.values()) {
      if (provider.socketId === (lost as ServiceAdvert).socketId && provider.name === lost.name) {
        answer({
          ok: false,
          code: "bridge.lost",
          why: `was withdrawn, or its process (${lost.address}) died, before it answered; look at it, then ask again`,
        });
      }
    }
    const stillThere = discovery.peers.adverts().some((advert) => advert.address === lost.address);
    if (!stillThere && this.#connected.delete(lost.address)) this.#requester.disconnect(lost.address);
  }

  close(): void {
    for (const { answer } of this.#calls.values())
      answer({ ok: false, code: "bridge.lost", why: "was not answered before this node closed; open another and ask again" });
    this.#requester.close();
    this.#receiver.close();
  }

  /** The most recently heard process that offers it with these types. */
  #provider(discovery: Discovery, name: string, raw: RawRequest): ServiceAdvert | null {
    const fitting = discovery.peers
      .adverts()
      .filter((advert) => advert.kind === "service" && advert.name === name)
      .map((advert) => advert as ServiceAdvert)
      .filter((advert) => isOfTypes(advert, raw) && isReachable(this.#context, `service "${raw.service}"`, advert.address));
    if (new Set(fitting.map((advert) => advert.processUuid)).size > 1) {
      const message = `service "${raw.service}" is offered by ${fitting.length} processes in partition "${this.#context.partition}"`;
      const remedy = "the one heard last is called; stop the others, or use another partition";
      this.#context.warnings.add("two-providers", `${message} (${fitting.map((advert) => advert.address).join(", ")}); ${remedy}`);
    }
    return fitting[0] ?? null;
  }

  #whenProvided(discovery: Discovery, name: string, raw: RawRequest, ended: AbortSignal): Promise<ServiceAdvert> {
    return new Promise((resolve) => {
      const look = (): void => {
        const provider = this.#provider(discovery, name, raw);
        if (!provider) return;
        this.#onFound.delete(look);
        resolve(provider);
      };
      this.#onFound.add(look);
      ended.addEventListener("abort", () => this.#onFound.delete(look), { once: true });
      look();
    });
  }

  async #call(provider: ServiceAdvert, raw: RawRequest, deadlineNs: bigint, timeout: Promise<null>): Promise<Answer | null> {
    const { clock, nodeUuid } = this.#context;
    if (!this.#connected.has(provider.address)) this.#requester.connect(provider.address);
    this.#connected.add(provider.address);
    const callUuid = randomUUID();
    const { requestType, responseType } = provider;
    const answered = new Promise<Answer>((resolve) => this.#calls.set(callUuid, { provider, answer: resolve }));
    const back = [this.#receiverAddress, this.#receiverId, nodeUuid, callUuid];
    const frames = [provider.socketId, provider.name, ...back, raw.request, requestType, responseType];
    const ended = new AbortController();
    try {
      for (;;) {
        const sent = await sendToPeer(clock, this.#queue, frames, deadlineNs);
        if (sent === "full")
          return {
            ok: false,
            code: "bridge.failed",
            why: `cannot be called: ${SEND_QUEUE_MAX} requests wait to be sent; wait for some of them`,
          };
        if (sent === "unreachable") return null;
        if (raw.responseType === "Empty") return { ok: true, bytes: new Uint8Array(0) };
        if (raw.repeatMs === undefined) return await Promise.race([answered, timeout]);
        const again = pause(clock, raw.repeatMs, ended.signal).then(() => "again" as const);
        const result = await Promise.race([answered, timeout, again]);
        if (result !== "again") return result;
      }
    } finally {
      ended.abort();
      this.#calls.delete(callUuid);
    }
  }

  async #readAnswers(): Promise<void> {
    for await (const frames of messagesOf(this.#receiver)) {
      const [, , , callUuid, bytes, result] = frames;
      const call = this.#calls.get(callUuid?.toString() ?? ""); // None: it came after its time.
      if (!call || !bytes || !result) continue;
      if (result.toString() === "1") call.answer({ ok: true, bytes });
      else call.answer({ ok: false, code: "bridge.refused", why: "answered that it failed; look into the server's own log" });
    }
  }
}

const isOfTypes = (advert: ServiceAdvert, { requestType, responseType }: RawRequest): boolean =>
  splitTypeName(advert.requestType)?.name === requestType && splitTypeName(advert.responseType)?.name === responseType;
