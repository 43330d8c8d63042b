/** What changed between two snapshots, in words: every state that a statechart left and came to, and why. */
import { describe, type SupervisorSnapshot } from "./snapshot.ts";
import type { Intent, Transition } from "./supervisor-types.ts";

type Ended = Extract<Intent, { type: "finish" | "preempt" | "return" }>;
type Left = Extract<Intent, { type: "leave-skill" }>;

/** In the order agent, task, skills. `intents` came of the same step: they say why a skill is over. */
export function transitionsBetween(
  before: SupervisorSnapshot,
  after: SupervisorSnapshot,
  intents: readonly Intent[],
): readonly Transition[] {
  const atMs = after.nowMs;
  const [was, is] = [describe(before), describe(after)];
  const all: Transition[] = [];
  const note = (what: string, from: string | null, to: string | null, reason: string): void => {
    if (from !== to) all.push({ atMs, what, from, to, reason });
  };
  note("agent", was.agent, is.agent, is.reason);
  const ended = intents.find(
    (intent): intent is Ended => intent.type === "finish" || intent.type === "preempt" || intent.type === "return",
  );
  note("task", taskOf(before), taskOf(after), ended?.reason ?? is.reason);
  for (const { path, name, state } of was.skills) {
    const over = intents.find((intent): intent is Left => intent.type === "leave-skill" && intent.path === path);
    const now = over ? undefined : is.skills.find((each) => each.path === path);
    note(skillAt(name, path), state, now?.state ?? null, over?.reason ?? ended?.reason ?? reasonOf(after, path));
  }
  for (const { path, name, state } of is.skills) {
    const isNew =
      !was.skills.some((each) => each.path === path) || intents.some((intent) => intent.type === "leave-skill" && intent.path === path);
    if (isNew) note(skillAt(name, path), null, state, reasonOf(after, path));
  }
  return all;
}

/** The only skill of a task has no path. */
export const skillAt = (name: string, path: string): string => (path === "" ? name : `${name} at "${path}"`);

const taskOf = ({ task, urgency }: SupervisorSnapshot): string =>
  task === "running" && urgency > 0 ? `running, urgency ${urgency}` : task;

const reasonOf = ({ run }: SupervisorSnapshot, path: string): string =>
  run?.skills.find((skill) => skill.path === path)?.at.context.reason ?? "";
