/** One step of a statechart as a pure function over plain data: xstate computes it, nothing is executed and no actor lives. */
import {
  type AnyStateMachine,
  type ContextFrom,
  type EmittedFrom,
  type EventFromLogic,
  initialTransition,
  type OutputFrom,
  type StateValue,
  transition,
} from "xstate";
import { invariant } from "../core/errors.ts";

/** Where a statechart stands: all that is needed to go on from there, ready for JSON. */
export interface Position<Context> {
  readonly value: StateValue;
  readonly context: Context;
}

/** What happens to a statechart's timers: `id` names the event that it sends when it is due. */
export type TimerChange =
  | { readonly kind: "arm"; readonly id: string; readonly delayMs: number }
  | { readonly kind: "disarm"; readonly id: string };

export interface Move<Machine extends AnyStateMachine> {
  readonly at: Position<ContextFrom<Machine>>;
  /** What it announced, in order. */
  readonly emitted: readonly EmittedFrom<Machine>[];
  /** In order: what is disarmed may be armed anew. */
  readonly timers: readonly TimerChange[];
  /** Null until it is done. */
  readonly output: OutputFrom<Machine> | null;
}

/** A statechart at its beginning. */
export function begin<Machine extends AnyStateMachine>(machine: Machine, input?: unknown): Move<Machine> {
  return moveOf(initialTransition(machine as AnyStateMachine, input));
}

/** What an event, or a timer's id that is due, makes of a statechart. */
export function advance<Machine extends AnyStateMachine>(
  machine: Machine,
  at: Position<ContextFrom<Machine>>,
  event: EventFromLogic<Machine>,
): Move<Machine> {
  return moveOf(transition(machine as AnyStateMachine, machine.resolveState(at), event));
}

/** Whether an event would change anything, or announce something. */
export function can<Machine extends AnyStateMachine>(
  machine: Machine,
  at: Position<ContextFrom<Machine>>,
  event: EventFromLogic<Machine>,
): boolean {
  return machine.resolveState(at).can(event);
}

function moveOf<Machine extends AnyStateMachine>([snapshot, actions]: ReturnType<
  typeof initialTransition<AnyStateMachine>
>): Move<Machine> {
  const { value, context, status, output, error } = snapshot;
  if (status === "error") throw error;
  const emitted: EmittedFrom<Machine>[] = [];
  const timers: TimerChange[] = [];
  for (const { type, params } of actions as unknown as readonly ComputedAction[]) {
    if (type === "xstate.emit") emitted.push(params.event as EmittedFrom<Machine>);
    else if (type === "xstate.raise" && params.delay !== undefined)
      timers.push({ kind: "arm", id: params.event.type, delayMs: params.delay });
    else if (type === "xstate.cancel") timers.push({ kind: "disarm", id: params.sendId });
    else invariant(type === "xstate.raise", `a statechart of a supervisor announces and waits, it does not ${type}`);
  }
  return { at: { value, context }, emitted, timers, output: status === "done" ? output : null };
}

/** The built-in actions of xstate that our statecharts use, as its pure functions give them. */
interface ComputedAction {
  readonly type: string;
  readonly params: { readonly event: { readonly type: string }; readonly delay?: number; readonly sendId: string };
}
