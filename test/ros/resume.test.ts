/** Killed with SIGKILL in the midst of a task, and of an urgent one before it, an agent behind ROS 2 comes back holding and does what it is told by services. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../launch/config/load.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { killedAndBack, type Remote, urgent } from "../helpers/killed-and-back.ts";
import { restSince, startAgent } from "./agent.ts";
import { clock, rosSkip, startPeer } from "./peer.ts";

const { cameras } = loadLaunch("launch/panda-ros2.launch.yaml", []);
/** Looked on for this long: an agent that holds must not move the arm. */
const LOOK_MS = 500;
const RESTING_RAD_PER_S = 0.02;
/** Patience for machines that do much else, which is not what is tested here. */
const PATIENT = [
  "backend.resume:=self",
  "senses.maxAgeMs:=2000",
  "senses.maxSkewMs:=300",
  "guards.maxObservationAgeMs:=2000",
  "guards.maxPlanAgeMs:=2000",
  "planner.samples:=32",
  "planner.iterations:=1",
];

test("over ROS 2: killed and started again it holds; resume, restart_skill and abort do what they say, and an urgent task comes first", {
  skip: rosSkip,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-ros-killed-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const state = join(folder, "place.state");
  await using peer = await startPeer({ robot: pandaSpec, cameras, cameraRateHz: 10 });
  const isStill = async (): Promise<void> => {
    const sinceNs = clock.nowNs();
    await clock.sleep(LOOK_MS);
    assert.ok(((await restSince(peer, sinceNs)).speedMax ?? 0) < RESTING_RAD_PER_S, "it does not move by itself");
  };
  let isGone = false; // Aborted: the next agent has nothing to go on with.
  await killedAndBack(async (): Promise<Remote> => {
    const agent = await startAgent([...PATIENT, `state:=${state}`, `urgent:=${urgent}`], existsSync(state) && !isGone ? "holding" : "idle");
    return {
      stand: agent.stand,
      async say(word) {
        const { success, message } = await agent.command(typeof word === "string" ? word.replace("-", "_") : `urgent/${word.urgent}`);
        isGone ||= word === "abort" && success;
        return success ? null : message;
      },
      async kill() {
        agent.running.child.kill("SIGKILL");
        await agent.running.result;
      },
      [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
    };
  }, isStill);
});
