/** Trials: seeded starts and goals that a world can be put into, and what it tells of itself afterwards; for goals, teaching and reports, never for decisions. */
import * as z from "zod";
import { AgentError } from "./errors.ts";
import { objections } from "./objections.ts";
import type { Rng } from "./rng.ts";
import type { SceneSpec } from "./scene.ts";
import type { Frame } from "./sensing.ts";
import { tableFrame } from "./table.ts";
import type { Vec3 } from "./vec3.ts";

/** Where a thing is: its centre in the base frame, metres, and its turn about the vertical, radians. */
export interface Pose {
  readonly positionM: Vec3;
  readonly yawRad: number;
}

/** The loose things of a world by name. */
export type Objects = Readonly<Record<string, Pose>>;

/** Where everything that counts is, base frame. */
export interface WorldState {
  readonly toolM: Vec3;
  readonly objects: Objects;
  /** Between the fingers, where there is a gripper and somebody asks for it. */
  readonly openingM?: number;
}

/** What a world can be put into: the arm at rest in a posture, shape (jointCount), and every loose thing somewhere. */
export interface Posture {
  readonly armRad: Float64Array;
  readonly objects: Objects;
  /** Between the fingers; absent: as the world has them. */
  readonly openingM?: number;
}

/** One start and one goal, as postures; `toolM` is where the goal has the tool. */
export interface Trial {
  readonly start: Posture;
  readonly goal: Posture & WorldState;
  /** What it was drawn from: a world that differs from trial to trial is drawn from it too; absent: such a world stays as it is. */
  readonly seed?: number;
}

/** What a world answers when it stands at the start of a trial. */
export interface TrialStart {
  /** One per camera: what the goal looks like. */
  readonly goalFrames: readonly Frame[];
  readonly truth: WorldState;
}

/** A world that can be put somewhere and knows where everything is: a simulation. */
export interface TrialWorld {
  /** Takes pictures of the goal and leaves the arm at rest at the start. Throws AgentErrors of the world. */
  reset(trial: Trial): Promise<TrialStart>;
  truth(): Promise<WorldState>;
  /** Shows an imagined path of at least two points, and a goal, to whoever looks at the world. */
  draw?(pathM: readonly Vec3[], goalM: Vec3 | null): Promise<void>;
}

/** What an episode goes through on its way to success. */
export interface Stage {
  readonly name: string;
  holds(now: WorldState, goal: WorldState): boolean;
}

/** What the world looks like on the way, the hand turned about the vertical by so much, radians. */
export interface Waypoint extends WorldState {
  readonly yawRad: number;
  /** Shape (jointCount); absent: any posture in which the hand points down. */
  readonly armRad?: Float64Array;
}

/** How a skill is tried: what is drawn from a seed, and how the end is judged. */
export interface TrialSpec {
  /** The thing that is to move; null where the tool alone counts. */
  readonly object: string | null;
  /** open: it needs a gripper, which is open at the start and at the goal; absent: the hand is left as it is. */
  readonly hand?: "open";
  /** In the layout's frame, for a table straight ahead. Throws AgentError `goal.unreachable` where nothing fits. */
  draw(rng: Rng): { readonly start: WorldState; readonly goal: WorldState };
  /** The box that the tool may be asked to come to, in the layout's frame, metres; flat where the height is held. */
  readonly toolBox: { readonly minM: Vec3; readonly maxM: Vec3 };
  /** How far the world is from the goal, metres. */
  errorM(now: WorldState, goal: WorldState): number;
  /** The error must be at most this at the end. */
  readonly successM: number;
  /** In their order, for reports of where episodes are lost; absent: none. */
  readonly stages?: readonly Stage[];
  /** The way as somebody would tell it who knows how, for `eval --subgoals told`; absent: nobody does. */
  readonly waypoints?: (start: WorldState, goal: WorldState) => readonly Waypoint[];
}

/** How far what counts is to move, least and most, metres. */
export type MoveM = readonly [number, number];

/** A skill's trials in a scene, over its own distances where nobody tells others. Throws AgentError `launch.invalid` for a scene that they cannot be drawn in. */
export type TrialOf = (scene: SceneSpec, moveM?: MoveM) => TrialSpec;

/** The corners of what the tool may be asked to come to on this table, base frame. */
export function toolCorners({ toolBox: { minM, maxM } }: Pick<TrialSpec, "toolBox">, { table }: Pick<SceneSpec, "table">): readonly Vec3[] {
  const { toBase } = tableFrame(table);
  const ends = (axis: 0 | 1 | 2): readonly number[] => [...new Set([minM[axis], maxM[axis]])];
  return ends(0).flatMap((x) => ends(1).flatMap((y) => ends(2).map((z) => toBase([x, y, z]))));
}

/** What of a state counts for a trial: the object, or the tool where there is none. */
export const targetM = ({ object }: Pick<TrialSpec, "object">, { toolM, objects }: WorldState): Vec3 =>
  object === null ? toolM : poseOf(objects, object).positionM;

/** How what counts is turned about the vertical, radians; 0 for a tool. */
export const turnRad = ({ object }: Pick<TrialSpec, "object">, { objects }: WorldState): number =>
  object === null ? 0 : poseOf(objects, object).yawRad;

/** Throws AgentError `launch.invalid` when the world has no thing of that name. */
export function poseOf(objects: Objects, name: string): Pose {
  const pose = Object.hasOwn(objects, name) ? objects[name] : undefined;
  if (pose) return pose;
  const known = Object.keys(objects).join(", ") || "none";
  throw new AgentError("launch.invalid", `object "${name}": is not in the scene, which has ${known}; add it to backend.scene`);
}

const vec3 = z.tuple([z.number(), z.number(), z.number()]).readonly();
const objects = z.record(z.string(), z.strictObject({ positionM: vec3, yawRad: z.number() }));
const armRad = z.instanceof(Float64Array).refine((values) => values.every(Number.isFinite), "joint angles must be finite [rad]");
const trial = z.strictObject({
  start: z.strictObject({ armRad, objects, openingM: z.number().optional() }),
  goal: z.strictObject({ armRad, objects, openingM: z.number().optional(), toolM: vec3 }),
  seed: z.int().min(0).optional(),
}) as z.ZodType<Trial>; // What is absent stays absent.

/** A trial that came over a channel. Throws AgentError `launch.invalid` when it is none for an arm with so many joints. */
export function parseTrial(payload: unknown, jointCount: number): Trial {
  const parsed = trial.safeParse(payload);
  if (!parsed.success) throw new AgentError("launch.invalid", `trial: ${objections(parsed.error)}; draw it with drawTrial`);
  const wrong = [parsed.data.start, parsed.data.goal].find((posture) => posture.armRad.length !== jointCount);
  if (wrong)
    throw new AgentError(
      "launch.invalid",
      `trial: a posture of ${wrong.armRad.length} joints, the arm has ${jointCount}; give one for each joint`,
    );
  return parsed.data;
}

const state = z.strictObject({ toolM: vec3, objects, openingM: z.number().optional() }) as z.ZodType<WorldState>;

/** What a world said of itself. Throws AgentError `bridge.mismatch` when it makes no sense. */
export function parseWorldState(answer: unknown): WorldState {
  const parsed = state.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new AgentError("bridge.mismatch", `world: ${objections(parsed.error)}; look whether both sides are of one version`);
}
