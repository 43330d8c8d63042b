/** A scan with what strangers, other sites and broken programs send: refused, bounded, and the page goes on. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { WebSocket } from "ws";
import { ManualClock } from "../../../runtime/core/clock.ts";
import type { OperatorCommand } from "../../../runtime/core/supervision.ts";
import { type Dashboard, openDashboard } from "../../../runtime/dashboard/server.ts";
import { pageFacts } from "../../helpers/page-facts.ts";

const TOKEN = "a-token-for-tests";
const bearer = { authorization: `Bearer ${TOKEN}` };
const stop = JSON.stringify({ command: "stop" });

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

async function open() {
  const taken: unknown[] = [];
  const clock = new ManualClock();
  const remember = (what: unknown): null => {
    taken.push(what);
    return null;
  };
  const page = await openDashboard({
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    facts: pageFacts,
    orders: { command: remember, goal: remember },
    clock,
  });
  return { page, taken, clock };
}

function ask(
  { url }: Dashboard,
  path: string,
  { method = "GET", headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string | Buffer | undefined } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent: false, hostname, port, path, method, headers: { "content-type": "application/json", ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

test("nothing of the disk but the page's own files is served, however the path is written", async () => {
  const { page } = await open();
  await using _ = page;
  const paths = [
    "/../package.json",
    "/..%2fpackage.json",
    "/%2e%2e/package.json",
    "/.git/config",
    "/server.ts",
    "/three/../../package.json",
    "/three/build/",
    "//etc/passwd",
    "/page.js%00.png",
    "/page.js/",
    "/PAGE.JS",
    "/%",
    `/${"a".repeat(5000)}`,
  ];
  for (const path of paths) {
    const { status, text } = await ask(page, path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.ok(!text.includes("devDependencies"), path);
  }
});

test("no method but GET and POST does anything", async () => {
  const { page, taken } = await open();
  await using _ = page;
  for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"])
    assert.ok([400, 404].includes((await ask(page, "/command", { method, headers: bearer, body: stop })).status), method);
  assert.equal((await ask(page, "/command", { headers: bearer })).status, 404, "a command is no GET: no link or picture can give one");
  assert.deepEqual(taken, []);
});

test("what is no command in every detail is refused, and none of it is carried out", async () => {
  const { page, taken } = await open();
  await using _ = page;
  const bodies = [
    "",
    "null",
    "[]",
    "{",
    '"stop"',
    "{}",
    '{"command":null}',
    '{"command":["stop"]}',
    '{"command":"STOP"}',
    '{"command":"stop","__proto__":{}}',
    '{"__proto__":{"command":"stop"}}',
    '{"command":"constructor"}',
    '{"command":"stop","constructor":{}}',
    '{"command":"stop","command":"start"}',
    '\ufeff{"command":"stop"}',
    '{"command":"sto\\u0000p"}',
    "\u0000\u0001\u0002",
    "<xml/>",
  ];
  for (const body of bodies) {
    const { status } = await ask(page, "/command", { method: "POST", headers: bearer, body });
    assert.equal(status, 400, body);
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"])
    assert.equal(
      (await ask(page, "/command", { method: "POST", headers: { ...bearer, "content-type": type }, body: stop })).status,
      415,
      type,
    );
  assert.equal((await ask(page, "/command", { method: "POST", headers: bearer, body: Buffer.alloc(2000, "x") })).status, 413);
  assert.deepEqual(taken, []);
});

test("a goal has three finite numbers within reason, or is the picture of now", async () => {
  const { page, taken } = await open();
  await using _ = page;
  const goals = [
    '{"kind":"tool"}',
    '{"kind":"tool","positionM":[0,0]}',
    '{"kind":"tool","positionM":[0,0,0,0]}',
    '{"kind":"tool","positionM":[1e999,0,0]}',
    '{"kind":"tool","positionM":["0",0,0]}',
    '{"kind":"tool","positionM":[500,0,0]}',
    '{"kind":"tool","positionM":[0,null,0]}',
    '{"kind":"image","source":"/etc/passwd"}',
    '{"kind":"image","source":"files","files":{"front":"/etc/passwd"}}',
    '{"kind":"here"}',
    '{"kind":"object","positionM":[0,0,0],"skill":"push"}',
  ];
  for (const body of goals) assert.equal((await ask(page, "/goal", { method: "POST", headers: bearer, body })).status, 400, body);
  assert.deepEqual(taken, []);
  for (const body of ['{"kind":"object","positionM":[0.5,0.1,0.02]}', '{"kind":"image","source":"now"}'])
    assert.equal((await ask(page, "/goal", { method: "POST", headers: bearer, body })).status, 200, body);
  assert.equal((await ask(page, "/goal", { method: "POST", body: goals[0] })).status, 401);
});

test("no other site, no other name of this machine, no rebound name may ask, page and socket alike", async () => {
  const { page, taken } = await open();
  await using _ = page;
  const { host } = new URL(page.url);
  const strangers: Record<string, string>[] = [
    { host: "evil.example" },
    { host: `evil.example:${new URL(page.url).port}` },
    { host: "127.0.0.1.evil.example" },
    { host: "0.0.0.0" },
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: `https://${host}` },
    { origin: `http://localhost:${new URL(page.url).port}` },
  ];
  for (const headers of strangers) {
    const name = JSON.stringify(headers);
    assert.equal((await ask(page, "/", { headers })).status, 403, name);
    assert.equal((await ask(page, "/command", { method: "POST", headers: { ...bearer, ...headers }, body: stop })).status, 403, name);
    const status = await new Promise((resolve) => {
      const socket = new WebSocket(`ws://${host}/live`, { headers });
      socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode));
      socket.on("open", () => resolve("open"));
      socket.on("error", () => {});
    });
    assert.equal(status, 403, name);
  }
  assert.deepEqual(taken, []);
});

test("every file has the headers that keep the page to itself, and only what the page says may run in it", async () => {
  const { page } = await open();
  await using _ = page;
  for (const path of ["/", "/page.js", "/style.css", "/scene.json", "/three/build/three.core.js"]) {
    const { status, headers } = await ask(page, path);
    assert.equal(status, 200, path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers["x-frame-options"], "DENY", path);
    assert.equal(headers["referrer-policy"], "no-referrer", path);
    assert.equal(headers["cross-origin-resource-policy"], "same-origin", path);
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'self'.*object-src 'none'.*base-uri 'none'.*form-action 'none'.*frame-ancestors 'none'/, path);
    assert.ok(!/unsafe|\*/.test(policy), policy);
    assert.equal(
      /script-src 'self' 'sha256-[\w+/=]+'/.test(policy),
      path === "/",
      `${path}: the import map, named by its hash, and nothing else`,
    );
  }
});

