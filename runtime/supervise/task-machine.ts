/** Turns a task tree into a statechart: every node of the tree is a state, so the position in the task can be seen, stored and tested. */
import { type AnyStateMachine, type AnyStateNodeConfig, assign, emit, not, setup } from "xstate";
import { BACK_OFF_S_MAX, childrenOf, type LookingNode, type RepeatNode, type RetryNode, type TaskNode } from "./task-tree.ts";

export type TaskEvent =
  | { readonly type: "skill-done"; readonly path: string }
  | { readonly type: "skill-failed"; readonly path: string; readonly reason: string }
  | { readonly type: "stop"; readonly reason: string };

/** start-skill: begin the leaf at `path` ("0/1" is the second child of the first child); leave-skill: it is over, however it ended. */
export type TaskIntent =
  | { readonly type: "start-skill"; readonly path: string; readonly node: LookingNode }
  | { readonly type: "leave-skill"; readonly path: string };

export interface TaskContext {
  /** Attempts or rounds begun, by path of the `retry` or `repeat` node. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Meaningful once the machine is done. */
  readonly result: "succeeded" | "failed" | "stopped";
  readonly reason: string;
}

export type TaskResult = Pick<TaskContext, "result" | "reason">;

const taskSetup = setup({
  types: { context: {} as TaskContext, events: {} as TaskEvent, emitted: {} as TaskIntent, output: {} as TaskResult },
  actions: {
    announceStart: emit((_, params: { readonly path: string; readonly node: LookingNode }) => ({
      type: "start-skill" as const,
      ...params,
    })),
    announceLeave: emit((_, params: { readonly path: string }) => ({ type: "leave-skill" as const, path: params.path })),
    note: assign((_, params: { readonly reason: string }) => params),
    end: assign((_, params: Partial<TaskResult>) => params),
    firstAttempt: assign(({ context }, params: { readonly path: string }) => ({ attempts: { ...context.attempts, [params.path]: 1 } })),
    nextAttempt: assign(({ context }, params: { readonly path: string }) => ({
      attempts: { ...context.attempts, [params.path]: (context.attempts[params.path] ?? 0) + 1 },
    })),
  },
  guards: {
    isPath: (_, params: { readonly asked: string; readonly path: string }) => params.asked === params.path,
    attemptsLeft: ({ context }, params: { readonly path: string; readonly attempts: number }) =>
      (context.attempts[params.path] ?? 0) < params.attempts,
  },
});

/** The states are made from data, so their names cannot be in a type. */
type State = AnyStateNodeConfig;
/** State ids that a node goes to when it ends. */
interface Ends {
  readonly succeeded: string;
  readonly failed: string;
}

const noteEvent = { type: "note", params: ({ event }: { event: { reason: string } }) => ({ reason: event.reason }) };
const idOf = (path: string): string => `task/${path}`;

const charts = new WeakMap<TaskNode, AnyStateMachine>();

/** The statechart of a tree, made once; ends in `succeeded`, `failed` or `stopped` and says so in its output. */
export function taskMachine(tree: TaskNode): AnyStateMachine {
  const known = charts.get(tree);
  if (known) return known;
  const chart = chartOf(tree);
  charts.set(tree, chart);
  return chart;
}

function chartOf(tree: TaskNode): AnyStateMachine {
  const ends: Ends = { succeeded: "#succeeded", failed: "#failed" };
  const config = {
    id: "root",
    initial: "task",
    context: { attempts: {}, result: "stopped", reason: "The task begins." } satisfies TaskContext,
    states: {
      task: {
        initial: "node",
        states: { node: nodeState(tree, "", ends) },
        on: { stop: { target: "#stopped", actions: noteEvent } },
      },
      succeeded: endState("succeeded", "The task succeeded."),
      failed: endState("failed"),
      stopped: endState("stopped"),
    },
    output: ({ context }: { context: TaskContext }): TaskResult => ({ result: context.result, reason: context.reason }),
  };
  // The shape of `states` comes from data, so its literal types cannot be known here; the tests walk the result instead.
  const chart: AnyStateMachine = taskSetup.createMachine(config as unknown as Parameters<typeof taskSetup.createMachine>[0]);
  return chart.provide({ delays: Object.fromEntries(backOffs(tree, "")) });
}

function endState(result: TaskResult["result"], reason?: string): State {
  return { id: result, type: "final", entry: { type: "end", params: reason ? { result, reason } : { result } } };
}

function nodeState(node: TaskNode, path: string, ends: Ends): State {
  if ("skill" in node || "condition" in node) return skillState(node, path, ends);
  if ("waitS" in node) return { id: idOf(path), after: { [node.waitS * 1000]: { target: ends.succeeded, reenter: true } } };
  if ("sequence" in node) return orderState(node, path, ends, "succeeded");
  if ("fallback" in node) return orderState(node, path, ends, "failed");
  if ("parallel" in node) return parallelState(node, path, ends);
  if ("retry" in node) return retryState(node, path, ends);
  if ("repeat" in node) return repeatState(node, path, ends);
  return timeoutState(node, path, ends);
}

