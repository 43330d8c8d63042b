/** The FollowJointTrajectory client against an action server made of promises: replacement, refusal, silence, abort, endless goals, a server that goes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rosBackendDefaults } from "../../../../runtime/bridge/ros2/config.ts";
import { createFollowClient } from "../../../../runtime/bridge/ros2/follow-client.ts";
import type { GoalHandle } from "../../../../runtime/bridge/ros2/library.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import type { AgentError } from "../../../../runtime/core/errors.ts";
import { atRest, quinticSegment } from "../../../../runtime/core/segment.ts";

const names = ["a"];
const { command: shipped } = rosBackendDefaults({ command: { name: "arm/follow" } });

interface SentGoal {
  readonly message: { readonly goal_time_tolerance: { readonly nanosec: number } };
  answer(accepted: boolean): void;
  end(end: "succeeded" | "canceled" | "aborted", code?: number): void;
  cancelCount: number;
}

function setup(command = shipped) {
  const clock = new ManualClock();
  const goals: SentGoal[] = [];
  const faults: AgentError[] = [];
  const server = { isThere: true };
  const action = {
    isActionServerAvailable: () => server.isThere,
    sendGoal: (message: object) => new Promise<GoalHandle>((resolve) => goals.push(sentGoal(message as SentGoal["message"], resolve))),
  };
  const client = createFollowClient({ action, clock, config: command, names, toOther: () => null, onFault: (error) => faults.push(error) });
  const follow = (id: number): void =>
    client.follow(
      quinticSegment({ id, startNs: clock.nowNs(), from: atRest(Float64Array.of(0)), toRad: [0.1], durationS: 0.4 }),
      clock.nowNs(),
    );
  /** Time passes in beats of 4 ms, promises settle in between. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 4) {
      clock.advance(4);
      client.tick(clock.nowNs());
      await Promise.resolve();
    }
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { client, goals, faults, server, follow, pass };
}

function sentGoal(message: SentGoal["message"], resolve: (handle: GoalHandle) => void): SentGoal {
  let status = "";
  let finish: (result: unknown) => void = () => {};
  const result = new Promise<unknown>((done) => (finish = done));
  const goal: SentGoal = {
    message,
    cancelCount: 0,
    answer: (accepted) =>
      resolve({
        isAccepted: () => accepted,
        isSucceeded: () => status === "succeeded",
        isCanceled: () => status === "canceled",
        isAborted: () => status === "aborted",
        cancelGoal: async () => void goal.cancelCount++,
        getResult: () => result,
      }),
    end: (end, code = 0) => {
      status = end;
      finish({ error_code: code, error_string: "" });
    },
  };
  return goal;
}

test("a goal that is accepted and succeeds is no fault, and it carries a finite goal time", async () => {
  const { goals, faults, follow, pass } = setup();
  follow(0);
  goals[0]!.answer(true);
  await pass(400);
  goals[0]!.end("succeeded");
  await pass(5000);
  assert.deepEqual(faults, []);
  assert.equal(goals[0]!.message.goal_time_tolerance.nanosec, 500_000_000);
});

test("the end of a goal that was replaced is nobody's fault, however it ends", async () => {
  const { goals, faults, follow, pass } = setup();
  follow(0);
  goals[0]!.answer(true);
  await pass(100);
  follow(1);
  goals[1]!.answer(true);
  await pass(20);
  goals[0]!.end("aborted", -1);
  await pass(300);
  goals[1]!.end("succeeded");
  await pass(100);
  assert.deepEqual(faults, []);
  assert.equal(goals[0]!.cancelCount, 0, "the newer goal has ended it already");
});

test("while a goal is unanswered no other is sent, so that none overtakes it; then only the newest is", async () => {
  const { goals, faults, follow, pass } = setup();
  follow(0);
  follow(1);
  follow(2);
  await pass(50);
  assert.equal(goals.length, 1);
  goals[0]!.answer(true);
  await pass(20);
  assert.equal(goals.length, 2);
  goals[1]!.answer(true);
  goals[0]!.end("canceled");
  await pass(100);
  assert.deepEqual([goals.length, faults], [2, []]);
});

test("a goal that waits for an answer is forgotten when all is cancelled, and silence is told all the same", async () => {
  const held = setup();
  held.follow(0);
  held.follow(1);
  held.client.cancel();
  held.goals[0]!.answer(true);
  await held.pass(50);
  assert.deepEqual([held.goals.length, held.goals[0]!.cancelCount], [1, 1]);
  const mute = setup();
  mute.follow(0);
  await mute.pass(200);
  mute.follow(1);
  await mute.pass(120);
  assert.match(mute.faults[0]?.message ?? "", /segment 0: "arm\/follow" did not answer within 300 ms/);
});

const endings: readonly (readonly [string, (goal: SentGoal) => void, string, RegExp])[] = [
  ["refused", (goal) => goal.answer(false), "robot.rejected", /segment 0: refused by "arm\/follow"/],
  [
    "aborted",
    (goal) => {
      goal.answer(true);
      goal.end("aborted", -4);
    },
    "robot.aborted",
    /path tolerance violated/,
  ],
  [
    "cancelled by someone else",
    (goal) => {
      goal.answer(true);
      goal.end("canceled");
    },
    "robot.aborted",
    /cancelled, but not by us/,
  ],
];
for (const [what, happen, code, message] of endings) {
  test(`a goal that is ${what} is told once`, async () => {
    const { goals, faults, follow, pass } = setup();
    follow(0);
    happen(goals[0]!);
    await pass(3000);
    assert.deepEqual(
      faults.map((fault) => fault.code),
      [code],
    );
    assert.match(faults[0]!.message, message);
  });
}

test("a goal that was not answered does not run: it is waited for as long as the server may take to answer", async () => {
  const { faults, follow, pass } = setup({ ...shipped, maxAcceptMs: 4000 });
  follow(0);
  await pass(3996);
  assert.equal(faults.length, 0);
  await pass(20);
  assert.match(faults[0]!.message, /segment 0: "arm\/follow" did not answer within 4000 ms/);
});

test("a server that does not answer within 300 ms is told, and a goal that it accepts after that is cancelled", async () => {
  const { goals, faults, follow, pass } = setup();
  follow(0);
  await pass(296);
  assert.equal(faults.length, 0);
  await pass(20);
  assert.match(faults[0]!.message, /segment 0: "arm\/follow" did not answer within 300 ms/);
  goals[0]!.answer(true);
  await pass(8);
  assert.equal(goals[0]!.cancelCount, 1);
  goals[0]!.end("canceled");
  await pass(2000);
  assert.equal(faults.length, 1);
});

test("a goal that never finishes is cancelled 1 s after its end and told", async () => {
  const { goals, faults, follow, pass } = setup();
  follow(0);
  goals[0]!.answer(true);
  await pass(1390);
  assert.equal(faults.length, 0);
  await pass(20);
  assert.match(faults[0]!.message, /segment 0: still runs 1000 ms after its end, so it was cancelled/);
  assert.equal(goals[0]!.cancelCount, 1);
});

test("a server that goes away is told within 200 ms, once", async () => {
  const { faults, server, pass, client } = setup();
  await pass(400);
  server.isThere = false;
  await pass(1000);
  assert.deepEqual(
    faults.map((fault) => fault.message),
    ['action "arm/follow": its server went away; start the controller, then resume'],
  );
  assert.equal(client.isConnected, false);
});

test("cancelling before the server has answered cancels the goal when it does", async () => {
  const { goals, faults, follow, pass, client } = setup();
  follow(0);
  client.cancel();
  goals[0]!.answer(true);
  await pass(8);
  assert.equal(goals[0]!.cancelCount, 1);
  assert.deepEqual(faults, []);
});
