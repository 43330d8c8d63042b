/** Waiting for what has no event to wait for: looked at again and again, bounded, never a fixed time. */
import assert from "node:assert/strict";
import { nsToMs, SystemClock } from "../../runtime/core/clock.ts";

const clock = new SystemClock();
const LOOK_EVERY_MS = 20;

/** Resolves when it holds; fails with `what` after `withinMs`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const fromNs = clock.nowNs();
  while (!(await holds())) {
    assert.ok(nsToMs(clock.nowNs() - fromNs) < withinMs, `${what}: not within ${withinMs} ms`);
    await clock.sleep(LOOK_EVERY_MS);
  }
}
