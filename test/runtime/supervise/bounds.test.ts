/** Tests for bounds.ts: how long and how often an agent holds by itself, and what it forgives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import { HOLDS_MAX, IGNORED_IN_A_ROW_MAX } from "../../../runtime/supervise/bounds.ts";
import { HEALTHY_TO_RESUME } from "../../../runtime/supervise/step.ts";
import { at, begin, late, leaf, stale } from "../../helpers/supervised.ts";

const refused = new AgentError("guard.stop", "freshness: observation received 420 ms ago, at most 400 ms.");

test("an automatic hold ends after enough sound decisions in a row", () => {
  const { supervisor, types, act } = begin();
  act();
  assert.deepEqual(supervisor.fault(stale).reaction, "hold");
  assert.equal(supervisor.state.agent, "holding");
  assert.equal(supervisor.state.holdEnds, "by-itself");
  assert.equal(supervisor.state.mayAct, false);
  assert.match(supervisor.state.reason, /camera front: 900 ms old, at most 250 ms\. The world is not seen any more/);
  for (let count = 1; count < HEALTHY_TO_RESUME; count++) supervisor.healthy();
  supervisor.fault(stale);
  for (let count = 1; count < HEALTHY_TO_RESUME; count++) supervisor.healthy();
  assert.equal(supervisor.state.agent, "holding");
  supervisor.healthy();
  assert.equal(supervisor.state.agent, "running");
  assert.equal(supervisor.state.holdEnds, undefined);
  assert.deepEqual(types(), ["start-skill", "hold", "resume"]);
});

test("what an error says and what follows from it are two sentences", () => {
  const { supervisor } = begin();
  supervisor.fault(new AgentError("robot.lost", "keeper lost, it was killed; start the agent again"));
  assert.match(supervisor.state.reason, /; start the agent again\. The robot does not answer/);
  supervisor.fault(refused);
  assert.doesNotMatch(supervisor.state.reason, /\.\./);
});

test("where a person resumes, what the world does while the agent holds for a reason of its own waits for one as well", () => {
  const held = () => {
    const { supervisor, act } = begin(leaf(), null, undefined, { resume: "operator" });
    act();
    supervisor.fault(refused);
    assert.equal(supervisor.state.agent, "holding");
    return supervisor;
  };
  const sound = (supervisor: ReturnType<typeof held>): string => {
    for (let count = 0; count < HEALTHY_TO_RESUME; count++) supervisor.healthy();
    return supervisor.state.agent;
  };
  const alone = held();
  assert.equal(sound(alone), "running");
  const silent = held(); // Old observations are refused first, then the readings count as silent.
  silent.fault(stale);
  assert.equal(sound(silent), "holding");
  assert.equal(silent.state.holdEnds, "when-told");
  assert.equal(silent.command("resume"), null);
  assert.equal(silent.state.agent, "running");
});

test("where a person resumes, what disturbs before the arm may move still passes by itself", () => {
  const { supervisor, run } = begin(leaf(), null, undefined, { resume: "operator" });
  run();
  supervisor.fault(stale);
  for (let count = 0; count < HEALTHY_TO_RESUME; count++) supervisor.healthy();
  assert.equal(supervisor.state.agent, "running");
});

test("a held task loses no time and no decisions", async () => {
  const { supervisor, pass, act } = begin();
  act();
  supervisor.decided("", at(0.1));
  await pass(3900);
  supervisor.command("hold");
  await pass(60_000);
  assert.equal(supervisor.decided("", at(0.1)), null);
  assert.equal(supervisor.state.skills[0]?.decisions, 1);
  supervisor.command("resume");
  assert.equal(supervisor.state.task, "running");
  await pass(99);
  assert.equal(supervisor.state.task, "running");
  await pass(1);
  assert.equal(supervisor.state.task, "failed");
});

test("an automatic hold that does not end becomes a stop, and the agent is faulted", async () => {
  const { supervisor, types, pass, act } = begin();
  act();
  supervisor.fault(stale);
  await pass(30_000);
  assert.equal(supervisor.state.agent, "stopping");
  supervisor.atRest();
  assert.equal(supervisor.state.agent, "faulted");
  assert.deepEqual(types(), ["start-skill", "hold", "stop", "leave-skill", "finish"]);
});

test("ignored errors are ignored only so many times in a row", () => {
  const { supervisor, act } = begin();
  act();
  for (let count = 0; count < IGNORED_IN_A_ROW_MAX; count++) assert.equal(supervisor.fault(late).reaction, "ignore");
  supervisor.healthy();
  for (let count = 0; count < IGNORED_IN_A_ROW_MAX; count++) assert.equal(supervisor.fault(late).reaction, "ignore");
  assert.equal(supervisor.state.agent, "running");
  const decision = supervisor.fault(late);
  assert.deepEqual(decision, { reaction: "hold", reason: "This was ignored 10 times in a row, so the arm rests." });
  assert.equal(supervisor.state.agent, "holding");
});

test("a task that is held again and again stops", () => {
  const { supervisor, act } = begin();
  act();
  for (let count = 0; count < HOLDS_MAX; count++) {
    assert.equal(supervisor.fault(stale).reaction, "hold");
    for (let healthy = 0; healthy < HEALTHY_TO_RESUME; healthy++) supervisor.healthy();
  }
  assert.equal(supervisor.fault(stale).reaction, "stop");
  assert.equal(supervisor.state.agent, "stopping");
});
