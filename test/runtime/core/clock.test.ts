/** The machine's clock: what its timers promise. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ManualClock, ManualWallClock, SystemClock, utcMsOf, utcText } from "../../../runtime/core/clock.ts";

test("a repeating timer that is stopped by its own callback does not come again", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  let calls = 0;
  const stop = new SystemClock().every(10, () => {
    calls++;
    if (calls === 2) stop();
  });
  for (let i = 0; i < 10; i++) mock.timers.tick(10);
  assert.equal(calls, 2);
});

test("a time of day goes with its clock and jumps when it is set, and its text is read back to the millisecond", () => {
  const clock = new ManualClock();
  const wallClock = new ManualWallClock(clock, Date.UTC(2026, 10, 29));
  clock.advance(1500);
  assert.equal(utcText(wallClock.nowUtcMs()), "2026-11-29T00:00:01.500Z");
  wallClock.jump(-3_600_000);
  assert.equal(utcText(wallClock.nowUtcMs()), "2026-11-28T23:00:01.500Z");
  assert.equal(utcMsOf("2026-11-29T01:00:01.500+01:00"), Date.UTC(2026, 10, 29, 0, 0, 1, 500));
  assert.ok(Number.isNaN(utcMsOf("soon")));
});
