/** The vendor's safety across ROS 2: it stops the arm or slows it down, and whatever it releases, nothing moves before an operator says so. */
import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { loadLaunch } from "../../launch/config/load.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { type AgentSeen, restSince, startAgent, untilMoving, untilRest } from "./agent.ts";
import { clock, type Peer, rosSkip, startPeer, startPython, type Told, until } from "./peer.ts";

/** As a vendor's driver has them; the last is a heartbeat. */
const topics = {
  program: { type: "std_msgs/msg/Bool", topic: "/robot_program_running" },
  mode: { type: "std_msgs/msg/String", topic: "/robot_mode" },
  scaling: { type: "std_msgs/msg/Float64", topic: "/speed_scaling" },
  heartbeat: { type: "std_msgs/msg/Bool", topic: "/safety_alive" },
} as const;
const safety = [
  { means: "may-move", ...topics.program, values: [true], latched: true },
  { means: "may-move", ...topics.mode, values: ["RUNNING"], latched: true },
  { means: "speed", ...topics.scaling, full: 100, latched: true },
  { means: "may-move", ...topics.heartbeat, values: [true], maxSilenceMs: 1000 },
];

interface Stop {
  readonly rule: string;
  readonly topic: keyof typeof topics;
  readonly forbids: boolean | string | number;
  readonly permits: boolean | string | number;
}
const stops: readonly Stop[] = [
  { rule: "a protective stop", topic: "program", forbids: false, permits: true },
  { rule: "an emergency stop, told by the robot's mode", topic: "mode", forbids: "EMERGENCY_STOP", permits: "RUNNING" },
  { rule: "a speed scaling of nothing", topic: "scaling", forbids: 0, permits: 100 },
];

/** From the moment when it is told. */
const REST_MS_MAX = 1500;
/** How long nothing may move: nothing tells that nothing will. */
const LEFT_ALONE_MS = 1500;
const RESTING_RAD_PER_S = 0.02;
/** Some legs of the task to and fro. */
const WATCHED_DECISIONS = 15;
const SLOW_PERCENT = 20;
const { cameras } = loadLaunch("launch/panda-ros2.launch.yaml", []);

/** Planning that two cores carry beside the peer, its cameras and three more processes: how well it plans is not what is tested here. */
const LIGHT = ["planner.samples:=32", "planner.iterations:=1"];

if (rosSkip) test("the vendor's safety stops an arm behind ROS 2", { skip: rosSkip }, () => {});
else
  describe("an arm behind ROS 2 whose vendor speaks of safety", () => {
    let peer: Peer;
    let vendor: Peer;
    let heart: Peer;
    let agent: AgentSeen;
    const say = async (topic: keyof typeof topics, data: unknown): Promise<void> => {
      const said = vendor.next("published");
      await vendor.order({ publish: { ...topics[topic], qos: "latched", atOnce: true, messages: [{ data }] } });
      await said;
    };
    before(async () => {
      peer = await startPeer({ robot: pandaSpec, cameras, cameraRateHz: 10 });
      vendor = await startPython("partner.py", []);
      heart = await startHeart();
      for (const { topic, permits } of stops) await say(topic, permits);
      agent = await startAgent([`backend.safety:=${JSON.stringify(safety)}`, ...LIGHT]);
    });
    after(async () => {
      await agent?.[Symbol.asyncDispose]();
      for (const each of [heart, vendor, peer]) await each?.[Symbol.asyncDispose]();
    });

    for (const { rule, topic, forbids, permits } of stops)
      test(`is stopped by ${rule}, does not start while it lasts, and stays where it is when it is released`, async (context) => {
        await untilMoving(agent, peer);
        const [fromNs, from] = [clock.nowNs(), agent.partner.told.length];
        await say(topic, forbids);
        await isStopped({ agent, peer, fromNs, from, why: new RegExp(`safety: "${topics[topic].topic}" says data = ${forbids}`), context });

        await agent.command("reset");
        const [triedNs, faults] = [clock.nowNs(), agent.faultCount()];
        await agent.command("start");
        await until(
          () => agent.state() === "faulted" && agent.faultCount() > faults,
          "the agent faulted again, since motion is still forbidden",
        );
        await restsSince(peer, triedNs, 0);

        await say(topic, permits);
        await restsSince(peer, clock.nowNs(), LEFT_ALONE_MS);
        assert.equal(agent.state(), "faulted");
        await untilMoving(agent, peer);
      });

    test("is stopped when a heartbeat falls silent, and stays where it is when it beats again", async (context) => {
      await untilMoving(agent, peer);
      const [fromNs, from] = [clock.nowNs(), agent.partner.told.length];
      await heart[Symbol.asyncDispose]();
      await isStopped({ agent, peer, fromNs, from, why: /safety: "\/safety_alive" is silent for \d+ ms, at most 1000 ms/, context });
      heart = await startHeart();
      await restsSince(peer, clock.nowNs(), LEFT_ALONE_MS);
      assert.equal(agent.state(), "faulted");
      await untilMoving(agent, peer);
    });

    test("follows a speed scaling while it moves", async (context) => {
      await untilMoving(agent, peer);
      const full = await fastest(agent, peer);
      await say("scaling", SLOW_PERCENT);
      await until(() => agent.decisions().speedShare === SLOW_PERCENT / 100, "the agent slowed down");
      await untilDecisions(agent, 3); // What was decided before has run out.
      const slow = await fastest(agent, peer);
      assert.equal(agent.state(), "running", `its last fault: ${agent.lastFault().code}: ${agent.lastFault().says}`);
      assert.ok(slow > RESTING_RAD_PER_S && slow < full / 2, `${slow.toFixed(2)} rad/s, without scaling ${full.toFixed(2)} rad/s`);
      await say("scaling", 100);
      context.diagnostic(
        `fastest joint ${full.toFixed(2)} rad/s, at a scaling of ${SLOW_PERCENT} % ${slow.toFixed(2)} rad/s, measured by the peer`,
      );
    });
  });

