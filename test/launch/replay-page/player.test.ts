import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlayer } from "../../../launch/replay-page/player.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";

function stage(durationS = 10) {
  const clock = new ManualClock();
  return { clock, player: createPlayer(durationS, clock) };
}

test("it rests at the beginning, plays on its clock at its rate, and rests where it is paused", () => {
  const { clock, player } = stage();
  clock.advance(1000);
  assert.deepEqual(player.now(), { atS: 0, rate: 1, isPlaying: false });
  player.play();
  clock.advance(2000);
  assert.equal(player.now().atS, 2);
  player.setRate(4);
  clock.advance(1000);
  assert.equal(player.now().atS, 6, "what was played is not played again at the new rate");
  player.pause();
  clock.advance(5000);
  assert.deepEqual(player.now(), { atS: 6, rate: 4, isPlaying: false });
});

test("a jump stays within the recording, and goes on playing from there", () => {
  const { clock, player } = stage();
  player.seek(99);
  assert.equal(player.now().atS, 10);
  player.seek(-3);
  assert.equal(player.now().atS, 0);
  player.play();
  player.seek(5);
  clock.advance(1000);
  assert.deepEqual(player.now(), { atS: 6, rate: 1, isPlaying: true });
});

test("at the end it rests, and played again it begins anew", () => {
  const { clock, player } = stage(3);
  player.play();
  clock.advance(60_000);
  assert.deepEqual(player.now(), { atS: 3, rate: 1, isPlaying: false });
  player.play();
  clock.advance(500);
  assert.deepEqual(player.now(), { atS: 0.5, rate: 1, isPlaying: true });
});
