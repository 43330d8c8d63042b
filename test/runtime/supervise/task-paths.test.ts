/** Paths through task machines, made by xstate/graph from the machines themselves: every state and every transition of every kind of node is taken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  createActor,
  type EventObject,
  SimulatedClock,
} from "xstate";
import { getShortestPaths, getStateNodes } from "xstate/graph";
import { agentMachine } from "../../../runtime/supervise/agent-machine.ts";
import { leavesOf } from "../../../runtime/supervise/check-task.ts";
import { type SkillInput, skillMachine } from "../../../runtime/supervise/skill-machine.ts";
import { taskMachine } from "../../../runtime/supervise/task-machine.ts";
import type { TaskNode } from "../../../runtime/supervise/task-tree.ts";

const leaf: TaskNode = { skill: "a", goal: { kind: "here" }, retries: 0 };
const look: TaskNode = { condition: "a", goal: { kind: "here" } };

const trees: Readonly<Record<string, TaskNode>> = {
  "a skill": leaf,
  "a condition": look,
  "a wait": { waitS: 1 },
  "a sequence": { sequence: [leaf, { waitS: 1 }, leaf] },
  "a fallback": { fallback: [look, leaf, leaf] },
  "parallel, all": { parallel: [leaf, { waitS: 1 }], succeed: "all" },
  "parallel, any": { parallel: [leaf, { sequence: [{ waitS: 1 }, leaf] }], succeed: "any" },
  "a retry": { retry: leaf, attempts: 3 },
  "a retry with a back-off": { retry: leaf, attempts: 3, backOffS: 1 },
  "a repeat": { repeat: leaf, times: 3 },
  "a timeout": { timeout: leaf, timeoutS: 2 },
  "all of them in each other": {
    sequence: [
      { fallback: [look, { retry: { timeout: { sequence: [leaf, { waitS: 1 }] }, timeoutS: 3 }, attempts: 2, backOffS: 1 }] },
      { repeat: { parallel: [leaf, { waitS: 1 }], succeed: "all" }, times: 2 },
    ],
  },
};

/** What may happen to a task: its skills end, its timers are due, a person stops it. */
function eventsOf(machine: AnyStateMachine, tree: TaskNode): EventObject[] {
  const skills = leavesOf(tree, "").flatMap(({ path }) => [
    { type: "skill-done", path },
    { type: "skill-failed", path, reason: "It failed." } as EventObject,
  ]);
  const timers = getStateNodes(machine).flatMap((node) => node.after.map(({ eventType }) => ({ type: eventType })));
  return [...skills, ...timers, { type: "stop", reason: "Enough." } as EventObject];
}

const nameOf = ({ source, eventType, target, guard }: AnyTransitionDefinition): string =>
  `${source.id} --${eventType}${guard ? " (guarded)" : ""}--> ${target?.map((each) => each.id).join(", ") ?? "itself"}`;

/** Every transition that a machine has, less those that only say "done" to their parent state. */
const transitionsOf = (machine: AnyStateMachine): Set<string> =>
  new Set(
    getStateNodes(machine).flatMap((node: AnyStateNode) =>
      [...node.transitions.values()]
        .flat()
        .concat(node.always ?? [])
        .map(nameOf),
    ),
  );

/** Plays a path with a living actor, and notes which transitions it took and which states it was in. */
function walk(machine: AnyStateMachine, input: unknown, events: readonly EventObject[], taken: Set<string>, seen: Set<string>): void {
  const actor = createActor(machine, {
    input,
    clock: new SimulatedClock(),
    inspect(inspected) {
      if (inspected.type !== "@xstate.microstep") return;
      for (const transition of inspected._transitions) taken.add(nameOf(transition));
      for (const node of (inspected.snapshot as unknown as { _nodes: readonly AnyStateNode[] })._nodes) seen.add(node.id);
    },
  });
  actor.start();
  for (const node of (actor.getSnapshot() as unknown as { _nodes: readonly AnyStateNode[] })._nodes) seen.add(node.id);
  for (const event of events) actor.send(event);
}

