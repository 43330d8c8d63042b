/** The gate for commands: what passes, and the named reason of everything that does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createGate, type Incoming } from "../../../../runtime/bridge/mqtt/gate.ts";
import { IDS_MAX } from "../../../../runtime/bridge/mqtt/ledger.ts";
import type { CommandTopic } from "../../../../runtime/bridge/mqtt/topics.ts";
import { ManualClock, ManualWallClock, utcText } from "../../../../runtime/core/clock.ts";
import { bytesOf, createCommander, PLACE, START_MS, TOKEN } from "../../../helpers/mqtt-fakes.ts";

function openGate() {
  const clock = new ManualClock();
  const wallClock = new ManualWallClock(clock, START_MS);
  const gate = createGate({ place: PLACE, commanders: { fleet: { token: TOKEN }, vouched: { token: null } }, clock, wallClock });
  const judge = (topic: CommandTopic, message: unknown, how: Partial<Incoming> = {}) =>
    gate.judge({ topic, payload: bytesOf(message), retained: false, ...how });
  const reason = (...parameters: Parameters<typeof judge>): string => {
    const judgement = judge(...parameters);
    return judgement.kind === "passed" ? "passed" : judgement.reason;
  };
  return { gate, judge, reason, clock, wallClock, commander: createCommander(() => wallClock.nowUtcMs()) };
}

const at = (ms: number): string => utcText(START_MS + ms);

test("an order and an instant action that keep every rule pass", () => {
  const { reason, commander } = openGate();
  assert.equal(reason("order", commander.order()), "passed");
  assert.equal(reason("instantActions", commander.action("hold")), "passed");
});

test("a message that the broker had kept is refused as retained, whatever is in it", () => {
  const { reason, commander } = openGate();
  assert.equal(reason("order", commander.order(), { retained: true }), "retained");
  assert.equal(reason("instantActions", commander.action("stop"), { retained: true }), "retained");
});

test("a message above the bytes of its topic is refused as too-big and not read", () => {
  const { judge, commander } = openGate();
  const judgement = judge("order", { ...commander.order(), padding: "x".repeat(64 * 1024) });
  assert.ok(judgement.kind === "rejected");
  assert.equal(judgement.reason, "too-big");
  assert.equal(judgement.id, null);
  assert.match(judgement.why, /at most 65536 are read on order/);
  assert.equal(openGate().reason("instantActions", "x".repeat(5000)), "too-big");
});

const malformed: readonly (readonly [string, (commander: ReturnType<typeof createCommander>) => unknown, RegExp])[] = [
  ["no JSON", () => "garbage", /is no JSON in UTF-8/],
  ["bytes that are no UTF-8", () => "\u0000", /is no JSON/],
  ["a list", () => [], /expected object/],
  ["null", () => "null", /expected object/],
  ["a key too many", (c) => c.order({ hurry: true }), /hurry/],
  [
    "a key that is there twice",
    (c) => JSON.stringify(c.action("hold")).replace('"type":"hold"', '"type":"hold","type":"start"'),
    /"type" is there twice/,
  ],
  [
    "a key that means something else in JavaScript",
    (c) => JSON.stringify(c.order()).replace("{", '{"__proto__":{"commander":"x"},'),
    /__proto__/,
  ],
  ["sixty thousand quotes", () => `{"id": "${'\\\\"'.repeat(20_000)}`, /is no JSON/],
  ["no id", (c) => c.order({ id: undefined }), /id: /],
  ["an id with a space", (c) => c.order({ id: "a b" }), /id: /],
  ["a sequence that is no whole number", (c) => c.order({ sequence: 1.5 }), /sequence: /],
  ["a sequence that is infinite", (c) => JSON.stringify(c.order()).replace('"sequence":1', '"sequence":1e999'), /sequence: /],
  ["a time that is none", (c) => c.order({ issuedAt: "yesterday" }), /issuedAt: /],
  ["a time that is not in the calendar", (c) => c.order({ issuedAt: "2026-13-01T00:00:00Z" }), /is no time of the calendar/],
  ["an expiry before the issue", (c) => c.order({ expiresAt: at(-1) }), /is not after issuedAt/],
  ["an expiry that is too far off", (c) => c.order({ expiresAt: at(60_001) }), /60001 ms after issuedAt, at most 60000 ms/],
  ["a skill without a goal", (c) => c.order({ task: { skill: "reach" } }), /task/],
  ["a goal that is not finite", (c) => c.order({ task: { skill: "reach", goal: { kind: "tool", positionM: [0, 0, null] } } }), /task/],
  [
    "a goal in files of the robot's disk",
    (c) => c.order({ task: { sequence: [{ skill: "push", goal: { kind: "image", source: "files", files: { top: "/etc/passwd" } } }] } }),
    /reads the robot's own disk/,
  ],
  ["an action that does not exist", (c) => c.action("dance"), /action/],
  ["a speed of nothing", (c) => c.action("limitSpeed", { action: { type: "limitSpeed", share: 0 } }), /share/],
  [
    "an answer topic elsewhere",
    (c) => c.order({ answerTopic: "foresight/v1/lab/right/order" }),
    /is not foresight\/v1\/lab\/left\/responses/,
  ],
  ["an answer topic with a wildcard", (c) => c.order({ answerTopic: "foresight/v1/lab/left/responses/+" }), /responses or below/],
];
for (const [what, make, why] of malformed) {
  test(`${what} is refused as malformed, and the answer says what is wrong`, () => {
    const { judge, commander } = openGate();
    const message = make(commander);
    const topic = typeof message === "object" && message !== null && "action" in message ? "instantActions" : "order";
    const judgement = judge(topic, message);
    assert.ok(judgement.kind === "rejected");
    assert.equal(judgement.reason, "malformed");
    assert.match(judgement.why, why);
  });
}

test("JSON a hundred thousand levels deep is refused as malformed, by object and by list, and nothing breaks", () => {
  const { judge } = openGate();
  for (const [open, close] of [
    ["[", "]"],
    ['{"retry":', "}"],
  ] as const) {
    const depth = Math.floor(60_000 / (open.length + 1));
    const judgement = judge("order", `${open.repeat(depth)}0${close.repeat(depth)}`);
    assert.ok(judgement.kind === "rejected" && judgement.reason === "malformed");
    assert.match(judgement.why, /nested deeper than 32 levels|is no JSON/);
  }
});

test("the answer to a malformed command has its id where one can be read", () => {
  const { judge, commander } = openGate();
  const judgement = judge("order", commander.order({ id: "mine", task: 5 }));
  assert.ok(judgement.kind === "rejected");
  assert.deepEqual([judgement.id, judgement.commander], ["mine", "fleet"]);
});

test("whoever is not named, has the wrong token, or none where one is wanted, is not authorised, and no answer holds a token", () => {
  const { judge, commander } = openGate();
  for (const changes of [{ commander: "somebody" }, { token: "another-token" }, { token: undefined }, { commander: "constructor" }]) {
    const judgement = judge("order", commander.order(changes));
    assert.ok(judgement.kind === "rejected");
    assert.equal(judgement.reason, "not-authorised");
    assert.doesNotMatch(judgement.why, /a-token|another-token/);
  }
});

test("a commander for whom the broker vouches needs no token", () => {
  const { reason, commander } = openGate();
  assert.equal(reason("order", commander.order({ commander: "vouched", token: undefined })), "passed");
});

test("an id that came before is a duplicate, and its answer says what became of the first", () => {
  const { judge, gate, commander } = openGate();
  const order = commander.order();
  const first = judge("order", order);
  assert.ok(first.kind === "passed");
  gate.answered(first.command, "accepted");
  const second = judge("order", order);
  assert.ok(second.kind === "rejected");
  assert.equal(second.reason, "duplicated");
  assert.match(second.why, /was answered: accepted/);
});

test("an id that is forgotten is still refused, by its sequence", () => {
  const { reason, commander, clock } = openGate();
  const first = commander.action("hold");
  assert.equal(reason("instantActions", first), "passed");
  for (let i = 0; i < IDS_MAX; i++) {
    clock.advance(100);
    assert.equal(reason("instantActions", commander.action("hold")), "passed");
  }
  assert.equal(reason("instantActions", { ...first, issuedAt: at(51_000), expiresAt: at(60_000) }), "out-of-order");
});

test("a sequence that is not above the last of its commander is out of order, on both topics together", () => {
  const { reason, commander } = openGate();
  assert.equal(reason("instantActions", commander.action("hold", { sequence: 7 })), "passed");
  assert.equal(reason("order", commander.order({ sequence: 7 })), "out-of-order");
  assert.equal(reason("order", commander.order({ sequence: 6 })), "out-of-order");
  assert.equal(reason("order", commander.order({ sequence: 1, commander: "vouched" })), "passed");
  assert.equal(reason("order", commander.order({ sequence: 8 })), "passed");
});

test("an order that its own stop has overtaken is out of order: what was stopped does not begin afterwards", () => {
  const { reason, commander } = openGate();
  const order = commander.order();
  assert.equal(reason("instantActions", commander.action("stop")), "passed");
  assert.equal(reason("order", order), "out-of-order");
});

test("a command is carried out until it expires and not a millisecond later", () => {
  const early = openGate();
  early.clock.advance(4999);
  assert.equal(early.reason("order", early.commander.order({ issuedAt: at(0), expiresAt: at(5000) })), "passed");
  early.clock.advance(1);
  assert.equal(early.reason("order", early.commander.order({ issuedAt: at(0), expiresAt: at(5000) })), "expired");
});

test("a command from the future by more than the clocks may differ is not yet valid", () => {
  const { reason, commander } = openGate();
  assert.equal(reason("order", commander.order({ issuedAt: at(2001), expiresAt: at(9000) })), "not-yet-valid");
  assert.equal(reason("order", commander.order({ issuedAt: at(2000), expiresAt: at(9000) })), "passed");
});

test("a command that was issued before the agent started is expired: a restart forgets the sequences, so nothing old may pass", () => {
  const { judge, commander } = openGate();
  const judgement = judge("order", commander.order({ issuedAt: at(-1), expiresAt: at(5000) }));
  assert.ok(judgement.kind === "rejected");
  assert.equal(judgement.reason, "expired");
  assert.match(judgement.why, /before the agent started/);
});

test("somebody who sets the robot's clock back or forward makes commands expire or wait, never pass again", () => {
  const { reason, commander, wallClock } = openGate();
  const order = commander.order();
  assert.equal(reason("order", order), "passed");
  wallClock.jump(-3_600_000);
  assert.equal(reason("order", order), "duplicated");
  assert.equal(reason("order", commander.order({ issuedAt: at(0), expiresAt: at(5000) })), "not-yet-valid");
});

test("stop passes when it is late, early or out of order, but not retained, from a stranger, or twice", () => {
  const { reason, commander, clock } = openGate();
  clock.advance(60_000);
  assert.equal(reason("instantActions", commander.action("hold", { sequence: 9 })), "passed");
  const stop = commander.action("stop", { sequence: 1, issuedAt: at(0), expiresAt: at(1000) });
  assert.equal(reason("instantActions", stop, { retained: true }), "retained");
  assert.equal(reason("instantActions", { ...stop, token: "another-token" }), "not-authorised");
  assert.equal(reason("instantActions", stop), "passed");
  assert.equal(reason("instantActions", stop), "duplicated");
  assert.equal(reason("instantActions", commander.action("stop", { issuedAt: at(90_000), expiresAt: at(91_000) })), "passed");
});

test("a thousand garbage messages a second leave room for a stop", () => {
  const { reason, commander, clock } = openGate();
  const garbage = "x".repeat(4000);
  for (let ms = 0; ms < 3000; ms++) {
    clock.advance(1);
    assert.equal(reason("instantActions", garbage), "malformed");
  }
  assert.equal(reason("instantActions", commander.action("stop")), "passed");
});

test("more than can be read is refused as too-many, and reading goes on after a while", () => {
  const { reason, commander, clock } = openGate();
  const garbage = "x".repeat(60_000);
  const reasons = Array.from({ length: 20 }, () => reason("order", garbage));
  assert.equal(reasons[0], "malformed");
  assert.equal(reasons.at(-1), "too-many");
  clock.advance(1000);
  assert.equal(reason("order", commander.order()), "passed");
});

test("a commander who asks too often is told so, and can still stop", () => {
  const { reason, commander } = openGate();
  const reasons = Array.from({ length: 200 }, () => reason("instantActions", commander.action("stateRequest")));
  assert.equal(reasons[0], "passed");
  assert.equal(reasons.at(-1), "too-many");
  assert.equal(reason("instantActions", commander.action("stop")), "passed");
});
