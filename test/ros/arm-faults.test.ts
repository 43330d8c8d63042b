/** What can go wrong with one goal or gripper behind the keeper of an arm in ROS 2. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, type TestContext, test } from "node:test";
import type { RosKeeperConfig } from "../../launch/backends/ros2/keeper.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import type { KeeperRobot } from "../../runtime/act/keeper-robot.ts";
import { rosBackendDefaults } from "../../runtime/bridge/ros2/config.ts";
import { secondsToNs } from "../../runtime/core/clock.ts";
import type { AgentError } from "../../runtime/core/errors.ts";
import type { Segment } from "../../runtime/core/motion.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import { trialFor } from "../helpers/trials.ts";
import { restSince, untilRest } from "./agent.ts";
import { clock, domainId, type Peer, rosSkip, startPeer, until } from "./peer.ts";

const LEAD_MS = 150;
const SEGMENT_S = 0.4;
const STEP_RAD = 0.15;
/** Longer than the shipped 300 ms: a busy machine answers late, and that is not what is tested here. */
const ACCEPT_MS_MAX = 1000;
const MUTE_S = 3;
const GRIPPER_MS_MAX = 4000;
const SERVICE_MS_MAX = 1000;
const RESTING_RAD_PER_S = 0.02;
const ATTEMPTS_MAX = 5;
/** How far a servo lets its joint be from where it was sent. */
const SAG_RAD = 0.02;

