/** J: nodes that die, hang or come back, peers that do not fit, and services that never answer, across a real ROS 2 graph. */
import assert from "node:assert/strict";
import type { RosKeeperConfig } from "../../launch/backends/ros2/keeper.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { Ros2Driver } from "../../runtime/bridge/ros2/arm/driver.ts";
import { rosBackendDefaults } from "../../runtime/bridge/ros2/config.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import { startCli } from "../helpers/cli.ts";
import { trialFor } from "../helpers/trials.ts";
import { type AgentSeen, restSince, startAgent, untilMoving } from "../ros/agent.ts";
import { clock, domainId, type Peer, startPeer, startPython, until } from "../ros/peer.ts";
import { type FaultCase, refused } from "./case.ts";

const { cameras } = loadLaunch("launch/panda-ros2.launch.yaml", []);
const WORLD = { robot: pandaSpec, cameras, cameraRateHz: 10 };
/** How long nothing may move: nothing tells that nothing will. */
const LEFT_ALONE_MS = 1500;
const SETTLED_MS = 500;
const RESTING_RAD_PER_S = 0.02;
const SERVICE_MS_MAX = 1000;
const CONNECT_MS_MAX = 8000;
const HOLDS = /^(sense\.stale|bridge\.\S+|robot\.\S+)$/;

/** An arm in motion whose whole other side is then struck. */
async function struck(strike: (peer: Peer, agent: AgentSeen) => Promise<void>): Promise<null> {
  const peer = await startPeer(WORLD);
  await using agent = await startAgent();
  try {
    await untilMoving(agent, peer);
    await strike(peer, agent);
  } finally {
    await peer[Symbol.asyncDispose]();
  }
  return null;
}

async function noticed(agent: AgentSeen): Promise<void> {
  await until(() => agent.state() !== "running", "the agent noticing that its arm is gone");
  await until(() => HOLDS.test(agent.lastFault().code), "the fault in the diagnostics");
}

/** What it does when it is woken comes a moment after that, so one look is not enough. */
async function restsFor(peer: Peer, forMs: number): Promise<boolean> {
  const sinceNs = clock.nowNs();
  await clock.sleep(forMs);
  const { speedMax } = await restSince(peer, sinceNs);
  return speedMax !== null && speedMax < RESTING_RAD_PER_S;
}

async function staysAtRest(peer: Peer, agent: AgentSeen): Promise<void> {
  const sinceNs = clock.nowNs();
  await clock.sleep(LEFT_ALONE_MS);
  const { speedMax } = await restSince(peer, sinceNs);
  assert.ok((speedMax ?? 0) < RESTING_RAD_PER_S, `moves by itself, ${speedMax} rad/s`);
  assert.ok(["holding", "stopped", "faulted"].includes(agent.state()), agent.state());
}

const nodeDies = () =>
  struck(async (peer, agent) => {
    await peer[Symbol.asyncDispose](); // SIGKILL.
    await noticed(agent);
    await clock.sleep(LEFT_ALONE_MS);
    assert.ok(["holding", "stopped", "faulted"].includes(agent.state()), agent.state());
  });

const nodeHangs = () =>
  struck(async (peer, agent) => {
    peer.process.kill("SIGSTOP");
    await noticed(agent);
    peer.process.kill("SIGCONT");
    await until(() => restsFor(peer, SETTLED_MS), "what was left of its braking");
    await staysAtRest(peer, agent);
    await untilMoving(agent, peer);
  });

const comesBack = () =>
  struck(async (peer, agent) => {
    await peer[Symbol.asyncDispose]();
    await noticed(agent);
    await using back = await startPeer(WORLD);
    await staysAtRest(back, agent);
    await untilMoving(agent, back);
  });

/** What a driver says that waits for its other side in vain, and what it warned of. */
async function inVain(
  domain: number,
  changes: Parameters<typeof rosBackendDefaults>[0] = {},
): Promise<{ readonly said: string; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const named = Object.fromEntries(cameras.map(({ name }) => [name, { topic: `${name}/image_raw` }]));
  const node = { domainId: domain, discovery: "localhost" } as const;
  const backend = rosBackendDefaults({ node, connectTimeoutMs: CONNECT_MS_MAX, cameras: named, ...changes });
  const warn = (text: string): void => void warnings.push(text);
  const error = await Ros2Driver.create({ spec: pandaSpec, cameras, backend, clock, warn }).then(
    () => assert.fail("it started"),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof AgentError && error.code === "bridge.timeout", String(error));
  return { said: error.message, warnings };
}

async function misfits(): Promise<void> {
  await using _peer = await startPeer(WORLD, ["--latched-commands"]);
  const { said, warnings } = await inVain(domainId, {
    cameras: { front: { topic: "front/image_raw", reliability: "reliable" }, side: { topic: "side/image_raw" } },
    command: { kind: "topic", name: "joint_trajectory_controller/joint_trajectory" },
  });
  assert.match(said, /no picture of camera "front" on "front\/image_raw"/);
  assert.match(said, /nobody listens to "joint_trajectory_controller\/joint_trajectory"/);
  assert.doesNotMatch(said, /camera "side"/, "what fits is heard");
  for (const misfit of [
    /topic "front\/image_raw": a publisher does not fit our subscription in reliability/,
    /topic "joint_trajectory_controller\/joint_trajectory": a subscriber does not fit our publisher in durability/,
  ])
    assert.ok(
      warnings.some((text) => misfit.test(text)),
      warnings.join("\n"),
    );
}

