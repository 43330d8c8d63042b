/** One commander at a time; a stop from everybody; nobody speeds up what another slowed down. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDesk, tellAgain } from "../../../runtime/assemble/desk.ts";
import type { AgeLimits, Order, ToolLimits } from "../../../runtime/core/desk.ts";
import type { Frame } from "../../../runtime/core/sensing.ts";
import type { OperatorCommand, SupervisorState } from "../../../runtime/core/supervision.ts";

const AGES: AgeLimits = { maxObservationAgeMs: 400, maxPlanAgeMs: 300 };

/** A desk over a supervisor that does what it is told, in the state that is set. */
function open(refuses: (command: OperatorCommand) => string | null = () => null) {
  const done: string[] = [];
  const speeds: number[] = [];
  const tools: ToolLimits[] = [];
  const ages: AgeLimits[] = [];
  const goals: (readonly Frame[])[] = [];
  const stops: SupervisorState["agent"][] = [];
  const orders: Order[] = [];
  let agent: SupervisorState["agent"] = "idle";
  const desk = createDesk({
    supervisor: {
      get state() {
        return { agent } as SupervisorState;
      },
      command(command) {
        const why = refuses(command);
        if (why === null) done.push(command);
        return why;
      },
      assign(task) {
        done.push(JSON.stringify(task));
        return null;
      },
      preempt(task, urgency) {
        const why = refuses("start");
        if (why === null) done.push(`${JSON.stringify(task)} before ${urgency}`);
        return why;
      },
    },
    body: {
      limitSpeed: (share) => void speeds.push(share),
      limitTool: (limits) => void tools.push(limits),
      limitAges: (limits) => void ages.push(limits),
    },
    ages: AGES,
    urgent: { rest: { urgency: 4, task: { waitS: 1 } } },
    onGoal: (frames) => void goals.push(frames),
    onStop: () => void stops.push(agent),
    onRecord: async (who, wish) => (done.push(`${who}: record ${wish}`) > 2 ? "it is being recorded already" : null),
    onOrder: (order) => void orders.push(order),
  });
  const become = (state: SupervisorState["agent"]): void => {
    agent = state;
  };
  return { desk, done, speeds, tools, ages, goals, stops, orders, become };
}

test("whoever starts has the arm in hand; nobody else lets it move, and is told who has it", () => {
  const { desk, become } = open();
  assert.equal(desk.command("page", "start"), null);
  become("running");
  assert.equal(desk.whoCommands, "page");
  for (const command of ["start", "resume", "reset"] as const)
    assert.equal(desk.command("fleet", command), "page has the arm in hand; let it go on or leave there, or stop first");
  assert.match(desk.assign("fleet", { skill: "hold", goal: { kind: "here" } }) ?? "", /^page has the arm in hand/);
  assert.match(desk.giveGoal("fleet", []) ?? "", /^page has the arm in hand/);
});

test("everybody may stop and hold, whoever commands and whoever vetoes, and then has the arm in hand", () => {
  const { desk, become, done } = open();
  using _veto = desk.veto(() => "the node is inactive");
  desk.command("page", "start");
  become("running");
  assert.equal(desk.command("ros", "hold"), null);
  become("holding");
  assert.equal(desk.whoCommands, "ros");
  assert.match(desk.command("page", "resume") ?? "", /^ros has the arm in hand/);
  assert.equal(desk.command("page", "stop"), null);
  assert.deepEqual(done, ["hold", "stop"]);
});

test("the arm is anybody's when it is idle, stopped or faulted, and when whoever had it leaves", () => {
  const { desk, become } = open();
  desk.command("page", "start");
  for (const state of ["idle", "stopped", "faulted"] as const) {
    become(state);
    assert.equal(desk.whoCommands, null);
  }
  become("running");
  assert.equal(desk.whoCommands, "page");
  desk.leave("fleet");
  assert.equal(desk.whoCommands, "page", "only they themselves leave");
  desk.leave("page");
  assert.equal(desk.whoCommands, null);
});

test("a veto refuses what lets the arm move, until it is given back", () => {
  const { desk, done } = open();
  {
    using _veto = desk.veto((command) => (command === "start" ? "the node is inactive; activate it first" : null));
    assert.equal(desk.command("page", "start"), "the node is inactive; activate it first");
    assert.equal(desk.command("page", "reset"), null);
  }
  assert.equal(desk.command("page", "start"), null);
  assert.deepEqual(done, ["reset", "start"]);
});

test("a command that the supervisor refuses makes nobody commander", () => {
  const { desk, become } = open(() => "not now");
  assert.equal(desk.command("page", "start"), "not now");
  become("running");
  assert.equal(desk.whoCommands, null);
});

test("a task is data: what is none is refused in words and never reaches the supervisor", () => {
  const { desk, done } = open();
  assert.match(desk.assign("fleet", { skil: "reach" }) ?? "", /^task: /);
  assert.match(desk.assign("fleet", null) ?? "", /^task: /);
  assert.deepEqual(done, []);
  assert.equal(desk.assign("fleet", { skill: "reach", goal: { kind: "tool", positionM: [0.5, 0, 0.2] } }), null);
  assert.equal(done.length, 1);
});

