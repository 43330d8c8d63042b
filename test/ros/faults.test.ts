/** What can go wrong across ROS 2: each fault is noticed and typed, the arm comes to rest and stays there until an operator lets it go on. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { loadLaunch } from "../../launch/config/load.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { type AgentSeen, restSince, startAgent, untilMoving, untilRest } from "./agent.ts";
import { clock, type Peer, rosSkip, startPeer, until } from "./peer.ts";

interface Suffering {
  readonly rule: string;
  readonly order: object;
  /** Mends it. */
  readonly mend: object;
  readonly code: RegExp;
  /** The world stands still meanwhile, so that some of the braking is left when it is mended. */
  readonly standsStill?: boolean;
}

const sufferings: readonly Suffering[] = [
  { rule: "joint states that fall silent", order: { fault: "joints-silent" }, mend: { fault: null }, code: /^sense\.stale$/ },
  { rule: "joint states that come late", order: { fault: "joints-late" }, mend: { fault: null }, code: /^sense\.(stale|backward-stamp)$/ },
  { rule: "joint states that are not numbers", order: { fault: "joints-nan" }, mend: { fault: null }, code: /^sense\.(not-finite|stale)$/ },
  {
    rule: "joint states of other joints",
    order: { fault: "joints-renamed" },
    mend: { fault: null },
    code: /^(bridge\.mismatch|sense\.stale)$/,
  },
  { rule: "a camera that repeats one picture", order: { fault: "image-frozen" }, mend: { fault: null }, code: /^sense\.frozen-frame$/ },
  { rule: "cameras that fall silent", order: { fault: "image-silent" }, mend: { fault: null }, code: /^sense\.stale$/ },
  { rule: "goals that are refused", order: { fault: "reject" }, mend: { fault: null }, code: /^robot\.rejected$/ },
  { rule: "goals that are aborted", order: { fault: "abort" }, mend: { fault: null }, code: /^robot\.aborted$/ },
  { rule: "goals that are not answered", order: { fault: "mute" }, mend: { fault: null }, code: /^bridge\.timeout$/ },
  { rule: "a controller that is deactivated", order: { active: false }, mend: { active: true }, code: /^robot\.(aborted|rejected)$/ },
  { rule: "another client that takes the arm", order: { intrude: 0.3 }, mend: { fault: null }, code: /^robot\.aborted$/ },
  { rule: "an arm that is stuck", order: { stuck: true }, mend: { stuck: false }, code: /^robot\.(aborted|rejected)$/ },
];

const sufferingsOfTime: readonly Suffering[] = [
  {
    rule: "a /clock that falls silent while the rest goes on",
    order: { fault: "clock-silent" },
    mend: { fault: null },
    code: /^bridge\.timeout$/,
  },
  {
    rule: "a /clock that stands still",
    order: { pause: true },
    mend: { pause: false },
    code: /^(bridge\.timeout|sense\.stale)$/,
    standsStill: true,
  },
  { rule: "a /clock that jumps back", order: { clock: 50 }, mend: { fault: null }, code: /^(bridge\.lost|sense\.\S+)$/ },
  { rule: "a simulation that is reset", order: { reset: null }, mend: { fault: null }, code: /^(bridge\.lost|robot\.\S+|sense\.\S+)$/ },
];

/** From the moment when it is told. */
const REST_MS_MAX = 1500;
/** How long nothing may move: nothing tells that nothing will. */
const LEFT_ALONE_MS = 1500;
const RESTING_RAD_PER_S = 0.02;
const { cameras } = loadLaunch("launch/panda-ros2.launch.yaml", []);

if (rosSkip) test("faults across ROS 2 bring the arm to rest", { skip: rosSkip }, () => {});
else {
  describe("an arm behind ROS 2 comes to rest, and stays until resumed, after", () => {
    suffer(sufferings, [], []);
  });
  describe("an arm behind a simulated clock comes to rest, and stays until resumed, after", () => {
    suffer(sufferingsOfTime, ["--sim-time"], ["backend.node.useSimTime:=true"]);
  });
}

