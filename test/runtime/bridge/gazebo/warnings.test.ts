/** What is odd about what a node hears is said once, in words with the remedy: why nothing may arrive. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { test } from "node:test";
import { type Discovery, openDiscovery } from "../../../../runtime/bridge/gazebo/discovery.ts";
import { type Advert, encodeAnnouncement } from "../../../../runtime/bridge/gazebo/discovery-codec.ts";
import { loadCodec } from "../../../../runtime/bridge/gazebo/messages.ts";
import { wireName } from "../../../../runtime/bridge/gazebo/names.ts";
import { createWarnings, type Warnings } from "../../../../runtime/bridge/gazebo/warnings.ts";
import { until } from "../../../helpers/until.ts";
import { aPartition, clock, network, open, twoNodes, WITHIN_MS } from "./two-nodes.ts";

const codec = await loadCodec();
const advertise = (advert: Advert): Uint8Array => encodeAnnouncement(codec, { kind: "advertise", processUuid: advert.processUuid, advert });

/** What a process of another make might send to everybody. */
async function say(datagram: Uint8Array, port = network.topicPort): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", () => {
      socket.setMulticastInterface("127.0.0.1");
      socket.send(datagram, port, network.multicastGroup, () => socket.close(() => resolve()));
    });
  });
}

/** Discovery of partition "lab" alone, without a node around it. */
function listen(warnings: Warnings): Promise<Discovery> {
  const nothing = { onFound() {}, onLost() {}, onHeartbeat: () => [], onSweep() {}, onSubscribersRequest: () => [] };
  return openDiscovery({ codec, clock, network, port: network.topicPort, processUuid: "me", partition: "lab", warnings, ...nothing });
}

test("a topic of another type is warned of and delivers nothing", async () => {
  const { a, b } = await twoNodes();
  b.subscribe("/x", "Double", () => assert.fail("nothing may arrive"));
  a.publish("/x", "StringMsg");
  await until("the warning", () => b.warnings().length > 0);
  assert.deepEqual(b.warnings(), [
    { kind: "wrong-type", message: 'topic "/x" is published as gz.msgs.StringMsg and subscribed to as Double; nothing will arrive' },
  ]);
});

test("two processes that offer the same service are warned of", async () => {
  const { a, b, partition } = await twoNodes();
  const c = await open({ partition });
  for (const node of [a, c]) node.offer("/same", "Empty", "Boolean", () => ({ data: true }));
  await until("both are known", () => b.services().filter((service) => service.partition === partition).length === 2);
  await b.request("/same", "Empty", {}, "Boolean", WITHIN_MS);
  const [warning] = b.warnings();
  assert.equal(warning?.kind, "two-providers");
  assert.match(
    warning.message,
    /^service "\/same" is offered by 2 processes in partition ".*" \(tcp:\/\/127\.0\.0\.1:\d+, tcp:.*\); the one heard/,
  );
});

test("a process with topic statistics switched on is warned of", async () => {
  const node = await open({ partition: aPartition() });
  const body = Buffer.from("106e1a04706565722004", "hex"); // version 110, process "peer", heartbeat
  await say(Buffer.concat([Buffer.of(body.length, 0), body]));
  await until("the warning", () => node.warnings().some((warning) => warning.kind === "wrong-version"));
  assert.equal(
    node.warnings().find((warning) => warning.kind === "wrong-version")?.message,
    "process peer speaks wire version 110, this client speaks 10; unset IGN_TRANSPORT_TOPIC_STATISTICS and GZ_TRANSPORT_TOPIC_STATISTICS there",
  );
});

test("a topic and a service whose sockets are not on loopback are warned of and not used", async () => {
  const node = await open({ partition: aPartition() });
  node.subscribe("/joints", "Double", () => assert.fail("it cannot be heard"));
  const common = { address: "tcp://192.0.2.1:4000", processUuid: "far", nodeUuid: "n" };
  const types = { requestType: "gz.msgs.Empty", responseType: "gz.msgs.Boolean" };
  await say(advertise({ kind: "topic", name: wireName(node.partition, "/joints"), type: "gz.msgs.Double", ...common }));
  await say(
    advertise({ kind: "service", name: wireName(node.partition, "/ask"), socketId: "s", ...types, ...common }),
    network.servicePort,
  );
  await until("both are known", () => [...node.topics(), ...node.services()].filter((it) => it.partition === node.partition).length === 2);
  await assert.rejects(node.request("/ask", "Empty", {}, "Boolean", 20), { code: "bridge.timeout" });
  const said = (what: string) => ({
    kind: "not-on-loopback",
    message: `${what} is at tcp://192.0.2.1:4000, not on loopback; start that process with IGN_IP=127.0.0.1 GZ_IP=127.0.0.1`,
  });
  assert.deepEqual(node.warnings(), [said('topic "/joints"'), said('service "/ask"')]);
});

