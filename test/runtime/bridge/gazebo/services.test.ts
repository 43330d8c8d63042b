/** Services between two nodes: each call has its own answer, or an error that says why there is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { GazeboNode } from "../../../../runtime/bridge/gazebo/node.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { until } from "../../../helpers/until.ts";
import { aPartition, open, twoNodes, WITHIN_MS } from "./two-nodes.ts";

test("a service is answered, awaited or not", async () => {
  const { a, b } = await twoNodes();
  a.offer("/upper", "StringMsg", "StringMsg", async ({ data }) => ({ data: data.toUpperCase() }));
  const answer = await b.request("/upper", "StringMsg", { data: "gazebo" }, "StringMsg", WITHIN_MS);
  assert.equal(answer.data, "GAZEBO");
});

test("a call may come before the service it calls", async () => {
  const { a, b } = await twoNodes();
  const answer = b.request("/later", "Empty", {}, "Boolean", WITHIN_MS);
  a.offer("/later", "Empty", "Boolean", () => ({ data: true }));
  assert.equal((await answer).data, true);
});

test("a thousand calls at once are all answered with their own answer", async () => {
  const { a, b } = await twoNodes();
  a.offer("/double", "Int32", "Int32", ({ data }) => ({ data: 2 * data }));
  await b.request("/double", "Int32", { data: 1 }, "Int32", WITHIN_MS);
  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  const answers = await Promise.all(numbers.map((data) => b.request("/double", "Int32", { data }, "Int32", WITHIN_MS)));
  assert.deepEqual(
    answers.map(({ data }) => data),
    numbers.map((i) => 2 * i),
  );
});

test("a handler that throws is an answer that says failed", async () => {
  const { a, b } = await twoNodes();
  a.offer("/fails", "Empty", "Boolean", () => Promise.reject(new AgentError("robot.rejected", "no")));
  await assert.rejects(b.request("/fails", "Empty", {}, "Boolean", WITHIN_MS), {
    code: "bridge.refused",
    message: 'service "/fails" answered that it failed; look into the server\'s own log',
  });
});

test("a service without answer is done when it is sent", async () => {
  const { a, b } = await twoNodes();
  let heard = "";
  a.offer("/tell", "StringMsg", "Empty", ({ data }) => {
    heard = data;
    return {};
  });
  await b.request("/tell", "StringMsg", { data: "hello" }, "Empty", WITHIN_MS);
  await until("the request", () => heard === "hello");
});

test("a call that nobody answers says what was asked for, where, and how long", async () => {
  const { a, b, partition } = await twoNodes();
  const refused = (promise: Promise<unknown>, message: string): Promise<void> =>
    assert.rejects(promise, { code: "bridge.timeout", message });
  a.offer("/there", "StringMsg", "Boolean", () => new Promise(() => {}));
  const knowsIt = (node: GazeboNode): boolean => node.services().some(({ name, partition: its }) => name === "/there" && its === partition);
  await until("b knows it", () => knowsIt(b));
  await refused(
    b.request("/there", "StringMsg", {}, "Double", 30),
    'service "/there" is offered as gz.msgs.StringMsg -> gz.msgs.Boolean, not as StringMsg -> Double; use its types',
  );
  await refused(
    b.request("/nowhere", "StringMsg", {}, "Double", 30),
    `service "/nowhere" is not offered in partition "${partition}" (waited 30 ms); ` +
      "others are: is that the name, and is the plugin that offers it in the world?",
  );
  const other = await open({ partition: aPartition() });
  await until("the other knows it", () => knowsIt(other));
  await refused(
    other.request("/there", "StringMsg", {}, "Boolean", 30),
    `service "/there" is not offered in partition "${other.partition}" (waited 30 ms), ` +
      `but in partition "${partition}": set the same partition on both sides`,
  );
  const { address } = b.services().find((service) => service.name === "/there")!;
  await refused(
    b.request("/there", "StringMsg", {}, "Boolean", 100),
    `service "/there" at ${address} was asked and did not answer within 100 ms; look whether its process hangs`,
  );
});

test("a call whose provider leaves before it answered is told so at once", async () => {
  const { a, b } = await twoNodes();
  let asked = (): void => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  a.offer("/slow", "Empty", "Boolean", () => {
    asked();
    return new Promise(() => {});
  });
  const call = b.request("/slow", "Empty", {}, "Boolean", 60_000);
  const rejected = assert.rejects(call, {
    code: "bridge.lost",
    message: /^service "\/slow" was withdrawn, or its process \(tcp:.*\) died/,
  });
  await isAsked;
  await a.close();
  await rejected;
});

test("a node that closes leaves no call of its own hanging", async () => {
  const { a, b } = await twoNodes();
  let isAsked = false;
  a.offer("/slow", "Empty", "Boolean", () => {
    isAsked = true;
    return new Promise(() => {});
  });
  const rejected = assert.rejects(b.request("/slow", "Empty", {}, "Boolean", 60_000), { code: "bridge.lost" });
  await until("the call", () => isAsked);
  await b.close();
  await rejected;
});