/** One agent lives through all of them. */
function suffer(all: readonly Suffering[], peerArguments: readonly string[], overrides: readonly string[]): void {
  let peer: Peer;
  let agent: AgentSeen;
  before(async () => {
    peer = await startPeer({ robot: pandaSpec, cameras, cameraRateHz: 10 }, peerArguments);
    agent = await startAgent(overrides);
  });
  after(async () => {
    await agent?.[Symbol.asyncDispose]();
    await peer?.[Symbol.asyncDispose]();
  });
  for (const { rule, order, mend, code, standsStill = false } of all)
    test(rule, async (context) => {
      await untilMoving(agent, peer);
      const before = agent.faultCount();
      const fromNs = clock.nowNs();
      const from = agent.partner.told.length;
      const told = peer.told.length;
      await peer.order(order);
      await until(() => isTold(agent, from, code), `a fault ${code}; the last is ${agent.lastFault().code}: ${agent.lastFault().says}`);
      const noticedNs = clock.nowNs();
      const noticedMs = Number(noticedNs - fromNs) / 1e6;
      await until(() => agent.state() !== "running", "the agent holding or stopped");
      if (standsStill) await clock.sleep(LEFT_ALONE_MS);
      const rest = standsStill ? await restSince(peer, noticedNs) : await untilRest(peer, fromNs);
      if (standsStill) assert.equal(rest.speedNow, null, "a world that stands still makes no step");
      else assert.ok(rest.restAfterMs! < noticedMs + REST_MS_MAX, `at rest ${rest.restAfterMs} ms after it began`);
      await peer.order(mend);
      await until(() => goalsAreOver(peer, told), "every goal being answered, and over");
      if (standsStill) await untilRest(peer, noticedNs); // What is left of the braking.
      const alone = clock.nowNs();
      await clock.sleep(LEFT_ALONE_MS);
      const { speedMax } = await restSince(peer, alone);
      assert.ok((speedMax ?? 0) < RESTING_RAD_PER_S, `moves by itself, ${speedMax} rad/s`);
      const state = agent.state();
      assert.ok(["holding", "stopped", "faulted"].includes(state), state);
      assert.ok(agent.faultCount() > before);
      await untilMoving(agent, peer);
      const { restAfterMs, speedAtLoss } = rest;
      context.diagnostic(
        `told after ${noticedMs.toFixed(0)} ms; from ${speedAtLoss?.toFixed(2)} rad/s at rest after ${restAfterMs?.toFixed(0)} ms, then ${state}; moves again after resume`,
      );
    });
}

/** A goal that was kept waiting may be accepted long after it was given up; it is cancelled then, and until it is the arm moves a little. */
function goalsAreOver({ told }: Peer, from: number): boolean {
  const since = told.slice(from);
  const waiting = since.findLastIndex(({ what }) => what === "muted");
  const isAnswered = waiting < 0 || since.slice(waiting).some(({ what }) => what === "goal" || what === "rejected");
  const count = (kind: string): number => since.filter(({ what }) => what === kind).length;
  return isAnswered && (waiting < 0 || count("goal-ended") >= count("goal"));
}

/** Whether the diagnostics since then have told of such a fault. */
function isTold(agent: AgentSeen, from: number, code: RegExp): boolean {
  return agent.partner.told.slice(from).some((told) => {
    if (told["topic"] !== "/diagnostics") return false;
    const { status } = told["message"] as { status: { name: string; values: { key: string; value: string }[] }[] };
    const values = status.find(({ name }) => name.endsWith(": agent"))?.values ?? [];
    const age = Number(values.find(({ key }) => key === "last fault age [s]")?.value ?? Number.POSITIVE_INFINITY);
    return age < 0.5 && code.test(values.find(({ key }) => key === "last fault")?.value ?? "");
  });
}
