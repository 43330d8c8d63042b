/** Tests for step.ts: the supervisor as a pure function of plain data, whatever comes and wherever it is cut. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ERROR_CODES } from "../../../runtime/core/errors.ts";
import type { Skill } from "../../../runtime/core/skill.ts";
import type { ActiveSkill } from "../../../runtime/core/supervision.ts";
import { agentMachine } from "../../../runtime/supervise/agent-machine.ts";
import type { Setting } from "../../../runtime/supervise/draft.ts";
import { skillMachine } from "../../../runtime/supervise/skill-machine.ts";
import { describe, initialSnapshot, type SupervisorSnapshot } from "../../../runtime/supervise/snapshot.ts";
import { type Stamped, type SupervisorEvent, step } from "../../../runtime/supervise/step.ts";
import type { Intent } from "../../../runtime/supervise/supervisor-types.ts";
import { taskMachine } from "../../../runtime/supervise/task-machine.ts";
import type { TaskNode } from "../../../runtime/supervise/task-tree.ts";
import { leaf, reach } from "../../helpers/supervised.ts";

/** Fewer decisions: more of its ends are come to. */
const hasty: Skill = { ...reach, limits: { decisions: 3, timeoutS: 4 } };
const setting: Setting = { skills: { reach: hasty }, resume: "self", autonomy: "autonomous" };
const tree: TaskNode = {
  sequence: [
    { retry: { timeout: leaf(1), timeoutS: 9 }, attempts: 2 },
    { waitS: 1 },
    { fallback: [{ ...leaf(), autonomy: "confirm" }, leaf()] },
  ],
};
/** The skill that may be left without having begun: nobody said yes. */
const ASKS = "2/0";
const urgent: TaskNode = { fallback: [{ condition: "reach", goal: { kind: "tool", positionM: [0.3, 0, 0.4] } }, leaf()] };
const near = { met: true, value: 0.01, fraction: 1 };
const far = { met: false, value: 0.1, fraction: 0 };

/** Of the skill in progress, whichever it is, or of one that is not. */
const MINE = "the skill in progress";
const path = fc.constantFrom(MINE, MINE, MINE, MINE, "2/1");
const event: fc.Arbitrary<SupervisorEvent> = fc.oneof(
  fc.constantFrom<SupervisorEvent>({ type: "time" }, { type: "booted" }, { type: "at-rest" }, { type: "dispose" }),
  { arbitrary: fc.constant<SupervisorEvent>({ type: "healthy" }), weight: 3 },
  {
    arbitrary: fc
      .constantFrom(
        "start",
        "start",
        "resume",
        "resume",
        "hold",
        "stop",
        "reset",
        "restart-skill",
        "abort",
        "confirm",
        "confirm",
        "decline",
      )
      .map((command): SupervisorEvent => ({ type: "command", command: command as "start" })),
    weight: 4,
  },
  fc.integer({ min: 1, max: 9 }).map((urgency): SupervisorEvent => ({ type: "preempt", task: urgent, urgency })),
  { arbitrary: path.map((path): SupervisorEvent => ({ type: "prepared", path })), weight: 12 },
  {
    arbitrary: fc
      .tuple(path, fc.constantFrom(near, near, far, null))
      .map(([path, progress]): SupervisorEvent => ({ type: "decided", path, progress })),
    weight: 16,
  },
  fc
    .constantFrom(null, ...ERROR_CODES)
    .map((code): SupervisorEvent => ({ type: "fault", fault: { code, message: "Something happened." } })),
);
const happenings = fc.array(fc.tuple(event, fc.constantFrom(0, 100, 1000, 1000, 12_000)), { maxLength: 80, size: "max" });
type Happenings = readonly (readonly [SupervisorEvent, number])[];

/** A good decision for the skill in progress is first what it needs to be made: a person's yes, its preparation. */
function fitting(event: SupervisorEvent, skill: ActiveSkill | undefined): SupervisorEvent {
  if (!("path" in event) || event.path !== MINE) return event;
  if (event.type === "decided" && event.progress === near && skill?.state === "asking") return { type: "command", command: "confirm" };
  if (event.type === "decided" && event.progress === near && skill?.state === "preparing") return { type: "prepared", path: skill.path };
  return { ...event, path: skill?.path ?? "" };
}

