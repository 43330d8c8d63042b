/** `foresight gazebo ...` against a node of ours that plays the simulator. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { call } from "../../../../launch/cli/gazebo/call.ts";
import { gazeboDoctor } from "../../../../launch/cli/gazebo/doctor.ts";
import { echo } from "../../../../launch/cli/gazebo/echo.ts";
import { clock, openNodeAt } from "../../../../launch/cli/gazebo/open-node.ts";
import { gazeboProcesses } from "../../../../launch/cli/gazebo/processes.ts";
import { listTopics, printTopics } from "../../../../launch/cli/gazebo/topics.ts";
import type { GazeboNode } from "../../../../runtime/bridge/gazebo/node.ts";

const partition = `test-${randomUUID()}`;
const place = { partition, hostIp: "127.0.0.1" };
const LISTEN_MS = 1500;
let simulator: GazeboNode;
let stop = (): void => {};
before(async () => {
  simulator = await openNodeAt(place);
  const clockTopic = simulator.publish("/clock", "Clock");
  stop = clock.every(20, () => clockTopic.send({ sim: { sec: 7n } }));
  simulator.offer("/world/toy/control", "WorldControl", "Boolean", ({ pause }) => ({ data: pause }));
});
after(async () => {
  stop();
  await simulator.close();
});

test("topics and services are listed with their types", async () => {
  const list = await listTopics(place, LISTEN_MS);
  assert.deepEqual(
    list.topics.map(({ name, type }) => [name, type]),
    [["/clock", "gz.msgs.Clock"]],
  );
  assert.deepEqual(list.services, [{ name: "/world/toy/control", requestType: "gz.msgs.WorldControl", responseType: "gz.msgs.Boolean" }]);
  assert.equal(list.hint, null);
  assert.match(printTopics(list), /^service {2}\/world\/toy\/control {2}gz\.msgs\.WorldControl -> gz\.msgs\.Boolean$/m);
});

test("an empty partition names the others", async () => {
  const list = await listTopics({ ...place, partition: `empty-${randomUUID()}` }, LISTEN_MS);
  assert.equal(list.hint, "nobody is in this partition; choose another with --partition");
  assert.ok(list.otherPartitions.includes(partition));
});

test("messages are printed as JSON lines, as many as asked for", async () => {
  const lines: string[] = [];
  const options = {
    count: 2,
    timeoutMs: 20_000,
    say: (line: string) => lines.push(line),
    hint: () => {},
    signal: new AbortController().signal,
  };
  assert.equal(await echo(place, "/clock", options), 2);
  assert.deepEqual(lines, ['{"sim":{"sec":"7"}}', '{"sim":{"sec":"7"}}']);
});

test("a topic that nobody publishes is said to be so", async () => {
  const hints: string[] = [];
  const options = {
    count: 1,
    timeoutMs: LISTEN_MS,
    say: () => {},
    hint: (line: string) => hints.push(line),
    signal: new AbortController().signal,
  };
  assert.equal(await echo(place, "/nope", options), 0);
  assert.deepEqual(hints, ['nothing yet on "/nope": nobody publishes it; `foresight gazebo topics` lists what there is']);
});

test("a service is called with the types that it is offered with", async () => {
  const answer = await call(place, { service: "/world/toy/control", request: '{"pause": true}', timeoutMs: 20_000 });
  assert.deepEqual(JSON.parse(answer), { data: true });
});

test("a call that cannot be made says why", async () => {
  const calling = (request: string, service = "/world/toy/control") => call(place, { service, request, timeoutMs: LISTEN_MS });
  await assert.rejects(calling("{"), { code: "launch.invalid", message: /^the request is no JSON: / });
  await assert.rejects(calling('{"paus": true}'), { code: "bridge.mismatch", message: /key "paus" is unknown/ });
  await assert.rejects(calling("{}", "/nope"), {
    code: "bridge.timeout",
    message: `service "/nope" is not offered in partition "${partition}" (waited ${LISTEN_MS} ms); \`foresight gazebo topics\` lists what there is`,
  });
});

test("doctor is content with a world that answers, and names what the world lacks", async () => {
  const { ok, checks } = await gazeboDoctor(place, LISTEN_MS);
  assert.equal(ok, true);
  const found = (name: string) => checks.find((check) => check.name === name);
  assert.equal(found('world "toy"')?.ok, true);
  assert.equal(found("cameras")?.found, "nothing offers it");
});

test("doctor says which partitions there are when its own is empty", async () => {
  const { ok, checks } = await gazeboDoctor({ ...place, partition: "empty" }, LISTEN_MS);
  const check = checks.find(({ name }) => name === 'partition "empty"');
  assert.deepEqual([ok, check?.ok, check?.remedy], [false, false, "choose one with --partition"]);
  assert.ok(check?.found.includes(`"${partition}"`));
});

test("doctor says that an address is none of this machine", async () => {
  const { checks } = await gazeboDoctor({ ...place, hostIp: "192.0.2.1" }, 1);
  assert.match(checks.find(({ name }) => name === "interface")!.found, /^192\.0\.2\.1 is no address of this machine \(.*127\.0\.0\.1/);
});

test("doctor says of a server that speaks Zenoh how to start it instead", async () => {
  const env = { ...process.env, GZ_TRANSPORT_IMPLEMENTATION: "zenoh" };
  const server = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "gz sim -s"], { env, stdio: "ignore" });
  try {
    await once(server, "spawn");
    const { checks } = await gazeboDoctor(place, 1);
    const check = checks.find(({ name }) => name === `server ${server.pid}`);
    assert.match(check!.found, /: speaks Zenoh$/);
    assert.deepEqual([check!.ok, check!.remedy], [false, "start it with GZ_TRANSPORT_IMPLEMENTATION=zeromq"]);
  } finally {
    server.kill();
  }
});

test("servers that run here are told with partition, interface and transport", () => {
  const proc = mkdtempSync(join(tmpdir(), "proc-"));
  const start = (pid: number, cmdline: string, environ: string, maps = ""): void => {
    mkdirSync(join(proc, String(pid)));
    for (const [name, text] of Object.entries({ cmdline, environ, maps })) writeFileSync(join(proc, String(pid), name), text);
  };
  start(11, "/usr/bin/ruby\0/usr/bin/ign gazebo\0-s", "IGN_PARTITION=lab\0IGN_IP=127.0.0.1\0");
  start(12, "gz sim server\0", "PATH=/bin\0", "7f00 libzenohc.so\n");
  start(13, "/opt/gz-server\0w.sdf", "GZ_PARTITION=new\0IGN_PARTITION=old\0GZ_TRANSPORT_IMPLEMENTATION=ZENOH\0");
  start(14, "node\0echo gazebo\0", "");
  assert.deepEqual(
    gazeboProcesses(proc).map(({ pid, partition: its, ip, zenoh }) => [pid, its, ip, zenoh]),
    [
      [11, "lab", "127.0.0.1", false],
      [12, null, null, true],
      [13, "new", null, true],
    ],
  );
});
