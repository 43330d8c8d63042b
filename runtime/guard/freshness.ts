/** Stops a segment that was decided on old news: observation or plan too old, or stamped in the future. */
import { nsToMs } from "../core/clock.ts";
import type { Guard } from "../core/guarding.ts";

export interface FreshnessOptions {
  /** Since we received the observation. */
  readonly observationAgeMsMax: number;
  /** Since the source took the observation; on a clock synchronised with ours. */
  readonly sourceAgeMsMax: number;
  /** Since the plan was made. */
  readonly planAgeMsMax: number;
  /** How far ahead of our clock a stamp may be. */
  readonly futureMsMax: number;
}

export function freshness(options: FreshnessOptions): Guard {
  return {
    name: "freshness",
    check(segment, situation) {
      const ages = [
        ["observation received", nsToMs(situation.nowNs - situation.observationReceivedNs), options.observationAgeMsMax],
        ["observation taken", nsToMs(situation.nowNs - situation.observationStampNs), options.sourceAgeMsMax],
        ["plan made", nsToMs(situation.nowNs - situation.planMadeNs), options.planAgeMsMax],
      ] as const;
      const why = ages.flatMap(([subject, ageMs, ageMsMax]) => judge(subject, ageMs, ageMsMax, options.futureMsMax));
      return why.length > 0 ? { kind: "stop", why } : { kind: "pass", segment };
    },
  };
}

/** SAFETY: the comparisons are negated, so that a bound or an age that is NaN stops. */
function judge(subject: string, ageMs: number, ageMsMax: number, futureMsMax: number): readonly string[] {
  if (!(-ageMs <= futureMsMax)) return [`${subject} ${(-ageMs).toFixed(1)} ms in the future, at most ${futureMsMax} ms; check the clocks`];
  if (!(ageMs <= ageMsMax)) return [`${subject} ${ageMs.toFixed(1)} ms ago, at most ${ageMsMax} ms`];
  return [];
}
