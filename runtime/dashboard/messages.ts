/** What the page is told: small JSON messages, the newest of each kind; what must not be missed is in a list that comes whole. */
import type { RecordingState } from "../core/recording.ts";
import type { CameraSpec } from "../core/sensing.ts";
import type { SupervisorState } from "../core/supervision.ts";
import type { Vec3 } from "../core/vec3.ts";
import type { PageLimits } from "./commands.ts";
import type { PageFacts } from "./facts.ts";
import type { GripShown } from "./grip.ts";
import type { Happening } from "./happenings.ts";
import type { ImaginedMessage } from "./imagined.ts";
import type { PictureMessage } from "./picture-message.ts";
import type { TickMessage, TickRow } from "./tick-message.ts";

/** Where the supervisor stands, in words for people. */
export interface StateLine extends SupervisorState {
  /** All of it in one sentence. */
  readonly sentence: string;
  /** Who has the arm in hand; null when anybody may take it. */
  readonly commander: string | null;
}

export interface JointsMessage {
  readonly type: "joints";
  readonly positionRad: readonly number[];
  readonly velocityRadPerS: readonly number[];
  /** Null where nobody tells it. */
  readonly gripper: GripShown | null;
}

export type GoalMessage = { readonly type: "goal" } & (
  | { readonly kind: "image"; readonly pictures: readonly PictureMessage[] }
  | { readonly kind: "tool" | "object"; readonly positionM: Vec3 }
);

/** Where in a recording the page is. */
export interface PlaybackMessage {
  readonly type: "playback";
  readonly atS: number;
  readonly rate: number;
  readonly isPlaying: boolean;
  /** On the clock of the stamps of pictures, ns: how old they were. */
  readonly nowNs: string;
}

/** Null where there is none. */
export interface RecordingsMessage {
  readonly type: "recordings";
  /** Of the launch file. */
  readonly ofRun: RecordingState | null;
  /** That somebody started last. */
  readonly asked: RecordingState | null;
}

/** `hello` comes first on every connection and holds all decisions so far, at most HISTORY_MAX. */
export type PageMessage =
  | ({
      readonly type: "hello";
      readonly cameras: readonly Pick<CameraSpec, "name" | "widthPx" | "heightPx">[];
      readonly history: readonly TickRow[];
    } & Omit<PageFacts, "cameras" | "scene">)
  | GoalMessage
  /** All decisions until the instant that is looked at, in place of those that were told. */
  | { readonly type: "history"; readonly rows: readonly TickRow[] }
  | PlaybackMessage
  | { readonly type: "frames"; readonly pictures: readonly PictureMessage[] }
  | JointsMessage
  | TickMessage
  | ImaginedMessage
  | ({ readonly type: "state" } & StateLine)
  /** What visitors of the page have limited so far. */
  | ({ readonly type: "limits" } & PageLimits)
  | RecordingsMessage
  | { readonly type: "log"; readonly happenings: readonly Happening[] };