if (rosSkip) test("faults of one goal or gripper behind ROS 2 are typed", { skip: rosSkip }, () => {});
else {
  describe("the keeper of an arm behind ROS 2", () => {
    let peer: Peer;
    let robot: KeeperRobot;
    let trial: Awaited<ReturnType<typeof trialFor>>;
    const faults: AgentError[] = [];
    before(async () => {
      peer = await startPeer({ robot: pandaSpec }, ["--mute-s", String(MUTE_S)]);
      trial = await trialFor("reach", 1); // Drawn before: it keeps this thread, and a keeper takes a silent agent for lost.
      const backend = rosBackendDefaults({
        node: { domainId, discovery: "localhost" },
        connectTimeoutMs: 30_000,
        command: { maxAcceptMs: ACCEPT_MS_MAX },
        gripper: { name: "gripper/gripper_cmd", timeoutMs: GRIPPER_MS_MAX },
        evaluation: { timeoutMs: SERVICE_MS_MAX },
      });
      const config: RosKeeperConfig = { robot: pandaSpec, cameras: [], backend, objects: ["cube"] };
      robot = await forkKeeper({ spec: pandaSpec, entry: moduleUrl("../../launch/backends/ros2/keeper.ts", import.meta.url), config });
      robot.faults?.subscribe((fault) => void faults.push(fault));
    });
    after(async () => {
      await robot?.[Symbol.asyncDispose]();
      await peer?.[Symbol.asyncDispose]();
    });
    beforeEach(() => void faults.splice(0));
    afterEach(async () => {
      await peer.order({ fault: null });
      await robot.resume();
    });

    /** The first joint a little further, at rest at its end. */
    let id = 0;
    const swing = (): Segment => {
      const startNs = clock.nowNs() + BigInt(LEAD_MS) * 1_000_000n;
      const from = robot.commandedAt(startNs);
      const toRad = from.positionRad.map((value, joint) => (joint === 0 ? value + STEP_RAD : value));
      return quinticSegment({ id: id++, startNs, from, toRad, durationS: SEGMENT_S });
    };
    const isAtRest = async (sinceNs: bigint): Promise<void> => {
      const { speedNow } = await untilRest(peer, sinceNs);
      assert.ok((speedNow ?? Number.POSITIVE_INFINITY) < RESTING_RAD_PER_S, `${speedNow} rad/s`);
    };
    /** Where a segment of `swing` is sent to. */
    const isThere = async (segment: Segment): Promise<void> => {
      const toRad = segment.knots.at(-1)!.positionRad[0]!;
      const at = async (): Promise<number> => ((await peer.ask("state")) as unknown as { position: readonly number[] }).position[0]!;
      await until(
        async () => Math.abs((await at()) - toRad) < SAG_RAD,
        () => `the arm where it was sent; its faults: ${faults.map(({ message }) => message).join("; ") || "none"}`,
      );
    };

    /** As in the contract: a real process that this machine kept from running has braked, as it must, which says nothing of the rule. */
    const rule = (name: string, body: (context: TestContext) => Promise<void>): void =>
      void test(name, async (context) => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await body(context);
          } catch (error) {
            if (attempt === ATTEMPTS_MAX || !faults.some(({ code }) => code === "robot.stalled")) throw error;
            context.diagnostic(`attempt ${attempt}: the command stream was kept from running; once more`);
            await peer.order({ fault: null });
            await robot.resume();
            faults.splice(0);
          }
        }
      });

    rule("reads joints that come in another order each time by their names, and moves on", async () => {
      const { position } = (await peer.ask("state")) as unknown as { position: readonly number[] };
      await peer.order({ fault: "joints-reordered" });
      const off: number[] = [];
      const observing = new AbortController();
      robot.observe(observing.signal).subscribe((sample) => {
        if (sample.kind === "joints") off.push(...sample.joints.positionRad.map((value, joint) => Math.abs(value - position[joint]!)));
      });
      await until(() => off.length >= 50 * position.length, "50 readings");
      observing.abort();
      assert.ok(Math.max(...off) < SAG_RAD, `${Math.max(...off)} rad from where it rests`);
      await isThere(await robot.act(swing()));
      assert.deepEqual(faults, []);
    });

    rule("cancels a goal that never finishes, says so, and takes no segment before resume", async (context) => {
      await peer.order({ fault: "endless" });
      const sentNs = clock.nowNs();
      const before = peer.told.length;
      await robot.act(swing());
      await until(() => faults.length > 0, "a fault");
      const noticedMs = Number(clock.nowNs() - sentNs) / 1e6;
      assert.equal(faults[0]?.code, "robot.aborted");
      assert.match(faults[0]?.message ?? "", /segment \d+: still runs 1000 ms after its end, so it was cancelled; .*then reset and start/);
      await until(() => peer.told.slice(before).some(({ what }) => what === "cancel-requested"), "the goal being cancelled");
      await isAtRest(sentNs);
      await assert.rejects(
        robot.act(swing()),
        (error: AgentError) => error.code === "robot.rejected" && /resume first/.test(error.message),
      );
      await peer.order({ fault: null });
      await robot.resume();
      await isThere(await robot.act(swing()));
      context.diagnostic(
        `a goal of ${SEGMENT_S} s that never finishes: told and cancelled after ${noticedMs.toFixed(0)} ms (deadline 1000 ms after its end)`,
      );
    });

    rule("comes to rest where a goal is accepted long after it was given up: it is cancelled at once", async (context) => {
      await peer.order({ fault: "mute" });
      const sentNs = clock.nowNs();
      const before = peer.told.length;
      await robot.act(swing());
      await until(() => faults.length > 0, "a fault");
      const noticedMs = Number(clock.nowNs() - sentNs) / 1e6;
      assert.equal(faults[0]?.code, "bridge.timeout");
      const told = (what: string) => peer.told.slice(before).find((each) => each.what === what);
      await until(() => told("goal-ended") !== undefined, "the late goal's end");
      assert.equal(told("goal-ended")?.["how"], "cancel");
      const acceptedNs = BigInt(told("goal")?.atNs ?? 0);
      await isAtRest(acceptedNs);
      const { restAfterMs, speedMax } = await restSince(peer, acceptedNs);
      context.diagnostic(
        `a goal answered after ${MUTE_S} s: told after ${noticedMs.toFixed(0)} ms; accepted in spite of it the arm moved at ${speedMax?.toFixed(2)} rad/s at most and was at rest ${restAfterMs?.toFixed(0)} ms later`,
      );
    });

    rule("is placed elsewhere while a goal still runs, which is no fault, and moves from there", async () => {
      await peer.order({ fault: "endless" });
      const before = peer.told.length;
      const { startNs } = await robot.act(swing());
      await until(() => peer.told.slice(before).some(({ what }) => what === "goal"), "the goal that will not end");
      await until(() => clock.nowNs() > startNs + secondsToNs(SEGMENT_S), "the end of its motion");
      await robot.ask("reset", trial);
      await until(() => peer.told.slice(before).some(({ what }) => what === "goal-ended"), "the running goal's end");
      await peer.order({ fault: null });
      await isThere(await robot.act(swing()));
      assert.deepEqual(faults, []);
    });

    rule("closes and opens a gripper that is well", async () => {
      assert.deepEqual((await robot.ask("gripper", 0)) as object, { stalled: false, reachedGoal: true });
      assert.deepEqual(await robot.ask("gripper", 1), { stalled: false, reachedGoal: true });
    });

    const grippers = [
      { fault: "gripper-reject", code: "robot.rejected", says: /refused to move to 0; look whether its controller is active/ },
      { fault: "gripper-abort", code: "robot.aborted", says: /moving to 0 % open was aborted by its driver/ },
      { fault: "gripper-endless", code: "bridge.timeout", says: /was not done within 4000 ms; look at the gripper/ },
    ];
    for (const { fault, code, says } of grippers)
      rule(`types a gripper under ${fault}, and moves it when it is well again`, async () => {
        await peer.order({ fault });
        await assert.rejects(robot.ask("gripper", 0), (error: AgentError) => error.code === code && says.test(error.message));
        if (fault === "gripper-endless")
          await until(() => peer.told.some(({ what }) => what === "gripper-canceled"), "its goal being cancelled");
        await peer.order({ fault: null });
        assert.deepEqual(await robot.ask("gripper", 1), { stalled: false, reachedGoal: true });
      });
  });
}
