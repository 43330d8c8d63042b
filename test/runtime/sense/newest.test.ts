import assert from "node:assert/strict";
import test from "node:test";
import { Subject } from "rxjs";
import type { Sample } from "../../../runtime/core/sensing.ts";
import { align } from "../../../runtime/sense/align.ts";
import { newest } from "../../../runtime/sense/newest.ts";
import { frame, reading, stampMs } from "./fixtures.ts";

test("a slow consumer of observations sees the newest one and none in between", async () => {
  const samples = new Subject<Sample>();
  const observations = newest(samples.pipe(align({ cameras: ["front"], maxSkewMs: 20 })));
  const first = observations.next();
  const feed = (ms: number): void => {
    samples.next(reading(ms));
    samples.next(frame("front", ms));
  };
  feed(0);
  assert.equal(stampMs((await first).value!), 0);
  for (let ms = 50; ms <= 50_000; ms += 50) feed(ms); // A thousand while the consumer is busy.
  assert.equal(stampMs((await observations.next()).value!), 50_000);
  const awaited = observations.next();
  feed(50_050);
  assert.equal(stampMs((await awaited).value!), 50_050, "nothing older was queued");
  samples.complete();
  assert.equal((await observations.next()).done, true);
});

test("the iteration throws what the stream threw, after the value that came before", async () => {
  const source = new Subject<number>();
  const values = newest(source);
  const first = values.next();
  source.next(1);
  source.error(new Error("unplugged"));
  assert.equal((await first).value, 1);
  await assert.rejects(values.next(), /unplugged/);
});

test("an aborted signal ends the iteration and the subscription, and no value comes after it", async () => {
  const source = new Subject<number>();
  const abort = new AbortController();
  const values = newest(source, abort.signal);
  const pending = values.next();
  source.next(1);
  await pending;
  source.next(2);
  abort.abort();
  assert.equal((await values.next()).done, true);
  assert.equal(source.observed, false);
});

test("an iteration that is given up no longer observes the source", async () => {
  const source = new Subject<number>();
  const values = newest(source);
  const pending = values.next();
  source.next(1);
  await pending;
  await values.return();
  assert.equal(source.observed, false);
});
