/** Nonsense given to `foresight gazebo ...`: each ends by itself, with its exit code and one message that says what, which value and what to do. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { clock, openNodeAt } from "../../../../launch/cli/gazebo/open-node.ts";
import type { GazeboNode } from "../../../../runtime/bridge/gazebo/node.ts";
import { type CliResult, startCli } from "../../../helpers/cli.ts";

const PUSH = "launch/panda-push.launch.yaml";
const partition = `test-${randomUUID()}`;
const empty = `empty-${randomUUID()}`;
const CONTROL = "/world/toy/control";
/** Nobody waits for ever: longest is a call or a listener of three seconds, beside the start of the process on a busy machine. */
const ENDED_MS_MAX = 120_000;

const folder = mkdtempSync(join(tmpdir(), "foresight-nonsense-"));
const file = join(folder, "file");
writeFileSync(file, "in the way");
const text = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

let simulator: GazeboNode;
let stop = (): void => {};
before(async () => {
  simulator = await openNodeAt({ partition, hostIp: "127.0.0.1" });
  const clockTopic = simulator.publish("/clock", "Clock");
  stop = clock.every(20, () => clockTopic.send({ sim: { sec: 7n } }));
  simulator.offer(CONTROL, "WorldControl", "Boolean", ({ pause }) => ({ data: pause }));
});
after(async () => {
  stop();
  await simulator.close();
});

interface Case {
  readonly title: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: 1 | 2;
  /** Of what is printed, on either stream. */
  readonly says: readonly RegExp[];
}

