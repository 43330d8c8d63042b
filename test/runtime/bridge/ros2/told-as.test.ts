/** Whoever waits for a topic that is told as another type reads which. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toldAs } from "../../../../runtime/bridge/ros2/told-as.ts";

const JOINTS = "sensor_msgs/msg/JointState";
const graph = (types: readonly string[]) => ({
  resolveTopicName: (topic: string) => `/left/${topic}`,
  getTopicNamesAndTypes: () => [
    { name: "/joint_states", types: ["std_msgs/msg/Empty"] },
    { name: "/left/joint_states", types },
  ],
});

test("another type under the same full name is named; our own, and a topic of another namespace, are not", () => {
  assert.equal(toldAs(graph([JOINTS, "std_msgs/msg/String"]), "joint_states", JOINTS), ": it is told as std_msgs/msg/String");
  assert.equal(toldAs(graph([JOINTS]), "joint_states", JOINTS), "");
  assert.equal(toldAs(graph([]), "elsewhere", JOINTS), "");
});
