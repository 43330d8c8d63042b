/** Who is there: expiry on a clock that the test moves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Advert } from "../../../../runtime/bridge/gazebo/discovery-codec.ts";
import { createPeers, SILENCE_MS, SWEEP_MS } from "../../../../runtime/bridge/gazebo/peers.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";

const advert = (processUuid: string, name = "@/lab@/clock"): Advert => ({
  kind: "topic",
  name,
  address: "tcp://127.0.0.1:4000",
  processUuid,
  nodeUuid: "n",
  type: "gz.msgs.Clock",
});

function bookWithSweeps() {
  const clock = new ManualClock();
  const peers = createPeers(clock);
  const lost: string[] = [];
  const stop = clock.every(SWEEP_MS, () => lost.push(...peers.sweep().map((gone) => gone.processUuid)));
  return { clock, peers, lost, stop };
}

test("a process that stays silent for more than 3 s is gone with all it offered", () => {
  const { clock, peers, lost } = bookWithSweeps();
  peers.add(advert("a"));
  peers.add(advert("a", "@/lab@/stats"));
  clock.advance(SILENCE_MS);
  assert.deepEqual([lost, peers.processCount], [[], 1]);
  clock.advance(SWEEP_MS);
  assert.deepEqual([lost, peers.processCount, peers.adverts()], [["a", "a"], 0, []]);
});

test("any message of a process keeps all its records", () => {
  const { clock, peers, lost } = bookWithSweeps();
  peers.add(advert("a"));
  for (let i = 0; i < 10; i++) {
    clock.advance(1000);
    peers.heard("a");
  }
  assert.deepEqual(lost, []);
});

test("an event loop that stood still for 60 s loses nobody who speaks again after it", () => {
  const { clock, peers, lost, stop } = bookWithSweeps();
  peers.add(advert("a"));
  peers.add(advert("b"));
  stop(); // Timers of a loop that stands still do not run; the first that does is the sweep, before any socket is read.
  clock.advance(60_000);
  clock.every(SWEEP_MS, () => lost.push(...peers.sweep().map((gone) => gone.processUuid)));
  clock.advance(SWEEP_MS);
  assert.deepEqual(lost, []);
  peers.heard("a");
  clock.advance(SILENCE_MS - 500);
  peers.heard("a");
  assert.deepEqual(lost, []);
  clock.advance(1000);
  assert.deepEqual(lost, ["b"]);
});

test("many stalls, each shorter than the silence limit, lose nobody who speaks between them", () => {
  const clock = new ManualClock();
  const peers = createPeers(clock);
  peers.add(advert("a"));
  for (let i = 0; i < 20; i++) {
    clock.advance(2900);
    assert.deepEqual(peers.sweep(), []);
    peers.heard("a");
    clock.advance(SWEEP_MS);
    assert.deepEqual(peers.sweep(), []);
  }
});

test("a goodbye forgets at once, and only that process", () => {
  const peers = createPeers(new ManualClock());
  peers.add(advert("a"));
  peers.add(advert("b"));
  assert.deepEqual(
    peers.forget("a").map((gone) => gone.processUuid),
    ["a"],
  );
  assert.deepEqual(peers.forget("a"), []);
  assert.deepEqual(
    peers.adverts().map((left) => left.processUuid),
    ["b"],
  );
});

test("a repeated advert is nothing new, a changed one is", () => {
  const peers = createPeers(new ManualClock());
  assert.equal(peers.add(advert("a")), true);
  assert.equal(peers.add(advert("a")), false);
  assert.equal(peers.add({ ...advert("a"), address: "tcp://127.0.0.1:5000" }), true);
  assert.equal(peers.adverts().length, 1);
});

test("removing gives back what was known, and nothing the second time", () => {
  const peers = createPeers(new ManualClock());
  peers.add(advert("a"));
  assert.deepEqual(peers.remove({ ...advert("a"), address: "other" }), [advert("a")]);
  assert.deepEqual(peers.remove(advert("a")), []);
});

test("of two processes that offer the same the one heard last comes first", () => {
  const clock = new ManualClock();
  const peers = createPeers(clock);
  peers.add(advert("old"));
  clock.advance(10);
  peers.add(advert("new"));
  assert.deepEqual(
    peers.adverts().map((it) => it.processUuid),
    ["new", "old"],
  );
  clock.advance(10);
  peers.heard("old");
  assert.equal(peers.adverts()[0]!.processUuid, "old");
});

test("a flood of adverts fills a bounded book", () => {
  const peers = createPeers(new ManualClock());
  for (let i = 0; i < 20_000; i++) assert.equal(peers.add(advert("a", `@/lab@/t${i}`)), true);
  assert.equal(peers.add(advert("a", "@/lab@/one-more")), false);
  assert.equal(peers.adverts().length, 20_000);
});
