/** A Gazebo node: subscribes, publishes, calls and offers services over gz-transport, without Gazebo's own libraries. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { NodeContext } from "./context.ts";
import { type Discovery, type DiscoveryOptions, openDiscovery } from "./discovery.ts";
import type { Advert, ServiceAdvert, TopicAdvert } from "./discovery-codec.ts";
import { type GazeboNetwork, LOOPBACK_NETWORK } from "./environment.ts";
import { nobodyHeard } from "./explain.ts";
import { learnFamily } from "./family.ts";
import { loadZeroMq } from "./libraries.ts";
import type { GazeboInit, GazeboMessage, MessageName } from "./message-types.ts";
import { type Family, loadCodec } from "./messages.ts";
import { splitWireName } from "./names.ts";
import { type GazeboPublisher, openPublications, type PublishOptions } from "./publications.ts";
import { openServiceClient, type RawRequest } from "./service-client.ts";
import { type GazeboService, openServiceServer, type ServiceHandler } from "./service-server.ts";
import type { RawHandler } from "./subscriber-line.ts";
import { type GazeboSubscription, type MessageHandler, type SubscribeOptions, Subscriptions } from "./subscriptions.ts";
import { createWarnings, type GazeboWarning } from "./warnings.ts";

export interface GazeboNodeOptions {
  readonly clock: Clock;
  /** Nodes of different partitions do not hear each other. */
  readonly partition: string;
  /** Default: loopback and Gazebo's own ports. */
  readonly network?: GazeboNetwork;
  /** Type names to publish under; default: those of the simulator that is heard, `gz.msgs` until then. */
  readonly family?: Family;
  readonly onWarning?: (warning: GazeboWarning) => void;
}

/** A topic or service that somebody offers; `name` without partition. */
export interface Offered {
  readonly name: string;
  readonly partition: string;
  readonly address: string;
  readonly processUuid: string;
  readonly nodeUuid: string;
}
export type OfferedTopic = Offered & { readonly type: string };
export type OfferedService = Offered & { readonly requestType: string; readonly responseType: string };

/** Every wait is bounded by its `timeoutMs`; errors are AgentErrors with a `bridge.` code. */
export interface GazeboNode extends AsyncDisposable {
  readonly partition: string;
  /** The family it publishes under now. */
  readonly family: Family;
  subscribe<N extends MessageName>(topic: string, type: N, handler: MessageHandler<N>, options?: SubscribeOptions): GazeboSubscription;
  /** Any type, as bytes. */
  subscribeRaw(topic: string, handler: RawHandler, options?: SubscribeOptions): GazeboSubscription;
  publish<N extends MessageName>(topic: string, type: N, options?: PublishOptions): GazeboPublisher<N>;
  /** Waits for the service to be offered and to answer, together at most `timeoutMs`. */
  request<Q extends MessageName, R extends MessageName>(
    service: string,
    requestType: Q,
    request: GazeboInit<Q>,
    responseType: R,
    timeoutMs: number,
    options?: Pick<RawRequest, "repeatMs">,
  ): Promise<GazeboMessage<R>>;
  requestRaw(request: RawRequest): Promise<Uint8Array>;
  offer<Q extends MessageName, R extends MessageName>(
    service: string,
    requestType: Q,
    responseType: R,
    handler: ServiceHandler<Q, R>,
  ): GazeboService;
  /** What others offer, of every partition that is heard. */
  topics(): readonly OfferedTopic[];
  services(): readonly OfferedService[];
  warnings(): readonly GazeboWarning[];
  /** A sentence for when nothing at all was heard. */
  explainNobody(): string;
  close(): Promise<void>;
}

