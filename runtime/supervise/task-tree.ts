/** What a task is: a tree of skills as plain data, checked at the border. The statechart is made from it in task-machine.ts. */
import * as z from "zod";
import { placeIn } from "../core/bounds.ts";

/** Levels of a tree, counting the root. */
const TASK_DEPTH_MAX = 8;
/** Skills in a tree. */
const TASK_SKILLS_MAX = 64;
/** Attempts of one `retry`. */
const ATTEMPTS_MAX = 10;
/** Longest rest before a further attempt, seconds. */
export const BACK_OFF_S_MAX = 600;
/** Rounds of one `repeat` that ends by itself. */
const REPEATS_MAX = 10_000;

/** Of tasks that preempt others; one that was started has 0. */
export const URGENCY_MAX = 9;

/** A task that waits until somebody says its name; then it comes before every one that is less urgent. */
export interface UrgentTask {
  /** 1 to URGENCY_MAX. */
  readonly urgency: number;
  readonly task: TaskNode;
}

const positionM = placeIn.meta({ description: "Position x, y, z in the robot's base frame [m]" });

const image = z.literal("image").meta({ description: "One picture per camera shows the world as it shall be" });
const imageGoal = z.discriminatedUnion("source", [
  z
    .strictObject({ kind: image, source: z.literal("simulator").meta({ description: "The simulator renders the goal of its scene" }) })
    .meta({ description: "Goal pictures from the simulator" }),
  z
    .strictObject({
      kind: image,
      source: z.literal("files").meta({ description: "One picture file per camera" }),
      files: z
        .record(z.string().min(1), z.string().min(1))
        .meta({ description: "Camera name to picture file (PNG or JPEG), relative to the launch file" }),
    })
    .meta({ description: "Goal pictures from files" }),
]);

/** Where a skill shall bring the world; the launcher turns it into a Goal (pictures, metres). */
export const goalSpecSchema = z
  .discriminatedUnion("kind", [
    imageGoal,
    z
      .strictObject({ kind: z.literal("tool").meta({ description: "The tool point shall be at a position" }), positionM })
      .meta({ description: "A goal for the tool point" }),
    z
      .strictObject({ kind: z.literal("object").meta({ description: "The object shall be at a position" }), positionM })
      .meta({ description: "A goal for the object" }),
    z
      .strictObject({ kind: z.literal("here").meta({ description: "The tool point shall stay where it is when the skill begins" }) })
      .meta({ description: "Stay here" }),
  ])
  .meta({ id: "Goal", description: "Where the skill shall bring the world" });
export type GoalSpec = z.output<typeof goalSpecSchema>;

/** A goal, or the name of one of the launch file's `goals`. */
const goal = z.union([z.string().min(1).max(100), goalSpecSchema]).meta({ description: "The goal, or the name of one under goals" });

/** Who begins a skill: the agent (autonomous), the agent once a person confirms (confirm), a person at every attempt (manual). */
export const AUTONOMIES = ["autonomous", "confirm", "manual"] as const;
export type Autonomy = (typeof AUTONOMIES)[number];
export const autonomySchema = z.enum(AUTONOMIES).meta({
  description:
    "autonomous: it begins by itself; confirm: it waits for a person's confirm before its first attempt; manual: before every attempt",
});

/** A leaf: one skill with its goal. */
export interface SkillNode {
  readonly skill: string;
  readonly goal: GoalSpec | string;
  /** Further attempts after the first. */
  readonly retries: number;
  /** Absent: as the agent is set. */
  readonly autonomy?: Autonomy | undefined;
}

/** A leaf: does the success test of this skill hold now, by what the agent perceives? Nothing moves. */
export interface ConditionNode {
  readonly condition: string;
  readonly goal: GoalSpec | string;
}

/** A leaf that needs the agent's eyes, and so all of it. */
export type LookingNode = SkillNode | ConditionNode;

/** The name of the skill that a leaf is about. */
export const skillNameOf = (node: LookingNode): string => ("skill" in node ? node.skill : node.condition);

/** A leaf: rest for a while. It needs no arm, so it may run beside a skill. */
export interface WaitNode {
  readonly waitS: number;
}

/** Begun anew when it fails, after a rest that doubles with every further attempt. */
export interface RetryNode {
  readonly retry: TaskNode;
  readonly attempts: number;
  readonly backOffS?: number | undefined;
}

/** Done again as long as it succeeds. */
export interface RepeatNode {
  readonly repeat: TaskNode;
  readonly times: number | "forever";
}

/** sequence: all in order; fallback: the first that succeeds; parallel: at the same time. */
export type TaskNode =
  | SkillNode
  | ConditionNode
  | WaitNode
  | { readonly sequence: readonly TaskNode[] }
  | { readonly fallback: readonly TaskNode[] }
  | { readonly parallel: readonly TaskNode[]; readonly succeed: "all" | "any" }
  | RetryNode
  | RepeatNode
  | { readonly timeout: TaskNode; readonly timeoutS: number };

const retries = z
  .number()
  .int()
  .min(0)
  .max(ATTEMPTS_MAX)
  .default(0)
  .meta({ description: "Further attempts of the skill after the first (count)" });
const children = (description: string) =>
  z
    .array(z.lazy(() => nodeSchema))
    .min(1)
    .max(TASK_SKILLS_MAX)
    .meta({ description });
const child = (description: string) => z.lazy(() => nodeSchema).meta({ description });
const skillName = z.string().min(1);

