/** The judge's own arm: where tool and links are, how near these come and what the drives must give, it says as the robot's model does in MuJoCo. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOwnArm } from "../../../../../launch/measure/bench/guards/own-arm.ts";
import { robots } from "../../../../../robots/index.ts";
import { createRng } from "../../../../../runtime/core/rng.ts";
import { distanceM } from "../../../../../runtime/core/vec3.ts";
import { createDynamics } from "../../../../../runtime/kinematics/dynamics.ts";
import { createKinematics } from "../../../../../runtime/kinematics/kinematics.ts";
import { createArmShape } from "../../../../../runtime/kinematics/shape.ts";

const NAMES = ["panda", "ur5e", "so101"] as const;
/** Of what one looks for, and how much nearer two shapes may be than the judge's points say. */
const LOOK_M = 0.05;
const BETWEEN_POINTS_M = 0.003;

for (const name of NAMES) {
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

  test(`${name}: links are as near to one another as MuJoCo says`, async () => {
    const spec = await robots[name]();
    using shape = await createArmShape(spec);
    const arm = await createOwnArm(spec);
    const rng = createRng(6);
    let near = 0;
    for (let look = 0; look < 200; look++) {
      const positionRad = spec.joints.map(({ positionMinRad, positionMaxRad }) => rng.between(positionMinRad, positionMaxRad));
      const theirs = shape.nearest(positionRad, LOOK_M)?.distanceM ?? LOOK_M;
      if (theirs <= 0) continue; // How deep one is in the other each says in its own way.
      if (theirs < LOOK_M) near++;
      const ours = arm.apartAt(positionRad, LOOK_M)?.distanceM ?? LOOK_M;
      assert.ok(ours >= theirs - 1e-9 && ours <= theirs + BETWEEN_POINTS_M, `${ours} and ${theirs} m`);
    }
    assert.ok(near > 20, `${near} postures`);
  });

  test(`${name}: the drives must give what MuJoCo's inverse dynamics ask for, with a payload and without`, async () => {
    const spec = await robots[name]();
    using dynamics = await createDynamics(spec);
    const arm = await createOwnArm(spec);
    const rng = createRng(7);
    const drawn = (scale: number): Float64Array => Float64Array.from(spec.joints, () => scale * rng.normal());
    for (let look = 0; look < 50; look++) {
      const motion = { positionRad: drawn(1), velocityRadPerS: drawn(1), accelerationRadPerS2: drawn(8) };
      const theirs = dynamics.torqueNm(motion, look % 2);
      for (const [joint, ours] of arm.torqueNm(motion, look % 2).entries()) {
        const asked = Math.abs(theirs[joint]!) + dynamics.frictionNm[joint]!;
        assert.ok(Math.abs(ours - asked) < 0.01 * (1 + asked), `joint ${joint}: ${ours} and ${asked} N m`);
      }
    }
  });
}
