/** The judge's own forward kinematics: it says where the tool and the links are as the robot's model does in MuJoCo. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOwnArm } from "../../../../../launch/measure/bench/guards/own-arm.ts";
import { robots } from "../../../../../robots/index.ts";
import { createRng } from "../../../../../runtime/core/rng.ts";
import { distanceM } from "../../../../../runtime/core/vec3.ts";
import { createKinematics } from "../../../../../runtime/kinematics/kinematics.ts";
import { createArmShape } from "../../../../../runtime/kinematics/shape.ts";

for (const name of ["panda", "ur5e", "so101"] as const)
  test(`${name}: tool and links are where MuJoCo has them, wherever the joints are`, async () => {
    const spec = await robots[name]();
    using kinematics = await createKinematics(spec);
    using shape = await createArmShape(spec);
    const arm = await createOwnArm(spec);
    const rng = createRng(5);
    for (let look = 0; look < 20; look++) {
      const positionRad = spec.joints.map(({ positionMinRad, positionMaxRad }) => rng.between(positionMinRad, positionMaxRad));
      assert.ok(distanceM(arm.toolAt(positionRad), kinematics.toolAt(positionRad)) < 1e-9);
      const balls = shape.balls(positionRad);
      const points = arm.pointsAt(positionRad);
      assert.deepEqual(new Set(points.map(({ link }) => link)), new Set(balls.map(({ link }) => link)));
      // The end of every long link's axis is one of both.
      for (const { atM, radiusM, link } of points.filter((point, i) => point.radiusM > 0 && points[i - 1]?.radiusM !== point.radiusM))
        assert.ok(
          balls.some((ball) => ball.link === link && ball.radiusM === radiusM && distanceM(ball.centreM, atM) < 1e-9),
          `${link}: ${atM}`,
        );
    }
  });
