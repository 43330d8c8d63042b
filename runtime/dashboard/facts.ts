/** What a page is opened with: the agent as it does not change over a run. */
import type { ToolLimits } from "../core/desk.ts";
import type { AxisName } from "../core/model.ts";
import type { GripperSpec, JointSpec } from "../core/robot.ts";
import type { CameraSpec } from "../core/sensing.ts";
import type { Goal } from "../core/skill.ts";
import type { PageScene } from "./scene.ts";

/** Something at an instant of a recording that one wants to find again. */
export interface PlaybackMark {
  readonly atS: number;
  readonly kind: "fault" | "refusal" | "change";
  readonly what: string;
}

export interface PageFacts {
  readonly title: string;
  readonly cameras: readonly CameraSpec[];
  readonly joints: readonly Pick<JointSpec, "name" | "type" | "positionMinRad" | "positionMaxRad" | "velocityMaxRadPerS">[];
  /** Null where the robot has none. */
  readonly gripper: Pick<GripperSpec, "openingMinM" | "openingMaxM"> | null;
  /** A plan that takes longer has missed its deadline. */
  readonly planDeadlineMs: number;
  readonly decisionPeriodS: number;
  /** Entries at the end of every latent that are felt, not seen (count). */
  readonly feltCount: number;
  /** A picture that is older is not acted on. */
  readonly pictureAgeMsMax: number;
  /** What a goal from the page is for: the first skill that takes this kind of goal. Empty where the page gives none. */
  readonly goals: readonly { readonly skill: string; readonly kind: Goal["kind"] }[];
  /** Tasks that may come before the one in hand. */
  readonly urgent: readonly { readonly name: string; readonly urgency: number }[];
  /** with-task: the run ends with its task. when-told: it waits for the next. */
  readonly ends: "with-task" | "when-told";
  /** Whether joints can be moved by hand while a button is held. */
  readonly jogs: boolean;
  /** And along which axes the tool. */
  readonly jogAxes: readonly AxisName[];
  /** Whether a recorder keeps the newest seconds, which can be saved. */
  readonly saves: boolean;
  /** Whether a recording can be started. */
  readonly records: boolean;
  /** What the launch file allows, and all that is in force, a sentence each; null where nothing can be limited. */
  readonly limits: (ToolLimits & { readonly inForce: readonly string[] }) | null;
  /** A recording that is looked at; null where an agent runs. */
  readonly playback: { readonly durationS: number; readonly marks: readonly PlaybackMark[] } | null;
  /** Null where nobody knows the arm's shapes: then it is not drawn. */
  readonly scene: PageScene | null;
}
