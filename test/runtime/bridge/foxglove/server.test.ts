/** The Foxglove server over real sockets, with the official client under both names of the protocol. */
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { WebSocket } from "ws";
import { createParameters } from "../../../../runtime/bridge/foxglove/parameters.ts";
import {
  CLIENTS_MAX,
  type FoxgloveServer,
  type FoxgloveServerOptions,
  openFoxgloveServer,
} from "../../../../runtime/bridge/foxglove/server.ts";
import { ManualClock, SystemClock } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { OPERATOR_COMMANDS } from "../../../../runtime/core/supervision.ts";
import { openFoxgloveClient } from "../../../helpers/foxglove-client.ts";
import { fakeDesk } from "../../../helpers/mqtt-fakes.ts";
import { until } from "../../../helpers/until.ts";

const TOKEN = "a-token-of-the-operator";
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

async function open(options: Partial<FoxgloveServerOptions> & { readonly refuses?: (what: string) => string | null } = {}) {
  const { desk, done } = fakeDesk(options.refuses);
  const said: string[] = [];
  const limits = { maxObservationAgeMs: 400, maxPlanAgeMs: 300, maxToolSpeedMPerS: 1, payloadKg: 0 };
  const parameters = createParameters({ desk, who: "foxglove", limits, facts: { "planner.samples": 128 } });
  const server = await openFoxgloveServer({
    ...{ host: "127.0.0.1", port: 0, token: TOKEN, origins: ["https://app.foxglove.dev"] },
    ...{ name: "Foresight: panda", sessionId: "session-1", parameters },
    channels: ["/numbers", "/goal"].map((topic) => ({ topic, schemaName: "test.Number", schema: '{"type":"object"}' })),
    newest: (topic) => (topic === "/goal" ? { stampNs: 5n, data: bytes({ n: 5 }) } : null),
    fetchAsset: async (uri) => {
      if (uri === "package://panda/model.xml") return Buffer.from("<mujoco/>");
      throw new AgentError("bridge.refused", `${uri}: is not there`);
    },
    orders: new Map(OPERATOR_COMMANDS.map((command) => [command, () => desk.command("foxglove", command)])),
    playback: null,
    onCommandersGone: () => desk.leave("foxglove"),
    stopwatch: new SystemClock(),
    say: (text) => void said.push(text),
    ...options,
  });
  return { server, done, said, commanding: `${server.url}/?token=${TOKEN}` };
}

for (const name of ["foxglove.sdk.v1", "foxglove.websocket.v1"]) {
  test(`under the name ${name} a client hears of topics, time, parameters, services and assets`, async () => {
    const { server, commanding, done } = await open();
    await using _server = server;
    await using client = await openFoxgloveClient(commanding, { protocols: [name] });
    assert.equal(client.socket.protocol, name);
    assert.deepEqual([client.told.info?.name, client.told.info?.sessionId], ["Foresight: panda", "session-1"]);
    const { schemaEncoding, encoding, schemaName } = client.told.channels.get("/numbers") ?? {};
    assert.deepEqual([encoding, schemaEncoding, schemaName], ["json", "jsonschema", "test.Number"]);
    assert.deepEqual(
      [...client.told.services.keys()],
      OPERATOR_COMMANDS.map((command) => `/foresight/${command}`),
    );

    assert.equal(server.isHeard("/numbers"), false);
    client.subscribe("/numbers");
    await until("somebody listens", () => server.isHeard("/numbers"));
    server.send("/numbers", { stampNs: 7n, data: bytes({ n: 1 }) });
    server.tellTime(9n);
    await until("the time", () => client.told.times.includes(9n));
    assert.deepEqual(
      client.heard("/numbers").map(({ stampNs, body }) => [stampNs, body]),
      [[7n, { n: 1 }]],
    );

    client.client.getParameters(["speedShare", "planner.samples"], "g-1");
    await until("the parameters", () => client.told.parameters.length === 1);
    assert.deepEqual(
      client.told.parameters[0]?.parameters.map(({ name, value }) => [name, value]),
      [
        ["speedShare", 1],
        ["planner.samples", 128],
      ],
    );
    client.client.setParameters([{ name: "speedShare", value: 0.5 }], "s-1");
    await until("the new value", () => client.told.parameters.some(({ id, parameters }) => id === "s-1" && parameters[0]?.value === 0.5));
    assert.equal(await client.call("/foresight/stop"), '{"done":true}');
    assert.deepEqual(done, ["foxglove: speed 0.5", "foxglove: stop"]);

    client.client.fetchAsset("package://panda/model.xml", 1);
    client.client.fetchAsset("package://panda/../secret.xml", 2);
    await until("both answers", () => client.told.assets.length === 2);
    const [found, refused] = [...client.told.assets].sort((a, b) => a.requestId - b.requestId);
    assert.ok(found?.status === 0 && refused?.status === 1);
    assert.equal(Buffer.from(found.data.buffer as ArrayBuffer, found.data.byteOffset, found.data.byteLength).toString(), "<mujoco/>");
    assert.match(refused.error, /is not there/);
  });
}

