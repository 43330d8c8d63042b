/** Shows one instant after another as a player comes to them, and at once when somebody wants another. */
import type { Clock } from "../../runtime/core/clock.ts";
import type { Playback, Player } from "./player.ts";

interface FollowOptions {
  readonly player: Pick<Player, "now">;
  readonly show: (playback: Playback) => Promise<void>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** So often a second at most something else is shown. */
const BEAT_MS = 100;
/** At rest nothing changes until somebody wants something. */
const IDLE_MS = 60_000;

/** `wake` says that the player was told something; `ended` resolves when the signal has aborted, or rejects with what `show` throws. */
export function follow({ player, show, clock, signal }: FollowOptions): { wake(): void; readonly ended: Promise<void> } {
  let wake = (): void => {};
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const beat = new AbortController(); // Before anything is looked at: what is wanted meanwhile is not slept over.
      wake = () => beat.abort();
      const playback = player.now();
      await show(playback);
      const either = AbortSignal.any([signal, beat.signal]);
      await clock.sleep(playback.isPlaying ? BEAT_MS : IDLE_MS, either).catch(() => {}); // Somebody wants something, or it is over.
    }
  };
  return { wake: () => wake(), ended: run() };
}
