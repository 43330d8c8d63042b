/** The machine's clock: what its timers promise. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { SystemClock } from "../../../runtime/core/clock.ts";

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
