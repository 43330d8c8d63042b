import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { statecharts } from "../../../launch/cli/statecharts.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";

test("the page's statecharts are those of the machines that run; npm run charts draws them anew", async () => {
  const charts = await statecharts();
  for (const [path, text] of charts) assert.equal(readFileSync(join(packageRoot, path), "utf8"), text, path);
  const agent = charts.get("runtime/dashboard/public/agent-chart.svg") ?? "";
  for (const state of ["booting", "idle", "running", "holding", "stopping", "stopped", "faulted"])
    assert.match(agent, new RegExp(`data-state="${state}"`));
  const skill = charts.get("runtime/dashboard/public/skill-chart.svg") ?? "";
  for (const state of ["asking", "preparing", "acting", "verifying"])
    assert.match(skill, new RegExp(`class="state" data-state="${state}"`));
});
