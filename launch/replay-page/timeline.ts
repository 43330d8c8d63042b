/** What a recording says of a run as a whole: its decisions as the plots show them, its states, and what happened, each with its instant. */
import { nsToMs } from "../../runtime/core/clock.ts";
import type { SupervisorState } from "../../runtime/core/supervision.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import type { PlaybackMark } from "../../runtime/dashboard/facts.ts";
import { faultHappening, type Happening } from "../../runtime/dashboard/happenings.ts";
import { faultOf, stateOf } from "../../runtime/record/channels/read-news.ts";
import { CHANNELS } from "../../runtime/record/channels/table.ts";
import { createTickReader, TICK_TOPICS } from "../../runtime/record/channels/tick-reader.ts";
import type { SeekableRun } from "../../runtime/record/seekable.ts";
import { skillAt } from "../../runtime/supervise/transitions.ts";

interface At<What> {
  readonly atNs: bigint;
  readonly what: What;
}

export interface Timeline<Kept> {
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** In order; what of each is kept is the caller's choice. */
  readonly decisions: readonly At<Kept>[];
  readonly states: readonly At<SupervisorState>[];
  /** Oldest first. */
  readonly happenings: readonly At<Happening>[];
  readonly marks: readonly PlaybackMark[];
}

/** Of a run: an hour of decisions at 10 Hz, twice. */
const DECISIONS_MAX = 72_000;
/** Marks of one kind that are nearer to one another are one. */
const MARK_APART_S = 1;
const MARKS_MAX = 500;

/** Reads the recording once; `keep` says what is kept of a decision. Throws AgentError `launch.invalid`, and Error for what no recorder of ours wrote. */
export async function readTimeline<Kept>(run: SeekableRun, keep: (tick: Tick, index: number) => Kept): Promise<Timeline<Kept>> {
  const { startNs, endNs } = run;
  const ticks = createTickReader();
  const decisions: At<Kept>[] = [];
  const states: At<SupervisorState>[] = [];
  const happenings: At<Happening>[] = [];
  const marks: PlaybackMark[] = [];
  const topics = [...TICK_TOPICS, CHANNELS.state.topic, CHANNELS.fault.topic];
  for await (const { topic, receivedNs: atNs, data } of run.between(0n, endNs, topics)) {
    const atMs = Math.max(0, nsToMs(atNs - startNs));
    const mark = (kind: PlaybackMark["kind"], what: string): void => {
      const isAgain = marks.some((other) => other.kind === kind && kind !== "change" && atMs / 1000 - other.atS < MARK_APART_S);
      if (!isAgain && marks.length < MARKS_MAX) marks.push({ atS: atMs / 1000, kind, what });
    };
    if (topic === CHANNELS.state.topic) {
      const state = stateOf(data);
      for (const what of changesBetween(states.at(-1)?.what ?? null, state, atMs)) {
        happenings.push({ atNs, what });
        if (what.kind === "change" && what.what === "agent") mark("change", `agent ${what.from ?? "begins"} → ${what.to}`);
      }
      states.push({ atNs, what: state });
    } else if (topic === CHANNELS.fault.topic) {
      const what = faultHappening(faultOf(data), atMs);
      happenings.push({ atNs, what });
      if (what.reaction !== "ignore") mark("fault", `${what.code}: ${what.cause}`);
    } else {
      const tick = ticks.add(topic, data);
      if (!tick) continue;
      if (decisions.length === DECISIONS_MAX) throw new Error(`it has more than ${DECISIONS_MAX} decisions; record shorter runs`);
      const { verdict, why } = tick.decision;
      if (verdict === "stop") mark("refusal", `refused: ${why.join("; ")}`);
      decisions.push({ atNs, what: keep(tick, decisions.length) });
    }
  }
  return { startNs, endNs, decisions, states, happenings, marks };
}

/** Changes of agent, task and skills: a recording has the states only. */
function changesBetween(before: SupervisorState | null, after: SupervisorState, atMs: number): readonly Happening[] {
  const change = (what: string, from: string | null, to: string | null): readonly Happening[] =>
    from === to ? [] : [{ kind: "change", atMs, what, from, to, reason: after.reason }];
  const paths = new Set([...(before?.skills ?? []), ...after.skills].map(({ path }) => path));
  return [
    ...change("agent", before?.agent ?? null, after.agent),
    ...change("task", before?.task ?? null, after.task),
    ...[...paths].flatMap((path) => {
      const [was, is] = [before, after].map((state) => state?.skills.find((skill) => skill.path === path));
      return change(skillAt((is ?? was)!.name, path), was?.state ?? null, is?.state ?? null);
    }),
  ];
}

/** How many of them are at or before an instant. */
export function countUntil(list: readonly At<unknown>[], atNs: bigint): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.atNs <= atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
