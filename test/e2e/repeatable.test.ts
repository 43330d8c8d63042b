import assert from "node:assert/strict";
import { test } from "node:test";
import { draw } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { run } from "../../launch/run/run.ts";
import type { Tick } from "../../runtime/core/tick.ts";

/** The decision halves as text: every number of every array, in full. */
async function decisionsOf(seed: number): Promise<string[]> {
  const overrides = ["backend.mode:=lockstep", "dashboard.enabled:=false", "planner.samples:=32", "planner.horizon:=3", `seed:=${seed}`];
  const ticks: string[] = [];
  const blueprint = await draw(loadLaunch("launch/panda-push.launch.yaml", overrides));
  const listener = { name: "test", tick: (tick: Tick): void => void ticks.push(text(tick.decision)) };
  await run(blueprint, { say: () => {}, signal: new AbortController().signal, taps: [() => listener] });
  return ticks;
}

const text = (decision: Tick["decision"]): string =>
  JSON.stringify(decision, (_, value) => {
    if (typeof value === "bigint") return `${value}n`;
    return ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex") : value;
  });

test("the same seed in lockstep makes the same decisions, byte for byte; another seed does not", async () => {
  const [first, second, other] = [await decisionsOf(7), await decisionsOf(7), await decisionsOf(8)];
  assert.ok(first.length >= 5, `${first.length} decisions`);
  assert.deepEqual(second, first);
  assert.notDeepEqual(other, first);
});
