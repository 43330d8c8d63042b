/** Where a recording is being looked at: it plays at a rate, rests, or jumps; its own time runs on a clock. */
import { type Clock, nsToSeconds } from "../../runtime/core/clock.ts";

export interface Playback {
  /** After the beginning of the recording. */
  readonly atS: number;
  /** Times as fast as the run was. */
  readonly rate: number;
  readonly isPlaying: boolean;
}

export interface Player {
  now(): Playback;
  /** From the beginning, where it is at the end. */
  play(): void;
  pause(): void;
  /** Into the recording, as near as there is. */
  seek(atS: number): void;
  setRate(rate: number): void;
}

/** At the end it rests. */
export function createPlayer(durationS: number, clock: Clock): Player {
  let fromS = 0;
  let sinceNs: bigint | null = null;
  let rate = 1;
  const at = (): number => (sinceNs === null ? fromS : Math.min(durationS, fromS + rate * nsToSeconds(clock.nowNs() - sinceNs)));
  const rebase = (atS: number): void => {
    fromS = Math.min(durationS, Math.max(0, atS));
    if (sinceNs !== null) sinceNs = clock.nowNs();
  };
  return {
    now() {
      const atS = at();
      if (atS >= durationS && sinceNs !== null) {
        fromS = durationS;
        sinceNs = null;
      }
      return { atS, rate, isPlaying: sinceNs !== null };
    },
    play() {
      if (at() >= durationS) fromS = 0;
      else fromS = at();
      sinceNs = clock.nowNs();
    },
    pause() {
      fromS = at();
      sinceNs = null;
    },
    seek: rebase,
    setRate(next) {
      rebase(at());
      rate = next;
    },
  };
}
