/** What the page is told: small JSON messages, the newest of each kind; what must not be missed is in a list that comes whole. */
import type { CameraSpec, Frame } from "../core/sensing.ts";
import type { SupervisorState } from "../core/supervision.ts";
import type { Vec3 } from "../core/vec3.ts";
import type { PageFacts } from "./facts.ts";
import type { GripShown } from "./grip.ts";
import type { Happening } from "./happenings.ts";
import type { TickMessage, TickRow } from "./tick-message.ts";

/** A picture as the page draws it: RGB bytes in base64, row-major; shrunk where the camera's is larger than a page needs. */
export interface PictureMessage {
  readonly camera: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgbBase64: string;
  /** By the camera's own clock: the page knows a new picture by it. */
  readonly stampNs: string;
}

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

/** `hello` comes first on every connection and holds all decisions so far but the newest, at most HISTORY_MAX. */
export type PageMessage =
  | ({
      readonly type: "hello";
      readonly cameras: readonly Pick<CameraSpec, "name" | "widthPx" | "heightPx">[];
      readonly history: readonly TickRow[];
    } & Omit<PageFacts, "cameras" | "scene">)
  | GoalMessage
  | { readonly type: "frames"; readonly pictures: readonly PictureMessage[] }
  | JointsMessage
  | TickMessage
  | ({ readonly type: "state" } & StateLine)
  | { readonly type: "log"; readonly happenings: readonly Happening[] };

/** Pictures wider than this are shown smaller. */
const SHOWN_PX_MAX = 320;

export function pictureMessage(frame: Frame): PictureMessage {
  const { camera, widthPx, heightPx, rgb } = shrunk(frame);
  const rgbBase64 = Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength).toString("base64");
  return { camera, widthPx, heightPx, rgbBase64, stampNs: `${frame.stampNs}` };
}

/** Every so many pixels one: enough to look at, and cheap however large the camera's picture is. */
function shrunk(frame: Frame): Pick<Frame, "camera" | "widthPx" | "heightPx" | "rgb"> {
  const every = Math.ceil(frame.widthPx / SHOWN_PX_MAX);
  if (every <= 1) return frame;
  const [widthPx, heightPx] = [Math.floor(frame.widthPx / every), Math.floor(frame.heightPx / every)];
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0, to = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, to += 3) {
      const from = 3 * (y * every * frame.widthPx + x * every);
      rgb[to] = frame.rgb[from]!;
      rgb[to + 1] = frame.rgb[from + 1]!;
      rgb[to + 2] = frame.rgb[from + 2]!;
    }
  }
  return { camera: frame.camera, widthPx, heightPx, rgb };
}
