/** The supervisor as a pure function: (snapshot, event) -> [snapshot, intents]. It joins the statecharts of agent, task and skills; nothing here happens by itself. */
import { invariant } from "../core/errors.ts";
import type { OperatorCommand } from "../core/supervision.ts";
import { type AgentEvent, type AgentIntent, agentMachine } from "./agent-machine.ts";
import { byWhom, decideNow, type FaultReport } from "./bounds.ts";
import { AGENT_EVENTS, refusal } from "./commands.ts";
import { due, heldFor } from "./deadlines.ts";
import { decisionOn } from "./decide.ts";
import { Draft, type Setting } from "./draft.ts";
import type { Progress } from "./progress.ts";
import type { SkillEvent } from "./skill-machine.ts";
import type { SupervisorSnapshot } from "./snapshot.ts";
import { advance } from "./statechart.ts";
import type { Intent } from "./supervisor-types.ts";
import { TaskInHand } from "./task-in-hand.ts";
import type { TaskEvent } from "./task-machine.ts";
import { type TaskNode, URGENCY_MAX } from "./task-tree.ts";

/** Sound decisions in a row that end an automatic hold. */
export const HEALTHY_TO_RESUME = 3;

/** What may happen, as data. */
export type SupervisorEvent =
  | { readonly type: "time" | "booted" | "healthy" | "at-rest" | "dispose" }
  | { readonly type: "assign"; readonly task: TaskNode }
  | { readonly type: "preempt"; readonly task: TaskNode; readonly urgency: number }
  | { readonly type: "prepared"; readonly path: string }
  /** `progress`: what was judged; null where no such skill is acting. */
  | { readonly type: "decided"; readonly path: string; readonly progress: Progress | null }
  | { readonly type: "fault"; readonly fault: FaultReport }
  | { readonly type: "command"; readonly command: OperatorCommand };

/** An event with its time: milliseconds of the supervisor's own, which never goes back. */
export type Stamped = SupervisorEvent & { readonly atMs: number };

/** The agent has a task in hand only in these states; when it leaves them the task is over. */
const IN_HAND: ReadonlySet<unknown> = new Set(["booting", "running", "holding"]);

/** Null when a task of this urgency may come first now, else why not. */
export function preemptRefusal({ agent, urgency: now }: SupervisorSnapshot, urgency: number): string | null {
  if (agent.value !== "running" && agent.value !== "idle") return `no task can come first while the agent is ${agent.value}`;
  const isOne = Number.isInteger(urgency) && urgency >= 1 && urgency <= URGENCY_MAX;
  if (!isOne) return `urgency ${urgency} is none; give a whole number from 1 to ${URGENCY_MAX}`;
  return urgency > now ? null : `a task of urgency ${now} is in hand; only a higher one comes before it`;
}

/** Total: every event may come at every moment; what is due by then comes first. The same snapshot comes back when the event changes nothing. */
export function step(setting: Setting, snapshot: SupervisorSnapshot, event: Stamped): readonly [SupervisorSnapshot, readonly Intent[]] {
  const draft = new Draft(setting, snapshot, Math.max(snapshot.nowMs, event.atMs));
  const next = new Step(draft);
  next.passTime();
  next.take(event);
  return [draft.snapshot, draft.intents];
}

/** One event on its way through the agent's statechart, and from there to the task in hand. */
class Step {
  readonly #draft: Draft;
  readonly #task: TaskInHand;

  constructor(draft: Draft) {
    this.#draft = draft;
    this.#task = new TaskInHand(draft, (reason) => this.#agent({ type: "finish", reason }));
  }

  /** Sends what is due to its owner, each at most once: what it arms anew lies ahead. */
  passTime(): void {
    const draft = this.#draft;
    for (const deadline of due(draft.snapshot.deadlines, draft.times)) {
      if (!draft.snapshot.deadlines.includes(deadline)) continue; // An earlier one made it void.
      const { owner, id } = deadline;
      draft.put({ deadlines: draft.snapshot.deadlines.filter((each) => each !== deadline) });
      const event = { type: id } as unknown; // xstate names a timer's event after its delay and state.
      if (owner.kind === "agent") this.#agent(event as AgentEvent);
      else if (owner.kind === "task") this.#task.send(event as TaskEvent);
      else this.#task.sendSkill(owner.path, event as SkillEvent);
    }
  }

