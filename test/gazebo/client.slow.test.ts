/** The client against a real Gazebo server: every kind of traffic that an arm needs. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ENTITY_TYPE, PIXEL_FORMAT } from "../../runtime/bridge/gazebo/message-table.ts";
import type { GazeboMessage } from "../../runtime/bridge/gazebo/message-types.ts";
import type { GazeboNode } from "../../runtime/bridge/gazebo/node.ts";
import { nsToMs } from "../../runtime/core/clock.ts";
import { quantile } from "../../runtime/core/statistics.ts";
import { clock, firstOf, gazebo, interopWorld, type RealServer, startWorld } from "./real-server.ts";

const WITHIN_MS = 10_000;
const CALLS = 1000;
const CAMERA = "/world/interop/model/eye/link/link/sensor/camera";

describe("the Gazebo client against a real server", { skip: gazebo.skip }, () => {
  let real: RealServer;
  let node: GazeboNode;
  before(async () => {
    real = await startWorld(interopWorld());
    node = real.node;
  });
  after(() => real?.[Symbol.asyncDispose]());

  const jointOf = (model: GazeboMessage<"Model">): number => model.joint.find(({ name }) => name === "turn")?.axis1?.position ?? Number.NaN;
  const control = (request: Parameters<typeof node.request<"WorldControl", "Boolean">>[2]): Promise<GazeboMessage<"Boolean">> =>
    node.request("/world/interop/control", "WorldControl", request, "Boolean", WITHIN_MS);
  const poseOf = (name: string, fits: (pose: GazeboMessage<"Pose">) => boolean): Promise<GazeboMessage<"Pose">> =>
    firstOf<GazeboMessage<"Pose">>(
      `the pose of ${name}`,
      (pose) => pose.name === name && fits(pose),
      (hear) => node.subscribe("/world/interop/pose/info", "Pose_V", ({ pose }) => pose.forEach(hear)),
    );

  test("the simulator's type names are learned, and its topics and services are listed", async () => {
    await control({ pause: false });
    assert.match(node.family, /^(ignition|gz)\.msgs$/);
    const mine = <T extends { partition: string; name: string }>(all: readonly T[]): string[] =>
      all.filter((it) => it.partition === real.partition).map((it) => it.name);
    assert.ok(mine(node.services()).includes("/world/interop/control"));
    await firstOf<GazeboMessage<"Clock">>(
      "the clock",
      () => true,
      (hear) => node.subscribe("/clock", "Clock", hear),
    );
    assert.ok(mine(node.topics()).includes("/clock"));
  });

  test("the clock comes every step of 2 ms, without a gap", async () => {
    const stampsNs: bigint[] = [];
    await firstOf<bigint>(
      "500 clock messages",
      () => stampsNs.length >= 500,
      (hear) =>
        node.subscribe("/world/interop/clock", "Clock", ({ sim }) => {
          stampsNs.push(sim!.sec * 1_000_000_000n + BigInt(sim!.nsec));
          hear(0n);
        }),
    );
    const steps = stampsNs.slice(1).map((stampNs, i) => stampNs - stampsNs[i]!);
    assert.ok(
      steps.every((step) => step === 2_000_000n),
      `steps of ${[...new Set(steps)].join(", ")} ns`,
    );
  });

  test("a joint follows a position command", async () => {
    await using command = node.publish("/model/pointer/joint/turn/0/cmd_pos", "Double");
    await command.whenSubscribed(WITHIN_MS);
    command.send({ data: 0.7 });
    await firstOf<GazeboMessage<"Model">>(
      "joint at 0.7 rad",
      (model) => Math.abs(jointOf(model) - 0.7) < 0.002,
      (hear) => node.subscribe("/world/interop/model/pointer/joint_state", "Model", hear),
    );
  });

  test("a joint follows a trajectory and says when it is done", async () => {
    await using trajectory = node.publish("/model/tracker/joint_trajectory", "JointTrajectory");
    await trajectory.whenSubscribed(WITHIN_MS);
    const done = firstOf<GazeboMessage<"Float">>(
      "the end of the trajectory",
      ({ data }) => data === 1,
      (hear) => node.subscribe("/model/tracker/joint_trajectory_progress", "Float", hear),
    );
    const knot = (position: number, nsec: number) => ({
      positions: [position],
      velocities: [0],
      accelerations: [0],
      timeFromStart: { sec: 0n, nsec },
    });
    trajectory.send({ jointNames: ["turn"], points: [knot(0.3, 200_000_000), knot(-0.5, 600_000_000)] });
    await done;
    await firstOf<GazeboMessage<"Model">>(
      "joint at -0.5 rad",
      (model) => Math.abs(jointOf(model) + 0.5) < 0.002,
      (hear) => node.subscribe("/world/interop/model/tracker/joint_state", "Model", hear),
    );
  });

  test("every byte of the camera's picture of a red wall is as it must be", async () => {
    const picture = await firstOf<GazeboMessage<"Image">>(
      "a picture",
      () => true,
      (hear) => node.subscribe(`${CAMERA}/image`, "Image", hear),
    );
    assert.deepEqual([picture.width, picture.height, picture.step, picture.pixelFormatType], [64, 48, 192, PIXEL_FORMAT.rgbInt8]);
    const red = Buffer.alloc(64 * 48 * 3);
    for (let i = 0; i < red.length; i += 3) red[i] = 255;
    assert.equal(Buffer.compare(picture.data, red), 0);
    const info = await firstOf<GazeboMessage<"CameraInfo">>(
      "the camera's numbers",
      () => true,
      (hear) => node.subscribe(`${CAMERA}/camera_info`, "CameraInfo", hear),
    );
    const focalPx = 64 / 2 / Math.tan(0.8 / 2);
    assert.ok(Math.abs(info.intrinsics!.k[0]! - focalPx) < 1e-6 * focalPx, `focal length ${info.intrinsics!.k[0]} px`);
  });

  test("a body is put elsewhere, a new one comes, and it goes again", async () => {
    await node.request(
      "/world/interop/set_pose",
      "Pose",
      { name: "cube", position: { x: 0.4, y: 0.2, z: 0.025 }, orientation: { w: 1 } },
      "Boolean",
      WITHIN_MS,
    );
    await poseOf("cube", ({ position }) => Math.hypot(position!.x - 0.4, position!.y - 0.2) < 1e-6);
    const sdf = '<sdf version="1.8"><model name="post"><static>true</static><link name="l"/></model></sdf>';
    const created = await node.request(
      "/world/interop/create",
      "EntityFactory",
      { sdf, pose: { position: { x: 1, y: 2, z: 3 }, orientation: { w: 1 } } },
      "Boolean",
      WITHIN_MS,
    );
    assert.equal(created.data, true);
    await poseOf("post", ({ position }) => position!.z === 3);
    const gone = firstOf<GazeboMessage<"UInt32_V">>(
      "the deletion",
      ({ data }) => data.length > 0,
      (hear) => node.subscribe("/world/interop/scene/deletion", "UInt32_V", hear),
    );
    await node.request("/world/interop/remove", "Entity", { name: "post", type: ENTITY_TYPE.model }, "Boolean", WITHIN_MS);
    await gone;
    const scene = await node.request("/world/interop/scene/info", "Empty", {}, "Scene", WITHIN_MS);
    assert.deepEqual(scene.model.map(({ name }) => name).sort(), ["cube", "eye", "ground", "pointer", "tracker", "wall"]);
  });

  test("a paused world makes exactly the steps that it is told to", async () => {
    await control({ pause: true });
    const stats = (fits: (it: GazeboMessage<"WorldStatistics">) => boolean): Promise<GazeboMessage<"WorldStatistics">> =>
      firstOf<GazeboMessage<"WorldStatistics">>("statistics", fits, (hear) =>
        node.subscribe("/world/interop/stats", "WorldStatistics", hear),
      );
    const { iterations } = await stats(({ paused }) => paused);
    await control({ pause: true, multiStep: 100 });
    const stepped = await stats((it) => it.paused && it.iterations > iterations);
    assert.equal(stepped.iterations - iterations, 100n);
    await control({ pause: false });
  });

  test("a service that does not exist and a request of the wrong type are said so", async () => {
    await assert.rejects(node.request("/world/interop/no_such", "Empty", {}, "Boolean", 200), {
      code: "bridge.timeout",
      message:
        `service "/world/interop/no_such" is not offered in partition "${real.partition}" (waited 200 ms); ` +
        "others are: is that the name, and is the plugin that offers it in the world?",
    });
    await assert.rejects(node.request("/world/interop/control", "Pose", {}, "Boolean", 200), {
      code: "bridge.timeout",
      message: /is offered as \w+\.msgs\.WorldControl -> \w+\.msgs\.Boolean, not as Pose -> Boolean; use its types$/,
    });
  });

  test("a topic of the server subscribed to under another type is warned of", async () => {
    using _wrong = node.subscribe("/world/interop/clock", "Image", () => assert.fail("a clock is no picture"));
    const warning = node.warnings().find(({ kind }) => kind === "wrong-type");
    assert.match(warning!.message, /^topic "\/world\/interop\/clock" is published as \w+\.msgs\.Clock and subscribed to as Image/);
  });

  test(`${CALLS} service calls, one after the other, are all answered`, async () => {
    const tookMs: number[] = [];
    for (let i = 0; i < CALLS; i++) {
      const fromNs = clock.nowNs();
      await node.request("/gazebo/worlds", "Empty", {}, "StringMsg_V", WITHIN_MS);
      tookMs.push(nsToMs(clock.nowNs() - fromNs));
    }
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(tookMs, share).toFixed(2));
    console.log(`${CALLS} service calls: p50 ${p50} p99 ${p99} max ${max} ms`);
    assert.equal(tookMs.length, CALLS);
  });

  test("a server that is killed is missed by its calls, and its last words are kept", async () => {
    await using second = await startWorld(interopWorld());
    await second.server.kill();
    assert.equal(second.server.ended, "ended by SIGKILL");
    await assert.rejects(second.node.request("/gazebo/worlds", "Empty", {}, "StringMsg_V", 10_000), { code: /bridge\.(lost|timeout)/ });
  });
});
