/** What goes into a run and comes out of it. */
import type { BehaviorSubject } from "rxjs";
import type { TapReport } from "../../runtime/assemble/fan-out.ts";
import type { HoldToRun } from "../../runtime/assemble/hold-to-run.ts";
import type { OpenedRobot } from "../../runtime/assemble/opened-robot.ts";
import type { TaskResult } from "../../runtime/assemble/run-task.ts";
import type { Clock } from "../../runtime/core/clock.ts";
import type { Desk, Order } from "../../runtime/core/desk.ts";
import type { RecordingState } from "../../runtime/core/recording.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { Comparison } from "../../runtime/record/compare.ts";
import type { Recorded } from "../../runtime/record/recorder.ts";
import type { Saved } from "../../runtime/record/recorder-protocol.ts";
import type { Supervisor } from "../../runtime/supervise/supervisor-types.ts";
import type { Blueprint } from "../blueprint.ts";
import type { ReplayBeat } from "./replay-beat.ts";

export interface RunIo {
  /** Lines for people. */
  readonly say: (line: string) => void;
  /** Aborting it is Ctrl-C. */
  readonly signal: AbortSignal;
  /** Tell the reasons behind what is said. */
  readonly verbose?: boolean;
  /** Replace a recording that is there. */
  readonly force?: boolean;
  /** What became of a recording, at its end. */
  readonly onRecorded?: (recorded: Recorded) => void;
  /** How a recording is decided again, where that is more than as fast as it goes. */
  readonly replaying?: Pick<ReplayBeat, "beat" | "told" | "decided">;
  /** Hands over, before the run begins, what saves its newest seconds. */
  readonly onRecorder?: (recorder: RecorderPort) => void;
  /** Who listens beside those that the launch file names. */
  readonly taps?: readonly OpenTap[];
  /** with-task (default): starts the task and ends with it; when-told: waits for commands until the signal aborts. */
  readonly ends?: "with-task" | "when-told";
}

/** An agent that is open, as its taps see it: they look, and command at the desk. */
export interface Party {
  readonly desk: Desk;
  readonly supervisor: Pick<Supervisor, "state" | "states" | "transitions" | "faults" | "intents">;
  /** The robot's. */
  readonly clock: Clock;
  readonly recorder: RecorderPort;
  /** Joints by hand; null in a world that waits. */
  readonly jog: HoldToRun | null;
  /** A question to the robot's driver. */
  readonly ask: OpenedRobot["ask"];
  /** Null where the robot has no process of its own. */
  readonly keeper: OpenedRobot["keeper"] | null;
  /** Whether the run is over with its task, or waits for the next. */
  readonly ends: "with-task" | "when-told";
}

/** Through which everybody reaches what records, once it is open. */
export interface RecorderPort {
  /** Null where no newest seconds are kept. */
  saveLast: (() => Promise<Saved>) | null;
  /** Null where nobody starts a recording. */
  onDemand: { start(who: string): Promise<string | null>; stop(): Promise<string | null> } | null;
  /** The recording of the launch file; null where there is none. */
  readonly ofRun: BehaviorSubject<RecordingState | null>;
  /** The recording that somebody started last; null before the first. */
  readonly states: BehaviorSubject<RecordingState | null>;
}

/** Robot and models are there; nothing has begun. */
export type OpenTap = (party: Party) => Tap | Promise<Tap>;

/** What is printed at the end, and written by `--json`. */
export interface RunReport extends TaskResult {
  readonly mode: OpenedRobot["mode"];
  /** Judged by the simulator's truth, null where there is none. */
  readonly reached: boolean | null;
  readonly distanceLeftCm: number | null;
  readonly decisions: number;
  /** Null without a decision. */
  readonly planMs: Spread | null;
  readonly decisionMs: Spread | null;
  readonly modelCalls: number;
  readonly guardInterventions: number;
  /** The first of them in the guards' own words. */
  readonly interventions: readonly Intervention[];
  /** What held for this run by its launch file, a sentence each. */
  readonly limits: readonly string[];
  /** What people asked for while it ran, the first of it: it made the limits stricter, never looser than those. */
  readonly limited: readonly Limited[];
  readonly provider: string;
  readonly modelHash: string;
  /** What listeners missed. */
  readonly taps: readonly TapReport[];
  /** How the decisions on a recording differ from the recorded ones; null unless a recording was decided again. */
  readonly replay: Comparison | null;
}

/** What a guard did to a decision's motion: made it smaller, or refused it. */
export interface Intervention {
  readonly decision: number;
  readonly verdict: "clip" | "stop";
  readonly why: readonly string[];
}

/** From this decision on, until the same one asks for another value. */
export interface Limited {
  readonly decision: number;
  readonly who: string;
  readonly limits: Extract<Order, { readonly kind: "limited" }>["limits"];
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** Runs a blueprint's agent to its end. */
export type Run = (blueprint: Blueprint, io: RunIo) => Promise<RunReport>;