/** Opens sockets and joins discovery. Throws AgentError `bridge.missing` without the optional packages, `bridge.failed` without the interface. */
export async function openGazeboNode(options: GazeboNodeOptions): Promise<GazeboNode> {
  const { clock, partition, network = LOOPBACK_NETWORK } = options;
  const [codec, zmq] = await Promise.all([loadCodec(), loadZeroMq()]);
  const warnings = createWarnings(options.onWarning ?? (() => {}));
  const learned = learnFamily(partition, options.family ?? null, warnings);
  const ids = { processUuid: randomUUID(), nodeUuid: randomUUID() };
  const context: NodeContext = { codec, zmq, clock, network, partition, warnings, ...ids, family: () => learned.family };

  const publications = await openPublications(context);
  const client = await openServiceClient(context);
  const server = await openServiceServer(context);
  let subscriptions: Subscriptions | undefined;
  let opened: { readonly topics: Discovery; readonly services: Discovery } | undefined;

  const onFound = (advert: Advert): void => {
    if (learned.hear(advert) && opened) {
      void publications.rename(opened.topics);
      void server.rename(opened.services);
    }
    if (advert.kind === "topic") subscriptions?.onPublishersChanged(advert.name);
    else client.onFound();
  };
  const onLost = (advert: Advert): void => {
    if (advert.kind === "topic") subscriptions?.onPublishersChanged(advert.name);
    else if (opened) client.onLost(advert, opened.services);
  };
  const common = { codec, clock, network, partition, warnings, processUuid: ids.processUuid, onFound, onLost };
  const quiet: Pick<DiscoveryOptions, "onHeartbeat" | "onSweep" | "onSubscribersRequest"> = {
    onHeartbeat: () => [],
    onSweep: () => {},
    onSubscribersRequest: () => [],
  };
  const closeSockets = (): void => {
    publications.close();
    client.close();
    server.close();
  };
  try {
    const topics = await openDiscovery({
      ...common,
      port: network.topicPort,
      onHeartbeat: () => subscriptions?.connections() ?? [],
      onSweep: () => subscriptions?.onSweep(),
      onSubscribersRequest: () => subscriptions?.listing() ?? [],
    });
    const services = await openDiscovery({ ...common, ...quiet, port: network.servicePort }).catch(async (error) => {
      await topics.close();
      throw error;
    });
    opened = { topics, services };
    subscriptions = new Subscriptions(context, topics, publications.address);
  } catch (error) {
    closeSockets();
    throw error;
  }
  const parts = { context, subscriptions, publications, client, server, discovery: opened, closeSockets };
  return assemble(parts);
}

interface Parts {
  readonly context: NodeContext;
  readonly subscriptions: Subscriptions;
  readonly publications: Awaited<ReturnType<typeof openPublications>>;
  readonly client: Awaited<ReturnType<typeof openServiceClient>>;
  readonly server: Awaited<ReturnType<typeof openServiceServer>>;
  readonly discovery: { readonly topics: Discovery; readonly services: Discovery };
  closeSockets(): void;
}

function assemble({ context, subscriptions, publications, client, server, discovery, closeSockets }: Parts): GazeboNode {
  const { codec, partition, warnings } = context;
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await subscriptions.close();
    await Promise.all([discovery.topics.close(), discovery.services.close()]);
    closeSockets();
  };
  const close = (): Promise<void> => {
    closing ??= closeAll();
    return closing;
  };
  return {
    partition,
    get family() {
      return context.family();
    },
    subscribe: (topic, type, handler, options = {}) => subscriptions.subscribe(topic, type, handler, options),
    subscribeRaw: (topic, handler, options = {}) => subscriptions.subscribeRaw(topic, handler, options),
    publish: (topic, type, options = {}) => publications.publish(discovery.topics, topic, type, options),
    async request(service, requestType, request, responseType, timeoutMs, { repeatMs } = {}) {
      const bytes = codec.encode(requestType, request);
      const answer = await client.request(discovery.services, { service, requestType, responseType, request: bytes, timeoutMs, repeatMs });
      return codec.decode(responseType, answer);
    },
    requestRaw: (request) => client.request(discovery.services, request),
    offer: (service, requestType, responseType, handler) => server.offer(discovery.services, service, requestType, responseType, handler),
    topics: () =>
      offered(discovery.topics).flatMap(({ advert, ...rest }) => (advert.kind === "topic" ? [{ ...rest, type: advert.type }] : [])),
    services: () =>
      offered(discovery.services).flatMap(({ advert, ...rest }) =>
        advert.kind === "service" ? [{ ...rest, requestType: advert.requestType, responseType: advert.responseType }] : [],
      ),
    warnings: () => warnings.all(),
    explainNobody: () => nobodyHeard(context, discovery.topics),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function offered({ peers }: Discovery): readonly (Offered & { readonly advert: TopicAdvert | ServiceAdvert })[] {
  return peers.adverts().flatMap((advert) => {
    const split = splitWireName(advert.name);
    const { address, processUuid, nodeUuid } = advert;
    return split ? [{ ...split, address, processUuid, nodeUuid, advert }] : [];
  });
}
