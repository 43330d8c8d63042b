/** A soak that somebody ends early tells what it measured until then, of agent and keeper. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../../../../launch/config/load.ts";
import { printBenchSoak } from "../../../../../launch/measure/bench/soak/print.ts";
import { benchSoak } from "../../../../../launch/measure/bench/soak/soak.ts";
import { AgentError } from "../../../../../runtime/core/errors.ts";
import { packageRoot } from "../../../../../runtime/core/package-root.ts";

test("a soak that is interrupted reports what was run: decisions, memory, files, handles and beats of agent and keeper", async (context) => {
  const interrupt = new AbortController();
  const onProgress = (line: string): void => {
    if (/: [1-9]\d* decisions/.test(line)) interrupt.abort(new AgentError("stop.operator", "interrupted from the keyboard"));
  };
  const config = loadLaunch(join(packageRoot, "launch/soak.launch.yaml"), []);
  const result = await benchSoak({ config, minutes: 30, everyS: 0.5, onProgress, signal: interrupt.signal });
  const text = printBenchSoak(result);
  context.diagnostic(text);
  assert.match(text, /of 30 minutes by sim, with page, MQTT, Foxglove, recorder, in memory; ended: interrupted from the keyboard/);
  assert.match(text, /MiB\/h \(95 %\).*\n.*agent.*too short to say/);
  assert.ok(result.decided.made > 0);
  assert.deepEqual(result.stops, {});
  const { agent, keeper } = result.samples.at(-1)!;
  for (const process of [agent, keeper!]) assert.ok(process.memoryMiB > 20 && process.files > 5 && process.threads > 1);
  assert.ok(keeper!.beats > 250 && agent.handles > 0);
});