/** All distinct situations, then from each of them every event: so every edge of the graph is walked, not only the shortest tree. */
function coverage(machine: AnyStateMachine, events: readonly EventObject[], input?: unknown) {
  const serializeState = ({ value, context }: { value: unknown; context: unknown }): string => {
    const { reason: _, ...counts } = context as Record<string, unknown>;
    return JSON.stringify([value, counts]);
  };
  const paths = getShortestPaths(machine, { events, input, serializeState } as Parameters<typeof getShortestPaths>[1]);
  const [taken, seen] = [new Set<string>(), new Set<string>()];
  for (const { steps } of paths) {
    const way = steps.map(({ event }) => event as EventObject).filter(({ type }) => type !== "xstate.init");
    for (const event of events) walk(machine, input, [...way, event], taken, seen);
  }
  return { paths: paths.length, taken, seen };
}

for (const [name, tree] of Object.entries(trees)) {
  test(`task paths: every state and transition of ${name} is exercised`, (context) => {
    const machine = taskMachine(tree);
    const { paths, taken, seen } = coverage(machine, eventsOf(machine, tree));
    const states = getStateNodes(machine).map(({ id }) => id);
    assert.deepEqual(
      states.filter((id) => !seen.has(id)),
      name === "a wait" ? ["failed"] : [], // Time always passes.
      "states that no path reaches",
    );
    const all = transitionsOf(machine);
    assert.deepEqual(
      [...all].filter((each) => !taken.has(each)),
      [],
      "transitions that no path takes",
    );
    context.diagnostic(`${paths} situations, ${states.length} states, ${all.size} transitions`);
  });
}

for (const asks of ["never", "first", "every"] as const) {
  test(`skill paths: every state and transition of a skill that asks ${asks} is exercised`, (context) => {
    const input: SkillInput = { name: "push", decisionsMax: 3, timeoutMs: 4000, successSteps: 2, retriesMax: 1, asks };
    const timers = getStateNodes(skillMachine).flatMap((node) => node.after.map(({ eventType }) => ({ type: eventType })));
    const reason = "It was said.";
    const events: EventObject[] = [
      { type: "prepared" },
      { type: "decided", met: true } as EventObject,
      { type: "decided", met: false } as EventObject,
      ...["retry", "restart", "stop", "declined"].map((type) => ({ type, reason })),
      { type: "confirmed" },
      { type: "interrupted" },
      ...timers,
    ];
    const { paths, taken, seen } = coverage(skillMachine, events, input);
    assert.deepEqual(
      getStateNodes(skillMachine).flatMap(({ id }) => (seen.has(id) ? [] : [id])),
      [],
    );
    const never = asks === "never" ? /asking --(confirmed|declined)/ : /^$/; // It does not ask.
    assert.deepEqual(
      [...transitionsOf(skillMachine)].filter((each) => !taken.has(each) && !never.test(each)),
      asks === "every" ? ["skill.trying.asking -- (guarded)--> skill.trying.preparing"] : [],
    );
    context.diagnostic(`${paths} situations`);
  });
}

test("agent paths: every state and transition of the agent is exercised, begun anew or interrupted", (context) => {
  const timers = getStateNodes(agentMachine).flatMap((node) => node.after.map(({ eventType }) => ({ type: eventType })));
  const asked = ["operator", "fault"].flatMap((by) => ["hold", "stop", "resume"].map((type) => ({ type, by, reason: "It was said." })));
  const events: EventObject[] = [
    ...["booted", "start", "finish", "at-rest", "reset"].map((type) => ({ type, reason: "It was said." })),
    ...asked,
    ...timers,
  ];
  const walks = [null, "running: push"].map((interrupted) => coverage(agentMachine, events, { interrupted }));
  const [seen, taken] = [new Set(walks.flatMap((each) => [...each.seen])), new Set(walks.flatMap((each) => [...each.taken]))];
  assert.deepEqual(
    getStateNodes(agentMachine).flatMap(({ id }) => (seen.has(id) ? [] : [id])),
    [],
  );
  assert.deepEqual(
    [...transitionsOf(agentMachine)].filter((each) => !taken.has(each)),
    [],
  );
  context.diagnostic(`${walks.map(({ paths }) => paths).join(" and ")} situations, ${taken.size} transitions`);
});
