/** Joins the statecharts of agent, task and skill: takes in what happens, puts out intents. It never touches the robot. */
import { BehaviorSubject, Subject } from "rxjs";
import { type Actor, createActor } from "xstate";
import { AgentError, invariant } from "../core/errors.ts";
import type { Measures } from "../core/skill.ts";
import { agentMachine } from "./agent-machine.ts";
import { taskProblems } from "./check-task.ts";
import { type Decision, decide } from "./decide.ts";
import type { Progress } from "./progress.ts";
import type { Fault, Intent, OperatorCommand, Supervisor, SupervisorOptions, SupervisorState, TaskState } from "./supervisor-types.ts";
import { startTask, type TaskRun } from "./task-run.ts";
import type { TaskNode } from "./task-tree.ts";
import { createTimers } from "./timers.ts";

/** Sound decisions in a row that end an automatic hold. */
export const HEALTHY_TO_RESUME = 3;
/** Ignored errors without a sound decision between them; the next one holds. */
export const IGNORED_IN_A_ROW_MAX = 10;
/** Automatic holds of one task; the next one stops. */
export const HOLDS_MAX = 20;
/** Errors of arm, senses and bridges: they tell of the world, not of what the agent thought of. */
const OF_THE_WORLD = /^(?:sense|robot|bridge)\./;

