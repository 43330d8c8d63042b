import assert from "node:assert/strict";
import { request } from "node:http";
import { createServer } from "node:net";
import { test } from "node:test";
import { WebSocket } from "ws";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { OperatorCommand } from "../../../runtime/core/supervision.ts";
import { type DashboardOptions, openDashboard } from "../../../runtime/dashboard/server.ts";
import { PAGE_SITE } from "../../../runtime/dashboard/site.ts";
import { namedFiles } from "../../helpers/named-files.ts";
import { pageFacts } from "../../helpers/page-facts.ts";

const camera = { name: "front", widthPx: 2, heightPx: 1, fovYRad: 1, positionM: [1, 0, 1], targetM: [0, 0, 0] } as const;
const open = (options: Partial<DashboardOptions> = {}) =>
  openDashboard({
    host: "127.0.0.1",
    port: 0,
    token: "a-token-for-tests",
    facts: { ...pageFacts, cameras: [camera] },
    orders: { command: () => null },
    clock: new ManualClock(),
    ...options,
  });

/** A request with exactly these headers: fetch would not let us forge Host and Origin. */
function ask(
  url: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ status: number; text: string; type: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method: body === undefined ? "GET" : "POST", headers: { "content-type": "application/json", ...headers } },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text, type: String(response.headers["content-type"]) }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
const bearer = { authorization: "Bearer a-token-for-tests" };
const stop = JSON.stringify({ command: "stop" });

test("the page and all that it names are served to this machine, and no style that it does not name", async () => {
  await using page = await open();
  const { status, text } = await ask(page.url, "/");
  assert.equal(status, 200);
  const named = namedFiles(text);
  for (const path of [...named, "/page.js", "/uplot.js"]) assert.equal((await ask(page.url, path)).status, 200, path);
  const styles = (paths: readonly string[]): readonly string[] => paths.filter((path) => path.endsWith(".css")).sort();
  assert.deepEqual(styles(named), styles(Object.keys(PAGE_SITE)));
});

test("a command needs the token, a known name and nothing else", async () => {
  const taken: OperatorCommand[] = [];
  const remember = (command: OperatorCommand): null => {
    taken.push(command);
    return null;
  };
  await using page = await open({ orders: { command: remember } });
  assert.equal((await ask(page.url, "/command", {}, stop)).status, 401);
  assert.equal((await ask(page.url, "/command", { authorization: "Bearer wrong-token-here!" }, stop)).status, 401);
  assert.equal((await ask(page.url, "/command", bearer, JSON.stringify({ command: "dance" }))).status, 400);
  assert.equal((await ask(page.url, "/command", bearer, JSON.stringify({ command: "stop", now: true }))).status, 400);
  assert.equal((await ask(page.url, "/command", bearer, "x".repeat(5000))).status, 413);
  assert.deepEqual(taken, []);
  assert.equal((await ask(page.url, "/command", bearer, stop)).status, 200);
  assert.deepEqual(taken, ["stop"]);
});

test("an urgent task is asked for by name, with the token; where nobody takes any that is said", async () => {
  const taken: string[] = [];
  await using page = await open({
    orders: { command: () => null, urgent: (name) => (taken.push(name) > 1 ? "it comes first already" : null) },
  });
  const park = JSON.stringify({ name: "park" });
  assert.equal((await ask(page.url, "/urgent", {}, park)).status, 401);
  assert.equal((await ask(page.url, "/urgent", bearer, JSON.stringify({ name: "park", urgency: 9 }))).status, 400);
  assert.deepEqual(taken, []);
  assert.equal((await ask(page.url, "/urgent", bearer, park)).status, 200);
  assert.match((await ask(page.url, "/urgent", bearer, park)).text, /it comes first already/);
  assert.deepEqual(taken, ["park", "park"]);
  await using other = await open();
  assert.match((await ask(other.url, "/urgent", bearer, park)).text, /takes no urgent from the page/);
});

