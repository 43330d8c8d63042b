/** Names as they stand on the wire, and the variables that Gazebo reads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPartition, LOOPBACK_NETWORK, readGazeboEnvironment } from "../../../../runtime/bridge/gazebo/environment.ts";
import { splitWireName, wireName } from "../../../../runtime/bridge/gazebo/names.ts";

test("partition and topic are written as Gazebo writes them", () => {
  assert.equal(wireName("gzt", "/clock"), "@/gzt@/clock");
  assert.equal(wireName("", "/clock"), "@@/clock");
  assert.equal(wireName("/gzt/", "clock/"), "@/gzt@/clock");
  assert.equal(wireName("host:me", "/world/w/control"), "@/host:me@/world/w/control");
});

test("what was written is taken apart again", () => {
  assert.deepEqual(splitWireName(wireName("gzt", "/a/b")), { partition: "gzt", name: "/a/b" });
  assert.deepEqual(splitWireName(wireName("", "/a")), { partition: "", name: "/a" });
  for (const none of ["/clock", "@/gzt/clock", "@/gzt@clock", ""]) assert.equal(splitWireName(none), null);
});

test("names that Gazebo refuses are refused here, with the reason", () => {
  const refused = (name: string, message: RegExp): void => {
    assert.throws(() => wireName("p", name), { name: "AgentError", code: "launch.invalid", message });
  };
  refused("/a b", /Gazebo name "\/a b" in partition "p" contains " "; allowed is anything but/);
  refused("/a~", /contains "~"/);
  refused("/a@b", /contains "@"/);
  refused("/a//b", /contains "\/\/"/);
  refused("/a:=b", /contains ":="/);
  refused("/", /is empty/);
  refused("x".repeat(65_535), /has 65540 characters, more than 65535/);
  assert.throws(() => wireName("a b", "/x"), /in partition "a b" contains " "/);
});

test("GZ_ variables come before IGN_ ones, and loopback is the default", () => {
  assert.deepEqual(readGazeboEnvironment({}), { partition: defaultPartition(), network: LOOPBACK_NETWORK });
  const read = readGazeboEnvironment({ IGN_PARTITION: "old", GZ_PARTITION: "new", IGN_IP: "10.0.0.2", GZ_DISCOVERY_MSG_PORT: "11000" });
  assert.deepEqual(read, { partition: "new", network: { ...LOOPBACK_NETWORK, hostIp: "10.0.0.2", topicPort: 11_000 } });
});

test("a partition that is set but empty is the empty partition", () => {
  assert.equal(readGazeboEnvironment({ IGN_PARTITION: "" }).partition, "");
});

test("a port that is none is refused", () => {
  assert.throws(() => readGazeboEnvironment({ IGN_DISCOVERY_SRV_PORT: "70000" }), {
    code: "launch.invalid",
    message:
      'environment variable GZ_DISCOVERY_SRV_PORT or IGN_DISCOVERY_SRV_PORT: "70000" is no port from 1 to 65535; correct it or take it away',
  });
});
