/** The command line of a ROS user: what is ours, what is ROS's, and where it goes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rosOverrides, splitRosArguments } from "../../../../launch/cli/ros/arguments.ts";
import { loadLaunch } from "../../../../launch/config/load.ts";

test("what follows --ros-args is ROS's, up to --", () => {
  assert.deepEqual(splitRosArguments(["run", "a.yaml", "--ros-args", "-r", "a:=b", "--", "seed:=2"]), {
    others: ["run", "a.yaml", "seed:=2"],
    ros: ["-r", "a:=b"],
  });
});

test("ROS's arguments end in the backend's node", () => {
  const { backend } = loadLaunch("launch/panda-ros2.launch.yaml", rosOverrides(["-r", "__ns:=/left", "-p", "use_sim_time:=true"]));
  assert.equal(backend.kind, "ros2");
  if (backend.kind === "ros2") assert.deepEqual(backend.node.rosArgs, ["-r", "__ns:=/left", "-p", "use_sim_time:=true"]);
});

test("without --ros-args nothing is changed, and for another backend they are refused by name", () => {
  assert.deepEqual(rosOverrides([]), []);
  assert.throws(() => loadLaunch("launch/panda-push.launch.yaml", rosOverrides(["-r", "a:=b"])), /backend\.node is an unknown key/);
});