/** Plays them all from the beginning: every step with what was before and what came of it. */
function play(
  all: Happenings,
  each: (before: SupervisorSnapshot, event: Stamped, after: SupervisorSnapshot, intents: readonly Intent[]) => void,
): void {
  let snapshot = initialSnapshot(tree);
  let atMs = 0;
  for (const [event, passMs] of [[{ type: "booted" }, 0] as const, [{ type: "command", command: "start" }, 0] as const, ...all]) {
    atMs += passMs;
    const stamped: Stamped = { ...fitting(event, describe(snapshot).skills[0]), atMs };
    const [next, intents] = step(setting, snapshot, stamped);
    each(snapshot, stamped, next, intents);
    snapshot = next;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}

test("a supervisor may be cut at any moment: written down, read back and gone on with, it does what it would have done", () => {
  fc.assert(
    fc.property(happenings, (all) => {
      play(all, (before, event, after, intents) => {
        const cut = JSON.parse(JSON.stringify(before)) as SupervisorSnapshot;
        assert.deepEqual(cut, before);
        assert.deepEqual(step(setting, cut, event), [after, intents]);
      });
    }),
    { numRuns: 60, seed: 11 },
  );
});

test("every event may come at every moment: nothing throws, and the snapshot that was given is never touched", () => {
  fc.assert(
    fc.property(happenings, (all) => play(all, (before, event) => void step(setting, deepFreeze(before), event))),
    { numRuns: 150, seed: 12 },
  );
});

test("whatever comes: skills are begun and left in turn, one at a time, and only a running agent may act", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(happenings, (all) => {
      const active = new Set<string>();
      const waiting: string[][] = [];
      play(all, (_, __, snapshot, intents) => {
        for (const intent of intents) follow(intent, active, waiting);
        const { agent, task, skills, mayAct } = describe(snapshot);
        assert.deepEqual(
          skills.filter(({ state }) => state !== "asking").map(({ path }) => path),
          [...active],
        );
        assert.equal(snapshot.preempted.filter(({ run }) => run !== null).length, waiting.length);
        assert.ok(!mayAct || (agent === "running" && active.size === 1), agent);
        assert.equal(snapshot.run !== null, task === "running");
        assert.equal(snapshot.run !== null, agent === "running" || agent === "holding");
        assert.ok(snapshot.run !== null || snapshot.deadlines.every(({ owner }) => owner.kind === "agent"), "nobody waits after the end");
        for (const each of [agent, task, ...skills.map((skill) => `${skill.path} ${skill.state}`)]) seen.add(each);
      });
    }),
    { numRuns: 400, seed: 13 },
  );
  for (const each of [
    ...Object.keys(agentMachine.states).filter((state) => state !== "booting"),
    "succeeded",
    "failed",
    "2/0 asking",
    "2/1 verifying",
    "0 looking",
  ])
    assert.ok(seen.has(each), `nobody came to ${each}`);
});

/** What a listener knows of the skills in progress: begun once, left once, and laid by while a more urgent task is done. */
function follow(intent: Intent, active: Set<string>, waiting: string[][]): void {
  if (intent.type === "start-skill") {
    assert.equal(active.size, 0);
    active.add(intent.path);
  }
  if (intent.type === "retry") assert.ok(active.has(intent.path));
  if (intent.type === "preempt") {
    waiting.unshift([...active]);
    active.clear();
  }
  if (intent.type === "return") {
    assert.equal(active.size, 0);
    waiting.shift();
  }
  if (intent.type === "leave-skill") assert.ok(active.delete(intent.path) || intent.path === ASKS || waiting.length > 0);
  if (intent.type === "finish") {
    assert.equal(active.size, 0);
    waiting.length = 0;
  }
}

test("an event that changes nothing gives the same snapshot back", () => {
  const [idle] = step(setting, initialSnapshot(tree), { type: "booted", atMs: 0 });
  for (const each of [{ type: "time" }, { type: "prepared", path: "9" }, { type: "at-rest" }, { type: "dispose" }] as SupervisorEvent[])
    assert.equal(step(setting, idle, { ...each, atMs: 50 })[0], idle, each.type);
});

test("motion is never an invoked actor of a statechart that is stored: none of them invokes or spawns anything", () => {
  for (const machine of [agentMachine, skillMachine, taskMachine(tree)]) {
    assert.equal(JSON.stringify(machine.config).includes('"invoke"'), false);
    assert.deepEqual(machine.implementations.actors, {});
  }
});