/** Beats ten times a second until it is disposed of, or two minutes have passed. */
async function startHeart(): Promise<Peer> {
  const heart = await startPython("partner.py", []);
  const messages = Array.from({ length: 1200 }, () => ({ data: true }));
  await heart.order({ publish: { ...topics.heartbeat, qos: "reliable", atOnce: true, everyMs: 100, messages } });
  return heart;
}

interface Stopped {
  readonly agent: AgentSeen;
  readonly peer: Peer;
  /** When it was forbidden to move, and how much the agent's partner had told by then. */
  readonly fromNs: bigint;
  readonly from: number;
  readonly why: RegExp;
  readonly context: TestContext;
}

/** The agent is faulted for that reason, and the arm at rest, by the peer's measure. */
async function isStopped({ agent, peer, fromNs, from, why, context }: Stopped): Promise<void> {
  await until(() => agent.state() === "faulted", "the agent faulted");
  const toldMs = Number(clock.nowNs() - fromNs) / 1e6;
  await until(() => agent.partner.told.slice(from).some((told) => tellsOf(told, why)), `a robot.aborted that says ${why}`);
  const { speedAtLoss, restAfterMs } = await untilRest(peer, fromNs);
  assert.ok(restAfterMs < toldMs + REST_MS_MAX, `at rest after ${restAfterMs} ms, faulted after ${toldMs} ms`);
  context.diagnostic(
    `faulted after ${toldMs.toFixed(0)} ms; from ${speedAtLoss?.toFixed(2)} rad/s at rest after ${restAfterMs.toFixed(0)} ms`,
  );
}

/** Whether this is a diagnosis whose last fault is a motion that the arm's safety ended, in these words. */
function tellsOf(told: Told, why: RegExp): boolean {
  if (told["topic"] !== "/diagnostics") return false;
  const { status } = told["message"] as { status: { name: string; values: { key: string; value: string }[] }[] };
  const values = new Map(
    status.flatMap((each) => (each.name.endsWith(": agent") ? each.values : [])).map(({ key, value }) => [key, value]),
  );
  return values.get("last fault") === "robot.aborted" && why.test(values.get("last fault says") ?? "");
}

/** Nothing has moved from an instant until so much later. */
async function restsSince(peer: Peer, sinceNs: bigint, forMs: number): Promise<void> {
  await clock.sleep(forMs);
  const { speedMax } = await restSince(peer, sinceNs);
  assert.ok((speedMax ?? 0) < RESTING_RAD_PER_S, `moves by itself, ${speedMax} rad/s`);
}

/** The largest speed of any joint over some decisions from now on, rad/s. */
async function fastest(agent: AgentSeen, peer: Peer): Promise<number> {
  const sinceNs = clock.nowNs();
  await untilDecisions(agent, WATCHED_DECISIONS);
  return (await restSince(peer, sinceNs)).speedMax ?? 0;
}

async function untilDecisions(agent: AgentSeen, more: number): Promise<void> {
  const from = agent.decisions().count;
  await until(
    () => agent.decisions().count >= from + more,
    () => `${more} decisions; it is ${agent.state()}, its last fault ${agent.lastFault().code}: ${agent.lastFault().says}`,
  );
}