test("an urgent task is called by its name, by whoever may let the arm move, who has it in hand from then on", () => {
  const { desk, done, become } = open();
  become("running");
  assert.equal(desk.urgent("fleet", "rest"), null);
  assert.deepEqual(done, ['{"waitS":1} before 4']);
  assert.equal(desk.whoCommands, "fleet");
  assert.match(desk.urgent("page", "rest") ?? "", /^fleet has the arm in hand/);
  assert.equal(desk.urgent("fleet", "fly"), 'no urgent task is called "fly"; there is rest');
  assert.equal(desk.urgent("fleet", "constructor"), 'no urgent task is called "constructor"; there is rest');
  using _veto = desk.veto((command) => (command === "start" ? "the node is inactive; activate it first" : null));
  assert.equal(desk.urgent("fleet", "rest"), "the node is inactive; activate it first");
  assert.equal(done.length, 1);
});

test("what the supervisor refuses of an urgent task is passed on, and makes nobody commander", () => {
  const { desk, become } = open(() => "no task can come first while the agent is holding");
  become("running");
  assert.equal(desk.urgent("fleet", "rest"), "no task can come first while the agent is holding");
  assert.equal(desk.whoCommands, null);
});

test("of all who slow the arm down the smallest share counts, and nobody speeds up what another slowed down", () => {
  const { desk, speeds } = open();
  desk.limitSpeed("ros", 0.5);
  desk.limitSpeed("fleet", 0.2);
  desk.limitSpeed("ros", 1);
  desk.limitSpeed("fleet", 0.8);
  assert.deepEqual(speeds, [0.5, 0.2, 0.2, 0.8]);
});

test("of all who limit the tool the slowest and the heaviest count, and nobody loosens what another asked for", () => {
  const { desk, tools } = open();
  desk.limitTool("ros", { maxToolSpeedMPerS: 0.2 });
  desk.limitTool("page", { maxToolSpeedMPerS: 0.5, payloadKg: 1 });
  desk.limitTool("ros", { payloadKg: 0.4 });
  desk.limitTool("ros", { maxToolSpeedMPerS: 2 });
  assert.deepEqual(tools, [
    { maxToolSpeedMPerS: 0.2, payloadKg: 0 },
    { maxToolSpeedMPerS: 0.2, payloadKg: 1 },
    { maxToolSpeedMPerS: 0.2, payloadKg: 1 },
    { maxToolSpeedMPerS: 0.5, payloadKg: 1 },
  ]);
});

test("ages that are not named stay as they were", () => {
  const { desk, ages } = open();
  desk.limitAges("ros", { maxPlanAgeMs: 100 });
  desk.limitAges("ros", { maxObservationAgeMs: 50 });
  assert.deepEqual(ages, [
    { maxObservationAgeMs: 400, maxPlanAgeMs: 100 },
    { maxObservationAgeMs: 50, maxPlanAgeMs: 100 },
  ]);
});

test("a person's stop is told on also while the arm is stopping, where it changes nothing for the supervisor", () => {
  const { desk, stops, become } = open(() => "stop: the agent is stopping");
  become("stopping");
  assert.equal(desk.command("page", "stop"), "stop: the agent is stopping");
  desk.command("page", "hold");
  assert.deepEqual(stops, ["stopping"]);
});

test("what was taken is told as data, and told again to another desk it does the same; what was refused is not told", () => {
  const { orders, ...one } = open();
  const frames: Frame[] = [];
  one.desk.assign("fleet", { skill: "hold", goal: { kind: "here" } });
  one.desk.giveGoal("page", frames);
  one.desk.command("page", "start");
  one.become("running");
  one.desk.command("fleet", "resume");
  one.desk.assign("page", { no: "task" });
  one.desk.urgent("page", "rest");
  one.desk.urgent("page", "nothing of the kind");
  one.desk.limitSpeed("page", 0.5);
  one.desk.limitSpeed("page", 0.5);
  one.desk.limitTool("page", { payloadKg: 2 });
  one.desk.limitAges("ros", { maxPlanAgeMs: 100 });
  one.desk.limitAges("ros", { maxObservationAgeMs: 200 });
  one.desk.leave("fleet");
  one.desk.leave("page");
  assert.deepEqual(
    orders.map(({ kind, who }) => `${who} ${kind}`),
    [
      ...["fleet assigned", "page shown", "page commanded", "page called", "page limited", "page limited"],
      ...["ros limited", "ros limited", "page left"],
    ],
  );
  const other = open();
  for (const order of orders) {
    assert.equal(tellAgain(other.desk, order), null);
    if (order.kind === "commanded") other.become("running");
  }
  for (const what of ["done", "tools", "ages", "goals", "orders"] as const)
    assert.deepEqual(other[what], what === "orders" ? orders : one[what as "done"], what);
  assert.equal(other.speeds.at(-1), 0.5);
  assert.equal(other.desk.whoCommands, null);
});

test("anybody may record, whoever has the arm in hand, and has it no more than before", async () => {
  const { desk, done, orders } = open();
  assert.equal(desk.command("page", "start"), null);
  assert.equal(await desk.record("fleet", "start"), null);
  assert.equal(await desk.record("page", "start"), "it is being recorded already");
  assert.deepEqual(done, ["start", "fleet: record start", "page: record start"]);
  assert.equal(desk.whoCommands, null);
  assert.equal(orders.length, 1, "a replay is not told of it");
});
