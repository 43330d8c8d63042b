/** A real mosquitto: the contract over MQTT 5 and 3.1.1, TLS with client certificates and rules, and links that break in every way. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type MqttConfig, openMqttBridge } from "../../runtime/bridge/mqtt/open-mqtt-bridge.ts";
import { ManualClock, nsToMs, nsToSeconds, SystemClock, SystemWallClock } from "../../runtime/core/clock.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { facts, fakeDesk } from "../helpers/mqtt-fakes.ts";
import { until } from "../helpers/until.ts";
import { makeCertificates } from "./certificates.ts";
import { describeBroker } from "./contract.ts";
import { openLine } from "./frozen-line.ts";
import { noMosquitto, openMosquitto, PASSWORD } from "./mosquitto.ts";
import { common, external, openFleet, openRobot } from "./parties.ts";

const options = { skip: noMosquitto, timeout: 90_000 };

/** Certificates and a broker of its own for one test. */
async function withBroker(use: (broker: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  const broker = await open();
  try {
    await use(broker);
  } finally {
    await broker.mosquitto[Symbol.asyncDispose]();
    broker.certificates[Symbol.dispose]();
  }
}

async function open() {
  const certificates = makeCertificates();
  const mosquitto = await openMosquitto(certificates, ["left", "right", "fleet"]);
  const plain = `mqtt://127.0.0.1:${mosquitto.plainPort}`;
  const tls = `mqtts://127.0.0.1:${mosquitto.tlsPort}`;
  const robotConfig = (changes: Partial<MqttConfig["broker"]> = {}): MqttConfig => ({
    ...common,
    broker: { ...external, url: plain, username: "left", password: PASSWORD, ...changes } as MqttConfig["broker"],
  });
  const fleetOptions = { username: "fleet", password: PASSWORD, protocolVersion: 5 } as const;
  return { certificates, mosquitto, plain, tls, robotConfig, fleetOptions };
}

for (const protocol of ["5", "3.1.1"] as const) {
  describeBroker(`mosquitto over MQTT ${protocol}`, noMosquitto, (use) =>
    withBroker(async ({ robotConfig, plain, fleetOptions }) => {
      await using robot = await openRobot(robotConfig({ protocol }));
      await using fleet = await openFleet(plain, { ...fleetOptions, protocolVersion: protocol === "5" ? 5 : 4 });
      await use({ robot, fleet });
    }),
  );
}

describeBroker("mosquitto over TLS with client certificates", noMosquitto, (use) =>
  withBroker(async ({ certificates, tls, robotConfig }) => {
    const { caFile } = certificates;
    const { certFile, keyFile } = certificates.client("left");
    const ours = certificates.client("fleet");
    await using robot = await openRobot(robotConfig({ url: tls, username: undefined, password: undefined, caFile, certFile, keyFile }));
    await using fleet = await openFleet(tls, {
      ca: readFileSync(caFile),
      cert: readFileSync(ours.certFile),
      key: readFileSync(ours.keyFile),
    });
    await use({ robot, fleet });
  }),
);

test(
  "without a certificate, with one of another authority, or to a broker of another authority there is no connection, and it says why",
  options,
  () =>
    withBroker(async ({ certificates, tls, robotConfig }) => {
      using strangers = makeCertificates();
      const ours = certificates.client("left");
      const theirs = strangers.client("left");
      const { caFile } = certificates;
      for (const files of [
        { caFile, certFile: null, keyFile: null },
        { caFile, ...theirs },
        { caFile: strangers.caFile, ...ours },
        { caFile: null, ...ours },
      ]) {
        await using robot = await openRobot(robotConfig({ url: tls, username: undefined, password: undefined, ...files }), true);
        await until("a word", () => robot.said.length > 0);
        assert.match(robot.said[0] ?? "", /broker mqtts:\/\/127\.0\.0\.1:\d+: no connection \(.+\); see mqtt\.broker of the launch file/);
        assert.ok(!robot.said.includes("connected"));
      }
    }),
);

test("a wrong password is said without the password, and tried again seldom", options, () =>
  withBroker(async ({ robotConfig, mosquitto }) => {
    await using line = await openLine(mosquitto.plainPort);
    await using robot = await openRobot(robotConfig({ url: `mqtt://127.0.0.1:${line.port}`, password: "not-the-password" }), true);
    await until("a third try", () => line.connections >= 3);
    assert.equal(robot.said.length, 1);
    assert.match(robot.said[0] ?? "", /no connection \(.*[Nn]ot authorized.*\)/);
    assert.doesNotMatch(robot.said.join(), /not-the-password/);
  }),
);

test(
  "by the rules that we ship a robot reads no other robot's commands and speaks for no other, and nobody but the fleet commands",
  options,
  () =>
    withBroker(async ({ robotConfig, plain, fleetOptions }) => {
      await using robot = await openRobot(robotConfig());
      await using fleet = await openFleet(plain, fleetOptions);
      await using right = await openFleet(plain, { ...fleetOptions, username: "right" });
      const denied = (name: "order", message: unknown) => assert.rejects(right.publish(name, message), /Not authorized/);
      await denied("order", fleet.commander.order());
      await denied("state" as "order", { agent: "running" });
      await fleet.publish("instantActions", fleet.commander.action("hold", { id: "ours" }));
      await fleet.answer("ours");
      assert.deepEqual(right.heard, []);
      assert.deepEqual(robot.done, ["mqtt:fleet: hold"]);
    }),
);

for (const protocol of ["5", "3.1.1"] as const) {
  test(`a command that was left with the broker is rejected as retained when the robot comes, over MQTT ${protocol}`, options, () =>
    withBroker(async ({ robotConfig, plain, fleetOptions }) => {
      await using fleet = await openFleet(plain, fleetOptions);
      await fleet.publish("order", fleet.commander.order({ id: "kept" }), { retain: true });
      await fleet.publish("instantActions", fleet.commander.action("start", { id: "kept-too" }), { retain: true });
      await using robot = await openRobot(robotConfig({ protocol }));
      await until("two rejections", () => fleet.of("responses").filter(({ body }) => body.reason === "retained").length === 2);
      assert.deepEqual(robot.done, []);
    }),
  );
}

test(
  "with MQTT 5 a command that is published to be kept is rejected at once, and an answer has the correlation data and expiry of its question",
  options,
  () =>
    withBroker(async ({ robotConfig, plain, fleetOptions }) => {
      await using robot = await openRobot(robotConfig());
      await using fleet = await openFleet(plain, fleetOptions);
      await fleet.publish("order", fleet.commander.order(), { retain: true });
      await until("retained", () => fleet.of("responses").some(({ body }) => body.reason === "retained"));
      assert.deepEqual(robot.done, []);
      const correlationData = Buffer.from("question 1");
      await fleet.publish("instantActions", fleet.commander.action("hold", { id: "c-1" }), {
        properties: { responseTopic: "foresight/v1/lab/left/responses/fleet", correlationData },
      });
      const { topic, properties } = await fleet.answer("c-1");
      assert.equal(topic, "foresight/v1/lab/left/responses/fleet");
      assert.deepEqual((properties as { correlationData: Buffer }).correlationData, correlationData);
    }),
);

test("a command that was sent while the robot was away is not kept for it", options, () =>
  withBroker(async ({ robotConfig, plain, fleetOptions }) => {
    await using fleet = await openFleet(plain, fleetOptions);
    {
      await using _robot = await openRobot(robotConfig());
    }
    await fleet.publish("order", fleet.commander.order({ id: "away" }));
    await using robot = await openRobot(robotConfig());
    await fleet.publish("instantActions", fleet.commander.action("hold", { id: "here" }));
    await fleet.answer("here");
    assert.deepEqual(robot.done, ["mqtt:fleet: hold"]);
    assert.ok(!fleet.heard.some(({ body }) => body.id === "away"));
  }),
);

test(
  "a broker that is killed and started again: the robot comes back, tells its state as it is now, and carries out nothing twice",
  options,
  () =>
    withBroker(async ({ mosquitto, robotConfig, plain, fleetOptions }) => {
      await using robot = await openRobot({ ...robotConfig(), linkLoss: "hold" });
      await using fleet = await openFleet(plain, fleetOptions);
      const order = fleet.commander.order({ id: "before" });
      await fleet.publish("order", order);
      await fleet.answer("before");
      const done = [...robot.done];
      await mosquitto.kill();
      await until("the link is lost", () => robot.said.some((text) => text.includes("lost")));
      assert.deepEqual(robot.done.slice(done.length), ["mqtt:link: hold", "mqtt:link: leave"]);
      await mosquitto.start();
      await until("the robot is back", () => robot.said.at(-1) === "connected");
      await until("the fleet is back", () => fleet.client.connected);
      const told = fleet.of("state").length;
      await fleet.publish("order", order);
      await until("a duplicate", () => fleet.heard.some(({ body }) => body.id === "before" && body.reason === "duplicated"));
      await fleet.publish("instantActions", fleet.commander.action("stateRequest", { id: "asked" }));
      await fleet.answer("asked");
      assert.ok(fleet.of("state").length > told);
      assert.deepEqual(robot.done.slice(done.length), ["mqtt:link: hold", "mqtt:link: leave"]);
    }),
);

test(
  "a line that goes dead without a word is noticed by both sides: the fleet hears the will, the robot holds, and comes back",
  options,
  () =>
    withBroker(async ({ mosquitto, robotConfig, plain, fleetOptions }) => {
      await using line = await openLine(mosquitto.plainPort);
      await using robot = await openRobot({ ...robotConfig({ url: `mqtt://127.0.0.1:${line.port}`, keepaliveS: 1 }), linkLoss: "hold" });
      await using fleet = await openFleet(plain, fleetOptions);
      await until("birth", () => fleet.of("connection").at(-1)?.body.state === "ONLINE");
      line.freeze();
      const telemetry = setInterval(
        () =>
          robot.bridge.sample?.({
            kind: "joints",
            joints: { positionRad: Float64Array.of(0), velocityRadPerS: Float64Array.of(0), stampNs: 0n, receivedNs: 0n },
          }),
        20,
      ).unref();
      const clock = new SystemClock();
      const frozenNs = clock.nowNs();
      await until("the robot has noticed", () => robot.done.includes("mqtt:link: hold"));
      const noticedMs = nsToMs(clock.nowNs() - frozenNs);
      await until("the will", () => fleet.of("connection").at(-1)?.body.state === "CONNECTION_BROKEN");
      clearInterval(telemetry);
      console.log(`half-open line with telemetry on it: the robot noticed after ${noticedMs.toFixed(0)} ms, with a keep-alive of 1 s`);
      await fleet.publish("order", fleet.commander.order({ id: "into-the-void" }));
      line.thaw();
      await until("born again", () => fleet.of("connection").at(-1)?.body.state === "ONLINE");
      await fleet.publish("instantActions", fleet.commander.action("resume", { id: "go-on" }));
      await fleet.answer("go-on");
      assert.deepEqual(robot.done, ["mqtt:link: hold", "mqtt:link: leave", "mqtt:fleet: resume"]);
    }),
);

/** Of both, until the one that has lost three in a row suspects it. */
const BIRTHS_MAX = 8;

test("two robots of one name: the broker has one at a time, neither asks it often, and a command is carried out by one", options, () =>
  withBroker(async ({ robotConfig, plain, fleetOptions }) => {
    await using fleet = await openFleet(plain, fleetOptions);
    await using one = await openRobot(robotConfig());
    await using two = await openRobot(robotConfig());
    const clock = new SystemClock();
    const beganNs = clock.nowNs();
    const isNamed = (): boolean => /no connection lasts: is there another robot of this name\?/.test([...one.said, ...two.said].join("\n"));
    await until("the suspicion that there are two", isNamed);
    const births = fleet.of("connection").filter(({ body }) => body.state === "ONLINE").length;
    const tookS = nsToSeconds(clock.nowNs() - beganNs);
    console.log(`two robots of one name: ${births} connections of both in ${tookS.toFixed(1)} s until they suspect it`);
    assert.ok(births <= BIRTHS_MAX, `${births} connections`);
    await fleet.publish("instantActions", fleet.commander.action("hold", { id: "once" }));
    await fleet.answer("once").catch(() => {}); // It may have come while neither was there.
    assert.ok([...one.done, ...two.done].length <= 1);
  }),
);

test("a message of megabytes over MQTT 3.1.1 ends the connection at its first bytes, is not kept, and the robot comes back", options, () =>
  withBroker(async ({ robotConfig, plain, fleetOptions }) => {
    await using robot = await openRobot(robotConfig({ protocol: "3.1.1" }));
    await using fleet = await openFleet(plain, fleetOptions);
    await fleet.publish("order", "x".repeat(3_000_000));
    await until("the end", () => robot.said.some((text) => text.includes("a message above 1048576 bytes came")));
    await until("the robot is back", () => robot.said.at(-1) === "connected");
    await fleet.publish("instantActions", fleet.commander.action("hold", { id: "after" }));
    await fleet.answer("after");
    assert.deepEqual(robot.done, ["mqtt:fleet: hold"]);
  }),
);

test("closing while there is no broker waits for nothing", options, async () => {
  const { desk } = fakeDesk();
  const bridge = await openMqttBridge({
    config: { ...common, broker: { ...external, url: "mqtt://127.0.0.1:1", connectTimeoutMs: 10 * 60_000 } },
    desk,
    facts,
    clock: new ManualClock(), // It stands still.
    wallClock: new SystemWallClock(),
    rng: createRng(1),
    say: () => {},
  });
  await bridge[Symbol.asyncDispose]();
});
