/** What a page knows of each arm, from what it says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createBoard } from "../../../launch/fleet/board.ts";
import type { Told } from "../../../runtime/bridge/mqtt/commander.ts";

const told = (topic: string, robot: string, body: object): Told => ({ topic, robot, isKept: false, body }) as unknown as Told;
const state = {
  agent: "running",
  task: "running",
  reason: "It moves.",
  skills: [{ name: "reach", state: "acting" }],
  commands: "mqtt:fleet",
  faults: [],
};

test("arms that have said nothing are listed as such, in the order of the launch file; strangers are not listed", () => {
  const board = createBoard(["north", "east"]);
  board.take(told("connection", "stranger", { state: "ONLINE" }));
  assert.deepEqual(
    board.rows.map(({ name, link }) => [name, link]),
    [
      ["north", "unknown"],
      ["east", "unknown"],
    ],
  );
});

test("state, figures and the link are the newest of each arm, and one arm's news change no other row", () => {
  const board = createBoard(["north", "east"]);
  board.take(told("connection", "north", { state: "ONLINE" }));
  board.take(
    told("state", "north", { ...state, faults: [{ message: "newest", timestamp: "2026-01-01T00:00:00.000Z" }, { message: "older" }] }),
  );
  board.take(told("telemetry", "north", { counts: { decisions: 7 }, decision: { planMs: 12.5 } }));
  const [north, east] = board.rows;
  assert.deepEqual(north, {
    name: "north",
    link: "online",
    agent: "running",
    task: "running",
    reason: "It moves.",
    skill: "reach (acting)",
    commands: "mqtt:fleet",
    fault: "newest",
    faultAt: "2026-01-01T00:00:00.000Z",
    decisions: 7,
    planMs: 12.5,
    picture: null,
  });
  assert.equal(east?.link, "unknown");
  board.take(told("connection", "north", { state: "CONNECTION_BROKEN" }));
  assert.equal(board.rows[0]?.link, "lost");
  board.take(told("connection", "north", { state: "OFFLINE" }));
  assert.equal(board.rows[0]?.link, "offline");
});

test("every new picture has another number", () => {
  const board = createBoard(["north"]);
  assert.equal(board.thumbnail("north"), null);
  for (const text of ["one", "two"]) board.take(told("thumbnail", "north", { jpegBase64: Buffer.from(text).toString("base64") }));
  assert.deepEqual([board.rows[0]?.picture, board.thumbnail("north")?.jpeg.toString()], [2, "two"]);
});
