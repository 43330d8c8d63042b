/** Play that a person leads by another arm: its tool says where this one's is to be, a step a decision, so that what is recorded are the very actions that a model learns. */
import type { Leader, LeaderReading } from "../../../runtime/assemble/lead.ts";
import { type Clock, nsToMs } from "../../../runtime/core/clock.ts";
import type { Sight } from "../../../runtime/core/play.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import type { EpisodePlay } from "./episode.ts";

export interface LedToolOptions {
  readonly leader: Pick<Leader, "read">;
  /** Tool point of the arm that follows, metres. */
  readonly toolAt: (positionRad: Float64Array) => Vec3;
  readonly isClutched: (reading: LeaderReading) => boolean;
  readonly clock: Clock;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface LedTool extends AsyncDisposable {
  /** Resolves when the person closes the clutch. Throws what the leader's port throws, and the signal's reason. */
  clutched(signal: AbortSignal): Promise<void>;
  /** Until the clutch opens, or the two are too far from one another. */
  play(stepM: number): Pick<EpisodePlay, "player" | "goesOn">;
}

const READ_MS = 50;
const SILENT_MS_MAX = 300;
/** Of a step, until the two are together. */
const ALIGN_SHARE = 0.3;
const ALIGNED_M = 0.015;
const FAR_M = 0.15;
/** Beyond it an open hand is one. */
const OPEN_SHARE = 0.5;

export function createLedTool({ leader, toolAt, isClutched, clock, say, signal: over }: LedToolOptions): LedTool {
  let newest: LeaderReading | null = null;
  let heardNs = clock.nowNs();
  let lost: unknown = null;
  /** Parted by itself: the clutch must be opened before it can be closed. */
  let mustOpen = false;
  let reading: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    const found = await leader.read();
    if (!found) return;
    [newest, heardNs] = [found, clock.nowNs()];
    if (!isClutched(found)) mustOpen = false;
  };
  const stop = clock.every(READ_MS, () => {
    if (over.aborted) return;
    reading ??= look()
      .catch((error: unknown) => {
        lost = error;
      })
      .finally(() => {
        reading = null;
      });
  });
  const isLed = (): boolean => newest !== null && nsToMs(clock.nowNs() - heardNs) <= SILENT_MS_MAX && !mustOpen && isClutched(newest);
  return {
    async clutched(signal) {
      if (!isLed()) say("open and close the clutch: the arm then goes to where the leader points, slowly at first");
      while (!isLed()) {
        if (lost) throw lost;
        await clock.sleep(READ_MS, signal);
      }
    },
    play(stepM) {
      let isAligned = false;
      return {
        goesOn: isLed,
        player({ toolM }: Sight) {
          if (!newest || !isLed()) return { x: 0, y: 0, z: 0 };
          const leadsM = toolAt(newest.positionRad);
          const off = leadsM.map((value, axis) => value - toolM[axis]!);
          const offM = Math.hypot(...off);
          if (offM <= ALIGNED_M) isAligned = true;
          if (isAligned && offM > FAR_M) {
            mustOpen = true;
            say(
              `the leader points ${(100 * offM).toFixed(0)} cm away, at most ${100 * FAR_M} cm while the arm follows; open the clutch and close it again`,
            );
            return { x: 0, y: 0, z: 0 };
          }
          const most = isAligned ? 1 : ALIGN_SHARE;
          const [x, y, z] = off.map((value) => Math.max(-most, Math.min(most, value / stepM)));
          const gripper = newest.openShare === null ? {} : { gripper: newest.openShare > OPEN_SHARE ? 1 : -1 };
          return { x: x!, y: y!, z: z!, ...gripper };
        },
      };
    },
    async [Symbol.asyncDispose]() {
      stop();
      await reading;
    },
  };
}