  take(event: SupervisorEvent): void {
    if (event.type === "booted" || event.type === "at-rest") this.#agent({ type: event.type });
    else if (event.type === "command") this.#command(event.command);
    else if (event.type === "prepared") this.#task.prepared(event.path);
    else if (event.type === "decided") this.#decided(event.path, event.progress);
    else if (event.type === "healthy") this.#healthy();
    else if (event.type === "fault") this.#fault(event.fault);
    else if (event.type === "dispose") this.#task.send({ type: "stop", reason: "The supervisor is disposed." });
    else if (event.type === "preempt") this.#preempt(event.task, event.urgency);
    else if (event.type === "assign" && this.#draft.snapshot.run === null) this.#draft.put({ tree: event.task });
  }

  #command(command: OperatorCommand): void {
    if (refusal(this.#draft.snapshot, command) !== null) return;
    if (command === "abort") this.#task.send({ type: "stop", reason: "An operator aborted the task." });
    else if (command === "confirm") this.#task.sendSkills({ type: "confirmed" });
    else if (command === "decline") this.#task.sendSkills({ type: "declined", reason: "An operator declined it." });
    else if (command === "restart-skill") {
      this.#task.sendSkills({ type: "restart", reason: "An operator began the skill anew." });
      this.#agent(AGENT_EVENTS.resume);
    } else this.#agent(AGENT_EVENTS[command]);
  }

  #preempt(task: TaskNode, urgency: number): void {
    if (preemptRefusal(this.#draft.snapshot, urgency) !== null) return;
    if (this.#draft.snapshot.run !== null) this.#task.preempt(task, urgency);
    else {
      this.#task.layBy(task, urgency);
      this.#agent(AGENT_EVENTS.start);
    }
  }

  #decided(path: string, progress: Progress | null): void {
    if (this.#draft.snapshot.agent.value !== "running") return;
    this.#healthy();
    if (progress !== null) this.#task.decided(path, progress);
  }

  #healthy(): void {
    const { snapshot } = this.#draft;
    const healthyInARow = Math.min(HEALTHY_TO_RESUME, snapshot.healthyInARow + 1);
    if (healthyInARow !== snapshot.healthyInARow || snapshot.ignoredInARow !== 0) this.#draft.put({ healthyInARow, ignoredInARow: 0 });
    if (healthyInARow >= HEALTHY_TO_RESUME) this.#agent({ type: "resume", by: "fault" });
  }

  #fault(fault: FaultReport): void {
    const { snapshot, setting } = this.#draft;
    const { reaction, reason: because } = decideNow(snapshot, fault);
    const by = byWhom(snapshot, fault, setting.resume);
    const reason = `${fault.message.replace(/[^.]$/, "$&.")} ${because}`; // Two sentences.
    const isRunning = snapshot.agent.value === "running";
    this.#draft.put({
      healthyInARow: 0,
      ignoredInARow: snapshot.ignoredInARow + (decisionOn(fault.code).reaction === "ignore" ? 1 : 0),
      holds: snapshot.holds + (reaction === "hold" && isRunning ? 1 : 0),
    });
    if (reaction === "hold" || reaction === "stop") this.#agent({ type: reaction, by, reason });
    else if (reaction === "retry" && isRunning) this.#task.sendSkills({ type: "retry", reason });
  }

  #agent(event: AgentEvent): void {
    const { agent: before } = this.#draft.snapshot;
    const { at, emitted, timers } = advance(agentMachine, before, event);
    if (at.value !== before.value || at.context !== before.context) this.#draft.put({ agent: at });
    this.#draft.setTimers({ kind: "agent" }, timers);
    for (const intent of emitted) this.#obey(intent);
    const { value, context } = this.#draft.snapshot.agent;
    if (!IN_HAND.has(value)) this.#task.send({ type: "stop", reason: context.reason });
  }

  #obey(intent: AgentIntent): void {
    if (intent.type !== "start-task") this.#draft.announce(intent);
    if (intent.type === "start-task") this.#task.start();
    else if (intent.type === "hold") this.#draft.put({ heldSinceMs: this.#draft.snapshot.heldSinceMs ?? this.#draft.nowMs });
    else if (intent.type === "resume") this.#resume();
  }

  /** Time passes again; what another process had prepared is prepared anew. */
  #resume(): void {
    const { heldSinceMs, deadlines } = this.#draft.snapshot;
    invariant(heldSinceMs !== null, "only what was held is resumed");
    this.#draft.put({ heldSinceMs: null, deadlines: heldFor(deadlines, this.#draft.nowMs - heldSinceMs) });
    this.#task.goOn();
  }
}