function skillState(node: LookingNode, path: string, ends: Ends): State {
  const guard = { type: "isPath", params: ({ event }: { event: { path: string } }) => ({ asked: event.path, path }) };
  return {
    id: idOf(path),
    entry: { type: "announceStart", params: { path, node } },
    exit: { type: "announceLeave", params: { path } },
    on: {
      "skill-done": { guard, target: ends.succeeded, reenter: true },
      "skill-failed": { guard, target: ends.failed, reenter: true, actions: noteEvent },
    },
  };
}

/** Sequence goes on with success and ends with a failure; fallback goes on with failure and ends with a success. */
function orderState(node: TaskNode, path: string, ends: Ends, goesOnWith: keyof Ends): State {
  const children = childrenOf(node, path);
  const states = children.map((child, index) => {
    const next = children[index + 1];
    return [`${index}`, nodeState(child.node, child.path, next ? { ...ends, [goesOnWith]: `#${idOf(next.path)}` } : ends)] as const;
  });
  return { id: idOf(path), initial: "0", states: Object.fromEntries(states) };
}

/** All: the first failure ends it; any: the first success ends it. The siblings are left, and say so. */
function parallelState(node: TaskNode & { readonly succeed: "all" | "any" }, path: string, ends: Ends): State {
  const waitsFor = node.succeed === "all" ? "succeeded" : "failed";
  const regions = childrenOf(node, path).map((child, index) => {
    const waiting = `${idOf(child.path)}/ended`;
    const region: State = {
      initial: "node",
      states: { node: nodeState(child.node, child.path, { ...ends, [waitsFor]: `#${waiting}` }), ended: { id: waiting, type: "final" } },
    };
    return [`${index}`, region] as const;
  });
  return { id: idOf(path), type: "parallel", states: Object.fromEntries(regions), onDone: { target: ends[waitsFor], reenter: true } };
}

function retryState(node: RetryNode, path: string, ends: Ends): State {
  const child = childrenOf(node, path)[0]!;
  const failed = `${idOf(path)}/failed`;
  const again = { target: `#${idOf(child.path)}`, actions: { type: "nextAttempt", params: { path } } };
  const attemptsLeft = { type: "attemptsLeft", params: { path, attempts: node.attempts } };
  const over = { target: ends.failed, reenter: true };
  return {
    id: idOf(path),
    initial: "node",
    entry: { type: "firstAttempt", params: { path } },
    states: {
      node: nodeState(child.node, child.path, { ...ends, failed: `#${failed}` }),
      failed:
        node.backOffS === undefined
          ? { id: failed, always: [{ guard: attemptsLeft, ...again }, over] }
          : { id: failed, always: { guard: not(attemptsLeft), ...over }, after: { [backOffOf(path)]: again } },
    },
  };
}

function repeatState(node: RepeatNode, path: string, ends: Ends): State {
  const child = childrenOf(node, path)[0]!;
  const again = `${idOf(path)}/again`;
  const attempts = node.times === "forever" ? Number.POSITIVE_INFINITY : node.times;
  return {
    id: idOf(path),
    initial: "node",
    entry: { type: "firstAttempt", params: { path } },
    states: {
      node: nodeState(child.node, child.path, { ...ends, succeeded: `#${again}` }),
      again: {
        id: again,
        always: [
          {
            guard: { type: "attemptsLeft", params: { path, attempts } },
            target: `#${idOf(child.path)}`,
            actions: { type: "nextAttempt", params: { path } },
          },
          { target: ends.succeeded, reenter: true },
        ],
      },
    },
  };
}

const backOffOf = (path: string): string => `backOff at ${path}`;

/** The rests before further attempts, by name: each twice as long as the one before. */
function backOffs(node: TaskNode, path: string): readonly (readonly [string, (now: { context: TaskContext }) => number])[] {
  const inner = childrenOf(node, path).flatMap((child) => backOffs(child.node, child.path));
  if (!("retry" in node) || node.backOffS === undefined) return inner;
  const { backOffS } = node;
  const restMs = ({ context }: { context: TaskContext }): number =>
    1000 * Math.min(BACK_OFF_S_MAX, backOffS * 2 ** ((context.attempts[path] ?? 1) - 1));
  return [[backOffOf(path), restMs], ...inner];
}

function timeoutState(node: { readonly timeout: TaskNode; readonly timeoutS: number }, path: string, ends: Ends): State {
  const child = childrenOf(node, path)[0]!;
  const note = { type: "note", params: { reason: `The task did not end within ${node.timeoutS} s.` } };
  return {
    id: idOf(path),
    initial: "node",
    after: { [node.timeoutS * 1000]: { target: ends.failed, reenter: true, actions: note } },
    states: { node: nodeState(child.node, child.path, ends) },
  };
}
