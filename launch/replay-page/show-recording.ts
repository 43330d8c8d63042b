/** `foresight replay FILE --page`: the live page on a recording; nothing is decided again, and nothing moves. */
import { basename } from "node:path";
import { SystemClock } from "../../runtime/core/clock.ts";
import { TOOL_SIGNALS } from "../../runtime/core/model.ts";
import type { PageSeek } from "../../runtime/dashboard/commands.ts";
import { createSeen } from "../../runtime/dashboard/seen.ts";
import { openDashboard } from "../../runtime/dashboard/server.ts";
import { rowOf, tickMessage } from "../../runtime/dashboard/tick-message.ts";
import { openSeekable, type SeekableRun } from "../../runtime/record/seekable.ts";
import { robotOf } from "../compose.ts";
import { configAsRecorded } from "../config/recorded-config.ts";
import { armFacts } from "../run/page-facts.ts";
import { follow } from "./follow.ts";
import { createInstants } from "./instants.ts";
import { createPlayer, type Player } from "./player.ts";
import { fillSeen } from "./seen-in-recording.ts";
import { readTimeline } from "./timeline.ts";

interface ShowIo {
  /** Where to begin. */
  readonly fromS: number;
  readonly rate: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs until the signal aborts. Throws AgentErrors `launch.invalid` and `dashboard.port`, and those of the robot's model. */
export async function showRecording(path: string, overrides: readonly string[], { fromS, rate, say, signal }: ShowIo): Promise<void> {
  const run = await openSeekable(path);
  try {
    await serve(path, run, overrides, { fromS, rate, say, signal });
  } finally {
    run.close();
  }
}

async function serve(path: string, run: SeekableRun, overrides: readonly string[], { fromS, rate, say, signal }: ShowIo): Promise<void> {
  const { header } = run;
  const clock = new SystemClock();
  const config = configAsRecorded(path, header.config, overrides);
  const { cameras } = config;
  const timeline = await readTimeline(run, (tick, index) => rowOf(tickMessage(tick, cameras, index)));
  const durationS = Number(timeline.endNs - timeline.startNs) / 1e9;
  const player = createPlayer(durationS, clock);
  const seen = createSeen();
  await fillSeen(seen, run, timeline);
  let following: ReturnType<typeof follow> | null = null;
  await using page = await openDashboard({
    ...{ host: config.dashboard.host, port: config.dashboard.port, clock, seen },
    ...(config.dashboard.token === undefined ? {} : { token: config.dashboard.token }),
    facts: {
      ...(await armFacts(config, await robotOf(config))),
      title: `Foresight: replay of ${basename(path)}`,
      ...{ decisionPeriodS: header.periodS, feltCount: TOOL_SIGNALS.length, goals: [], urgent: [], ends: "with-task" },
      ...{ jogs: false, jogAxes: [], saves: false, records: false, limits: null, playback: { durationS, marks: timeline.marks } },
    },
    orders: {
      command: () => "this is a recording: nothing moves",
      playback(seek) {
        obey(player, seek);
        following?.wake();
        return null;
      },
    },
  });
  player.seek(fromS);
  player.setRate(rate);
  player.play();
  say(`${timeline.decisions.length} decisions over ${durationS.toFixed(1)} s; ${timeline.marks.length} marks`);
  say(`page: ${page.url}`);
  const instants = createInstants(run, timeline, page);
  following = follow({ player, show: instants.show, clock, signal });
  await following.ended;
}

function obey(player: Player, seek: PageSeek): void {
  if (seek.kind === "play") player.play();
  else if (seek.kind === "pause") player.pause();
  else if (seek.kind === "seek") player.seek(seek.atS);
  else player.setRate(seek.times);
}