test("whoever asks too often waits, but stop and hold are always taken; a second later the rest is taken again", async () => {
  const { page, taken, clock } = await open();
  await using _ = page;
  const send = async (command: OperatorCommand) =>
    (await ask(page, "/command", { method: "POST", headers: bearer, body: JSON.stringify({ command }) })).status;
  const answers = new Set<number>();
  for (let i = 0; i < 70; i++) answers.add(await send("resume"));
  assert.deepEqual([...answers], [200, 429]);
  assert.deepEqual([await send("resume"), await send("stop"), await send("hold")], [429, 200, 200]);
  assert.deepEqual(taken.slice(-2), ["stop", "hold"]);
  clock.advance(1000);
  assert.equal(await send("resume"), 200);
});

test("a flood of requests without the token is cut off, and commands with it are still taken", async () => {
  const { page, taken } = await open();
  await using _ = page;
  const answers = new Map<number, number>();
  for (let i = 0; i < 700; i++) {
    const { status } = await ask(page, "/icon.svg");
    answers.set(status, (answers.get(status) ?? 0) + 1);
  }
  assert.deepEqual([answers.get(200), answers.get(429)], [600, 100]);
  assert.equal((await ask(page, "/command", { method: "POST", headers: bearer, body: stop })).status, 200);
  assert.deepEqual(taken, ["stop"]);
});

test("headers beyond reason end in 431, and the page goes on", async () => {
  const { page, taken } = await open();
  await using _ = page;
  const huge = await ask(page, "/command", { method: "POST", headers: { ...bearer, "x-much": "x".repeat(60_000) }, body: stop });
  assert.equal(huge.status, 431);
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`x-${index}`, "y".repeat(8)]));
  assert.equal((await ask(page, "/command", { method: "POST", headers: { ...bearer, ...many }, body: stop })).status, 431);
  assert.deepEqual(taken, []);
  assert.equal((await ask(page, "/")).status, 200);
});

test("a socket that says anything is closed, one that sends much is cut off, and what is no HTTP is answered with 400", async () => {
  const { page } = await open();
  await using _ = page;
  const { host, hostname, port } = new URL(page.url);
  const closeCode = (message: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`ws://${host}/live`);
      socket.on("open", () => socket.send(message));
      socket.on("close", resolve);
      socket.on("error", () => {});
    });
  assert.equal(await closeCode(stop), 1008);
  assert.equal(await closeCode("x".repeat(100_000)), 1009);
  const garbage = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write("\u0016\u0003\u0001 no http at all\r\n\r\n"));
    socket.on("data", (data) => resolve(String(data)));
    socket.on("error", reject);
  });
  assert.match(garbage, /^HTTP\/1\.1 400/);
  assert.equal((await ask(page, "/")).status, 200, "and it goes on");
});
