/** The shipped push model with the threshold of its own card: somebody puts the cube elsewhere while the arm works. One decision is surprised, the next one goes on at half the speed, and the task comes to its end with the cube where it is now; it is no reason to hold. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { run } from "../../../launch/run/run.ts";
import type { RunReport } from "../../../launch/run/words.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";

/** The decision after which it is moved, and by how much to the side. */
const MOVED_AFTER = 8;
const MOVED_M = 0.12;

interface Seen {
  readonly report: RunReport;
  readonly threshold: number;
  readonly decisions: readonly Tick["decision"][];
  readonly held: readonly string[];
}

async function push(isMoved: boolean): Promise<Seen> {
  const overrides = ["backend.mode:=lockstep", "dashboard.enabled:=false", "model.threads:=1", "guards.maxSurprise:=calibrated"];
  const blueprint = await draw(loadLaunch(join(packageRoot, "launch/panda-push.launch.yaml"), overrides));
  const decisions: Tick["decision"][] = [];
  const held: string[] = [];
  const report = await run(blueprint, {
    say: () => {},
    signal: new AbortController().signal,
    taps: [
      ({ ask }) => ({
        name: "looks",
        tick({ decision }) {
          decisions.push(decision);
          if (!isMoved || decisions.length !== MOVED_AFTER) return;
          const [x, y, z] = decision.measures.objectM as Vec3;
          void ask("put", { thing: "cube", positionM: [x, y > 0 ? y - MOVED_M : y + MOVED_M, z], yawRad: 0 });
        },
        state: ({ agent, reason }) => void (agent === "holding" && held.push(reason)),
      }),
    ],
  });
  return { report, threshold: blueprint.model.spec.surprise!.quantile, decisions, held };
}

/** How far the arm went of what the decision wanted, 0 to 1. */
const shareOf = ({ action, executedAction }: Tick["decision"]): number => Math.hypot(...executedAction) / Math.hypot(...action);
const surprised = ({ decisions, threshold }: Seen): readonly number[] =>
  decisions.flatMap(({ surprise }, index) => (surprise !== null && surprise > threshold ? [index] : []));

test("a cube that is put elsewhere surprises the decision that sees it, and the next goes on at half the speed; it does not hold, and the task comes to its end", async (context) => {
  const [usual, moved] = [await push(false), await push(true)];
  for (const [what, seen] of Object.entries({ usual, moved }))
    context.diagnostic(
      `${what}: ${seen.report.result} after ${seen.decisions.length} decisions, surprised in ${surprised(seen)}, ${seen.held.length} holds; ${seen.decisions.map(({ surprise }) => surprise?.toFixed(2)).join(" ")}; shares ${seen.decisions.map((each) => shareOf(each).toFixed(2)).join(" ")}`,
    );
  const [at = -1] = surprised(moved);
  assert.ok(at === MOVED_AFTER || at === MOVED_AFTER + 1, `noticed in decision ${at}`);
  assert.ok(!surprised(usual).includes(at), "it is the cube");
  const slow = shareOf(moved.decisions[at + 1]!);
  assert.ok(slow < 0.6 && shareOf(moved.decisions[at + 2]!) > 0.7, `${slow} of the action, then as before`);
  assert.deepEqual(moved.held, []);
  assert.equal(moved.report.result, "succeeded", moved.report.reason);
});
