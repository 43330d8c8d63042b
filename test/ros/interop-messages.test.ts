/** Interop matrix, messages: whatever one side publishes the other receives field by field, rclnodejs and rclpy in separate processes, both ways. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createSimClockWatch } from "../../runtime/act/clock-watch.ts";
import { rosNodeSchema } from "../../runtime/bridge/ros2/config.ts";
import type { ClockMsg } from "../../runtime/bridge/ros2/messages.ts";
import { openRosNode, type RosNode } from "../../runtime/bridge/ros2/node.ts";
import type { QosName } from "../../runtime/bridge/ros2/qos.ts";
import { fromTimeMsg, toTimeMsg } from "../../runtime/bridge/ros2/time.ts";
import { type KnownMessages, knownMessages } from "./known-messages.ts";
import { clock, domainId, type Peer, rosSkip, startPython, until } from "./peer.ts";
import { compare, type Tally, toPlain } from "./plain.ts";

/** Ours that fits theirs; `tf` is reliable with room for what comes in a burst. */
const OURS: Readonly<Record<KnownMessages["qos"], QosName>> = { reliable: "tf", sensor: "sensor", latched: "latchedMany" };

if (rosSkip) test("messages pass between rclnodejs and rclpy without loss", { skip: rosSkip }, () => {});
else
  describe("messages between rclnodejs and rclpy", () => {
    let ros: RosNode;
    let partner: Peer;
    let known: readonly KnownMessages[];
    before(async () => {
      known = await knownMessages();
      partner = await startPython("partner.py", []);
      ros = await openRosNode({ config: rosNodeSchema.parse({ domainId, discovery: "localhost" }), warn: console.error });
    });
    after(async () => {
      await ros[Symbol.asyncDispose]();
      await partner[Symbol.asyncDispose]();
    });

    test("every field of what rclpy publishes arrives here", async (context) => {
      for (const { type, topic, qos, messages } of known) {
        const came: unknown[] = [];
        const subscription = ros.subscribe(type, `${topic}_in`, OURS[qos], (message) => void came.push(toPlain(message)));
        const sent = messages.map(toPlain);
        // A publisher may know of its reader some milliseconds before the reader knows of it, and what it sends meanwhile is lost.
        await partner.order({ publish: { type, topic: `${topic}_in`, qos, messages: [] } });
        await until(() => subscription.publisherCount > 0, `rclpy's publisher of ${topic}`);
        await partner.order({ publish: { type, topic: `${topic}_in`, qos, messages: sent, everyMs: 2 } });
        await until(() => came.length >= sent.length, `${sent.length} ${type} here`);
        tell(context, "rclpy to rclnodejs", type, compareAll(came, sent));
      }
    });

    test("every field of what is published here arrives at rclpy", async (context) => {
      for (const { type, topic, qos, messages } of known) {
        const publisher = ros.advertise(type, `${topic}_out`, OURS[qos]);
        const isLatched = qos === "latched";
        if (isLatched) for (const message of messages) publisher.publish(message);
        const heard = () => partner.told.filter((told) => told.what === "heard" && told["topic"] === `${topic}_out`);
        await partner.order({ listen: { type, topic: `${topic}_out`, qos } });
        await until(() => publisher.subscriptionCount > 0, `rclpy listening to ${topic}`);
        await until(async () => Number((await partner.ask("publishers", `${topic}_out`))["count"]) > 0, `rclpy hearing of our ${topic}`);
        for (const message of isLatched ? [] : messages) {
          publisher.publish(message);
          await clock.sleep(2);
        }
        await until(() => heard().length >= messages.length, `${messages.length} ${type} at rclpy`);
        const came = heard().map((told) => told["message"]);
        tell(context, "rclnodejs to rclpy", type, compareAll(came, messages.map(toPlain)));
      }
    });

    test("who comes late still hears what was latched", async (context) => {
      const states = known.find(({ topic }) => topic === "agent_state")!;
      const sent = states.messages.map(toPlain);
      await partner.order({ publish: { ...states, topic: "late_in", messages: sent, atOnce: true } });
      await until(() => partner.told.some((told) => told.what === "published" && told["topic"] === "late_in"), "rclpy publishing");
      const came: unknown[] = [];
      ros.subscribe(states.type, "late_in", "latchedMany", (message) => void came.push(toPlain(message)));
      await until(() => came.length >= sent.length, "what was latched before, here");
      tell(context, "rclpy to a late rclnodejs", states.type, compareAll(came, sent));
    });

    test("a node of each follows the other's /clock: forward, standing still and back", async (context) => {
      const faults: string[] = [];
      const watch = createSimClockWatch(500, ({ message }) => void faults.push(message));
      let last = -1n;
      ros.subscribe<ClockMsg>("rosgraph_msgs/msg/Clock", "/clock", "clock", ({ clock: time }) => {
        last = fromTimeMsg(time);
        watch.read(last, clock.nowNs());
      });
      const times = [1000, 1000.05, 1000.1, 20].map((s) => ({ clock: { ...toTimeMsg(BigInt(Math.round(s * 1e9))) } }));
      await partner.order({ publish: { type: "rosgraph_msgs/msg/Clock", topic: "/clock", qos: "reliable", messages: times, everyMs: 50 } });
      await until(() => last === 20_000_000_000n, "the last /clock of rclpy");
      assert.equal(faults.length, 1);
      assert.match(faults[0]!, /jumped back from 1000\.100 s to 20\.000 s/);
      await partner.order({ sim_time: true });
      const ours = ros.advertise("rosgraph_msgs/msg/Clock", "/clock", "reliable");
      for (const ns of [5_000_000_000n, 7_123_456_789n, 6_000_000_001n]) {
        await until(() => ours.subscriptionCount > 1, "rclpy listening to /clock");
        const isTaken = async (): Promise<boolean> => {
          ours.publish({ clock: toTimeMsg(ns) }); // Again and again, as a simulation does: who has just come may miss one.
          return (await partner.ask("now"))["ns"] === `${ns}n`;
        };
        await until(isTaken, `rclpy's node taking the time ${ns} from /clock`);
      }
      await partner.order({ sim_time: false });
      context.diagnostic("/clock: 4 times read here, a jump back noticed; rclpy's node followed 3, one of them back");
    });
  });

/** In the order in which they were sent; reliable topics lose none. */
function compareAll(came: readonly unknown[], sent: readonly unknown[]): Tally {
  const tally = { messages: 0, fields: 0 };
  assert.equal(came.length, sent.length);
  for (const [index, message] of came.entries()) compare(tally, message, sent[index]);
  return tally;
}

const tell = (context: { diagnostic(text: string): void }, way: string, type: string, { messages, fields }: Tally): void =>
  context.diagnostic(`${way}, ${type}: ${messages} messages, ${fields} fields compared, 0 differ`);
