/** Whoever sends a request byte by byte is dropped, page and Foxglove alike, and others are answered meanwhile. It takes the ten seconds that a request may take. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { openFoxgloveServer } from "../../../runtime/bridge/foxglove/server.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { openDashboard } from "../../../runtime/dashboard/server.ts";
import { pageFacts } from "../../helpers/page-facts.ts";
import { until } from "../../helpers/until.ts";

const SLOW = 20;

const openPage = () =>
  openDashboard({ host: "127.0.0.1", port: 0, facts: pageFacts, orders: { command: () => null }, clock: new SystemClock() });
const openFoxglove = () =>
  openFoxgloveServer({
    ...{ host: "127.0.0.1", port: 0, token: "a-token-of-the-operator", origins: [], name: "test", sessionId: "1", channels: [] },
    ...{ parameters: null, orders: null, onCommandersGone: () => {}, playback: null, newest: () => null },
    ...{ fetchAsset: () => assert.fail("nobody asks"), stopwatch: new SystemClock(), say: assert.fail },
  });

/** A line that says a little more of its headers every second. */
function sayingSlowly(url: string, clock: SystemClock): { readonly socket: Socket; readonly stop: () => void } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n"));
  socket.on("error", () => {}).resume();
  const stop = clock.every(1000, () => void (socket.destroyed || socket.write("x-more: yes\r\n")));
  socket.on("close", stop);
  return { socket, stop };
}

for (const [what, open, status] of [
  ["the page", openPage, 200],
  ["Foxglove's server", openFoxglove, 426],
] as const) {
  test(`${what} drops who sends a request byte by byte, and answers others meanwhile`, { timeout: 120_000 }, async () => {
    const clock = new SystemClock();
    await using server = await open();
    const slow = Array.from({ length: SLOW }, () => sayingSlowly(server.url, clock));
    await until("they are there", () => slow.every(({ socket }) => !socket.connecting));
    assert.equal((await fetch(server.url.replace("ws:", "http:"))).status, status);
    await until("all are dropped", () => slow.every(({ socket }) => socket.destroyed), 60_000);
    assert.equal((await fetch(server.url.replace("ws:", "http:"))).status, status);
    for (const { stop } of slow) stop();
  });
}
