/** Every shipped robot as Gazebo understands it: libsdformat has no objection, and in the real server masses, ranges and links are where MuJoCo has them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { XMLParser } from "fast-xml-parser";
import { ROS_FOLDER, SHIPPED_FOLDER, shippedScene } from "../../launch/cli/gazebo/shipped-scenes.ts";
import { robots } from "../../robots/index.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { type CompiledModel, readCompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { createShadow, type Shadow } from "../../runtime/kinematics/shadow.ts";
import { linkNames, robotBodies } from "../../sim/gazebo/export-robot.ts";
import { WORLD } from "../../sim/gazebo/names.ts";
import { RELEASES } from "../../sim/gazebo/release.ts";
import { firstOf, gazebo, theGazebo } from "./real-server.ts";
import { SteppedArm } from "./stepped-arm.ts";

const POSES = 20;
const SEED = 3;
/** Each joint so far from its home at most: there the arm touches nothing. */
const SPREAD_RAD = 0.6;
const APART_M_MAX = 1e-3;
/** With the torques that MuJoCo's masses need: other masses would sag. */
const HELD_RAD_MAX = 0.01;
const WITHIN_MS = 20_000;
const names = Object.keys(robots) as (keyof typeof robots)[];

describe("exported robots", { skip: gazebo.skip }, () => {
  test("the world behind ROS 2: libsdformat has no objection", (context) => {
    checkSdf(context, [join(packageRoot, ROS_FOLDER, "world.sdf")]);
  });

  for (const robot of names) {
    for (const release of RELEASES) {
      test(`${robot} for ${release}: libsdformat has no objection`, (context) => {
        const files = ["world.sdf", "robot.sdf"].map((name) => join(packageRoot, SHIPPED_FOLDER, robot, release, name));
        checkSdf(context, files);
      });
    }

    test(`${robot} in the real server: masses, moments, ranges, and links at ${POSES} random postures agree with MuJoCo's`, async () => {
      const scene = await shippedScene(robot, theGazebo().release);
      await using arm = await SteppedArm.open({ ...scene, cameras: [], scene: { ...scene.scene, tableSurfaceM: -0.3 }, realTimeFactor: 0 });
      using shadow = await createShadow(scene.robot);
      const compiled = readCompiledModel(shadow.mujoco, shadow.model);
      checkDynamics(await loadedModel(arm, robot), compiled, scene.robot);

      const rng = createRng(SEED);
      let worstM = 0;
      let worstHoldRad = 0;
      for (let pose = 0; pose < POSES; pose++) {
        const toRad = scene.robot.joints.map(({ positionMinRad, positionMaxRad }, joint) => {
          const homeRad = scene.robot.homeRad[joint]!;
          return Math.min(positionMaxRad - 0.05, Math.max(positionMinRad + 0.05, homeRad + rng.between(-SPREAD_RAD, SPREAD_RAD)));
        });
        await arm.moveTo(toRad, 1.5);
        const { positionRad } = arm.state;
        worstHoldRad = Math.max(worstHoldRad, ...positionRad.map((rad, joint) => Math.abs(rad - toRad[joint]!)));
        worstM = Math.max(worstM, furthestLinkM(await linkPositions(arm), shadow, scene.robot, positionRad));
      }
      console.log(
        `${robot}: ${POSES} postures, furthest link ${(worstM * 1e3).toFixed(4)} mm from MuJoCo's; held with MuJoCo's torques to ${(worstHoldRad * 1e3).toFixed(3)} mrad`,
      );
      assert.ok(worstHoldRad <= HELD_RAD_MAX, `a joint is ${worstHoldRad} rad from where it was moved`);
      assert.ok(worstM <= APART_M_MAX, `a link is ${worstM} m from where MuJoCo has it`);
    });
  }
});

function checkSdf(context: TestContext, files: readonly string[]): void {
  const { sdfCheck } = theGazebo();
  if ("missing" in sdfCheck) {
    context.skip(sdfCheck.missing);
    return;
  }
  const [program = "", ...args] = sdfCheck;
  for (const file of files) {
    const { status, stdout, stderr } = spawnSync(program, [...args, file], { encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.doesNotMatch(`${stdout}${stderr}`, /error/i);
  }
}

interface LoadedModel {
  readonly link: readonly { "@name": string; inertial: { mass: number; inertia: { ixx: number; iyy: number; izz: number } } }[];
  readonly joint: readonly { "@name": string; axis?: { limit: { lower: number; upper: number } } }[];
}

/** The robot as the server has loaded it. */
async function loadedModel(arm: SteppedArm, robot: string): Promise<LoadedModel> {
  const { data } = await arm.real.node.request(`/world/${WORLD}/generate_world_sdf`, "SdfGeneratorConfig", {}, "StringMsg", WITHIN_MS);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    isArray: (name) => ["model", "link", "joint"].includes(name),
  });
  const models = parser.parse(data).sdf.world.model as (LoadedModel & { "@name": string })[];
  const model = models.find((it) => it["@name"] === robot);
  assert.ok(model, `the server has a model "${robot}"`);
  return model;
}

