/** The statechart of one skill: attempts, decisions, time and proof of success. It counts; the loop acts. */
import { assign, emit, setup } from "xstate";

/** Encoding a goal and warming a solver up takes well under this time. */
export const PREPARE_MS_MAX = 10_000;

export interface SkillInput {
  readonly name: string;
  /** Decisions one attempt may take. */
  readonly decisionsMax: number;
  /** Time one attempt may take after preparing, milliseconds. */
  readonly timeoutMs: number;
  /** Decisions in a row for which success must hold. */
  readonly successSteps: number;
  /** Further attempts after the first, at most 10. */
  readonly retriesMax: number;
  /** Before which attempts a person must say yes; default never. */
  readonly asks?: "never" | "first" | "every";
}

export type SkillEvent =
  | { readonly type: "prepared" }
  /** A person's answers to an attempt that asks. */
  | { readonly type: "confirmed" }
  | { readonly type: "declined"; readonly reason: string }
  /** One decision was made; `met`: the success test held before it. */
  | { readonly type: "decided"; readonly met: boolean }
  | { readonly type: "retry"; readonly reason: string }
  /** The attempt begins anew and counts as the same one. */
  | { readonly type: "restart"; readonly reason: string }
  /** Nobody looked for a while: what held in a row before does not count. */
  | { readonly type: "interrupted" }
  | { readonly type: "stop"; readonly reason: string };

export interface SkillContext extends SkillInput {
  /** Decisions of this attempt. */
  readonly decisions: number;
  /** Decisions in a row for which success held. */
  readonly metInARow: number;
  /** 0 for the first attempt. */
  readonly retries: number;
  /** A person said yes to an attempt of it. */
  readonly confirmed: boolean;
  readonly succeeded: boolean;
  readonly reason: string;
}

/** prepare: begin an attempt (0 is the first), the skill waits for `prepared`. */
export type SkillIntent = { readonly type: "prepare"; readonly retries: number; readonly reason: string };

export interface SkillResult {
  readonly result: "done" | "failed";
  readonly reason: string;
  readonly decisions: number;
  readonly retries: number;
}

const skillSetup = setup({
  types: {
    context: {} as SkillContext,
    events: {} as SkillEvent,
    emitted: {} as SkillIntent,
    input: {} as SkillInput,
    output: {} as SkillResult,
  },
  actions: {
    note: assign((_, params: { readonly reason: string }) => params),
    count: assign(({ context }, params: { readonly met: boolean }) => ({
      decisions: context.decisions + 1,
      metInARow: params.met ? context.metInARow + 1 : 0,
    })),
    countRetry: assign({ retries: ({ context }) => context.retries + 1 }),
    beginAttempt: assign({ decisions: 0, metInARow: 0 }),
    announceAttempt: emit(({ context }) => ({ type: "prepare" as const, retries: context.retries, reason: context.reason })),
  },
  guards: {
    proven: ({ context }) => context.metInARow >= context.successSteps,
    spent: ({ context }) => context.decisions >= context.decisionsMax,
    met: ({ context }) => context.metInARow > 0,
    mayBegin: ({ context: { asks = "never", confirmed } }) => asks === "never" || (asks === "first" && confirmed),
    mayRetry: ({ context }) => context.retries < context.retriesMax,
  },
  delays: { prepareMsMax: PREPARE_MS_MAX, timeoutMs: ({ context }) => context.timeoutMs },
});

type InContext = { context: SkillContext };
const count = { type: "count" as const, params: ({ event }: { event: { readonly met: boolean } }) => ({ met: event.met }) };
const noteEvent = { type: "note" as const, params: ({ event }: { event: { readonly reason: string } }) => ({ reason: event.reason }) };
const note = (reason: (context: SkillContext) => string) => ({
  type: "note" as const,
  params: ({ context }: InContext) => ({ reason: reason(context) }),
});

/** What an attempt that ran out of time or decisions leads to: another attempt while there are retries, else failure. */
const giveUp = (reason: (context: SkillContext) => string) => [
  { guard: "mayRetry" as const, target: "#skill.trying.asking" as const, reenter: true, actions: [note(reason), "countRetry" as const] },
  { target: "#skill.failed" as const, actions: note(reason) },
];

/** asking -> preparing -> acting <-> verifying -> done | failed(reason); every attempt has a time and a decision limit. */
export const skillMachine = skillSetup.createMachine({
  id: "skill",
  initial: "trying",
  context: ({ input }) => ({
    ...input,
    decisions: 0,
    metInARow: 0,
    retries: 0,
    confirmed: false,
    succeeded: false,
    reason: `Skill "${input.name}" begins.`,
  }),
  states: {
    trying: {
      initial: "asking",
      on: {
        stop: { target: "failed", actions: noteEvent },
        retry: [
          { guard: "mayRetry", target: ".asking", actions: [noteEvent, "countRetry"] },
          { target: "failed", actions: noteEvent },
        ],
        restart: { target: ".preparing", reenter: true, actions: noteEvent },
      },
      states: {
        // A person is not timed; the task around it may be.
        asking: {
          always: { guard: "mayBegin", target: "preparing" },
          on: {
            confirmed: { target: "preparing", actions: assign({ confirmed: true }) },
            declined: { target: "#skill.failed", actions: noteEvent },
          },
        },
        preparing: {
          entry: ["beginAttempt", "announceAttempt"],
          after: { prepareMsMax: giveUp(({ name }) => `Skill "${name}" was not prepared within ${PREPARE_MS_MAX / 1000} s.`) },
          on: { prepared: { target: "attempt", actions: note(({ name }) => `Skill "${name}" is acting.`) } },
        },
        attempt: {
          initial: "acting",
          on: { interrupted: { target: ".acting", actions: assign({ metInARow: 0 }) } },
          after: { timeoutMs: giveUp(({ name, timeoutMs }) => `Skill "${name}" did not succeed within ${timeoutMs / 1000} s.`) },
          states: {
            acting: {
              always: [
                { guard: "met", target: "verifying" },
                { guard: "spent", target: "#skill.spent" },
              ],
              on: { decided: { actions: count } },
            },
            verifying: {
              always: [
                { guard: "proven", target: "#skill.done" },
                { guard: "spent", target: "#skill.spent" },
              ],
              on: {
                decided: [
                  { guard: ({ event }) => event.met, actions: count },
                  { target: "acting", actions: count },
                ],
              },
            },
          },
        },
      },
    },
    spent: { always: giveUp(({ name, decisionsMax }) => `Skill "${name}" did not succeed within ${decisionsMax} decisions.`) },
    done: {
      type: "final",
      entry: [assign({ succeeded: true }), note(({ name, decisions }) => `Skill "${name}" succeeded after ${decisions} decisions.`)],
    },
    failed: { type: "final" },
  },
  output: ({ context }) => ({
    result: context.succeeded ? ("done" as const) : ("failed" as const),
    reason: context.reason,
    decisions: context.decisions,
    retries: context.retries,
  }),
});
