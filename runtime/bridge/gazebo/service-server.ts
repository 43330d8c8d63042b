/** Offers services to others: one ROUTER socket that is asked, and connects back to answer. */
import { randomUUID } from "node:crypto";
import type { Router } from "zeromq";
import { invariant } from "../../core/errors.ts";
import { bindAnywhere, isReachable, messagesOf, type NodeContext, sendToPeer } from "./context.ts";
import type { Discovery } from "./discovery.ts";
import type { ServiceAdvert } from "./discovery-codec.ts";
import type { GazeboInit, GazeboMessage, MessageName } from "./message-types.ts";
import { splitTypeName, typeName } from "./messages.ts";
import { wireName } from "./names.ts";
import { createSendQueue, type SendQueue } from "./send-queue.ts";

const SEND_QUEUE_MAX = 1000;
/** Callers that stay connected; beyond this the one that called longest ago is let go. */
const CALLERS_MAX = 64;
const ANSWER_WITHIN_MS = 1000;

/** Answers a request; a rejection becomes the answer "failed". */
export type ServiceHandler<Q extends MessageName, R extends MessageName> = (
  request: GazeboMessage<Q>,
) => Promise<GazeboInit<R>> | GazeboInit<R>;

/** `close` withdraws the service. */
export interface GazeboService extends AsyncDisposable {
  readonly service: string;
  close(): Promise<void>;
}

interface Offer {
  readonly service: string;
  readonly name: string;
  readonly requestType: MessageName;
  readonly responseType: MessageName;
  readonly answer: (request: Uint8Array) => Promise<Uint8Array>;
  advert: ServiceAdvert;
}

/** Binds the socket that requests come to. */
export async function openServiceServer(context: NodeContext): Promise<ServiceServer> {
  const socketId = randomUUID();
  const replier = new context.zmq.Router({
    context: context.zmq.context,
    linger: 0,
    routingId: socketId,
    mandatory: true,
    sendTimeout: ANSWER_WITHIN_MS,
  });
  return new ServiceServer(context, { replier, socketId, address: await bindAnywhere(replier, context.network.hostIp) });
}

export class ServiceServer {
  readonly #context: NodeContext;
  readonly #replier: Router;
  readonly #queue: SendQueue;
  readonly #socketId: string;
  readonly #address: string;
  readonly #offers = new Map<string, Offer>();
  /** Addresses of callers, the one that called last at the end. */
  readonly #callers = new Set<string>();

  constructor(context: NodeContext, parts: { replier: Router; socketId: string; address: string }) {
    this.#context = context;
    this.#replier = parts.replier;
    this.#socketId = parts.socketId;
    this.#address = parts.address;
    this.#queue = createSendQueue((frames) => this.#replier.send(frames), SEND_QUEUE_MAX);
    void this.#readRequests();
  }

  offer<Q extends MessageName, R extends MessageName>(
    discovery: Discovery,
    service: string,
    requestType: Q,
    responseType: R,
    handler: ServiceHandler<Q, R>,
  ): GazeboService {
    const { codec, partition } = this.#context;
    const name = wireName(partition, service);
    invariant(!this.#offers.has(name), `service "${service}" is offered twice by one node`);
    const answer = async (request: Uint8Array): Promise<Uint8Array> =>
      codec.encode(responseType, await handler(codec.decode(requestType, request)));
    const advert = this.#advert(name, requestType, responseType);
    const offer: Offer = { service, name, requestType, responseType, answer, advert };
    this.#offers.set(name, offer);
    void discovery.offer(advert);
    const close = async (): Promise<void> => {
      if (this.#offers.delete(name)) await discovery.withdraw(offer.advert);
    };
    return { service, close, [Symbol.asyncDispose]: close };
  }

  /** Advertises everything anew under the family now in force. */
  async rename(discovery: Discovery): Promise<void> {
    for (const offer of this.#offers.values()) {
      await discovery.withdraw(offer.advert);
      offer.advert = this.#advert(offer.name, offer.requestType, offer.responseType);
      await discovery.offer(offer.advert);
    }
  }

  close(): void {
    this.#offers.clear();
    this.#replier.close();
  }

  #advert(name: string, requestType: MessageName, responseType: MessageName): ServiceAdvert {
    const { processUuid, nodeUuid, family } = this.#context;
    const types = { requestType: typeName(family(), requestType), responseType: typeName(family(), responseType) };
    return { kind: "service", name, address: this.#address, processUuid, nodeUuid, socketId: this.#socketId, ...types };
  }

  async #readRequests(): Promise<void> {
    for await (const frames of messagesOf(this.#replier)) {
      const [, name, callerAddress, callerId, nodeUuid, callUuid, request, requestType, responseType] = frames;
      if (!name || !callerAddress || !callerId || !nodeUuid || !callUuid || !request || !requestType || !responseType) continue;
      const offer = this.#offers.get(name.toString());
      if (!offer || !hasTypes(offer, requestType.toString(), responseType.toString())) continue; // As Gazebo does: no answer.
      void this.#serve(offer, request, { address: callerAddress.toString(), head: [callerId, name, nodeUuid, callUuid] });
    }
  }

  async #serve(offer: Offer, request: Uint8Array, caller: { address: string; head: readonly Uint8Array[] }): Promise<void> {
    const { clock } = this.#context;
    const answered = await offer.answer(request).then(
      (bytes) => ({ bytes, result: "1" }),
      () => ({ bytes: new Uint8Array(0), result: "0" }),
    );
    if (offer.responseType === "Empty" || !this.#connect(offer, caller.address)) return;
    const deadlineNs = clock.nowNs() + BigInt(ANSWER_WITHIN_MS) * 1_000_000n;
    await sendToPeer(clock, this.#queue, [...caller.head, answered.bytes, answered.result], deadlineNs);
  }

  #connect({ service }: Offer, address: string): boolean {
    if (!isReachable(this.#context, `a caller of service "${service}"`, address)) return false;
    const isKnown = this.#callers.delete(address);
    this.#callers.add(address);
    if (isKnown) return true;
    try {
      this.#replier.connect(address);
    } catch (error) {
      this.#callers.delete(address);
      this.#context.warnings.add("unknown-caller", `service "${service}": cannot answer ${address}: ${(error as Error).message}`);
      return false;
    }
    const [oldest] = this.#callers;
    if (this.#callers.size > CALLERS_MAX && oldest && this.#callers.delete(oldest)) this.#replier.disconnect(oldest);
    return true;
  }
}

const hasTypes = (offer: Offer, requestType: string, responseType: string): boolean =>
  splitTypeName(requestType)?.name === offer.requestType && splitTypeName(responseType)?.name === offer.responseType;