function checkDynamics(loaded: LoadedModel, compiled: CompiledModel, spec: RobotSpec): void {
  const bodies = robotBodies(compiled, spec);
  const nameOf = linkNames(bodies);
  for (const body of bodies) {
    const inertial = loaded.link.find((link) => link["@name"] === nameOf.get(body))?.inertial;
    assert.ok(inertial, `link "${body.name}" is in the server`);
    close(`mass of ${body.name}`, inertial.mass, body.massKg);
    const { ixx, iyy, izz } = inertial.inertia;
    for (const [axis, moment] of [ixx, iyy, izz].entries()) close(`moment ${axis} of ${body.name}`, moment, body.momentsKgM2[axis]!);
    for (const joint of body.joints) {
      const limit = loaded.joint.find((it) => it["@name"] === joint.name)?.axis?.limit;
      close(`lower end of ${joint.name}`, limit?.lower ?? Number.NEGATIVE_INFINITY, joint.range?.[0] ?? Number.NEGATIVE_INFINITY);
      close(`upper end of ${joint.name}`, limit?.upper ?? Number.POSITIVE_INFINITY, joint.range?.[1] ?? Number.POSITIVE_INFINITY);
    }
  }
}

function close(what: string, is: number, wanted: number): void {
  assert.ok(is === wanted || Math.abs(is - wanted) <= 1e-5 * Math.abs(wanted) + 1e-9, `${what}: ${is} in Gazebo, ${wanted} in MuJoCo`);
}

/** Of every link in the model's frame, by name, as the scene broadcaster tells them after the last step. */
async function linkPositions(arm: SteppedArm): Promise<ReadonlyMap<string, readonly number[]>> {
  const nowS = arm.timeS;
  const poses = firstOf<ReadonlyMap<string, readonly number[]>>(
    "poses of now",
    () => true,
    (hear) =>
      arm.real.node.subscribe(`/world/${WORLD}/pose/info`, "Pose_V", ({ header, pose }) => {
        const stampS = Number(header!.stamp!.sec) + header!.stamp!.nsec / 1e9;
        if (stampS > nowS - 1e-6) hear(new Map(pose.map(({ name, position: p }) => [name, [p?.x ?? 0, p?.y ?? 0, p?.z ?? 0]] as const)));
      }),
  );
  return poses;
}

function furthestLinkM(
  inGazebo: ReadonlyMap<string, readonly number[]>,
  { mujoco, model, data, qposIndex }: Shadow,
  spec: RobotSpec,
  positionRad: Float64Array,
): number {
  const qpos = data.qpos as Float64Array;
  for (const [joint, index] of qposIndex.entries()) qpos[index] = positionRad[joint]!;
  mujoco.mj_kinematics(model, data);
  const compiled = readCompiledModel(mujoco, model);
  const bodies = robotBodies(compiled, spec);
  const nameOf = linkNames(bodies);
  const apart = bodies
    .filter((body) => isOfArm(compiled, body, spec))
    .map((body) => {
      const at = inGazebo.get(nameOf.get(body)!);
      assert.ok(at, `link "${nameOf.get(body)}" is among the poses`);
      const id = compiled.bodies.indexOf(body);
      return Math.hypot(...[0, 1, 2].map((axis) => at[axis]! - (data.xpos as Float64Array)[3 * id + axis]!));
    });
  return Math.max(...apart);
}

/** Moved by the spec's joints alone: not a gripper's finger, which stands where its own servo has it. */
function isOfArm({ bodies }: CompiledModel, body: CompiledModel["bodies"][number], { joints }: RobotSpec): boolean {
  for (let at = body; at !== bodies[0]; at = bodies[at.parent]!) {
    if (at.joints.some(({ name }) => !joints.some((joint) => joint.name === name))) return false;
  }
  return true;
}
