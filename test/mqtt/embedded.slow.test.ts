/** The embedded broker: the contract, and what it keeps strangers from. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import mqtt from "mqtt";
import { TOKEN } from "../helpers/mqtt-fakes.ts";
import { until } from "../helpers/until.ts";
import { describeBroker } from "./contract.ts";
import { freePort } from "./mosquitto.ts";
import { common, openFleet, openRobot } from "./parties.ts";

const embedded = (port: number) => ({ ...common, broker: { kind: "embedded" as const, host: "127.0.0.1", port } });
const login = { username: "fleet", password: TOKEN };

describeBroker("embedded broker", false, async (use) => {
  const port = await freePort();
  await using robot = await openRobot(embedded(port));
  await using fleet = await openFleet(`mqtt://127.0.0.1:${port}`, login);
  await use({ robot, fleet });
});

test("the embedded broker asks for a token: strangers, empty and wrong passwords are not let in", async () => {
  const port = await freePort();
  await using _robot = await openRobot(embedded(port));
  for (const options of [{}, { username: "fleet" }, { ...login, password: "wrong" }, { username: "robot:left", password: TOKEN }]) {
    await assert.rejects(
      mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { ...options, reconnectPeriod: 0 }),
      /Not authorized|Connection refused/,
    );
  }
});

test("with nobody named in the launch file a token is made, and told to whoever starts the agent", async () => {
  const port = await freePort();
  await using robot = await openRobot({ ...embedded(port), commanders: {} });
  const invitation = robot.said.find((text) => text.includes("operator"));
  const token = /password and token (\S+)/.exec(invitation ?? "")?.[1];
  assert.ok(token && token.length >= 16);
  await using fleet = await openFleet(`mqtt://127.0.0.1:${port}`, { username: "operator", password: token });
  await fleet.publish("instantActions", fleet.commander.action("hold", { commander: "operator", token, id: "h-1" }));
  assert.equal((await fleet.answer("h-1")).body.outcome, "accepted");
});

test("the embedded broker keeps no command, lets nobody speak for the robot, and shows nobody another's command", async () => {
  const port = await freePort();
  await using robot = await openRobot(embedded(port));
  await using watcher = await openFleet(`mqtt://127.0.0.1:${port}`, login);
  for (const [topic, retain] of [
    ["order", true],
    ["state", false],
  ] as const) {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { ...login, reconnectPeriod: 0 });
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    client.on("error", () => {});
    client.publish(`foresight/v1/lab/left/${topic}`, JSON.stringify(watcher.commander.order()), { qos: 0, retain });
    await closed;
  }
  await using fleet = await openFleet(`mqtt://127.0.0.1:${port}`, login);
  await fleet.publish("instantActions", fleet.commander.action("hold", { id: "seen" }));
  await fleet.answer("seen");
  assert.deepEqual(watcher.of("order"), []);
  assert.deepEqual(watcher.of("instantActions"), []);
  assert.deepEqual(robot.done, ["mqtt:fleet: hold"]);
});

test("a port that is taken is said with its remedy", async () => {
  const port = await freePort();
  await using _robot = await openRobot(embedded(port));
  await assert.rejects(openRobot(embedded(port)), /cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\); .*mqtt\.broker\.port:=0/);
});

test("bytes that are no MQTT, a packet that is too large, and silence after connecting end that connection alone", async () => {
  const port = await freePort();
  await using robot = await openRobot(embedded(port));
  await using fleet = await openFleet(`mqtt://127.0.0.1:${port}`, login);
  const large = Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(1000)]);
  for (const bytes of [Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.alloc(4000, 0xff), large]) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(bytes);
    await closed;
  }
  await fleet.publish("instantActions", fleet.commander.action("hold", { id: "still" }));
  assert.equal((await fleet.answer("still")).body.outcome, "accepted");
  assert.deepEqual(robot.done, ["mqtt:fleet: hold"]);
  await until("no further words", () => robot.said.filter((text) => text.includes("lost")).length === 0);
});