test("whoever subscribes late hears at once what is told once, and of other topics only what comes", async () => {
  const { server } = await open();
  await using _server = server;
  await using client = await openFoxgloveClient(server.url);
  client.subscribe("/goal");
  client.subscribe("/numbers");
  await until("the goal", () => client.heard("/goal").length === 1);
  assert.deepEqual([client.heard("/goal")[0]?.stampNs, client.heard("/goal")[0]?.body], [5n, { n: 5 }]);
  assert.equal(client.heard("/numbers").length, 0);
});

test("a client without the token looks, and neither commands nor sets anything", async () => {
  const { server, done } = await open();
  await using _server = server;
  await using client = await openFoxgloveClient(server.url);
  assert.match(await client.call("/foresight/stop"), /^refused: stop: it needs the token: connect to the address that was printed/);
  client.client.setParameters([{ name: "speedShare", value: 0 }], "s-1");
  await until("the answer", () => client.told.parameters.length > 0);
  assert.equal(client.told.parameters[0]?.parameters[0]?.value, 1);
  assert.match(client.told.statuses[0]?.message ?? "", /speedShare: it needs the token/);
  assert.deepEqual(done, []);
});

test("what the desk refuses is a failure of the call with its sentence, and a request that is no empty object is refused", async () => {
  const { server, commanding, done } = await open({ refuses: () => "fleet has the arm in hand" });
  await using _server = server;
  await using client = await openFoxgloveClient(commanding);
  assert.equal(await client.call("/foresight/resume"), "refused: fleet has the arm in hand");
  assert.match(await client.call("/foresight/stop", '{"now":true}'), /refused: stop: the request is an empty JSON object/);
  assert.deepEqual(done, []);
});

