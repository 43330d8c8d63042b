/** Shows the page one instant of a recording after another: what was sensed, decided and said until then, and no more. */
import { secondsToNs } from "../../runtime/core/clock.ts";
import type { Frame } from "../../runtime/core/sensing.ts";
import type { Goal } from "../../runtime/core/skill.ts";
import { type Happening, withHappening } from "../../runtime/dashboard/happenings.ts";
import { type Dashboard, HISTORY_MAX } from "../../runtime/dashboard/server.ts";
import type { TickRow } from "../../runtime/dashboard/tick-message.ts";
import { frameOf, jointsOf, jsonOf } from "../../runtime/record/channels/read-sample.ts";
import { ours } from "../../runtime/record/channels/schemas.ts";
import { CHANNELS, topicOf } from "../../runtime/record/channels/table.ts";
import { createTickReader, TICK_TOPICS } from "../../runtime/record/channels/tick-reader.ts";
import type { SeekableRun } from "../../runtime/record/seekable.ts";
import type { Playback } from "./player.ts";
import { countUntil, type Timeline } from "./timeline.ts";

interface Instants {
  show(playback: Playback): Promise<void>;
}

/** More decisions at once are a jump. */
const STEPS_MAX = 5;
/** Of what happened, so much is gone through for the newest. */
const HAPPENED_MAX = 300;

type Page = Pick<Dashboard, "showGoal" | "showFrames" | "showJoints" | "showTick" | "showState" | "showPast" | "showPlayback">;

export function createInstants(run: SeekableRun, timeline: Timeline<TickRow>, page: Page): Instants {
  const cameras = run.header.cameras.map(({ name }) => name);
  const shown = { decisions: -1, states: -1, happenings: -1, goalNs: -1n };

  const showDecision = async (index: number): Promise<void> => {
    const { atNs } = timeline.decisions[index]!;
    const reader = createTickReader();
    for await (const { topic, data } of run.between(atNs, atNs, TICK_TOPICS)) {
      const tick = reader.add(topic, data);
      if (tick) page.showTick(tick);
    }
  };
  const showPast = (decisions: number, happenings: number): void => {
    const rows = timeline.decisions.slice(Math.max(0, decisions - HISTORY_MAX), decisions).map(({ what }) => what);
    const happened = timeline.happenings.slice(Math.max(0, happenings - HAPPENED_MAX), happenings);
    page.showPast(
      rows,
      happened.reduce<readonly Happening[]>((list, { what }) => withHappening(list, what), []),
    );
  };
  const showDecided = async (atNs: bigint): Promise<void> => {
    const [decisions, happenings] = [countUntil(timeline.decisions, atNs), countUntil(timeline.happenings, atNs)];
    const steps = decisions - shown.decisions;
    const isNext = steps >= 0 && steps <= STEPS_MAX && shown.decisions >= 0;
    if (!isNext || happenings !== shown.happenings) showPast(isNext ? shown.decisions : Math.max(0, decisions - 1), happenings);
    for (let index = isNext ? shown.decisions : Math.max(0, decisions - 1); index < decisions; index++) await showDecision(index);
    Object.assign(shown, { decisions, happenings });
  };
  const showState = (atNs: bigint): void => {
    const states = countUntil(timeline.states, atNs);
    const state = timeline.states[states - 1]?.what;
    if (state && states !== shown.states) page.showState(state, null);
    shown.states = states;
  };
  const showGoal = async (atNs: bigint): Promise<void> => {
    const told = (await run.at(atNs, [CHANNELS.goal.topic])).get(CHANNELS.goal.topic);
    if (!told || told.receivedNs === shown.goalNs) return;
    shown.goalNs = told.receivedNs;
    const { kind, positionM } = ours["foresight.Goal"].parse(jsonOf(told.data));
    if (kind !== "image") return page.showGoal({ type: "goal", kind, positionM } as Parameters<Page["showGoal"]>[0]);
    page.showGoal({ kind, frames: await pictures(atNs, CHANNELS.goalPicture) } satisfies Goal);
  };
  const pictures = async (atNs: bigint, channel: typeof CHANNELS.camera | typeof CHANNELS.goalPicture): Promise<readonly Frame[]> => {
    const found = await run.at(
      atNs,
      cameras.map((name) => topicOf(channel, name)),
    );
    return Promise.all([...found.values()].map(frameOf));
  };

  return {
    async show(playback) {
      const atNs = timeline.startNs + secondsToNs(playback.atS);
      const joints = (await run.at(atNs, [CHANNELS.joints.topic])).get(CHANNELS.joints.topic);
      if (joints) page.showJoints(jointsOf(joints));
      page.showFrames(await pictures(atNs, CHANNELS.camera));
      await showGoal(atNs);
      showState(atNs);
      await showDecided(atNs);
      page.showPlayback({ ...playback, nowNs: `${atNs}` }); // Last: when it is told, all of the instant is there.
    },
  };
}
