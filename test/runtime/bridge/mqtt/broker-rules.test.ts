/** Who may do what at the embedded broker. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BrokerAccounts, mayPublish, mayRead, roleOf } from "../../../../runtime/bridge/mqtt/broker-rules.ts";
import { PLACE, TOKEN } from "../../../helpers/mqtt-fakes.ts";

const accounts: BrokerAccounts = {
  robots: [
    { place: PLACE, name: "robot:left", password: "a-password-of-the-robot" },
    { place: { ...PLACE, robot: "right" }, name: "robot:right", password: "a-password-of-the-other" },
  ],
  commanders: { fleet: { token: TOKEN }, vouched: { token: null } },
};
const robot = { kind: "robot", place: PLACE } as const;
const commander = { kind: "commander" } as const;
const topic = (name: string): string => `foresight/v1/lab/left/${name}`;

test("the robot and each commander log on with their own secret, and nobody else does", () => {
  assert.deepEqual(roleOf(accounts, "robot:left", "a-password-of-the-robot"), robot);
  assert.deepEqual(roleOf(accounts, "fleet", TOKEN), commander);
  for (const [name, password] of [
    ["robot:left", TOKEN],
    ["robot:left", "a-password-of-the-other"],
    ["fleet", "a-password-of-the-robot"],
    ["fleet", ""],
    ["", ""],
    ["vouched", ""],
    ["constructor", ""],
  ] as const)
    assert.equal(roleOf(accounts, name, password), null, `${name} ${password}`);
});

test("the robot writes its own topics and no command, a commander writes commands and nothing of the robot's", () => {
  for (const name of ["connection", "state", "factsheet", "telemetry", "thumbnail", "responses", "responses/me"]) {
    assert.equal(mayPublish(accounts, robot, topic(name), true), true, name);
    assert.equal(mayPublish(accounts, commander, topic(name), false), false, name);
  }
  for (const name of ["order", "instantActions"]) {
    assert.equal(mayPublish(accounts, robot, topic(name), false), false, name);
    assert.equal(mayPublish(accounts, commander, topic(name), false), true, name);
  }
  for (const role of [robot, commander])
    for (const other of [
      "foresight/v1/lab/middle/state",
      "foresight/v1/other/left/state",
      "$SYS/x",
      topic("order/more"),
      topic("responses/+"),
    ])
      assert.equal(mayPublish(accounts, role, other, false), false, `${role.kind} ${other}`);
});

test("a command cannot be left with the broker", () => {
  assert.equal(mayPublish(accounts, commander, topic("order"), true), false);
});

test("of two robots neither writes nor reads what is the other's, and a commander commands both", () => {
  const other = "foresight/v1/lab/right/instantActions";
  assert.equal(mayPublish(accounts, commander, other, false), true);
  assert.equal(mayRead(accounts, robot, other), false);
  assert.equal(mayPublish(accounts, robot, "foresight/v1/lab/right/state", true), false);
  assert.equal(mayPublish(accounts, robot, "foresight/v1/lab/right/responses/me", false), false);
});

test("commands hold tokens, so only their robot gets them", () => {
  assert.equal(mayRead(accounts, commander, topic("order")), false);
  assert.equal(mayRead(accounts, commander, topic("state")), true);
  assert.equal(mayRead(accounts, robot, topic("order")), true);
});
