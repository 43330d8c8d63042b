/** The page of a fleet over HTTP: who may look, who may command, and what becomes of a command to one arm or to all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createBoard } from "../../../launch/fleet/board.ts";
import { openFleetPage } from "../../../launch/fleet/page.ts";
import type { Told } from "../../../runtime/bridge/mqtt/commander.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { namedFiles } from "../../helpers/named-files.ts";

const TOKEN = "a-token-of-the-fleet-page";

async function open(refuses: (arm: string) => string | null = () => null) {
  const done: string[] = [];
  const board = createBoard(["north", "east"]);
  const page = await openFleetPage({
    ...{ section: { host: "127.0.0.1", port: 0, token: TOKEN }, title: "Foresight: 2 arms", board, clock: new ManualClock() },
    async command(arm, command) {
      const why = refuses(arm);
      if (why === null) done.push(`${arm}: ${command}`);
      return why;
    },
  });
  const url = page.url.replace(/#.*/, "");
  const post = async (body: unknown, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) => {
    const response = await fetch(`${url}command`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return [response.status, ((await response.json()) as { refused: string | null }).refused] as const;
  };
  return { board, done, url, post, [Symbol.asyncDispose]: () => page[Symbol.asyncDispose]() };
}

test("everybody on this machine may look: arms and pictures, with headers that keep them to the page", async () => {
  await using page = await open();
  page.board.take({ topic: "thumbnail", robot: "east", isKept: false, body: { jpegBase64: "aGk=" } } as unknown as Told);
  const arms = await fetch(`${page.url}arms`);
  assert.deepEqual(
    ((await arms.json()) as { arms: { name: string }[] }).arms.map(({ name }) => name),
    ["north", "east"],
  );
  assert.deepEqual([arms.headers.get("cache-control"), arms.headers.get("cross-origin-resource-policy")], ["no-store", "same-origin"]);
  const picture = await fetch(`${page.url}picture/east?1`);
  assert.deepEqual([picture.headers.get("content-type"), await picture.text()], ["image/jpeg", "hi"]);
  assert.equal((await fetch(`${page.url}picture/north`)).status, 404);
  assert.equal((await fetch(`${page.url}picture/..%2f..%2fpackage.json`)).status, 404);
  const named = namedFiles(await (await fetch(page.url)).text());
  assert.ok(named.includes("/fleet.css"));
  for (const path of ["", ...named]) {
    const file = await fetch(new URL(path, page.url));
    assert.equal(file.status, 200, path);
    assert.match(file.headers.get("content-security-policy") ?? "", /default-src 'self'/);
  }
});

test("a command goes to the arm that is named, or to all", async () => {
  await using page = await open();
  assert.deepEqual(await page.post({ arm: "east", command: "hold" }), [200, null]);
  assert.deepEqual(await page.post({ arm: null, command: "stop" }), [200, null]);
  assert.deepEqual(page.done, ["east: hold", "north: stop", "east: stop"]);
});

test("a stop for all goes to every arm but those that are known to be stopped or to have ended", async () => {
  await using page = await open();
  const say = (topic: string, robot: string, body: object) => page.board.take({ topic, robot, isKept: false, body } as unknown as Told);
  const state = { task: "none", reason: "", skills: [], commands: null, faults: [] };
  say("state", "north", { ...state, agent: "stopped" });
  assert.deepEqual(await page.post({ arm: null, command: "stop" }), [200, null]);
  assert.deepEqual(page.done, ["north: stop", "east: stop"], "nobody knows whether they are there");
  for (const robot of ["north", "east"]) say("connection", robot, { state: "ONLINE" });
  assert.deepEqual(await page.post({ arm: null, command: "stop" }), [200, null]);
  say("connection", "east", { state: "OFFLINE" });
  assert.deepEqual(await page.post({ arm: null, command: "stop" }), [200, null]);
  assert.deepEqual(page.done.slice(2), ["east: stop"]);
  assert.deepEqual(await page.post({ arm: "north", command: "stop" }), [200, null], "whoever is named is told");
  assert.deepEqual(page.done.slice(3), ["north: stop"]);
});

test("of a stop for all what one arm refuses is said, and the others are stopped", async () => {
  await using page = await open((arm) => (arm === "north" ? "has not answered" : null));
  assert.deepEqual(await page.post({ arm: null, command: "stop" }), [409, "north: has not answered"]);
  assert.deepEqual(page.done, ["east: stop"]);
});

test("refused: without the token, with another one, from other sites, in other words, to arms that are not there", async () => {
  await using page = await open();
  const stop = { arm: null, command: "stop" };
  assert.equal((await page.post(stop, {}))[0], 401);
  assert.equal((await page.post(stop, { authorization: "Bearer another-token-than-that" }))[0], 401);
  assert.equal((await page.post(stop, { authorization: `Bearer ${TOKEN}`, origin: "https://evil.example" }))[0], 403);
  assert.equal((await page.post({ arm: "north", command: "jump" }))[0], 400);
  assert.equal((await page.post("{"))[0], 400);
  assert.equal((await page.post({ arm: "x".repeat(2000), command: "stop" }))[0], 413);
  assert.deepEqual(await page.post({ arm: "middle", command: "stop" }), [404, "there is no arm of that name"]);
  assert.deepEqual(page.done, []);
});

test("an occupied port is told with the key of the launch file that names it", async () => {
  await using page = await open();
  const section = { host: "127.0.0.1" as const, port: Number(new URL(page.url).port), token: TOKEN };
  const opening = openFleetPage({ section, title: "", board: page.board, clock: new ManualClock(), command: async () => null });
  await assert.rejects(opening, /cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\); .* fleet\.page\.port:=0/);
});
