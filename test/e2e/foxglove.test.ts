/** `foresight run` with `foxglove`: a client looks and stops the arm, and one that does not read changes nothing. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cli, startCli } from "../helpers/cli.ts";
import { openFoxgloveClient } from "../helpers/foxglove-client.ts";
import { playbackRequest } from "../helpers/playback-request.ts";
import { until } from "../helpers/until.ts";

const MINUTES = 60_000;
const start = (...overrides: readonly string[]) =>
  startCli(["run", "launch/panda-reach.launch.yaml", "dashboard.enabled:=false", "foxglove.port:=0", ...overrides]);
const addressOf = async (agent: ReturnType<typeof startCli>): Promise<string> =>
  /foxglove: (ws:\S+)/.exec(await agent.saw(/foxglove: ws:\S+/))?.[1] ?? "";

test("a client sees pictures, joints and decisions of a real run, calls an urgent task, and its stop stops the arm", {
  timeout: 5 * MINUTES,
}, async () => {
  // By chance the arm gets nowhere: it moves until it is stopped.
  const agent = start("planner.policy:=random", "task.retries:=10", "urgent:={ rest: { urgency: 3, task: { waitS: 1 } } }");
  try {
    const url = await addressOf(agent);
    await using client = await openFoxgloveClient(url);
    for (const topic of ["/camera/front", "/joints", "/tick", "/state", "/tf", "/run"]) client.subscribe(topic);
    await until("decisions", () => client.heard("/tick").length >= 3, MINUTES);
    const jpeg = Buffer.from(client.heard("/camera/front").at(-1)?.body.data, "base64");
    assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
    assert.equal(client.heard("/joints").at(-1)?.body.joints.length, 7);
    assert.ok(client.told.times.length > 3);
    const run = client.heard("/run")[0];
    assert.equal(run?.body.robot, "panda");
    assert.doesNotMatch(JSON.stringify(run?.body), new RegExp(new URL(url).searchParams.get("token") ?? "no token"), "no secret is told");
    client.client.fetchAsset("package://panda/model.xml", 1);
    await until("the model", () => client.told.assets.length === 1);
    assert.equal(client.told.assets[0]?.status, 0);
    assert.equal(await client.call("/foresight/urgent/rest"), '{"done":true}');
    await until("it comes first", () => client.heard("/state").some(({ body }) => body.reason.includes("A task of urgency 3 comes first")));
    await until("the task goes on", () => client.heard("/state").at(-1)?.body.skills[0]?.name === "reach", MINUTES);
    assert.equal(await client.call("/foresight/stop"), '{"done":true}');
    const { code, out } = await agent.result;
    assert.match(out, /task stopped: An operator stopped the agent/, out);
    assert.notEqual(code, 0);
    assert.equal(client.heard("/state").at(-1)?.body.agent, "stopped");
  } finally {
    agent.child.kill("SIGINT");
    await agent.result;
  }
});

test("a client that subscribes to everything and reads nothing changes nothing: the task succeeds", { timeout: 5 * MINUTES }, async () => {
  const agent = start("backend.mode:=lockstep");
  try {
    const sleeper = await openFoxgloveClient(await addressOf(agent));
    for (const topic of sleeper.told.channels.keys()) sleeper.subscribe(topic);
    sleeper.socket.pause();
    const { code, out, err } = await agent.result;
    assert.equal(code, 0, `${out}\n${err}`);
    sleeper.socket.terminate();
  } finally {
    agent.child.kill("SIGINT");
  }
});

test("a recording that is decided again is seen as it was, at the rate that is asked for", { timeout: 5 * MINUTES }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-foxglove-"));
  try {
    const file = join(folder, "run.mcap");
    const recorded = await cli(
      "run",
      "launch/panda-reach.launch.yaml",
      "backend.mode:=lockstep",
      "dashboard.enabled:=false",
      `record:=${file}`,
    );
    assert.equal(recorded.code, 0, recorded.out + recorded.err);
    const agent = startCli(["replay", file, "--rate", "1", "foxglove.port:=0"]);
    await using client = await openFoxgloveClient(await addressOf(agent));
    for (const topic of ["/tick", "/camera/front"]) client.subscribe(topic);
    const { code, out } = await agent.result;
    assert.equal(code, 0, out);
    assert.match(out, /bit for bit/);
    const [last] = client.heard("/tick").slice(-1);
    const decisions = Number(/decisions +(\d+) \(replay\)/.exec(out)?.[1]);
    assert.equal(last?.body.index, decisions - 1, "the last decision is seen");
    assert.ok(client.heard("/camera/front").length > 0);
    await lookedAt(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The recording itself, as it was: nothing is decided, and the client's own controls move it. */
async function lookedAt(file: string): Promise<void> {
  const player = startCli(["replay", file, "--foxglove", "foxglove.port:=0"]);
  try {
    await using client = await openFoxgloveClient(await addressOf(player));
    assert.ok(client.told.info?.capabilities.includes("playbackControl"));
    client.subscribe("/tick");
    client.subscribe("/camera/front");
    client.socket.send(playbackRequest(true, 20, null, "fast"));
    await until("the last decision", () => client.heard("/tick").length > 3, MINUTES);
    const png = Buffer.from(client.heard("/camera/front").at(-1)?.body.data, "base64");
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    client.client.fetchAsset("package://panda/model.xml", 1);
    await until("the model", () => client.told.assets.length === 1);
    assert.equal(client.told.assets[0]?.status, 0);
  } finally {
    player.child.kill("SIGINT");
    await player.result;
  }
}