/** What a node may be; each kind has a key of its own. */
const KINDS = ["skill", "condition", "waitS", "sequence", "fallback", "parallel", "retry", "repeat", "timeout"];

/** What is said of what is none of them, as a skill's name alone. */
export const NO_TASK = `is no task; write { skill: NAME, goal: GOAL }, or one of ${KINDS.slice(1).join(", ")}`;

/** What is a task, and wrong within, is told what is wrong there. */
function whyNone({ input }: { readonly input?: unknown }): string | undefined {
  const isMeant = typeof input === "object" && input !== null && [...KINDS, "goal"].some((key) => Object.hasOwn(input, key));
  return isMeant || input === undefined ? undefined : NO_TASK;
}

const nodeSchema: z.ZodType<TaskNode, unknown> = z
  .union(
    [
      z.strictObject({
        skill: skillName.meta({ description: "Name of a skill, a folder of skills/" }),
        goal,
        retries,
        autonomy: autonomySchema.optional(),
      }),
      z.strictObject({
        condition: skillName.meta({ description: "Succeeds when this skill's success test holds already; looks, and moves nothing" }),
        goal,
      }),
      z.strictObject({ waitS: z.number().positive().max(3600).meta({ description: "Rest for this time, holds not counted [s]" }) }),
      z.strictObject({ sequence: children("All in order; fails with the first that fails") }),
      z.strictObject({ fallback: children("In order until one succeeds; fails when all failed") }),
      z.strictObject({
        parallel: children("At the same time; one arm can do one skill at a time"),
        succeed: z.enum(["all", "any"]).default("all").meta({ description: "Whether all must succeed or any one is enough" }),
      }),
      z.strictObject({
        retry: child("Begun anew when it fails"),
        attempts: z.number().int().min(1).max(ATTEMPTS_MAX).meta({ description: "Attempts in all (count)" }),
        backOffS: z
          .number()
          .positive()
          .max(BACK_OFF_S_MAX)
          .optional()
          .meta({ description: `Rest before the second attempt; doubles with every further one, at most ${BACK_OFF_S_MAX} s [s]` }),
      }),
      z.strictObject({
        repeat: child("Done again as long as it succeeds"),
        times: z
          .union([z.number().int().min(1).max(REPEATS_MAX), z.literal("forever")])
          .meta({ description: `How often in all (count, at most ${REPEATS_MAX}), or forever: until it fails or a person ends it` }),
      }),
      z.strictObject({
        timeout: child("Fails when it takes longer than timeoutS"),
        timeoutS: z.number().positive().max(3600).meta({ description: "Longest time it may take, holds not counted [s]" }),
      }),
    ],
    { error: whyNone },
  )
  .meta({
    id: "Task",
    description: "A skill, a condition, a wait, or a sequence, fallback, parallel, retry, repeat or timeout of tasks",
  });

/** Schema of a whole tree, with its bounds. */
export const taskTreeSchema = nodeSchema.superRefine((tree, context) => {
  const { depth, skills } = measureTree(tree);
  if (depth > TASK_DEPTH_MAX)
    context.addIssue({ code: "custom", message: `is ${depth} levels deep, at most ${TASK_DEPTH_MAX} are allowed; flatten it` });
  if (skills > TASK_SKILLS_MAX)
    context.addIssue({ code: "custom", message: `has ${skills} skills, at most ${TASK_SKILLS_MAX} are allowed; use retry` });
});

const isLeaf = (node: TaskNode): node is SkillNode | ConditionNode | WaitNode => "skill" in node || "condition" in node || "waitS" in node;

/** The children of a node with the path of each inside the tree ("" is the root, then "0", "0/1"). */
export function childrenOf(node: TaskNode, path: string): readonly { readonly node: TaskNode; readonly path: string }[] {
  return nodesOf(node).map((child, index) => ({ node: child, path: path === "" ? `${index}` : `${path}/${index}` }));
}

function nodesOf(node: TaskNode): readonly TaskNode[] {
  if (isLeaf(node)) return [];
  if ("sequence" in node) return node.sequence;
  if ("fallback" in node) return node.fallback;
  if ("parallel" in node) return node.parallel;
  if ("retry" in node) return [node.retry];
  return "repeat" in node ? [node.repeat] : [node.timeout];
}

/** Depth, number of skills, and the largest number of them that can be active at the same time; a condition counts as one, since it looks through the same eyes. */
export function measureTree(node: TaskNode): { readonly depth: number; readonly skills: number; readonly concurrent: number } {
  if ("waitS" in node) return { depth: 1, skills: 0, concurrent: 0 };
  if (isLeaf(node)) return { depth: 1, skills: 1, concurrent: 1 };
  const parts = childrenOf(node, "").map((child) => measureTree(child.node));
  const concurrents = parts.map((part) => part.concurrent);
  return {
    depth: 1 + Math.max(...parts.map((part) => part.depth)),
    skills: parts.reduce((sum, part) => sum + part.skills, 0),
    concurrent: "parallel" in node ? concurrents.reduce((sum, each) => sum + each, 0) : Math.max(...concurrents),
  };
}

/** The node at a path of `childrenOf`; null when the tree has none there. */
export function nodeAt(tree: TaskNode, path: string): TaskNode | null {
  const indices = path === "" ? [] : path.split("/").map(Number);
  return indices.reduce<TaskNode | null>((node, index) => (node && childrenOf(node, "")[index]?.node) ?? null, tree);
}
