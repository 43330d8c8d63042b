/** The statechart of the whole agent. It says what may happen and emits intents; it never moves anything itself. */
import { assign, emit, setup } from "xstate";

/** An automatic hold that lasts longer than this ends in a stop. */
export const HOLD_MS_MAX = 30_000;
/** The robot must report rest within this time of a stop; a segment lasts at most 400 ms. */
export const STOP_MS_MAX = 1_000;

/** Who asked: a person, or the decision table. */
export type Asker = "operator" | "fault";

export type AgentEvent =
  | { readonly type: "booted" }
  | { readonly type: "start" }
  | { readonly type: "finish"; readonly reason: string }
  | { readonly type: "hold"; readonly by: Asker; readonly reason: string }
  /** By "fault": the cause of an automatic hold is gone. */
  | { readonly type: "resume"; readonly by: Asker }
  | { readonly type: "stop"; readonly by: Asker; readonly reason: string }
  | { readonly type: "at-rest" }
  | { readonly type: "reset" };

/** start-task: begin the task from its root; release: the robot may take segments again after a stop. */
export type AgentIntent =
  | { readonly type: "start-task" }
  | { readonly type: "hold"; readonly reason: string }
  | { readonly type: "resume" }
  | { readonly type: "stop"; readonly reason: string }
  | { readonly type: "release" };

export interface AgentContext {
  /** Why the agent is where it is, one sentence for people. */
  readonly reason: string;
  /** Who brought it there. */
  readonly by: Asker | null;
  /** False until the first boot succeeded. */
  readonly booted: boolean;
}

export interface AgentInput {
  /** What the agent was doing when its process ended, or null: it then comes back holding instead of idle. */
  readonly interrupted: string | null;
}

const agentSetup = setup({
  types: {
    context: {} as AgentContext & AgentInput,
    events: {} as AgentEvent,
    emitted: {} as AgentIntent,
    input: {} as AgentInput,
  },
  actions: {
    note: assign((_, params: { readonly by: Asker | null; readonly reason: string }) => params),
    announceHold: emit(({ context }) => ({ type: "hold" as const, reason: context.reason })),
    announceStop: emit(({ context }) => ({ type: "stop" as const, reason: context.reason })),
    announceStart: emit({ type: "start-task" }),
    announceResume: emit({ type: "resume" }),
    announceRelease: emit({ type: "release" }),
  },
  guards: {
    interrupted: ({ context }) => context.interrupted !== null && !context.booted,
    heldByFault: ({ context }) => context.by === "fault",
    mayResume: ({ context }, params: { readonly by: Asker }) => params.by === "operator" || context.by === "fault",
    askedBy: (_, params: { readonly by: Asker; readonly who: Asker }) => params.by === params.who,
    stoppedByFault: ({ context }) => context.by === "fault",
    booted: ({ context }) => context.booted,
  },
  delays: { holdMsMax: HOLD_MS_MAX, stopMsMax: STOP_MS_MAX },
});

type Asked = { event: { readonly by: Asker; readonly reason: string } };
const note = (by: Asker | null, reason: string) => ({ type: "note" as const, params: { by, reason } });
const noteEvent = { type: "note" as const, params: ({ event }: Asked) => ({ by: event.by, reason: event.reason }) };
const askedBy = (who: Asker) => ({ type: "askedBy" as const, params: ({ event }: Asked) => ({ by: event.by, who }) });
const byOperator = askedBy("operator");
const byFault = askedBy("fault");
const finish = {
  target: "idle" as const,
  actions: { type: "note" as const, params: ({ event }: { event: { readonly reason: string } }) => ({ by: null, reason: event.reason }) },
};
const afterReset = [
  {
    guard: "booted" as const,
    target: "idle" as const,
    actions: [note("operator", "An operator reset the agent."), "announceRelease" as const],
  },
  { target: "booting" as const, actions: note("operator", "The agent is starting again.") },
];

/** booting -> idle <-> running -> (holding | stopping) -> stopped; a fault that stops ends in `faulted`, which only a person leaves. */
export const agentMachine = agentSetup.createMachine({
  id: "agent",
  initial: "booting",
  context: ({ input }) => ({ reason: "The agent is starting.", by: null, booted: false, ...input }),
  states: {
    booting: {
      on: {
        booted: [
          {
            guard: "interrupted",
            target: "holding",
            actions: assign(({ context }) => ({
              by: "operator" as const,
              reason: `The agent was interrupted while ${context.interrupted}; resume goes on from there, restart-skill begins the skill anew, abort gives the task up.`,
              booted: true,
            })),
          },
          { target: "idle", actions: [note(null, "The agent is ready."), assign({ booted: true })] },
        ],
        stop: [
          { guard: byOperator, target: "stopped", actions: noteEvent },
          { target: "faulted", actions: noteEvent },
        ],
      },
    },
    idle: {
      on: {
        start: { target: "running", actions: [note(null, "The task is running."), "announceStart"] },
        stop: { target: "stopping", actions: noteEvent },
      },
    },
    running: {
      on: {
        finish,
        hold: { target: "holding", actions: noteEvent },
        stop: { target: "stopping", actions: noteEvent },
      },
    },
    holding: {
      entry: "announceHold",
      after: {
        holdMsMax: {
          guard: "heldByFault",
          target: "stopping",
          actions: {
            type: "note",
            params: ({ context }) => ({
              by: "fault" as const,
              reason: `Held for ${HOLD_MS_MAX / 1000} s without recovery. ${context.reason}`,
            }),
          },
        },
      },
      on: {
        // The task was given up while it was held.
        finish,
        // A person's hold outranks an automatic one: only a person ends it.
        hold: { guard: byOperator, actions: noteEvent },
        resume: {
          guard: { type: "mayResume", params: ({ event }) => ({ by: event.by }) },
          target: "running",
          actions: [note(null, "The task is running again."), "announceResume"],
        },
        stop: { target: "stopping", actions: noteEvent },
      },
    },
    stopping: {
      entry: "announceStop",
      after: {
        stopMsMax: {
          target: "faulted",
          actions: note(
            "fault",
            `The robot did not report rest within ${STOP_MS_MAX / 1000} s of a stop; look at the arm before you reset.`,
          ),
        },
      },
      on: {
        "at-rest": [{ guard: "stoppedByFault", target: "faulted" }, { target: "stopped" }],
        stop: { guard: byFault, actions: noteEvent },
      },
    },
    stopped: {
      on: {
        stop: { guard: byFault, target: "faulted", actions: noteEvent },
        reset: afterReset,
      },
    },
    // SAFETY: `faulted` has no timer, no `always` and no event that a stage could send; `reset` and an operator's `stop` come from a person.
    faulted: {
      on: {
        reset: afterReset,
        stop: { guard: byOperator, target: "stopped", actions: noteEvent },
        // It came back faulted; a reset then finds it ready.
        booted: { actions: assign({ booted: true }) },
      },
    },
  },
});