test("what offers topics of this partition from another interface is warned of, what speaks for other partitions is only counted", async () => {
  const warnings = createWarnings(() => {});
  const discovery = await listen(warnings);
  const offer = (partition: string): Uint8Array =>
    advertise({
      kind: "topic",
      name: wireName(partition, "/clock"),
      address: "tcp://192.0.2.7:1",
      processUuid: "p",
      nodeUuid: "n",
      type: "gz.msgs.Clock",
    });
  discovery.onForeign(offer("elsewhere"), "192.0.2.8");
  assert.deepEqual(warnings.all(), []);
  discovery.onForeign(offer("lab"), "192.0.2.7");
  discovery.onForeign(offer("lab"), "192.0.2.7");
  assert.deepEqual(
    [...discovery.foreign],
    [
      ["192.0.2.8", 1],
      ["192.0.2.7", 2],
    ],
  );
  assert.deepEqual(warnings.all(), [
    {
      kind: "not-on-loopback",
      message:
        'somebody at 192.0.2.7 offers topics in partition "lab", but this client listens on loopback only; ' +
        "start the simulator with IGN_IP=127.0.0.1 GZ_IP=127.0.0.1, or name that interface here",
    },
  ]);
  await discovery.close();
});

test("a relay of another network is warned of", async () => {
  const warnings = createWarnings(() => {});
  const discovery = await listen(warnings);
  const body = codec.encode("Discovery", { version: 10, processUuid: "p", type: 4, flags: { relay: true } });
  discovery.onDatagram(Buffer.concat([Buffer.of(body.length, 0), body]));
  assert.deepEqual(warnings.all(), [
    { kind: "not-on-loopback", message: "a relay re-sends discovery of another network here; a loopback client does not follow it" },
  ]);
  await discovery.close();
});

test("a version older than Fortress is warned of with the remedy", async () => {
  const warnings = createWarnings(() => {});
  const discovery = await listen(warnings);
  const body = codec.encode("Discovery", { version: 9, processUuid: "old", type: 4 });
  discovery.onDatagram(Buffer.concat([Buffer.of(body.length, 0), body]));
  assert.deepEqual(warnings.all(), [
    { kind: "wrong-version", message: "process old speaks wire version 9, this client speaks 10; use Fortress or later there" },
  ]);
  await discovery.close();
});

test("a datagram that cannot be read is warned of, and what follows still arrives", async () => {
  const { a, b } = await twoNodes();
  await say(Buffer.from([1, 2, 3]));
  await until("the first warning", () => b.warnings().some(({ message }) => message.startsWith("a discovery datagram cannot be read: ")));
  const heard: number[] = [];
  b.subscribe("/x", "Image", ({ width }) => heard.push(width));
  const publisher = a.publish("/x", "Image");
  await publisher.whenSubscribed(WITHIN_MS);
  publisher.send({ width: 7 });
  await until("a message", () => heard.length > 0);
  assert.ok(b.warnings().every(({ kind }) => kind === "garbage"));
});

test("when nobody is heard at all, the sentence names interface, variables and Zenoh", async () => {
  const node = await open({
    partition: aPartition(),
    network: {
      ...network,
      multicastGroup: "239.255.0.78",
      topicPort: network.topicPort + 10_000,
      servicePort: network.servicePort + 10_000,
    },
  });
  const why =
    /no process was heard at all: is the simulator running with IGN_IP=127\.0\.0\.1 GZ_IP=127\.0\.0\.1, and \(Jetty\) with GZ_TRANSPORT_IMPLEMENTATION=zeromq\?$/;
  assert.match(node.explainNobody(), why);
  await assert.rejects(node.request("/x", "Empty", {}, "Boolean", 20), { code: "bridge.timeout", message: why });
});
