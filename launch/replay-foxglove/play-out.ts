/** Plays a recording out to whoever listens: at each beat what has come since the last one, after a jump what was last said before it. */

import type { Dated } from "../../runtime/bridge/foxglove/conversation.ts";
import type { PlaybackRequest, PlaybackState } from "../../runtime/bridge/foxglove/playback.ts";
import { nsToSeconds, secondsToNs } from "../../runtime/core/clock.ts";
import type { Entry } from "../../runtime/record/mcap/read.ts";
import type { SeekableRun } from "../../runtime/record/seekable.ts";
import type { Player } from "../replay-page/player.ts";

export interface Stage {
  isHeard(topic: string): boolean;
  send(topic: string, message: Dated): void;
  tellTime(stampNs: bigint): void;
  tellPlayback(state: PlaybackState): void;
}

export interface PlayOut {
  beat(stage: Stage): Promise<void>;
  /** Does what is asked, and says where it is then. */
  obey(request: PlaybackRequest, stage: Stage): void;
  /** What a topic last said; null where it has said nothing yet. */
  newest(topic: string): Promise<Dated | null>;
}

/** The player is at 0 s where the run begins; what was said until where it is now, `newest` tells. */
export function createPlayOut(run: SeekableRun, player: Player): PlayOut {
  const { startNs, endNs } = run;
  let toldNs = startNs + secondsToNs(player.now().atS);
  let coming = run.between(toldNs + 1n, endNs);
  let next: Entry | null = null;
  let hasJumped = false;
  let wasPlaying = false;
  const state = (hasSought: boolean, id: string | null): PlaybackState => {
    const { atS, rate, isPlaying } = player.now();
    const atNs = startNs + secondsToNs(atS);
    return { status: isPlaying ? "playing" : atNs >= endNs ? "ended" : "paused", atNs, rate, hasSought, id };
  };
  const jump = async (nowNs: bigint, stage: Stage): Promise<void> => {
    hasJumped = false;
    await coming.return();
    const topics = run.topics.filter((topic) => stage.isHeard(topic));
    const last = [...(await run.at(nowNs, topics)).values()].sort((a, b) => Number(a.receivedNs - b.receivedNs));
    for (const entry of last) stage.send(entry.topic, datedOf(entry));
    coming = run.between(nowNs + 1n, endNs);
    next = null;
  };
  const goOn = async (nowNs: bigint, stage: Stage): Promise<void> => {
    while (!hasJumped) {
      next ??= (await coming.next()).value ?? null;
      if (!next || next.receivedNs > nowNs) return;
      if (stage.isHeard(next.topic)) stage.send(next.topic, datedOf(next));
      next = null;
    }
  };
  return {
    async beat(stage) {
      const { status, atNs } = state(false, null);
      if (hasJumped || atNs < toldNs) await jump(atNs, stage);
      else await goOn(atNs, stage);
      if (atNs !== toldNs) stage.tellTime(atNs);
      toldNs = atNs;
      if (wasPlaying && status === "ended") stage.tellPlayback(state(false, null));
      wasPlaying = status === "playing";
    },
    obey({ isPlaying, rate, seekNs, id }, stage) {
      player.setRate(rate);
      if (seekNs !== null) {
        player.seek(nsToSeconds(seekNs - startNs));
        hasJumped = true;
      }
      if (isPlaying) player.play();
      else player.pause();
      wasPlaying = isPlaying;
      stage.tellPlayback(state(seekNs !== null, id));
    },
    async newest(topic) {
      const entry = (await run.at(toldNs, [topic])).get(topic);
      return entry ? datedOf(entry) : null;
    },
  };
}

const datedOf = ({ receivedNs, data }: Entry): Dated => ({ stampNs: receivedNs, data });
