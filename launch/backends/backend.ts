/** What stands for the robot: a backend is a folder that exports one of these, and nothing outside asks which one it is. */
import type { ModelPackage } from "../../runtime/core/model.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { MoveM, Trial, TrialSpec } from "../../runtime/core/trial.ts";
import type { Vary } from "../../sim/vary/vary.ts";
import type { Blueprint } from "../blueprint.ts";
import type { Problem } from "../config/problem.ts";
import type { LaunchConfig } from "../config/schema.ts";
import type { Run, RunIo, RunReport } from "../run/words.ts";
import type { OpenedRobot, OpenRequest, OpenRobot } from "./opened.ts";

type Section = LaunchConfig["backend"];
export type SectionOf<Kind extends Section["kind"]> = Extract<Section, { kind: Kind }>;

/** A world that trials can be drawn for, and how time passes in it. */
export interface SimulatedWorld {
  readonly mode: "realtime" | "lockstep";
  /** Whose trials; null for those of the task's first skill that has any. */
  readonly episode: string | null;
  /** How far they move what counts; absent: as the skill has it. */
  readonly moveM?: MoveM | undefined;
  readonly seed: number;
  /** In lockstep, pretended. */
  readonly latencyMs: number;
  /** How each trial's world differs from its scene; absent: not at all. */
  readonly vary?: Vary | undefined;
}

/** What is known of the robot's world before it is opened. */
export interface BackendFacts {
  /** Null where the world is real, or recorded. */
  readonly world: SimulatedWorld | null;
  /** Where the launch file lays it out. */
  readonly scene: SceneSpec | null;
  /** Where pictures come from. */
  readonly provenance: "sim" | "gazebo" | "real" | "recorded";
  /** A simulator makes goal pictures, a recording holds those that were used. */
  readonly hasGoalPictures: boolean;
  /** Why there is one arm and no more; null where each opening makes a world of its own. */
  readonly onlyOne: string | null;
  /** The world runs in the thread that opens it, so that several play faster in threads of their own. */
  readonly isInThread: boolean;
  /** Who ends a hold that a fault of arm, senses or bridge began. */
  readonly resume: "self" | "operator";
  /** Share of the robot's velocity and acceleration limits that may be used yet, 0..1. */
  readonly limitShare: number;
}

/** The rungs by which a real arm is brought into use. */
export type Rung = "shadow" | "jog" | "slow" | "normal";

export interface Ladder {
  /** Throws AgentError `launch.invalid` naming the rung that comes first. */
  check(wanted: Rung): void;
  done(rung: Rung): void;
}

export interface Backend<Kind extends Section["kind"] = Section["kind"]> {
  readonly kind: Kind;
  /** What must hold between its section and the rest of the launch file. */
  check(section: SectionOf<Kind>, launch: LaunchConfig): readonly Problem[];
  facts(section: SectionOf<Kind>): BackendFacts;
  /** The robot as this section reaches it: without what nobody there can be told. Without it: all of it. */
  readonly reached?: (section: SectionOf<Kind>, spec: RobotSpec) => RobotSpec;
  /** Throws AgentErrors of the robot. */
  open(section: SectionOf<Kind>, request: OpenRequest): Promise<OpenedRobot>;
  /** Looks at the files that it needs beside the launch file; what then opens it. Without it: `open`. */
  prepare?(section: SectionOf<Kind>, launch: LaunchConfig, model: ModelPackage): Promise<OpenRobot>;
  /** The same section for a command that only looks, or that moves one joint while a person holds a key. */
  readonly looking?: (section: SectionOf<Kind>) => SectionOf<Kind>;
  readonly jogging?: (section: SectionOf<Kind>) => SectionOf<Kind>;
  /** Of a real arm that is brought into use rung by rung, and the rung that the launch file asks for. */
  readonly ladder?: (launch: LaunchConfig, section: SectionOf<Kind>) => { readonly ladder: Ladder; readonly wanted: Rung };
  /** What listens to a run because of this backend. */
  readonly taps?: (section: SectionOf<Kind>, opened: OpenedRobot, trial: Trial | null, spec: TrialSpec | null) => readonly Tap[];
  /** How `foresight run` runs with it, where that is more than `run`. */
  readonly run?: (section: SectionOf<Kind>, blueprint: Blueprint, io: RunIo, run: Run) => Promise<RunReport>;
}
