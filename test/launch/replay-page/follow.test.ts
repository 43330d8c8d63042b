import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { follow } from "../../../launch/replay-page/follow.ts";
import { createPlayer, type Playback } from "../../../launch/replay-page/player.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";

function stage() {
  const clock = new ManualClock();
  const player = createPlayer(10, clock);
  const over = new AbortController();
  const shown: Playback[] = [];
  let hold: Promise<void> | null = null;
  const show = async (playback: Playback): Promise<void> => {
    shown.push(playback);
    await hold;
  };
  const following = follow({ player, show, clock, signal: over.signal });
  const showingSlowly = (until: Promise<void> | null): void => {
    hold = until;
  };
  return { clock, player, shown, following, over, showingSlowly };
}

test("at rest it shows an instant once, and the next as soon as somebody wants it", async () => {
  const { player, shown, following, over } = stage();
  await turn();
  assert.equal(shown.length, 1);
  player.seek(4);
  following.wake();
  await turn();
  assert.deepEqual(
    shown.map(({ atS }) => atS),
    [0, 4],
  );
  over.abort();
  await following.ended;
});

test("what is wanted while an instant is being shown is not slept over", async () => {
  const { player, shown, following, over, showingSlowly } = stage();
  await turn();
  let done = (): void => {};
  showingSlowly(
    new Promise((resolve) => {
      done = resolve;
    }),
  );
  player.seek(2);
  following.wake();
  await turn();
  player.seek(7);
  following.wake();
  done();
  await turn();
  assert.deepEqual(
    shown.map(({ atS }) => atS),
    [0, 2, 7],
  );
  over.abort();
  await following.ended;
});

test("while it plays it shows what there is ten times a second", async () => {
  const { clock, player, shown, following, over } = stage();
  await turn();
  player.play();
  following.wake();
  for (let beat = 0; beat < 5; beat++) {
    await turn();
    clock.advance(100);
  }
  await turn();
  assert.equal(shown.length, 7);
  assert.equal(shown.at(-1)?.atS, 0.5);
  over.abort();
  await following.ended;
});
