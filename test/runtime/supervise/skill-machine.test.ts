/** Tests for skill-machine.ts: attempts, decisions, time and proof of success. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createActor, SimulatedClock } from "xstate";
import { getShortestPaths } from "xstate/graph";
import { PREPARE_MS_MAX, type SkillEvent, type SkillInput, skillMachine } from "../../../runtime/supervise/skill-machine.ts";

const prepared: SkillEvent = { type: "prepared" };
const met: SkillEvent = { type: "decided", met: true };
const unmet: SkillEvent = { type: "decided", met: false };
const retry: SkillEvent = { type: "retry", reason: "The object slipped." };
const stop: SkillEvent = { type: "stop", reason: "An operator stopped the agent." };

function begin(changes: Partial<SkillInput> = {}) {
  const input = { name: "push", decisionsMax: 5, timeoutMs: 4000, successSteps: 2, retriesMax: 0, ...changes };
  const clock = new SimulatedClock();
  const actor = createActor(skillMachine, { clock, input });
  const attempts: number[] = [];
  actor.on("prepare", (intent) => attempts.push(intent.retries));
  actor.start();
  const after = (...sent: SkillEvent[]): string => {
    for (const event of sent) actor.send(event);
    return JSON.stringify(actor.getSnapshot().value).replaceAll(/["{}]/g, "");
  };
  return { clock, actor, attempts, after, output: () => actor.getSnapshot().output };
}

test("skill: it prepares first, and decisions before that do not count", () => {
  const { after, actor } = begin();
  assert.equal(after(met, met), "trying:preparing");
  assert.equal(actor.getSnapshot().context.decisions, 0);
  assert.equal(after(prepared), "trying:attempt:acting");
});

test("skill: success must hold for the asked number of decisions in a row", () => {
  const { after, output } = begin();
  assert.equal(after(prepared, met), "trying:attempt:verifying");
  assert.equal(after(unmet), "trying:attempt:acting");
  assert.equal(after(met, met), "done");
  assert.deepEqual(output(), { result: "done", reason: 'Skill "push" succeeded after 4 decisions.', decisions: 4, retries: 0 });
});

test("skill: with one step the first decision that meets the test is success", () => {
  assert.equal(begin({ successSteps: 1 }).after(prepared, met), "done");
});

test("skill: success at the very last decision counts", () => {
  assert.equal(begin().after(prepared, unmet, unmet, unmet, met, met), "done");
});

test("skill: it fails when the decisions are spent, also while success is being verified", () => {
  for (const last of [met, unmet]) {
    const { after, output } = begin();
    assert.equal(after(prepared, unmet, unmet, unmet, unmet, last), "failed");
    assert.equal(output()?.reason, 'Skill "push" did not succeed within 5 decisions.');
    assert.equal(output()?.result, "failed");
  }
});

test("skill: it fails when its time is over, counted from the end of preparing", () => {
  const { clock, after, output } = begin();
  clock.increment(PREPARE_MS_MAX - 1);
  after(prepared);
  clock.increment(3999);
  assert.equal(after(met), "trying:attempt:verifying");
  clock.increment(1);
  assert.equal(after(), "failed");
  assert.equal(output()?.reason, 'Skill "push" did not succeed within 4 s.');
});

test("skill: it fails when nothing prepares it", () => {
  const { clock, after, output } = begin();
  clock.increment(PREPARE_MS_MAX);
  assert.equal(after(), "failed");
  assert.equal(output()?.reason, 'Skill "push" was not prepared within 10 s.');
});

test("skill: each retry is a new attempt with its own decisions, and they are counted", () => {
  const { after, actor, attempts, output } = begin({ retriesMax: 2, decisionsMax: 2 });
  assert.equal(after(prepared, unmet, unmet), "trying:preparing");
  assert.equal(actor.getSnapshot().context.decisions, 0);
  assert.equal(after(prepared, unmet, retry), "trying:preparing");
  assert.equal(after(prepared, met, retry), "failed");
  assert.deepEqual(attempts, [0, 1, 2]);
  assert.deepEqual(output(), { result: "failed", reason: "The object slipped.", decisions: 1, retries: 2 });
});

test("skill: success of an earlier attempt does not count for the next", () => {
  assert.equal(begin({ retriesMax: 1 }).after(prepared, met, retry, prepared, met), "trying:attempt:verifying");
});

test("skill: after stop nothing changes it, whatever comes", () => {
  const { clock, after, attempts, output } = begin({ retriesMax: 3 });
  assert.equal(after(prepared, stop), "failed");
  clock.increment(1e6);
  assert.equal(after(prepared, met, met, retry), "failed");
  assert.equal(output()?.reason, "An operator stopped the agent.");
  assert.deepEqual(attempts, [0]);
});

test("skill: every state can be reached, and stop ends the skill from every state that is not an end", () => {
  const input: SkillInput = { name: "push", decisionsMax: 3, timeoutMs: 4000, successSteps: 2, retriesMax: 1 };
  const serializeState = (snapshot: ReturnType<typeof skillMachine.getInitialSnapshot>): string =>
    JSON.stringify([snapshot.value, snapshot.context.decisions, snapshot.context.metInARow, snapshot.context.retries]);
  const paths = getShortestPaths(skillMachine, { input, events: [prepared, met, unmet, retry, stop], serializeState });
  const values = new Set(paths.map(({ state }) => JSON.stringify(state.value)));
  for (const value of [
    '"done"',
    '"failed"',
    '{"trying":"preparing"}',
    '{"trying":{"attempt":"acting"}}',
    '{"trying":{"attempt":"verifying"}}',
  ])
    assert.ok(values.has(value), value);
  for (const { state } of paths.filter((path) => path.state.status === "active")) {
    const [end] = getShortestPaths(skillMachine, { input, events: [stop], fromState: state, serializeState }).slice(-1);
    assert.equal(end?.state.value, "failed", JSON.stringify(state.value));
  }
});
