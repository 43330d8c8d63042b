/** What an arm in Gazebo needs before it is used comes when it comes: late is waited for, absent is named within the bound. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ArmEvents, GazeboArm, type GazeboTopics } from "../../../../../runtime/bridge/gazebo/arm/arm.ts";
import { PIXEL_FORMAT } from "../../../../../runtime/bridge/gazebo/message-table.ts";
import type { GazeboNode } from "../../../../../runtime/bridge/gazebo/node.ts";
import type { CameraSpec } from "../../../../../runtime/core/sensing.ts";
import { twoJointSpec } from "../../../../helpers/kinematic-arm.ts";
import { aPartition, clock, network, open } from "../two-nodes.ts";

const camera: CameraSpec = { name: "front", widthPx: 2, heightPx: 1, fovYRad: 0.8, positionM: [1, 0, 0.4], targetM: [0.5, 0, 0] };
const topics: GazeboTopics = {
  jointState: "/joint_state",
  trajectory: "/trajectory",
  position: (joint) => `/${joint}/position`,
  pose: (object) => `/${object}/pose`,
  image: (name) => `/${name}/image`,
};
const unheard: ArmEvents = { onJoints() {}, onPicture() {}, onObject() {}, onWorld() {}, onError: (error) => assert.fail(error) };

/** A world that answers to control, with an arm that looks for it. */
async function parties(connectMsMax: number) {
  const partition = aPartition();
  const server = await open({ partition });
  server.offer("/world/w/control", "WorldControl", "Boolean", () => ({ data: true }));
  const arm = await GazeboArm.open(
    {
      ...{ spec: twoJointSpec, cameras: [camera], clock, partition, network, world: "w", topics, objects: ["cube"], connectMsMax },
      ...{ torqueNm: () => new Float64Array(2), onWarning: () => {} },
    },
    unheard,
  );
  return { server, arm };
}

/** Plugins that start one after another: each is there from its own step of the world on, and tells its state at every step. */
function world(server: GazeboNode, plugins: readonly string[], stepsApart: number) {
  let step = 0;
  const tell = new Map<string, () => void>();
  const begin: Readonly<Record<string, () => void>> = {
    joints() {
      const state = server.publish(topics.jointState, "Model");
      const joint = twoJointSpec.joints.map(({ name }, i) => ({ name, axis1: { position: twoJointSpec.homeRad[i]!, velocity: 0 } }));
      tell.set("joints", () => state.send({ header: { stamp: stampOf(step) }, joint }));
    },
    controller: () => void server.subscribe(topics.trajectory, "JointTrajectory", () => {}),
    cube() {
      const pose = server.publish(topics.pose("cube"), "Pose");
      tell.set("cube", () => pose.send({ header: { stamp: stampOf(step) }, name: "cube", position: {}, orientation: { w: 1 } }));
    },
    camera() {
      const image = server.publish(topics.image("front"), "Image");
      const picture = { width: 2, height: 1, step: 6, data: new Uint8Array(6), pixelFormatType: PIXEL_FORMAT.rgbInt8 };
      tell.set("camera", () => image.send({ header: { stamp: stampOf(step) }, ...picture }));
    },
  };
  return async (): Promise<void> => {
    if (step % stepsApart === 0) begin[plugins[step / stepsApart] ?? ""]?.();
    step++;
    for (const say of tell.values()) say();
  };
}

const stampOf = (step: number) => ({ sec: BigInt(Math.floor(step / 50)), nsec: (step % 50) * 20_000_000 });

test("joints, controller, the loose thing's pose and pictures that come one after another, each late, are waited for", async () => {
  const { server, arm } = await parties(30_000);
  await using _ = arm;
  assert.equal(arm.missing().length, 4);
  await arm.connect(world(server, ["", "camera", "cube", "controller", "joints"], 10));
  assert.deepEqual(arm.missing(), []);
  assert.deepEqual([...arm.joints!.positionRad], [...twoJointSpec.homeRad]);
});

test("what never comes is named once the bound is over, and nothing that is there", async () => {
  const { server, arm } = await parties(3000);
  await using _ = arm;
  await assert.rejects(arm.connect(world(server, ["joints", "controller", "cube"], 1)), {
    code: "bridge.timeout",
    message:
      'Gazebo: not there after 3000 ms: no picture on "/front/image" (a camera, and the Sensors plugin of the world); look with "foresight gazebo doctor", or export the world again',
  });
});
