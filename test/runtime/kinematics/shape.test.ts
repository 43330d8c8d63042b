/** The balls by which links are kept out of zones: nothing of a link is left out, so that a thin zone cannot slip in between two of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOwnArm } from "../../../launch/measure/bench/guards/own-arm.ts";
import { robots } from "../../../robots/index.ts";
import { distanceM } from "../../../runtime/core/vec3.ts";
import { createArmShape } from "../../../runtime/kinematics/shape.ts";

/** Half a diagonal of the grid over a box. */
const LEFT_OUT_M = 0.011;

for (const name of ["panda", "ur5e", "so101"] as const)
  test(`${name}: edges, faces and middles of every link, by a forward kinematics of their own, lie in a ball or next to one`, async () => {
    const spec = await robots[name]();
    using shape = await createArmShape(spec);
    const arm = await createOwnArm(spec);
    const balls = shape.balls(spec.homeRad);
    for (const { link, atM, radiusM } of arm.pointsAt(spec.homeRad)) {
      const own = balls.filter((ball) => ball.link === link && ball.radiusM >= radiusM);
      // A round link's middle is as near to a ball's, for its whole radius to be covered.
      const leftM = Math.min(...own.map((ball) => distanceM(ball.centreM, atM) - (radiusM > 0 ? radiusM / 4 : ball.radiusM)));
      assert.ok(leftM <= LEFT_OUT_M * (radiusM > 0 ? 0.01 : 1), `${link}: ${(1e3 * leftM).toFixed(1)} mm`);
    }
  });