/** A supervisor for one task. Nothing happens before `booted()` and the operator's `start`. Throws AgentError `goal.mismatch` when the task does not fit the skills. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const problem = taskProblems(options.task, options.skills)[0];
  if (problem) throw new AgentError("goal.mismatch", `task at "${problem.path}": ${problem.problem}`);
  return new StatechartSupervisor(options);
}

class StatechartSupervisor implements Supervisor {
  readonly intents: Subject<Intent> = new Subject();
  readonly faults: Subject<Fault> = new Subject();
  readonly states: BehaviorSubject<SupervisorState>;
  readonly #options: SupervisorOptions;
  readonly #agent: Actor<typeof agentMachine>;
  /** Task time stands still while the agent holds; the agent's own time does not. */
  readonly #taskTimers: ReturnType<typeof createTimers>;
  #run: TaskRun | null = null;
  #tree: TaskNode;
  #task: TaskState = "none";
  #healthyInARow = 0;
  #ignoredInARow = 0;
  #holds = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#tree = options.task;
    this.#taskTimers = createTimers(options.clock);
    this.#agent = createActor(agentMachine, { clock: createTimers(options.clock), input: { interrupted: options.interrupted ?? null } });
    this.#agent.on("start-task", () => this.#startTask());
    this.#agent.on("hold", (intent) => {
      this.#taskTimers.pause();
      this.intents.next(intent);
    });
    this.#agent.on("resume", (intent) => this.#resume(intent));
    this.#agent.on("stop", (intent) => {
      this.intents.next(intent);
      this.#run?.stop(intent.reason);
    });
    this.#agent.on("release", (intent) => this.intents.next(intent));
    this.#agent.start();
    this.states = new BehaviorSubject(this.#describe());
    this.#agent.subscribe(() => this.#publish());
  }

  get state(): SupervisorState {
    return this.states.value;
  }

  assign(task: TaskNode): string | null {
    if (this.#task === "running") return "a task is running; stop it first";
    const problem = taskProblems(task, this.#options.skills)[0];
    if (problem) return problem.problem;
    this.#tree = task;
    return null;
  }

  booted(): void {
    this.#agent.send({ type: "booted" });
  }

  prepared(path: string): void {
    this.#run?.prepared(path);
  }

  decided(path: string, measures: Measures): Progress | null {
    if (!this.#agent.getSnapshot().matches("running")) return null;
    this.healthy();
    try {
      return this.#run?.decided(path, measures) ?? null;
    } catch (error) {
      this.fault(error);
      return null;
    }
  }

  healthy(): void {
    this.#ignoredInARow = 0;
    this.#healthyInARow += 1;
    if (this.#healthyInARow >= HEALTHY_TO_RESUME && this.#agent.getSnapshot().matches("holding")) {
      this.#agent.send({ type: "resume", by: "fault" });
    }
  }

  fault(error: unknown): Decision {
    const decision = this.#bounded(decide(error));
    const message = error instanceof Error ? error.message : String(error);
    const reason = `${message} ${decision.reason}`;
    const by = this.#byWhom(error);
    this.#healthyInARow = 0;
    if (decision.reaction === "hold") this.#agent.send({ type: "hold", by, reason });
    else if (decision.reaction === "stop") this.#agent.send({ type: "stop", by, reason });
    else if (decision.reaction === "retry" && this.#agent.getSnapshot().matches("running")) this.#run?.retry(reason);
    this.faults.next({ error, decision });
    return decision;
  }

  command(command: OperatorCommand): string | null {
    const event = operatorEvents[command];
    if (!this.#agent.getSnapshot().can(event)) return `"${command}" is not possible while the agent is ${this.state.agent}`;
    this.#agent.send(event);
    return null;
  }

  atRest(): void {
    this.#agent.send({ type: "at-rest" });
  }

  [Symbol.dispose](): void {
    this.#run?.stop("The supervisor is disposed.");
    this.#agent.stop();
    this.intents.complete();
    this.faults.complete();
    this.states.complete();
  }

  /** Only a person ends what a person began: so a hold that must wait for one counts as a person's. What disturbs before the arm may move does not. */
  #byWhom(error: unknown): "operator" | "fault" {
    if (!(error instanceof AgentError)) return "fault";
    const waits =
      this.#options.resume === "operator" && this.state.mayAct && OF_THE_WORLD.test(error.code) && decide(error).reaction === "hold";
    return waits || error.code === "stop.operator" ? "operator" : "fault";
  }

  #bounded(decision: Decision): Decision {
    if (decision.reaction === "ignore") {
      this.#ignoredInARow += 1;
      if (this.#ignoredInARow <= IGNORED_IN_A_ROW_MAX) return decision;
      return this.#bounded({ reaction: "hold", reason: `This was ignored ${IGNORED_IN_A_ROW_MAX} times in a row, so the arm rests.` });
    }
    if (decision.reaction === "hold" && this.#agent.getSnapshot().matches("running")) {
      this.#holds += 1;
      if (this.#holds > HOLDS_MAX)
        return { reaction: "stop", reason: `The task was held ${HOLDS_MAX} times already, so a person must look.` };
    }
    return decision;
  }

  #startTask(): void {
    invariant(this.#task !== "running", "a task starts only when none is running");
    this.#holds = 0;
    this.#ignoredInARow = 0;
    this.#taskTimers.resume();
    this.#task = "running";
    this.#run = startTask({
      skills: this.#options.skills,
      task: this.#tree,
      timers: this.#taskTimers,
      onIntent: (intent) => this.intents.next(intent),
      onChange: () => this.#publish(),
      onEnd: (result, reason) => {
        this.#task = result;
        this.#run = null;
        this.intents.next({ type: "finish", result, reason });
        this.#agent.send({ type: "finish", reason });
      },
    });
    this.#run.begin();
  }

  #resume(intent: Intent): void {
    this.intents.next(intent);
    this.#taskTimers.resume();
    if (this.#run === null) this.#startTask(); // The agent came back after an interruption.
  }

  #publish(): void {
    if (this.states?.closed === false) this.states.next(this.#describe());
  }

  #describe(): SupervisorState {
    const { value, context } = this.#agent.getSnapshot();
    const skills = this.#run?.describe() ?? [];
    const mayAct = value === "running" && skills.some((skill) => skill.state !== "preparing");
    return { agent: value, task: this.#task, skills, reason: context.reason, mayAct };
  }
}

const operatorEvents = {
  start: { type: "start" },
  stop: { type: "stop", by: "operator", reason: "An operator stopped the agent." },
  hold: { type: "hold", by: "operator", reason: "An operator holds the agent." },
  resume: { type: "resume", by: "operator" },
  reset: { type: "reset" },
} as const satisfies Readonly<Record<OperatorCommand, Parameters<Actor<typeof agentMachine>["send"]>[0]>>;

/** What the agent is doing, to be stored and handed to the next process as `interrupted`; null when it has no task in hand. */
export function describeActivity(state: SupervisorState): string | null {
  if (state.task !== "running") return null;
  const skills = state.skills.map((skill) => `${skill.name} at "${skill.path}" (${skill.state}, ${skill.decisions} decisions)`).join(", ");
  return `${state.agent}${skills ? `: ${skills}` : ""}`;
}
