/** Tests for statechart.ts: the pure step is what a living xstate actor does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createActor, SimulatedClock } from "xstate";
import { agentMachine } from "../../../runtime/supervise/agent-machine.ts";
import { type SkillEvent, type SkillInput, skillMachine } from "../../../runtime/supervise/skill-machine.ts";
import { advance, begin, can } from "../../../runtime/supervise/statechart.ts";

const input: SkillInput = { name: "push", decisionsMax: 4, timeoutMs: 4000, successSteps: 2, retriesMax: 1 };
const events: readonly SkillEvent[] = [
  { type: "prepared" },
  { type: "decided", met: true },
  { type: "decided", met: false },
  { type: "retry", reason: "It slipped." },
  { type: "stop", reason: "Enough." },
];

test("a position goes through JSON and back at every step, and comes to the same as a living actor", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 12 }), (sent) => {
      const actor = createActor(skillMachine, { input, clock: new SimulatedClock() });
      const announced: unknown[] = [];
      actor.on("*", (intent) => announced.push(intent));
      actor.start();
      let move = begin(skillMachine, input);
      const emitted: unknown[] = [...move.emitted];
      for (const event of sent) {
        if (move.output !== null) break;
        actor.send(event);
        move = advance(skillMachine, JSON.parse(JSON.stringify(move.at)) as typeof move.at, event);
        emitted.push(...move.emitted);
        assert.deepEqual(move.at, { value: actor.getSnapshot().value, context: actor.getSnapshot().context });
        assert.deepEqual(move.output, actor.getSnapshot().output ?? null);
      }
      assert.deepEqual(emitted, announced);
    }),
    { numRuns: 100, seed: 3 },
  );
});

test("timers are told as data: armed on entry, disarmed on exit", () => {
  const born = begin(skillMachine, input);
  assert.deepEqual(born.timers, [{ kind: "arm", id: "xstate.after.prepareMsMax.skill.trying.preparing", delayMs: 10_000 }]);
  const acting = advance(skillMachine, born.at, { type: "prepared" });
  assert.deepEqual(acting.timers, [
    { kind: "disarm", id: "xstate.after.prepareMsMax.skill.trying.preparing" },
    { kind: "arm", id: "xstate.after.timeoutMs.skill.trying.attempt", delayMs: 4000 },
  ]);
  const due = advance(skillMachine, acting.at, { type: acting.timers[1]?.id } as unknown as SkillEvent);
  assert.equal(due.at.context.reason, 'Skill "push" did not succeed within 4 s.');
});

test("what is possible is asked without doing it", () => {
  const { at } = begin(agentMachine, { interrupted: null });
  assert.equal(can(agentMachine, at, { type: "booted" }), true);
  assert.equal(can(agentMachine, at, { type: "start" }), false);
});
