/** The small parts of the ROS bridge: environment, arguments, QoS words, gripper, tracking, sinks without answers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrackingWatch } from "../../../../runtime/act/tracking-watch.ts";
import { rosBackendDefaults } from "../../../../runtime/bridge/ros2/config.ts";
import { readRosEnvironment } from "../../../../runtime/bridge/ros2/environment.ts";
import { createGripper } from "../../../../runtime/bridge/ros2/gripper-client.ts";
import { gripperGoal, judgeGripper } from "../../../../runtime/bridge/ros2/gripper-result.ts";
import { rosArguments } from "../../../../runtime/bridge/ros2/node.ts";
import { describeMismatch } from "../../../../runtime/bridge/ros2/qos.ts";
import { createPositionSink, createTrajectorySink } from "../../../../runtime/bridge/ros2/topic-sinks.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { atRest, quinticSegment } from "../../../../runtime/core/segment.ts";

const lacking = [
  [{}, /no ROS 2 is sourced \(ROS_DISTRO is not set\); run `source \/opt\/ros\/jazzy\/setup\.bash`/],
  [{ ROS_DISTRO: "foxy" }, /ROS_DISTRO is "foxy", must be one of humble, jazzy/],
  [{ ROS_DISTRO: "jazzy" }, /named but not sourced \(AMENT_PREFIX_PATH is not set\)/],
  [{ ROS_DISTRO: "jazzy", AMENT_PREFIX_PATH: "/opt/ros/jazzy" }, /sourced without LD_LIBRARY_PATH/],
] as const;
for (const [env, why] of lacking) {
  test(`without ROS it is said what to source: ${why.source.slice(0, 40)}`, () => {
    assert.throws(
      () => readRosEnvironment(env),
      (error) => error instanceof AgentError && error.code === "bridge.missing" && why.test(error.message),
    );
  });
}
test("a sourced ROS is read with its newest folder first", () => {
  const env = { ROS_DISTRO: "jazzy", AMENT_PREFIX_PATH: "/home/me/ws/install:/opt/ros/jazzy", LD_LIBRARY_PATH: "/opt/ros/jazzy/lib" };
  assert.deepEqual(readRosEnvironment(env), { distro: "jazzy", prefixes: ["/home/me/ws/install", "/opt/ros/jazzy"] });
});

test("simulated time and more arguments become a ROS command line; a renamed node keeps its process's suffix", () => {
  const { node } = rosBackendDefaults({ node: { rosArgs: ["-r", "__node:=left", "-p", "a:=1"], useSimTime: true } });
  assert.deepEqual(rosArguments(node, "_arm"), ["--ros-args", "-p", "use_sim_time:=true", "-r", "__node:=left_arm", "-p", "a:=1"]);
});

test("a name that is changed, in the file or behind --ros-args, is changed for all parts of an action too", () => {
  const { node } = rosBackendDefaults({ node: { remap: { follow: "/arm/follow" }, rosArgs: ["--remap", "joints:=/j"] } });
  const rules = rosArguments(node, "").filter((argument) => argument.includes(":="));
  assert.deepEqual(rules.slice(0, 3), [
    "follow:=/arm/follow",
    "follow/_action/send_goal:=/arm/follow/_action/send_goal",
    "follow/_action/get_result:=/arm/follow/_action/get_result",
  ]);
  assert.equal(rules[6], "joints:=/j");
  assert.equal(rules.length, 12);
});

test("a QoS that does not fit is told with its topic, policy and both sides", () => {
  const text = describeMismatch({ topic: "tf_static", side: "subscription", name: "latched", event: { last_policy_kind: 2 } });
  assert.equal(
    text,
    'topic "tf_static": a publisher does not fit our subscription in durability, so nothing is exchanged with it; ours is reliable, transient-local: change the publisher\'s',
  );
});

const gripperConfig = rosBackendDefaults({ gripper: { name: "hand/cmd", openM: 0.75, closedM: 0.25, timeoutMs: 500, joint: "finger" } })
  .gripper!;

test("an opening of 0 to 1 lies between closed and open, in both kinds of goal", () => {
  assert.deepEqual(gripperGoal(0.5, gripperConfig), { command: { position: 0.5, max_effort: 20 } });
  const parallel = gripperGoal(0, { ...gripperConfig, kind: "parallel" }) as {
    command: { name: string[]; position: number[]; effort: number[] };
  };
  assert.deepEqual([parallel.command.name, parallel.command.position, parallel.command.effort], [["finger"], [0.25], [20]]);
});

test("a gripper that stalls holds something; one that ends short without stalling, or aborts, is a fault", () => {
  assert.deepEqual(judgeGripper(0, "succeeded", { stalled: true, reached_goal: false }), { stalled: true, reachedGoal: false });
  assert.throws(() => judgeGripper(0, "succeeded", {}), /moving to 0 % open was ended short of its goal without holding anything/);
  assert.throws(() => judgeGripper(1, "aborted", {}), /moving to 100 % open was aborted by its driver/);
});

test("a gripper that does not end within its time is cancelled and told", async () => {
  const clock = new ManualClock();
  let cancelCount = 0;
  const handle = {
    isAccepted: () => true,
    isSucceeded: () => false,
    isCanceled: () => false,
    isAborted: () => false,
    cancelGoal: async () => void cancelCount++,
    getResult: () => new Promise(() => {}),
  };
  const gripper = createGripper({ isActionServerAvailable: () => true, sendGoal: async () => handle }, clock, gripperConfig);
  const moved = assert.rejects(gripper.move(1), /"hand\/cmd" was not done within 500 ms/);
  await Promise.resolve();
  await Promise.resolve();
  clock.advance(501);
  await moved;
  assert.equal(cancelCount, 1);
});

test("an arm off its command for longer than it may be is told once, and again only after it was well", () => {
  const watch = createTrackingWatch({ names: ["a", "b"], radMax: 0.2, msMax: 500 });
  const at = (offRad: number, ms: number) => watch.check([0, 1], [0, 1 + offRad], BigInt(ms) * 1_000_000n);
  assert.equal(at(0.3, 0), null);
  assert.equal(at(0.3, 499), null);
  assert.match(at(0.3, 500)!.message, /joint "b": 0\.300 rad from its command for 500 ms, at most 0\.2 rad/);
  assert.equal(at(0.3, 900), null);
  assert.equal(at(0.1, 1000), null);
  assert.equal(at(0.3, 1100), null);
  assert.notEqual(at(0.3, 1600), null);
});

function sinkParts() {
  const published: unknown[] = [];
  const faults: AgentError[] = [];
  const publisher = { publish: (message: object) => void published.push(message), subscriptionCount: 1 };
  const { command: config } = rosBackendDefaults({ command: { kind: "topic", name: "arm/traj" } });
  const options = {
    publisher,
    clock: new ManualClock(),
    config,
    names: ["a"],
    toOther: () => null,
    onFault: (error: AgentError) => faults.push(error),
  };
  return { published, faults, publisher, options };
}
const segment = quinticSegment({ id: 0, startNs: 0n, from: atRest(Float64Array.of(0)), toRad: [0.1], durationS: 0.4 });

test("by topic each segment is one trajectory, and a listener that goes is told", () => {
  const { published, faults, publisher, options } = sinkParts();
  const sink = createTrajectorySink(options);
  sink.follow(segment, 0n);
  sink.command(atRest(Float64Array.of(0)));
  assert.equal(published.length, 1);
  publisher.subscriptionCount = 0;
  sink.tick(0n);
  sink.tick(300_000_000n);
  assert.deepEqual(
    faults.map(({ message }) => message),
    ['topic "arm/traj": nobody listens any more; start the controller, then resume'],
  );
});

test("as a stream each beat is one message of positions and a segment by itself is none", () => {
  const { published, options } = sinkParts();
  const sink = createPositionSink(options);
  sink.follow(segment, 0n);
  sink.command(atRest(Float64Array.of(0.25)));
  assert.deepEqual(published, [{ layout: { dim: [], data_offset: 0 }, data: Float64Array.of(0.25) }]);
});
