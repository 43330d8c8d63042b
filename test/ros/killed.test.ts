/** Whatever of Foresight is killed while the arm moves behind ROS 2, the arm comes to rest: measured by the peer, which stands for the arm. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { loadLaunch } from "../../launch/config/load.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { type AgentSeen, keepersOf, startAgent, untilMoving, untilRest } from "./agent.ts";
import { clock, type Peer, rosSkip, startPeer } from "./peer.ts";

const { cameras } = loadLaunch("launch/panda-ros2.launch.yaml", []);
const REST_MS_MAX = 1500;
const COMMANDS = {
  action: "joint_trajectory_controller/follow_joint_trajectory",
  topic: "joint_trajectory_controller/joint_trajectory",
  stream: "forward_position_controller/commands",
} as const;

if (rosSkip) test("an arm behind ROS 2 comes to rest when Foresight is killed", { skip: rosSkip }, () => {});
else
  describe("in motion behind ROS 2", () => {
    let peer: Peer;
    let agent: AgentSeen | null = null;
    beforeEach(async () => {
      peer = await startPeer({ robot: pandaSpec, cameras, cameraRateHz: 10 });
    });
    afterEach(async () => {
      await agent?.[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    });

    for (const [kind, name] of Object.entries(COMMANDS))
      test(`commanded by ${kind}, kill -9 of agent and keeper leaves an arm that comes to rest`, async (context) => {
        agent = await startAgent([`backend.command.kind:=${kind}`, `backend.command.name:=${name}`]);
        await untilMoving(agent, peer);
        const pids = [agent.running.child.pid!, ...keepersOf(agent.running.child.pid!)];
        const atNs = clock.nowNs();
        for (const pid of pids) process.kill(pid, "SIGKILL");
        await restOf(peer, atNs, `agent and keeper killed, commanded by ${kind}`, context);
      });

    test("kill -9 of the agent alone leaves a keeper that brings the arm to rest", async (context) => {
      agent = await startAgent();
      await untilMoving(agent, peer);
      const atNs = clock.nowNs();
      agent.running.child.kill("SIGKILL");
      await restOf(peer, atNs, "agent killed", context);
    });
  });

async function restOf(peer: Peer, atNs: bigint, what: string, context: { diagnostic(text: string): void }): Promise<void> {
  const { speedAtLoss, restAfterMs } = await untilRest(peer, atNs);
  const takenMs = lastTakenMs(peer, atNs);
  context.diagnostic(
    `${what}: from ${speedAtLoss?.toFixed(3)} rad/s at rest after ${restAfterMs.toFixed(0)} ms, measured by the peer (bound 500 ms); it took the last motion after ${takenMs.toFixed(0)} ms`,
  );
  assert.ok(restAfterMs < REST_MS_MAX, `at rest after ${restAfterMs} ms, the last motion was taken after ${takenMs} ms`);
}

/** A motion that was on its way when its sender was killed begins when the peer takes it, which on a busy machine is late; 0 where there was none. */
const lastTakenMs = (peer: Peer, atNs: bigint): number =>
  Math.max(
    0,
    ...peer.told.filter(({ what }) => what === "goal" || what === "trajectory").map((told) => Number(BigInt(told.atNs) - atNs) / 1e6),
  );
