/** Tests for drives.ts: what the drives of the simulated arm are said to give is what moved it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec as spec } from "../../robots/panda/spec.ts";
import { createContactWatch } from "../../runtime/act/contact-watch.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { atRest } from "../../runtime/core/segment.ts";
import { createDynamics } from "../../runtime/kinematics/dynamics.ts";
import { World } from "../../sim/world.ts";

const READING_S = 0.008;

test("commands that come late and in leaps are no touch, somebody who leans on the shoulder is one", async () => {
  using world = await World.create(spec, defaultScene);
  using dynamics = await createDynamics(spec);
  world.reset({ armRad: spec.homeRad });
  const watch = createContactWatch({
    ...{ joints: spec.joints, torqueShare: 0.25, frictionNm: dynamics.frictionNm },
    torqueNm: (motion) => dynamics.torqueNm(motion, 0),
  });
  const rng = createRng(1);
  let toldAt: number | null = null;
  /** Every 16 ms the command leaps by 0.03 rad a joint at most. */
  const run = (readings: number, from: number): void => {
    let command = atRest(Float64Array.from(spec.homeRad));
    for (let index = 0; index < readings && toldAt === null; index++) {
      if (index % 2 === 0) command = atRest(Float64Array.from(spec.homeRad, (rad) => rad + rng.between(-0.015, 0.015)));
      world.step(command, READING_S);
      const stampNs = BigInt(Math.round((from + index) * READING_S * 1e9));
      if (watch.check({ ...world.joints(), stampNs, receivedNs: stampNs }, command) !== null) toldAt = index;
    }
  };
  run(1000, 0);
  assert.equal(toldAt, null);
  (world.data.qfrc_applied as Float64Array)[1] = 60;
  run(50, 1000);
  assert.ok(toldAt !== null && toldAt <= 20, `after ${toldAt} readings`);
});
