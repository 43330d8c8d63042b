/** Tests for dynamics.ts: torques against the work that lifting takes, and a payload against the same mass compiled into the model. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { robots } from "../../../robots/index.ts";
import type { JointCommand } from "../../../runtime/core/motion.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { atRest } from "../../../runtime/core/segment.ts";
import { createDynamics } from "../../../runtime/kinematics/dynamics.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";

const NAMES = ["panda", "ur5e", "so101"] as const;
const GRAVITY_M_PER_S2 = 9.81;

/** A posture near home, moving anyhow. */
function motionAt(homeRad: readonly number[], seed: number): JointCommand {
  const rng = createRng(seed);
  const drawn = (scale: number): Float64Array => Float64Array.from(homeRad, () => scale * rng.normal());
  return {
    positionRad: drawn(0.2).map((value, joint) => value + homeRad[joint]!),
    velocityRadPerS: drawn(1),
    accelerationRadPerS2: drawn(4),
  };
}

test("to hold a payload takes what lifting it would, joint by joint", async () => {
  for (const name of NAMES) {
    const spec = await robots[name]();
    using dynamics = await createDynamics(spec);
    using kinematics = await createKinematics(spec);
    const homeRad = Float64Array.from(spec.homeRad);
    const [empty, full] = [0, 2].map((kg) => dynamics.torqueNm(atRest(homeRad), kg));
    for (const joint of spec.joints.keys()) {
      const z = (offRad: number): number => kinematics.toolAt(homeRad.with(joint, homeRad[joint]! + offRad))[2];
      const liftM = (z(1e-5) - z(-1e-5)) / 2e-5;
      assert.ok(Math.abs(full![joint]! - empty![joint]! - 2 * GRAVITY_M_PER_S2 * liftM) < 1e-4, `${name}, joint ${joint}`);
    }
  }
});

test("moving, a payload asks for what the same mass at the tool of the model asks for", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "payload-"));
  t.after(() => rm(folder, { recursive: true }));
  const spec = await robots.panda();
  const site = /<site name="tool" pos="(?<at>[^"]+)"[^>]*>/.exec(readFileSync(spec.modelPath, "utf8"))!;
  const mass = `${site[0]}<body pos="${site.groups!["at"]}"><inertial mass="1.5" pos="0 0 0" diaginertia="1e-7 1e-7 1e-7"/></body>`;
  const modelPath = join(folder, "model.xml");
  writeFileSync(modelPath, readFileSync(spec.modelPath, "utf8").replace(site[0], mass));
  using plain = await createDynamics(spec);
  using loaded = await createDynamics({ ...spec, modelPath });
  for (const seed of [1, 2, 3, 4]) {
    const motion = motionAt(spec.homeRad, seed);
    const [ours, compiled] = [plain.torqueNm(motion, 1.5), loaded.torqueNm(motion, 0)];
    for (const [joint, value] of compiled.entries())
      assert.ok(Math.abs(ours[joint]! - value) < 0.01, `seed ${seed}, joint ${joint}: ${ours[joint]} and ${value} N m`);
    const empty = plain.torqueNm(motion, 0);
    assert.ok(
      ours.some((value, joint) => Math.abs(value - empty[joint]!) > 1),
      "the payload is felt",
    );
  }
});

test("what the arm weighs is part of what is asked, also where its controller makes up for it", async () => {
  const spec = await robots.panda();
  using dynamics = await createDynamics(spec);
  const shoulder = dynamics.torqueNm(atRest(Float64Array.from(spec.homeRad)), 0)[1]!;
  assert.ok(shoulder < -20 && shoulder > -40, `${shoulder} N m`);
  const so101 = await robots.so101();
  using small = await createDynamics(so101);
  assert.ok(small.frictionNm.every((value) => value > 0.04 && value < 0.06));
});
