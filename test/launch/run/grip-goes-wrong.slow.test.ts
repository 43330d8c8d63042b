/** What goes wrong with a hand while it picks up and places: the shipped twin, told where everything is, in the simulator that waits. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { run } from "../../../launch/run/run.ts";
import type { OpenTap, RunReport } from "../../../launch/run/words.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";

const QUIET = ["backend.mode:=lockstep", "dashboard.enabled:=false", "model.threads:=1"];

async function play(tap: OpenTap, ...overrides: readonly string[]): Promise<RunReport> {
  const launch = join(packageRoot, "launch/panda-pick-place-told.launch.yaml");
  const blueprint = await draw(loadLaunch(launch, [...QUIET, ...overrides]));
  return run(blueprint, { say: () => {}, signal: new AbortController().signal, taps: [tap] });
}

/** So high a cube is in the hand. */
const CARRIED_M = 0.06;

test("a cube that is lost on the way is picked up again, and the task comes to its end", async () => {
  let lostAt: number | null = null;
  const heightsM: number[] = [];
  const report = await play(({ ask }) => ({
    name: "takes it out of the hand",
    tick({ decision }) {
      const [x, y, z] = decision.measures.objectM as Vec3;
      heightsM.push(z);
      if (lostAt !== null || z < CARRIED_M) return;
      lostAt = heightsM.length;
      void ask("put", { thing: "cube", positionM: [x, y > 0 ? y - 0.12 : y + 0.12, heightsM[0]], yawRad: 0 });
    },
  }));
  assert.ok(lostAt !== null, "it was carried");
  assert.ok(Math.max(...heightsM.slice(lostAt + 1)) > CARRIED_M, "and once more");
  assert.equal(report.result, "succeeded", report.reason);
});

test("fingers that do not close stop the arm, with where they stand and what to do", async () => {
  const faults: string[] = [];
  const tap: OpenTap = () => ({ name: "hears", fault: ({ error }) => void faults.push(String(error)) });
  const report = await play(tap, 'faults:=[{"fault":"gripper-stuck","fromS":0}]');
  assert.notEqual(report.result, "succeeded");
  assert.match(faults.join("\n"), /gripper: its fingers are 80\.0 mm apart \d+ ms after they were told 0\.0 mm, .*then reset and start/);
});