async function undiscovered(): Promise<void> {
  await using _peer = await startPeer(WORLD);
  const { said } = await inVain(domainId + 1);
  for (const missing of [/nothing on "joint_states"/, /no picture of camera "front"/, /no action "joint_trajectory_controller/])
    assert.match(said, missing);
}

async function anotherType(): Promise<void> {
  await using partner = await startPython("partner.py", []);
  await partner.order({ publish: { type: "std_msgs/msg/String", topic: "joint_states", qos: "reliable", messages: [{ data: "home" }] } });
  const { said } = await inVain(domainId);
  assert.match(said, /nothing on "joint_states" \(sensor_msgs\/JointState\): it is told as std_msgs\/msg\/String/);
}

async function neverAnswers(): Promise<void> {
  await using peer = await startPeer({ robot: pandaSpec });
  const trial = await trialFor("reach", 1); // Drawn before: it keeps this thread, and a keeper takes a silent agent for lost.
  const backend = rosBackendDefaults({
    node: { domainId, discovery: "localhost" },
    ...{ connectTimeoutMs: 30_000, evaluation: { timeoutMs: SERVICE_MS_MAX } },
  });
  const config: RosKeeperConfig = { robot: pandaSpec, cameras: [], backend, objects: ["cube"] };
  const entry = moduleUrl("../../launch/backends/ros2/keeper.ts", import.meta.url);
  await using robot = await forkKeeper({ spec: pandaSpec, entry, config });
  await peer.order({ fault: "service-mute" });
  const sinceNs = clock.nowNs();
  const isTimeout = (service: string) => (error: AgentError) =>
    error.code === "bridge.timeout" && error.message.startsWith(`service "${service}": no answer within ${SERVICE_MS_MAX} ms`);
  await assert.rejects(robot.ask("truth"), isTimeout("get_world"));
  await assert.rejects(robot.ask("reset", trial), isTimeout("set_world"));
  assert.ok(((await restSince(peer, sinceNs)).speedMax ?? 0) < RESTING_RAD_PER_S, "nothing is moved by that");
  await peer.order({ fault: null });
  await robot.ask("reset", trial);
}

async function sameName(): Promise<void> {
  await using peer = await startPeer(WORLD);
  await using agent = await startAgent();
  await untilMoving(agent, peer);
  const second = startCli(["run", "launch/panda-ros2.launch.yaml", "dashboard.enabled:=false", "backend.evaluation:={}"], {
    ROS_DOMAIN_ID: String(domainId),
  });
  const { code, err } = await second.result;
  assert.notEqual(code, 0);
  assert.match(err, /process \d+ commands it already; end that first/);
  await untilMoving(agent, peer);
}

const MOVING = { detectedBy: "sense, sense.stale, or the controller's action", deadline: 825, clock: "real" } as const;
const RESUMED = "it moves nothing when it is back; a person: resume";

export const ROS_CASES: readonly FaultCase[] = [
  {
    ...{ id: "J1a", fault: "the nodes of arm and cameras die in motion", ...MOVING },
    safeState: "holds or stops; the last motion ends at rest",
    recovered: "a person starts them, then resume",
    run: nodeDies,
  },
  {
    ...{ id: "J1b", fault: "the nodes of arm and cameras hang, and go on", ...MOVING },
    safeState: "holds, at rest within 0.4 s",
    recovered: RESUMED,
    run: nodeHangs,
  },
  refused(
    {
      id: "J2",
      fault: "publishers and subscribers whose QoS does not fit",
      detectedBy: "driver, bridge.timeout; each is warned of by topic and policy",
    },
    misfits,
  ),
  refused(
    { id: "J3", fault: "nobody is discovered: another domain", detectedBy: "driver, bridge.timeout; all that is missing by name" },
    undiscovered,
  ),
  {
    ...{ id: "J4", fault: "a service never answers", detectedBy: "client, bridge.timeout", deadline: SERVICE_MS_MAX, clock: "real" },
    safeState: "nothing is moved by that",
    recovered: "it may be asked again",
    run: () => neverAnswers().then(() => null),
  },
  {
    ...{ id: "J7", fault: "the other side is killed and started again", ...MOVING },
    safeState: "holds or stops, at rest",
    recovered: RESUMED,
    run: comesBack,
  },
  refused(
    {
      id: "J8",
      fault: "a second agent of one name for one arm, while the first moves it",
      detectedBy: "robot lock, robot.rejected",
      recovered: "the first goes on; it is named: a person ends one",
    },
    sameName,
  ),
  refused({ id: "J9", fault: "a topic is told as another type", detectedBy: "driver, bridge.timeout; both types by name" }, anotherType),
];
