/** What a tap hears as dated news: what recorder and live views are made of. */
import type { Clock } from "../core/clock.ts";
import type { NewsKind, Tap } from "../core/tap.ts";
import type { News } from "./channels/message.ts";

/** `clock` is the robot's; a promise of `tell` makes the next news wait. */
export function newsTap(clock: Pick<Clock, "nowNs">, tell: (news: News) => void | Promise<void>): Required<Pick<Tap, NewsKind>> {
  const atNs = (): bigint => clock.nowNs();
  return {
    goal: (what) => tell({ kind: "goal", what, atNs: atNs() }),
    sample: (what) => tell({ kind: "sample", what, atNs: atNs() }),
    tick: (what) => tell({ kind: "tick", what, atNs: atNs() }),
    state: (what) => tell({ kind: "state", what, atNs: atNs() }),
    fault: (what) => tell({ kind: "fault", what, atNs: atNs() }),
    event: (what) => tell({ kind: "event", what, atNs: atNs() }),
    instant: (what) => tell({ kind: "instant", what, atNs: atNs() }),
  };
}
