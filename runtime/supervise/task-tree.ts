/** What a task is: a tree of skills as plain data, checked at the border. The statechart is made from it in task-machine.ts. */
import * as z from "zod";

/** Levels of a tree, counting the root. */
export const TASK_DEPTH_MAX = 8;
/** Skills in a tree. */
export const TASK_SKILLS_MAX = 64;
/** Attempts of one `retry`. */
export const ATTEMPTS_MAX = 10;

const positionM = z.tuple([z.number(), z.number(), z.number()]).meta({ description: "Position x, y, z in the robot's base frame [m]" });

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

/** A leaf: one skill with its goal. */
export interface SkillNode {
  readonly skill: string;
  readonly goal: GoalSpec;
  /** Further attempts after the first. */
  readonly retries: number;
}

/** A leaf: rest for a while. It needs no arm, so it may run beside a skill. */
export interface WaitNode {
  readonly waitS: number;
}

/** sequence: all in order; fallback: the first that succeeds; parallel: at the same time. */
export type TaskNode =
  | SkillNode
  | WaitNode
  | { readonly sequence: readonly TaskNode[] }
  | { readonly fallback: readonly TaskNode[] }
  | { readonly parallel: readonly TaskNode[]; readonly succeed: "all" | "any" }
  | { readonly retry: TaskNode; readonly attempts: number }
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

const nodeSchema: z.ZodType<TaskNode, unknown> = z
  .union([
    z.strictObject({
      skill: z.string().min(1).meta({ description: "Name of a skill, a folder of skills/" }),
      goal: goalSpecSchema,
      retries,
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
    }),
    z.strictObject({
      timeout: child("Fails when it takes longer than timeoutS"),
      timeoutS: z.number().positive().max(3600).meta({ description: "Longest time it may take, holds not counted [s]" }),
    }),
  ])
  .meta({ id: "Task", description: "A skill, a wait, or a sequence, fallback, parallel, retry or timeout of tasks" });

/** Schema of a whole tree, with its bounds. */
export const taskTreeSchema = nodeSchema.superRefine((tree, context) => {
  const { depth, skills } = measureTree(tree);
  if (depth > TASK_DEPTH_MAX)
    context.addIssue({ code: "custom", message: `is ${depth} levels deep, at most ${TASK_DEPTH_MAX} are allowed; flatten it` });
  if (skills > TASK_SKILLS_MAX)
    context.addIssue({ code: "custom", message: `has ${skills} skills, at most ${TASK_SKILLS_MAX} are allowed; use retry` });
});

/** The children of a node with the path of each inside the tree ("" is the root, then "0", "0/1"). */
export function childrenOf(node: TaskNode, path: string): readonly { readonly node: TaskNode; readonly path: string }[] {
  if ("skill" in node || "waitS" in node) return [];
  const nodes =
    "sequence" in node
      ? node.sequence
      : "fallback" in node
        ? node.fallback
        : "parallel" in node
          ? node.parallel
          : "retry" in node
            ? [node.retry]
            : [node.timeout];
  return nodes.map((child, index) => ({ node: child, path: path === "" ? `${index}` : `${path}/${index}` }));
}

/** Depth, number of skills, and the largest number of skills that can be active at the same time. */
export function measureTree(node: TaskNode): { readonly depth: number; readonly skills: number; readonly concurrent: number } {
  if ("skill" in node) return { depth: 1, skills: 1, concurrent: 1 };
  if ("waitS" in node) return { depth: 1, skills: 0, concurrent: 0 };
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
