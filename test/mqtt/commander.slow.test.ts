/** The fleet's end of the line over our own broker with two robots: each hears its own commands alone, and silence is told as silence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CommanderOptions, openCommander, type Told } from "../../runtime/bridge/mqtt/commander.ts";
import { openEmbeddedBroker } from "../../runtime/bridge/mqtt/embedded-broker.ts";
import { SystemClock, SystemWallClock } from "../../runtime/core/clock.ts";
import { idleState, TOKEN } from "../helpers/mqtt-fakes.ts";
import { until } from "../helpers/until.ts";
import { common, external, openRobot } from "./parties.ts";

const site = common.site;

async function open(names: readonly string[], options: Partial<CommanderOptions> = {}) {
  const places = names.map((robot) => ({ site, robot }));
  const broker = await openEmbeddedBroker({ host: "127.0.0.1", port: 0, places, commanders: common.commanders, say: () => {} });
  const heard: Told[] = [];
  const clock = new SystemClock();
  const who = { site, name: "fleet", token: TOKEN, sessionId: "12345678-session" };
  const told = { clock, wallClock: new SystemWallClock(), onTold: (each: Told) => void heard.push(each) };
  const commander = await openCommander({ ...who, ...told, url: broker.url, ...options }).catch(async (error: unknown) => {
    await broker[Symbol.asyncDispose]();
    throw error;
  });
  const robot = (at: number) => {
    const { place, name: username, password } = broker.robots[at]!;
    return openRobot({ ...common, ...place, broker: { ...external, url: broker.url, username, password } });
  };
  return {
    ...{ broker, commander, heard, robot },
    async [Symbol.asyncDispose]() {
      await commander[Symbol.asyncDispose]();
      await broker[Symbol.asyncDispose]();
    },
  };
}

test("of two robots each is heard under its name, and a command is carried out by the one that it is for", {
  timeout: 60_000,
}, async () => {
  await using fleet = await open(["left", "right"]);
  await using left = await fleet.robot(0);
  await using right = await fleet.robot(1);
  left.bridge.state?.(idleState);
  const births = () => fleet.heard.filter((told) => told.topic === "connection" && told.body.state === "ONLINE").map(({ robot }) => robot);
  await until("both are born", () => new Set(births()).size === 2);
  assert.equal(await fleet.commander.command("right", "hold"), null);
  assert.equal(await fleet.commander.command("right", "resume"), null);
  assert.deepEqual([left.done, right.done], [[], ["mqtt:fleet: hold", "mqtt:fleet: resume"]]);
});

test("what a robot refuses is told in its words, and a robot that is not there is told as silent", { timeout: 60_000 }, async () => {
  await using fleet = await open(["left", "right"], { token: TOKEN });
  await using left = await fleet.robot(0);
  await until("it is born", () => fleet.heard.some(({ topic }) => topic === "connection"));
  await left.bridge[Symbol.asyncDispose]();
  assert.match((await fleet.commander.command("right", "stop")) ?? "", /^right has not answered within 1.5 s$/);
  assert.match((await fleet.commander.command("left", "stop")) ?? "", /^left has not answered within 1.5 s$/);
  assert.deepEqual(left.done, []);
});

test("commands given at once are each answered by their own answer, and none is out of order", { timeout: 60_000 }, async () => {
  await using fleet = await open(["left"]);
  await using left = await fleet.robot(0);
  const answers = await Promise.all(Array.from({ length: 10 }, () => fleet.commander.command("left", "hold")));
  assert.deepEqual([answers.filter((why) => why === null).length, left.done.length], [10, 10]);
});

test("a commander with another token is not let in", async () => {
  await assert.rejects(open(["left"], { token: "another-token-than-that" }), /^AgentError: broker mqtt:.*: no connection/);
});