test("parameters are set only within what the launch file allows", async () => {
  const { server, commanding, done } = await open();
  await using _server = server;
  await using client = await openFoxgloveClient(commanding);
  const wrong = [
    { name: "speedShare", value: 1.5 },
    { name: "speedShare", value: "fast" },
    { name: "guards.maxPlanAgeMs", value: 301 },
    { name: "planner.samples", value: 8 },
    { name: "nothing", value: 1 },
  ];
  client.client.setParameters(wrong);
  await until("five refusals", () => client.told.statuses.length === wrong.length);
  const [fast, text, age, fixed, unknown] = client.told.statuses.map(({ message }) => message);
  assert.match(fast ?? "", /speedShare: must be 0 to 1/);
  assert.match(text ?? "", /speedShare: must be 0 to 1/);
  assert.match(age ?? "", /guards.maxPlanAgeMs: must be 1 to 300 \(ms, never more than the launch file's\)/);
  assert.match(fixed ?? "", /planner.samples: is fixed by the launch file/);
  assert.match(unknown ?? "", /nothing: does not exist/);
  assert.deepEqual(done, []);
});

test("whoever subscribes to a parameter hears when somebody else has set it", async () => {
  const { server, commanding } = await open();
  await using _server = server;
  await using one = await openFoxgloveClient(commanding);
  await using other = await openFoxgloveClient(server.url);
  other.client.subscribeParameterUpdates(["speedShare", "no such thing"]);
  other.client.getParameters(["speedShare"], "asked");
  await until("it is subscribed", () => other.told.parameters.some(({ id }) => id === "asked"));
  one.client.setParameters([{ name: "speedShare", value: 0.25 }]);
  await until("the update", () => other.told.parameters.some(({ parameters }) => parameters[0]?.value === 0.25));
});

test("refused before anything is said: other tokens, pages of others, other hosts' names, other protocols", async () => {
  const { server, said } = await open();
  await using _server = server;
  await assert.rejects(openFoxgloveClient(`${server.url}/?token=another-token-than-that`), /^Error: 401: that token is another one/);
  await assert.rejects(
    openFoxgloveClient(server.url, { origin: "https://evil.example" }),
    /^Error: 403: pages of https:\/\/evil.example are not taken/,
  );
  await assert.rejects(
    openFoxgloveClient(server.url, { protocols: ["foxglove.websocket.v2"] }),
    /^Error: 400: offer the WebSocket protocol foxglove.sdk.v1/,
  );
  await assert.rejects(openFoxgloveClient(server.url, { origin: "https://evil.example" }), /403/);
  assert.equal(said.length, 1, "a page is told of once");
  await using allowed = await openFoxgloveClient(server.url, { origin: "https://app.foxglove.dev" });
  assert.equal(allowed.socket.readyState, WebSocket.OPEN);
  const status = await new Promise((resolve) => {
    const headers = {
      host: "rebound.example",
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
      "sec-websocket-protocol": "foxglove.sdk.v1",
    };
    httpRequest(server.url.replace("ws:", "http:"), { headers }, (response) => resolve(response.statusCode)).end();
  });
  assert.equal(status, 403);
});

test("garbage is answered in words and carries nothing out; who sends too much is let go", async () => {
  const { server, commanding, done } = await open();
  await using _server = server;
  await using client = await openFoxgloveClient(commanding);
  const garbage = [
    "",
    "{",
    "[]",
    '{"op":"advertise","channels":[]}',
    '{"op":"subscribe","subscriptions":7}',
    '{"op":"subscribe","subscriptions":[{"id":-1,"channelId":1}]}',
    `{"op":"setParameters","parameters":${"[".repeat(3000)}${"]".repeat(3000)}}`,
  ];
  for (const text of garbage) client.socket.send(text);
  const calls = [[], [2], [9, 9, 9], [2, 1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255], [2, 99, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]];
  for (const call of calls) client.socket.send(Buffer.from(call));
  await until("an answer to each", () => client.told.statuses.length === garbage.length + calls.length);
  assert.ok(client.told.statuses.every(({ level }) => level === 2));
  for (let i = 0; i < 300; i++) client.socket.send('{"op":"getParameters","parameterNames":["speedShare"]}');
  await until("it is let go", () => client.told.closed !== null);
  assert.deepEqual([client.told.closed?.code, done], [1008, ["foxglove: leave"]]);
});

test("a message of more than 64 KiB ends the connection", async () => {
  const { server } = await open();
  await using _server = server;
  await using client = await openFoxgloveClient(server.url);
  client.socket.send("x".repeat(70_000));
  await until("it is closed", () => client.told.closed !== null);
  assert.equal(client.told.closed?.code, 1009);
});

test("the arm is anybody's again when the last client that may command is gone", async () => {
  const { server, commanding, done } = await open();
  await using _server = server;
  const looker = await openFoxgloveClient(server.url);
  const one = await openFoxgloveClient(commanding);
  const other = await openFoxgloveClient(commanding);
  for (const client of [looker, one]) await client[Symbol.asyncDispose]();
  await other.call("/foresight/hold");
  assert.deepEqual(done, ["foxglove: hold"]);
  await other[Symbol.asyncDispose]();
  await until("it has left", () => done.at(-1) === "foxglove: leave");
});

test(`at most ${CLIENTS_MAX} clients, and the end of the agent is told to them`, async () => {
  const { server } = await open();
  const clients = await Promise.all(Array.from({ length: CLIENTS_MAX }, () => openFoxgloveClient(server.url)));
  await assert.rejects(openFoxgloveClient(server.url), /503: at most 16 clients at once/);
  await server[Symbol.asyncDispose]();
  await until("all are closed", () => clients.every(({ told }) => told.closed?.code === 1001));
});

test("a port that is taken is named with the remedy", async () => {
  const { server } = await open();
  await using _server = server;
  await assert.rejects(
    open({ port: Number(new URL(server.url).port) }),
    /foxglove.port: cannot listen on 127.0.0.1:\d+ \(EADDRINUSE\); end the program/,
  );
});

test("a client that does not read is left behind: others hear everything, and it is let go", {
  timeout: 60_000,
}, async () => {
  const clock = new ManualClock();
  const { server } = await open({ stopwatch: clock });
  await using _server = { [Symbol.asyncDispose]: async () => await closeWith(server, clock) };
  await using reader = await openFoxgloveClient(server.url);
  const sleeper = await openFoxgloveClient(server.url);
  reader.subscribe("/numbers");
  sleeper.subscribe("/numbers");
  sleeper.client.getParameters([], "asked");
  await until("both are subscribed", () => sleeper.told.parameters.length === 1 && server.isHeard("/numbers"));
  sleeper.socket.pause();
  const message = { stampNs: 1n, data: bytes({ n: "x".repeat(100_000) }) };
  for (let sent = 1; sent <= 300; sent++) {
    server.send("/numbers", message);
    if (sent % 10 === 0) await until("the reader has it", () => reader.heard("/numbers").length === sent);
  }
  const missed = server.missed;
  assert.ok(missed > 100, `${missed} of 300 messages of 0.1 MB left out, since at most 2 MB and the sockets' own buffers are kept`);
  assert.equal(sleeper.told.closed, null);
  clock.advance(10_001);
  server.send("/numbers", message);
  clock.advance(1000);
  await until("one is left", () => server.clientCount === 1);
  sleeper.socket.resume();
  await until("it hears why", () => sleeper.told.closed !== null);
});

/** Time goes on while it closes. */
async function closeWith(server: FoxgloveServer, clock: ManualClock): Promise<void> {
  const closed = server[Symbol.asyncDispose]();
  clock.advance(1000);
  await closed;
}
