/** What thinks for each skill of a run: opened once, the first skill's before the robot is, since opening keeps this thread busy and a keeper takes a silent agent for lost. */
import type { Brain } from "../../runtime/assemble/brain.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { createRng, type Rng } from "../../runtime/core/rng.ts";
import type { Remembered } from "../../runtime/remember/recall.ts";
import { findGoal, goalKindOf, leavesOf } from "../../runtime/supervise/check-task.ts";
import type { GoalSpec, SkillNode, TaskNode } from "../../runtime/supervise/task-tree.ts";
import { skills } from "../../skills/index.ts";
import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import type { Crew } from "../compose.ts";
import { writtenTasks } from "../config/tree-path.ts";
import { askedProvider } from "../inference.ts";
import { isPrivileged } from "../privilege.ts";
import { providerLine } from "./provider-line.ts";
import type { RunIo } from "./words.ts";

export interface Minds extends AsyncDisposable {
  readonly rng: Rng;
  /** Of the first that was opened. */
  readonly provider: string;
  /** Opens the first skill's, and those of tasks that may be called at any time. */
  prepare(crew: Crew): Promise<void>;
  /** Opens it where it is not open yet, and says once what runs it. */
  of(skill: string, goal: GoalSpec): Promise<Brain>;
}

export function createMinds(
  { config, model }: Blueprint,
  { say, verbose = false }: Pick<RunIo, "say" | "verbose">,
  memory: Remembered | null = null,
): Minds {
  const brains = new Map<string, Brain>();
  const told = new Set<Brain>();
  const { provenance, world } = backendOf(config).facts;
  const adaptive = provenance !== "recorded" && world?.mode !== "lockstep"; // Measured times must not change what is decided there.
  let crew: Crew | null = null;
  const open = async (name: string, goal: GoalSpec): Promise<Brain> => {
    const skill = skills[name];
    if (!skill || !crew) throw new AgentError("goal.mismatch", `skill "${name}" does not exist; name one that the task may use`);
    const kind = isPrivileged(model) ? "image" : goalKindOf(goal); // Who is told places takes every goal for a state.
    const key = `${name} ${kind}`;
    const brain = brains.get(key) ?? (await crew.brain(skill, kind, adaptive, say, memory ?? undefined));
    brains.set(key, brain);
    return brain;
  };
  return {
    rng: createRng(config.seed),
    get provider() {
      return [...brains.values()][0]?.provider.name ?? "none";
    },
    async prepare(own) {
      crew = own;
      const [first, ...others] = writtenTasks(config).map(({ tree }) => skillNodesOf(tree));
      for (const node of [...first!.slice(0, 1), ...others.flat()]) await open(node.skill, findGoal(node, { skills, goals: config.goals }));
    },
    async of(name, goal) {
      const brain = await open(name, goal);
      if (!told.has(brain))
        say(providerLine({ model: model.spec.name, asked: askedProvider(config.model), provider: brain.provider, verbose }));
      told.add(brain);
      return brain;
    },
    async [Symbol.asyncDispose]() {
      for (const brain of brains.values()) await brain[Symbol.asyncDispose]();
    },
  };
}

const skillNodesOf = (task: TaskNode): readonly SkillNode[] => leavesOf(task, "").flatMap(({ node }) => ("skill" in node ? [node] : []));