test("a recording is asked for with the token, in its own two words; where nobody records that is said", async () => {
  const taken: string[] = [];
  await using page = await open({
    orders: { command: () => null, record: async (what) => (taken.push(what) > 1 ? "nothing is being recorded" : null) },
  });
  const body = (what: string): string => JSON.stringify({ what });
  assert.equal((await ask(page.url, "/record", {}, body("start"))).status, 401);
  for (const other of [body("save"), body("/etc/passwd"), JSON.stringify({ what: "start", file: "mine.mcap" })])
    assert.equal((await ask(page.url, "/record", bearer, other)).status, 400, other);
  assert.deepEqual(taken, []);
  assert.equal((await ask(page.url, "/record", bearer, body("start"))).status, 200);
  assert.match((await ask(page.url, "/record", bearer, body("stop"))).text, /nothing is being recorded/);
  assert.deepEqual(taken, ["start", "stop"]);
  await using other = await open();
  assert.match((await ask(other.url, "/record", bearer, body("start"))).text, /takes no record from the page/);
});

test("the scheme of the token is taken in any case, and no other scheme", async () => {
  await using page = await open();
  const answered = async (authorization: string): Promise<number> => (await ask(page.url, "/command", { authorization }, stop)).status;
  for (const scheme of ["bearer", "BEARER", "bEarer", "Bearer "]) assert.equal(await answered(`${scheme} a-token-for-tests`), 200, scheme);
  for (const scheme of ["Basic", "", "Bearer Bearer"]) assert.equal(await answered(`${scheme} a-token-for-tests`), 401, scheme);
  for (const other of ["Bearer", "a-token-for-tests", "Bearera-token-for-tests", "Bearer A-token-for-tests"])
    assert.equal(await answered(other), 401, other);
});

test("what the supervisor refuses is told to who asked", async () => {
  await using page = await open({ orders: { command: () => "not while stopped" } });
  const { status, text } = await ask(page.url, "/command", bearer, stop);
  assert.equal(status, 409);
  assert.match(text, /not while stopped/);
});

test("another site's script and another host's name are turned away", async () => {
  await using page = await open();
  assert.equal((await ask(page.url, "/", { host: "evil.example" })).status, 403);
  assert.equal((await ask(page.url, "/command", { ...bearer, origin: "http://evil.example" }, stop)).status, 403);
});

test("a viewer that comes late is told the newest of everything", async () => {
  await using page = await open();
  const rgb = Uint8Array.from([1, 2, 3, 4, 5, 6]);
  page.showGoal({ kind: "image", frames: [{ camera: "front", widthPx: 2, heightPx: 1, rgb, stampNs: 0n, receivedNs: 0n }] });
  page.showState({ agent: "running", task: "running", skills: [], reason: "", mayAct: false }, null);
  const socket = new WebSocket(page.url.replace("http", "ws").replace(/\/#.*/, "/live"));
  const heard: { type: string; pictures?: { rgbBase64: string }[] }[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (data) => {
      heard.push(JSON.parse(String(data)));
      if (heard.length === 3) resolve();
    });
  });
  assert.deepEqual(heard.map(({ type }) => type).sort(), ["goal", "hello", "state"]);
  const goal = heard.find(({ type }) => type === "goal")?.pictures?.[0];
  assert.deepEqual([...Buffer.from(goal?.rgbBase64 ?? "", "base64")], [1, 2, 3, 4, 5, 6]);
  socket.terminate();
});

test("the token is in the fragment of the address, which browsers never send", async () => {
  await using page = await open();
  assert.equal(new URL(page.url).hash, "#token=a-token-for-tests");
  await using fresh = await openDashboard({
    host: "127.0.0.1",
    port: 0,
    facts: pageFacts,
    orders: { command: () => null },
    clock: new ManualClock(),
  });
  assert.match(new URL(fresh.url).hash, /^#token=[\w-]{24}$/);
});

test("an occupied port is an AgentError with the remedy", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  await assert.rejects(
    open({ port }),
    (error) => error instanceof AgentError && error.code === "dashboard.port" && /dashboard\.port:=0/.test(error.message),
  );
  other.close();
});
