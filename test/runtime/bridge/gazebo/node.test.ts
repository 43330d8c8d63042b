/** Two nodes that meet over loopback: what one publishes the other hears; names, partitions, goodbyes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PIXEL_FORMAT } from "../../../../runtime/bridge/gazebo/message-table.ts";
import { type GazeboNode, openGazeboNode } from "../../../../runtime/bridge/gazebo/node.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import { until } from "../../../helpers/until.ts";
import { aPartition, clock, network, open, twoNodes, WITHIN_MS } from "./two-nodes.ts";

test("a message reaches a subscriber with every field, whoever came first", async () => {
  const { a, b } = await twoNodes();
  const late = a.publish("/late", "StringMsg");
  const heard: string[] = [];
  b.subscribe("/early", "StringMsg", ({ data }) => heard.push(data));
  b.subscribe("/late", "StringMsg", ({ data }) => heard.push(data));
  const early = a.publish("/early", "StringMsg");
  for (const publisher of [early, late]) {
    await publisher.whenSubscribed(WITHIN_MS);
    publisher.send({ data: publisher.topic });
  }
  await until("both messages", () => heard.length === 2);
  assert.deepEqual(heard, ["/early", "/late"]);
});

test("a topic whose name another's begins with gets only its own messages", async () => {
  const { a, b } = await twoNodes();
  const [short, long] = [a.publish("/img", "StringMsg"), a.publish("/img2", "StringMsg")];
  const heard: string[] = [];
  b.subscribe("/img", "StringMsg", ({ data }) => heard.push(data));
  await short.whenSubscribed(WITHIN_MS);
  assert.equal(long.hasSubscribers, true); // ZeroMQ filters by prefix: it does cross the wire.
  long.send({ data: "not mine" });
  short.send({ data: "mine" });
  await until("a message", () => heard.length > 0);
  assert.deepEqual(heard, ["mine"]);
});

test("of pictures that have piled up only the newest is handed over", async () => {
  const { a, b } = await twoNodes();
  const camera = a.publish("/camera", "Image", { newestOnly: false });
  const widths: number[] = [];
  const subscription = b.subscribe("/camera", "Image", ({ width }) => widths.push(width));
  await camera.whenSubscribed(WITHIN_MS);
  for (let width = 1; width <= 100; width++) camera.send({ width, pixelFormatType: PIXEL_FORMAT.rgbInt8 });
  await until("the last picture", () => widths.at(-1) === 100);
  assert.ok(widths.length < 100, `${widths.length} pictures handed over`);
  assert.equal(subscription.receivedCount, subscription.droppedCount + widths.length);
  assert.deepEqual(
    widths.toSorted((x, y) => x - y),
    widths,
  );
});

test("messages that must be complete all arrive, in order", async () => {
  const { a, b } = await twoNodes();
  const publisher = a.publish("/numbers", "Int32");
  const heard: number[] = [];
  b.subscribe("/numbers", "Int32", ({ data }) => heard.push(data));
  await publisher.whenSubscribed(WITHIN_MS);
  for (let data = 0; data < 900; data++) publisher.send({ data });
  await until("900 messages", () => heard.length === 900);
  assert.deepEqual(
    heard,
    Array.from({ length: 900 }, (_, i) => i),
  );
  assert.deepEqual([publisher.sentCount, publisher.droppedCount], [900, 0]);
});

test("a subscription that was closed ends the sending, and can be made again", async () => {
  const { a, b } = await twoNodes();
  const publisher = a.publish("/x", "Double");
  const first = b.subscribe("/x", "Double", () => {});
  await publisher.whenSubscribed(WITHIN_MS);
  first.close();
  await until("nobody listens", () => !publisher.hasSubscribers);
  publisher.send({ data: 1 });
  assert.equal(publisher.sentCount, 0);
  b.subscribe("/x", "Double", () => {});
  await publisher.whenSubscribed(WITHIN_MS);
});

test("a topic that nobody subscribes to is said so in time", async () => {
  const node = await open({ partition: "alone" });
  await assert.rejects(node.publish("/nobody", "Double").whenSubscribed(20), {
    code: "bridge.timeout",
    message: 'topic "/nobody": nobody subscribed within 20 ms in partition "alone"; does the other side use that name and that partition?',
  });
});

test("nodes of different partitions see and hear nothing of each other's topics", async () => {
  const a = await open({ partition: aPartition() });
  const b = await open({ partition: aPartition() });
  const publisher = a.publish("/x", "Double");
  b.subscribe("/x", "Double", () => assert.fail("another partition"));
  await until("b hears of a", () => b.topics().some((topic) => topic.partition === a.partition));
  await assert.rejects(publisher.whenSubscribed(50), { code: "bridge.timeout" });
});

test("what is published goes under the simulator's type names as soon as it is heard, and still arrives", async () => {
  const { a, b, partition } = await twoNodes();
  const command = a.publish("/cmd", "Double");
  const service = a.offer("/ask", "Empty", "Boolean", () => ({ data: true }));
  assert.deepEqual([a.family, service.service], ["gz.msgs", "/ask"]);
  const simulator = await open({ partition, family: "ignition.msgs" });
  const heard: number[] = [];
  simulator.subscribe("/cmd", "Double", ({ data }) => heard.push(data));
  simulator.publish("/clock", "Clock");
  const typesAt = (node: GazeboNode): string[] => [
    ...node.topics().flatMap(({ name, type }) => (name === "/cmd" ? [type] : [])),
    ...node.services().flatMap(({ name, requestType }) => (name === "/ask" ? [requestType] : [])),
  ];
  await until("the new types", () => typesAt(b).join() === "ignition.msgs.Double,ignition.msgs.Empty");
  await command.whenSubscribed(WITHIN_MS);
  command.send({ data: 0.7 });
  await until("the command", () => heard.length > 0);
  assert.deepEqual(heard, [0.7]);
  assert.equal((await simulator.request("/ask", "Empty", {}, "Boolean", WITHIN_MS)).data, true);
});

test("a node that closes is forgotten by its goodbye, not by its silence", async () => {
  const partition = aPartition();
  const a = await open({ partition });
  const b = await open({ partition, clock: new ManualClock() }); // For b no time passes: it never counts silence.
  a.publish("/x", "Double");
  a.offer("/y", "Empty", "Boolean", () => ({ data: true }));
  const known = (): string[] => [...b.topics(), ...b.services()].filter((it) => it.partition === partition).map((it) => it.name);
  await until("both are known", () => known().length === 2);
  await a.close();
  await until("they are gone", () => known().length === 0);
});

test("an interface that this machine does not have is refused in words", async () => {
  await assert.rejects(openGazeboNode({ clock, partition: "p", network: { ...network, hostIp: "192.0.2.1" } }), {
    code: "bridge.failed",
    message: "Gazebo: cannot bind to 192.0.2.1 (Cannot assign requested address); is that an address of this machine?",
  });
});
