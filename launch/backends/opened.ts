/** How a backend opens its robot. */
import type { OpenedRobot as Opened } from "../../runtime/assemble/opened-robot.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { CameraSpec, Frame } from "../../runtime/core/sensing.ts";
import type { compareDecisions } from "../../runtime/record/compare.ts";
import type { Finding } from "../bring-up/finding.ts";

/** Of a recording that is decided again. */
export interface Replay {
  /** What the goal looked like; empty for a goal by position. */
  readonly goalFrames: readonly Frame[];
  readonly comparison: ReturnType<typeof compareDecisions>;
  readonly modelHash: string;
  readonly ends: "with-task" | "when-told";
  /** Aborted when nothing of it is left to be told. */
  readonly over: AbortSignal;
}

/** With what a recording is held against, where it is one, and what a live arm says of itself. */
export interface OpenedRobot extends Opened {
  readonly replay?: Replay;
  /** What the arm says of itself against the launch file, where it can say something; waits for it within bounds. */
  introduction?(): Promise<readonly Finding[]>;
  /** What it says is wrong with it now, where it can say something. */
  complaints?(): Promise<readonly Finding[]>;
}

export interface OpenRequest {
  readonly spec: RobotSpec;
  readonly cameras: readonly CameraSpec[];
  readonly periodS: number;
  /** Time a decision is given before its segment starts, in realtime. */
  readonly effectMs: number;
}

export type OpenRobot = (request: OpenRequest) => Promise<OpenedRobot>;
