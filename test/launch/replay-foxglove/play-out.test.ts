/** A recording is played out to the official Foxglove client: in time, at a rate, from where it jumps to, and no further than it is asked. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createPlayOut } from "../../../launch/replay-foxglove/play-out.ts";
import { createPlayer } from "../../../launch/replay-page/player.ts";
import { openFoxgloveServer } from "../../../runtime/bridge/foxglove/server.ts";
import { ManualClock, SystemClock } from "../../../runtime/core/clock.ts";
import { openRecorder } from "../../../runtime/record/recorder.ts";
import { openSeekable } from "../../../runtime/record/seekable.ts";
import { openFoxgloveClient } from "../../helpers/foxglove-client.ts";
import { playbackRequest, playbackState } from "../../helpers/playback-request.ts";
import { jointsAt, runFacts, tickAt } from "../../helpers/run-news.ts";
import { until } from "../../helpers/until.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-play-out-"));
after(() => rmSync(folder, { recursive: true }));

/** Ten decisions, five a second, from 1 s on. */
async function recording() {
  const file = join(folder, "run.mcap");
  const recorder = await openRecorder({
    ...{ file, force: true, splitBytes: 2 ** 30, splitS: 3600, minFreeBytes: 1, last: null },
    ...{ facts: runFacts, pictures: "png", atNs: 0n, onStopped: assert.fail },
  });
  recorder.tell({ kind: "goal", what: { kind: "tool", positionM: [0.5, 0, 0.1] }, atNs: 1n });
  for (let index = 0; index < 10; index++) {
    const atNs = 1_000_000_000n + BigInt(index) * 200_000_000n;
    recorder.tell({ kind: "sample", what: jointsAt(atNs), atNs });
    recorder.tell({ kind: "tick", what: tickAt(index, atNs), atNs });
  }
  await recorder.finish();
  return openSeekable(file);
}

test("whoever looks plays, pauses, jumps and sets the rate, and hears what was said then and no more", async () => {
  const run = await recording();
  const clock = new ManualClock();
  const player = createPlayer(Number(run.endNs - run.startNs) / 1e9, clock);
  const playOut = createPlayOut(run, player);
  await using server = await openFoxgloveServer({
    ...{ host: "127.0.0.1", port: 0, token: "a-token-that-nobody-is-given", origins: [], name: "replay", sessionId: "1" },
    channels: run.topics.map((topic) => ({ topic, schemaName: "test", schema: '{"type":"object"}' })),
    ...{ parameters: null, orders: null, onCommandersGone: () => {}, newest: playOut.newest },
    fetchAsset: async () => assert.fail("nobody asks"),
    playback: { startNs: run.startNs, endNs: run.endNs, onRequest: (request) => playOut.obey(request, server) },
    ...{ stopwatch: new SystemClock(), say: assert.fail },
  });
  await using client = await openFoxgloveClient(server.url);
  const states: NonNullable<ReturnType<typeof playbackState>>[] = [];
  client.socket.on("message", (data: ArrayBuffer, isBinary: boolean) => {
    const state = isBinary ? playbackState(Buffer.from(data)) : null;
    if (state) states.push(state);
  });
  assert.deepEqual(client.told.info?.capabilities, ["time", "assets", "playbackControl"]);
  const { dataStartTime, dataEndTime } = client.told.info as unknown as Record<string, { sec: number }>;
  assert.deepEqual([dataStartTime?.sec, dataEndTime?.sec], [1, 2]);

  const decisions = (): readonly number[] => client.heard("/tick").map(({ body }) => body.index);
  const after = async (seconds: number): Promise<void> => {
    clock.advance(seconds * 1000);
    await playOut.beat(server);
    const at = run.startNs + BigInt(Math.round(player.now().atS * 1e9));
    await until("the time is told", () => client.told.times.at(-1) === at);
  };
  const ask = async (...[isPlaying, rate, seekNs, id]: Parameters<typeof playbackRequest>) => {
    client.socket.send(playbackRequest(isPlaying, rate, seekNs, id));
    await until(`an answer to ${id}`, () => states.some((state) => state.id === id));
    return states.find((state) => state.id === id);
  };
  client.subscribe("/tick");
  await until("somebody listens", () => server.isHeard("/tick"));
  await ask(true, 1, null, "play");
  await playOut.beat(server);
  await after(0.5);
  assert.deepEqual(decisions(), [0, 1, 2]);
  await ask(true, 2, null, "faster");
  await after(0.5);
  assert.deepEqual(decisions(), [0, 1, 2, 3, 4, 5, 6, 7]);
  await ask(false, 2, null, "pause");
  clock.advance(10_000);
  await playOut.beat(server);
  assert.equal(decisions().length, 8, "at rest nothing comes");

  const back = await ask(false, 1, 1_500_000_000n, "back");
  assert.deepEqual(back, { status: "paused", atNs: 1_500_000_000n, rate: 1, hasSought: true, id: "back" });
  await after(0);
  assert.deepEqual(decisions().slice(8), [2], "what was last said before the instant, though it rests");
  client.subscribe("/goal");
  await until("what was told once, long before", () => client.heard("/goal").length === 1);
  await ask(true, 1, null, "on");
  await after(5);
  assert.deepEqual(decisions().slice(9), [3, 4, 5, 6, 7, 8, 9]);
  await until("the end is told", () => states.at(-1)?.status === "ended");
  client.socket.send(playbackRequest(true, 0, null, "never"));
  await until("a refusal", () => client.told.statuses.some(({ message }) => /rate must be 0\.01 to 100/.test(message)));
  run.close();
});
