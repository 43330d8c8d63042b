/** What the benches swing an arm by is no harder than its joints may be driven, whenever it turns round: a keeper would refuse it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { swingOf } from "../../../../launch/measure/bench/swing.ts";
import { robots } from "../../../../robots/index.ts";
import type { JointCommand } from "../../../../runtime/core/motion.ts";
import { atRest, peakUse, quinticSegment, sampleSegment } from "../../../../runtime/core/segment.ts";

const TURNS_S = [0.15, 0.2, 0.25, 0.3, 0.35, 0.4];

for (const name of ["panda", "ur5e", "so101"] as const)
  test(`${name} is swung within its limits, and as far as wanted where they let`, async () => {
    const spec = await robots[name]();
    const home = Float64Array.from(spec.homeRad);
    const byRad = swingOf(spec, 0.1);
    const swing = (from: JointCommand, side: number, turns: number): void => {
      const segment = quinticSegment({ id: 0, startNs: 0n, from, toRad: home.with(0, home[0]! + side * byRad), durationS: 0.4 });
      for (const { quantity, fraction } of peakUse(segment, spec.joints)) assert.ok(fraction <= 1, `${quantity}: ${fraction}`);
      if (turns > 0) for (const atS of TURNS_S) swing(sampleSegment(segment, atS), -side, turns - 1);
    };
    swing(atRest(home), 1, 3);
    assert.equal(swingOf(spec, 1e-3), 1e-3);
  });
