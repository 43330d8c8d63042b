/** `foresight replay FILE --foxglove`: Foxglove and Lichtblick look at a recording, with their own controls; nothing is decided again, and nothing moves. */
import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import { createAssets } from "../../runtime/bridge/foxglove/assets.ts";
import { openFoxgloveServer } from "../../runtime/bridge/foxglove/server.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { newToken } from "../../runtime/core/secret.ts";
import { schemaOf } from "../../runtime/record/channels/schemas.ts";
import { CHANNELS, channelsOf } from "../../runtime/record/channels/table.ts";
import { openSeekable, type SeekableRun } from "../../runtime/record/seekable.ts";
import { robotOf } from "../compose.ts";
import { recordedConfig } from "../config/recorded-config.ts";
import { foxgloveSchema } from "../config/schema-foxglove.ts";
import { createPlayer } from "../replay-page/player.ts";
import { robotFolder } from "../run/foxglove-tap.ts";
import { createPlayOut } from "./play-out.ts";

export interface ShowIo {
  /** Where to begin. */
  readonly fromS: number;
  readonly rate: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** While it plays, and while it rests. */
const BEAT_MS = { playing: 20, resting: 200 } as const;

/** Plays from when somebody comes; until the signal aborts. Throws AgentErrors `launch.invalid` and `bridge.failed`, and those of the robot's model. */
export async function showInFoxglove(path: string, overrides: readonly string[], io: ShowIo): Promise<void> {
  const run = await openSeekable(path);
  try {
    await serve(path, run, overrides, io);
  } finally {
    run.close();
  }
}

async function serve(path: string, run: SeekableRun, overrides: readonly string[], { fromS, rate, say, signal }: ShowIo): Promise<void> {
  const { header, startNs, endNs } = run;
  const config = await recordedConfig(path, overrides);
  const { host, port, origins } = foxgloveSchema.parse(config.foxglove ?? {});
  const clock = new SystemClock();
  const durationS = Number(endNs - startNs) / 1e9;
  const player = createPlayer(durationS, clock);
  player.setRate(rate);
  player.seek(fromS);
  const playOut = createPlayOut(run, player);
  let wake = (): void => {};
  await using server = await openFoxgloveServer({
    ...{ host, port, origins, token: newToken() }, // Nobody is given it: there is nothing to command.
    ...{ name: `Foresight: replay of ${basename(path)}`, sessionId: randomUUID() },
    channels: channelsOf(header)
      .filter(({ topic }) => topic !== CHANNELS.end.topic)
      .map(({ topic, schema }) => ({ topic, schemaName: schema, schema: JSON.stringify(schemaOf(schema)) })),
    parameters: null,
    fetchAsset: createAssets(robotFolder(config, await robotOf(config))),
    orders: null,
    onCommandersGone: () => {},
    playback: {
      ...{ startNs, endNs },
      onRequest(request) {
        playOut.obey(request, server);
        wake();
      },
    },
    newest: playOut.newest,
    stopwatch: clock,
    say: (text) => say(`foxglove: ${text}`),
  });
  say(`foxglove: ${server.url} shows ${durationS.toFixed(1)} s of ${header.robot}; Ctrl-C ends it`);
  let clients = 0;
  while (!signal.aborted) {
    if (clients === 0 && server.clientCount > 0) player.play();
    clients = server.clientCount;
    await playOut.beat(server);
    const beat = new AbortController();
    wake = () => beat.abort();
    const ms = player.now().isPlaying ? BEAT_MS.playing : BEAT_MS.resting;
    await clock.sleep(ms, AbortSignal.any([signal, beat.signal])).catch(() => {}); // Somebody wants something, or it is over.
  }
}
