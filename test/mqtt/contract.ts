/** What holds over every broker that the bridge is used with: called by the test file of each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nsToMs, SystemClock } from "../../runtime/core/clock.ts";
import { facts, idleState, runningState } from "../helpers/mqtt-fakes.ts";
import { until } from "../helpers/until.ts";
import { common, type Fleet, type openRobot } from "./parties.ts";

const clock = new SystemClock();

type Robot = Awaited<ReturnType<typeof openRobot>>;

const GARBAGE = 5000;

export interface Pair {
  readonly robot: Robot;
  readonly fleet: Fleet;
}

const reading = (q: number) => ({
  kind: "joints" as const,
  joints: { positionRad: Float64Array.of(q), velocityRadPerS: Float64Array.of(0), stampNs: 1n, receivedNs: 1n },
});

/** `open` connects both sides to a broker of its own; disposing is the caller's. */
export function describeBroker(name: string, skip: string | false, open: (use: (pair: Pair) => Promise<void>) => Promise<void>): void {
  const rule = (sentence: string, check: (pair: Pair) => Promise<void>): void => {
    test(`${name}: ${sentence}`, { skip, timeout: 180_000 }, () => open(check));
  };

  rule("a fleet that comes later still hears of connection, state and factsheet, and of nothing else", async ({ fleet }) => {
    for (const kept of ["connection", "state", "factsheet"])
      await until(kept, () => fleet.of(kept).some(({ body }) => body.robot === "left"));
    assert.equal(fleet.of("connection").at(-1)?.body.state, "ONLINE");
    assert.deepEqual(fleet.of("factsheet").at(-1)?.body.joints, facts.joints);
    const late = fleet.heard.filter(({ retain }) => retain).map(({ topic }) => topic.split("/").at(-1));
    assert.deepEqual(
      [...new Set(late)].filter((kept) => !["connection", "state", "factsheet"].includes(kept ?? "")),
      [],
    );
  });

  rule("an order is carried out once, accepted, and its end is told under the same id", async ({ robot, fleet }) => {
    await fleet.publish("order", fleet.commander.order({ id: "o-1" }));
    assert.equal((await fleet.answer("o-1")).body.outcome, "accepted");
    robot.bridge.state?.(runningState);
    robot.bridge.state?.({ ...idleState, task: "succeeded", reason: "It is there." });
    await until("the end", () => fleet.of("responses").some(({ body }) => body.id === "o-1" && body.outcome === "succeeded"));
    assert.deepEqual(robot.done, ['mqtt:fleet: assign {"skill":"reach","goal":{"kind":"here"},"retries":0}', "mqtt:fleet: start"]);
    await until("the state", () => fleet.of("state").at(-1)?.body.order?.outcome === "succeeded");
  });

  rule("every command that breaks a rule is rejected by name, and none of it reaches the desk", async ({ robot, fleet }) => {
    const { commander, publish, answer } = fleet;
    const past = (ms: number): string => new Date(Date.now() - ms).toISOString();
    const broken: readonly (readonly [string, object])[] = [
      ["malformed", commander.order({ id: "b-1", task: 5 })],
      ["not-authorised", commander.order({ id: "b-2", token: "another-token" })],
      ["expired", commander.order({ id: "b-3", issuedAt: past(2000), expiresAt: past(1000) })],
      ["not-yet-valid", commander.order({ id: "b-4", issuedAt: past(-20_000), expiresAt: past(-21_000) })],
    ];
    for (const [reason, message] of broken) {
      await publish("order", message);
      const { body } = await answer((message as { id: string }).id);
      assert.deepEqual([body.outcome, body.reason], ["rejected", reason]);
    }
    await publish("order", { ...commander.order(), padding: "x".repeat(70_000) });
    await publish("instantActions", "garbage");
    for (const reason of ["too-big", "malformed"])
      await until(reason, () => fleet.of("responses").some(({ body }) => body.id === null && body.reason === reason));
    assert.deepEqual(robot.done, []);
    await publish("instantActions", commander.action("hold", { id: "b-5", sequence: 50 }));
    await answer("b-5");
    await publish("instantActions", commander.action("hold", { id: "b-6", sequence: 50 }));
    assert.equal((await answer("b-6")).body.reason, "out-of-order");
    await publish("instantActions", commander.action("hold", { id: "b-5", sequence: 51 }));
    await until("duplicated", () => fleet.of("responses").some(({ body }) => body.id === "b-5" && body.reason === "duplicated"));
    assert.deepEqual(robot.done, ["mqtt:fleet: hold"]);
  });

  rule("telemetry flows, at QoS 0 and with the newest joints", async ({ robot, fleet }) => {
    const fromNs = clock.nowNs();
    let q = 0;
    await until("telemetry of a later reading", () => {
      robot.bridge.sample?.(reading(q++));
      return fleet.of("telemetry").some(({ body }) => body.joints.positionRad[0] >= 10);
    });
    const [told, mayBe] = [fleet.of("telemetry").length, 1 + nsToMs(clock.nowNs() - fromNs) / common.telemetryMs];
    assert.ok(told <= mayBe, `${told} messages, at most ${mayBe.toFixed(1)} in that time`);
  });

  rule("a robot that is closed says OFFLINE, and the broker does not say its will", async ({ robot, fleet }) => {
    await until("birth", () => fleet.of("connection").length > 0);
    await robot.bridge[Symbol.asyncDispose]();
    await until("OFFLINE", () => fleet.of("connection").at(-1)?.body.state === "OFFLINE");
    void fleet.publish("order", fleet.commander.order()).catch(() => {}); // An embedded broker ends with its robot.
    await new Promise((resolve) => setTimeout(resolve, 300)); // Nothing tells that nothing will be said.
    assert.equal(fleet.of("connection").at(-1)?.body.state, "OFFLINE");
    assert.deepEqual(robot.done, []);
  });

  rule(
    "five thousand garbage messages, a thousand a second: no command, the loop goes on, and a stop gets through",
    async ({ robot, fleet }) => {
      const beats: number[] = [];
      const beat = setInterval(() => beats.push(performance.now()), 20).unref(); // A test that fails on its way ends all the same.
      const cpu = process.cpuUsage();
      const startMs = performance.now();
      let sent = 0;
      while (sent < GARBAGE) {
        const due = Math.min(GARBAGE, Math.floor(performance.now() - startMs)); // A sender that was kept waiting makes up for it.
        for (; sent < due; sent++)
          fleet.client.publish("foresight/v1/lab/left/instantActions", `garbage ${sent} ${"x".repeat(200)}`, { qos: 0 });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await fleet.publish("instantActions", fleet.commander.action("stop", { id: "stop-1" }));
      assert.equal((await fleet.answer("stop-1")).body.outcome, "accepted");
      clearInterval(beat);
      const { user, system } = process.cpuUsage(cpu);
      const share = (user + system) / 1e3 / (performance.now() - startMs);
      const gapsMs = beats
        .slice(1)
        .map((ms, i) => ms - beats[i]!)
        .sort((a, b) => a - b);
      console.log(
        `${name}: ${sent} garbage messages, sender and robot together ${(100 * share).toFixed(0)} % of a core, a timer of 20 ms came every ${gapsMs[Math.floor(gapsMs.length * 0.99)]?.toFixed(0)} ms (p99)`,
      );
      assert.equal(sent, GARBAGE);
      assert.ok(share < 0.6, `${share} of a core; processor time, since a timer says more of who else is on the machine`);
      assert.deepEqual(robot.done, ["mqtt:fleet: stop"]);
    },
  );
}