const there = ["--partition", partition];
const nowhere = ["--partition", empty];
const cases: readonly Case[] = [
  { title: "a verb that does not exist", args: ["topic"], code: 2, says: [/unknown command 'topic'/, /topics/] },
  { title: "no verb at all", args: [], code: 2, says: [/Commands:[\s\S]*topics[\s\S]*export/] },
  {
    title: "an option that does not exist",
    args: ["topics", "--partion", "x"],
    code: 2,
    says: [/unknown option '--partion'/, /--partition/],
  },

  { title: "listening for no time", args: ["topics", "--seconds", "0"], code: 2, says: [/--seconds/, /"0" is no whole number above 0/] },
  { title: "listening for years", args: ["topics", "--seconds", "99999999"], code: 2, says: [/--seconds/, /99999999 is more than 600/] },
  {
    title: "topics with nobody there",
    args: ["topics", "--seconds", "1", ...nowhere],
    code: 1,
    says: [/nobody is in this partition; choose another with --partition/],
  },
  {
    title: "an interface that is no address",
    args: ["topics", "--seconds", "1", "--ip", "banana"],
    code: 2,
    says: [/bridge\.failed/, /banana/, /is that an address of this machine\?/],
  },
  {
    title: "an interface of another machine",
    args: ["topics", "--seconds", "1", "--ip", "192.0.2.1"],
    code: 2,
    says: [/bridge\.failed/, /192\.0\.2\.1/, /is that an address of this machine\?/],
  },
  {
    title: "a list that cannot be written",
    args: ["topics", "--seconds", "1", ...there, "--json", join(file, "list.json")],
    code: 2,
    says: [/launch\.invalid: cannot write .*list\.json/, /name a place/],
  },
  {
    title: "a port that is none",
    args: ["topics", "--seconds", "1"],
    env: { GZ_DISCOVERY_MSG_PORT: "many" },
    code: 2,
    says: [/GZ_DISCOVERY_MSG_PORT/, /"many" is no port from 1 to 65535/],
  },

  { title: "echo of nothing", args: ["echo"], code: 2, says: [/missing required argument 'topic'/] },
  {
    title: "echo of a topic that nobody publishes",
    args: ["echo", "/nope", "--seconds", "1", ...there],
    code: 1,
    says: [/nothing yet on "\/nope": nobody publishes it; `foresight gazebo topics` lists/],
  },
  {
    title: "echo of a name that is none",
    args: ["echo", "two words", "--seconds", "1", ...there],
    code: 2,
    says: [/launch\.invalid/, /"two words"/, /contains " "; allowed is/],
  },
  {
    title: "echo in a partition that is none",
    args: ["echo", "/clock", "--seconds", "1", "--partition", "a@b"],
    code: 2,
    says: [/launch\.invalid/, /"a@b"/, /contains "@"; allowed is/],
  },
  {
    title: "echo of half a message",
    args: ["echo", "/clock", "--count", "0.5", ...there],
    code: 2,
    says: [/--count/, /"0\.5" is no whole number above 0/],
  },
  {
    title: "echo with nobody there",
    args: ["echo", "/clock", "--seconds", "1", ...nowhere],
    code: 1,
    says: [/nothing yet on "\/clock": /],
  },

  { title: "a call of nothing", args: ["call"], code: 2, says: [/missing required argument 'service'/] },
  {
    title: "a service that nobody offers",
    args: ["call", "/nope", "--timeout", "1000", ...there],
    code: 2,
    says: [/bridge\.timeout: service "\/nope" is not offered in partition ".*" \(waited 1000 ms\); `foresight gazebo topics` lists/],
  },
  {
    title: "a call with nobody there",
    args: ["call", CONTROL, "--timeout", "1000", ...nowhere],
    code: 2,
    says: [/bridge\.timeout: service "\/world\/toy\/control" is not offered in partition/, /waited 1000 ms/],
  },
  {
    title: "a request that is no JSON",
    args: ["call", CONTROL, "{pause: true}", ...there],
    code: 2,
    says: [/launch\.invalid: the request is no JSON: /],
  },
  { title: "a request that is no object", args: ["call", CONTROL, "5", ...there], code: 2, says: [/bridge\.mismatch: .*WorldControl/] },
  {
    title: "a request with a key that does not exist",
    args: ["call", CONTROL, '{"paus": true}', ...there],
    code: 2,
    says: [/bridge\.mismatch: .*WorldControl.*"paus"/],
  },
  {
    title: "a request with a value of another type",
    args: ["call", CONTROL, '{"pause": "yes"}', ...there],
    code: 2,
    says: [/bridge\.mismatch: .*WorldControl.*pause/],
  },
  {
    title: "a request with a number too large",
    args: ["call", CONTROL, '{"multiStep": 4294967296}', ...there],
    code: 2,
    says: [/bridge\.mismatch: .*WorldControl.*multi_?[sS]tep/],
  },
  {
    title: "a call of a name that is none",
    args: ["call", "/a//b", "--timeout", "1000", ...there],
    code: 2,
    says: [/launch\.invalid/, /contains "\/\/"; allowed is/],
  },
  {
    title: "a call that may wait for no time",
    args: ["call", CONTROL, "--timeout", "-5", ...there],
    code: 2,
    says: [/--timeout/, /"-5" is no whole number above 0/],
  },
  {
    title: "a call that may wait for months",
    args: ["call", CONTROL, "--timeout", "9999999999", ...there],
    code: 2,
    says: [/--timeout/, /9999999999 is more than 600000/],
  },

  {
    title: "doctor with nobody there",
    args: ["doctor", "--seconds", "1", ...nowhere],
    code: 1,
    says: [/partition "empty-/, /choose one with --partition/],
  },
  {
    title: "doctor on an interface of another machine",
    args: ["doctor", "--seconds", "1", "--ip", "192.0.2.1"],
    code: 1,
    says: [/192\.0\.2\.1 is no address of this machine/, /choose one with --ip/],
  },
  {
    title: "findings that cannot be written",
    args: ["doctor", "--seconds", "1", ...there, "--json", join(file, "findings.json")],
    code: 2,
    says: [/launch\.invalid: cannot write .*findings\.json/],
  },

  { title: "an export of nothing", args: ["export"], code: 2, says: [/missing required argument 'launch'/] },
  {
    title: "an export of a file that is not there",
    args: ["export", join(folder, "none.yaml")],
    code: 2,
    says: [/launch\.invalid/, /none\.yaml/, /cannot be read \(ENOENT: there is no such file or folder\); check the path/],
  },
  {
    title: "an export of what is no launch file",
    args: ["export", text("list.yaml", "- a\n- b\n")],
    code: 2,
    says: [/launch\.invalid/, /list\.yaml/],
  },
  { title: "an export without a robot", args: ["export", text("bare.yaml", "seed: 1\n")], code: 2, says: [/launch\.invalid/, /robot/] },
  {
    title: "an export of a scene with a cube of no mass",
    args: ["export", PUSH, "backend:=gazebo", "backend.scene.objects.cube.massKg:=0"],
    code: 2,
    says: [/launch\.invalid/, /objects\.cube\.massKg/, /0 given; above 0$/m],
  },
  {
    title: "an export for a release that does not exist",
    args: ["export", PUSH, "--for", "garden"],
    code: 2,
    says: [/garden/, /fortress, harmonic/],
  },
  {
    title: "an export with a controller that does not exist",
    args: ["export", PUSH, "--controller", "magic"],
    code: 2,
    says: [/magic/, /trajectory, position, ros2_control/],
  },
  {
    title: "an export for ROS 2 and Fortress",
    args: ["export", PUSH, "--for", "fortress", "--controller", "ros2_control"],
    code: 2,
    says: [/launch\.invalid/, /use --for harmonic/],
  },
  {
    title: "an export to where nothing can be written",
    args: ["export", PUSH, "--out", join(file, "out")],
    code: 2,
    says: [/launch\.invalid: cannot write .*world\.sdf/, /name a place/],
  },
];

describe("nonsense", { timeout: ENDED_MS_MAX * cases.length }, () => {
  for (const { title, args, env, code, says } of cases) {
    test(title, { timeout: ENDED_MS_MAX }, async (context) => {
      const running = startCli(["gazebo", ...args], env);
      context.signal.addEventListener("abort", () => running.child.kill("SIGKILL"));
      const result = await running.result;
      const all = `${result.out}\n${result.err}`;
      assert.equal(result.code, code, all);
      for (const pattern of says) assert.match(all, pattern);
      assertNoStack(result);
    });
  }
});

test("a reader who has enough of an echo ends it", { timeout: ENDED_MS_MAX }, async () => {
  const running = startCli(["gazebo", "echo", "/clock", ...there]);
  await running.saw(/"sec":"7"/);
  running.child.stdout!.destroy(); // As `head -1` does.
  const result = await running.result;
  assert.equal(result.code, 0, result.err);
  assertNoStack(result);
});

function assertNoStack({ out, err }: CliResult): void {
  assert.doesNotMatch(`${out}\n${err}`, /\n\s+at |Warning: /, "no stack for what the world did wrong");
}
