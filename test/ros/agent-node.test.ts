/** The agent as a managed node, driven by a Python user over the real middleware: lifecycle, parameters, services, the task action, what it tells. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it, test } from "node:test";
import { loadLaunch } from "../../launch/config/load.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { type RunningCli, startCli } from "../helpers/cli.ts";
import { domainId, type Peer, rosSkip, startPeer, startPython, type Told, until, within } from "./peer.ts";

const LAUNCH = join(packageRoot, "launch/panda-ros2.launch.yaml");
/** As long as a busy machine may take to load the program. */
const START_MS_MAX = 90_000;
/** A simulated arm; patience for machines that do much else, which is not what is tested here. */
const OVERRIDES = [
  "backend.evaluation:={episode: reach}",
  "backend.lifecycle:=managed",
  "backend.resume:=self",
  "backend.connectTimeoutMs:=60000",
  `backend.node.domainId:=${domainId}`,
  "backend.command.maxAcceptMs:=5000",
  "guards.maxObservationAgeMs:=2000",
  "guards.maxPlanAgeMs:=2000",
  "planner.samples:=32",
  "planner.iterations:=1",
  "planner.deadlineMs:=2000",
  "model.provider:=cpu",
  "dashboard.enabled:=false",
];

if (rosSkip) test("the agent is a managed node", { skip: rosSkip }, () => {});
else
  describe("the agent as a ROS node", () => {
    let peer: Peer;
    let user: Peer;
    let agent: RunningCli;

    /** Gives an order and waits for what is told of it. */
    const ask = async (order: object, what = Object.keys(order)[0]!): Promise<Told> => {
      const told = user.next(what);
      user.process.stdin?.write(`${JSON.stringify(order)}\n`);
      return told;
    };
    const states = (from: number): readonly Told[] => user.told.slice(from).filter(({ what }) => what === "agent-state");
    const inWords = (told: readonly Told[]): string => told.map(({ agent, reason }) => `${agent} (${reason})`).join(", ") || "nothing";
    /** Several states may come in one piece of the pipe: all since the newest of now are looked at, not the next alone. */
    const untilAgent = async (state: string): Promise<Told> => {
      const from = Math.max(
        0,
        user.told.findLastIndex(({ what }) => what === "agent-state"),
      );
      const found = (): Told | undefined => states(from).find(({ agent }) => agent === state);
      await until(
        () => found() !== undefined,
        () => `the agent ${state}; it told of ${inWords(states(from))}`,
      );
      return found()!;
    };

    before(async () => {
      peer = await startPeer({ robot: pandaSpec, cameras: loadLaunch(LAUNCH).cameras });
      user = await startPython("user.py", ["/left/foresight"]);
      const rosArgs = ["--ros-args", "-r", "__ns:=/left", "-r", "joint_states:=/joint_states", "-p", "speed_share:=0.5"];
      const remaps = [
        "joint_trajectory_controller/follow_joint_trajectory",
        "front/image_raw",
        "front/camera_info",
        "side/image_raw",
        "side/camera_info",
        "set_world",
        "get_world",
      ].flatMap((name) => ["-r", `${name}:=/${name}`]);
      agent = startCli(["run", LAUNCH, ...OVERRIDES, ...rosArgs, ...remaps], { ROS_DOMAIN_ID: String(domainId) });
      await within(agent.saw(/waits for a lifecycle manager/), "the node waiting for a manager", START_MS_MAX);
    });
    after(async () => {
      agent?.child.kill("SIGKILL");
      await user?.[Symbol.asyncDispose]();
      await peer?.[Symbol.asyncDispose]();
    });

    it("waits unconfigured, and refuses to start or to take a skill", async () => {
      const { label, offered } = await ask({ lifecycle: true });
      assert.deepEqual([label, offered], ["unconfigured", ["configure", "shutdown"]]);
      assert.deepEqual(await ask({ trigger: "start" }).then(({ success, message }) => [success, message]), [
        false,
        "the node is not configured",
      ]);
      assert.equal((await ask({ run: { skill: "reach", kind: "here" } }))["accepted"], false);
      assert.equal((await ask({ change: "activate" }))["success"], false);
    });

    it("describes its parameters with range, takes good values, refuses others with the reason, and was started with --ros-args", async () => {
      const { description, range, readOnly } = await ask({ describe: "speed_share" });
      assert.match(String(description), /Share of its usual way/);
      assert.deepEqual([range, readOnly], [[[0.05, 1]], false]);
      const refused = await ask({ set: ["speed_share", 3] });
      assert.deepEqual([refused["success"], refused["after"]], [false, 0.5]);
      assert.notEqual(refused["reason"], "");
      const taken = await ask({ set: ["speed_share", 1] });
      assert.deepEqual([taken["success"], taken["after"]], [true, 1]);
      assert.equal((await ask({ set: ["deadline_ms", 50] }))["success"], false);
      const fixed = await ask({ describe: "deadline_ms" });
      assert.equal(fixed["readOnly"], true);
      assert.match(String(fixed["description"]), /needs a restart, since/);
    });

    it("lets the oldest age to act on be made stricter than the launch file, never looser", async () => {
      const looser = await ask({ set: ["max_observation_age_ms", 2001] });
      assert.deepEqual([looser["success"], looser["after"]], [false, 2000]);
      const stricter = await ask({ set: ["max_observation_age_ms", 1] });
      assert.deepEqual([stricter["success"], stricter["after"]], [true, 1]);
    });

    it("is configured and activated by a manager, is idle then, and moves nothing by that", async () => {
      assert.equal((await within(ask({ change: "configure" }), "configuring"))["success"], true);
      assert.equal((await untilAgent("idle"))["task"], "none");
      assert.match(String((await ask({ trigger: "start" }))["message"]), /inactive; activate it first/);
      assert.equal((await ask({ change: "activate" }))["success"], true);
      assert.equal((await ask({ lifecycle: true }))["label"], "active");
      const steps = user.told.filter(({ what }) => what === "transition").map(({ id }) => id);
      assert.deepEqual(steps, [1, 10, 3, 30]);
      assert.deepEqual(
        peer.told.filter(({ what }) => what === "goal"),
        [],
      );
    });

    it("refuses a goal that does not fit", async () => {
      for (const run of [
        { skill: "fly", kind: "here" },
        { skill: "reach", kind: "joints" },
        { skill: "push", kind: "" },
        { skill: "reach", kind: "image" },
      ])
        assert.equal((await ask({ run }))["accepted"], false, JSON.stringify(run));
    });

    it("moves nothing while all that it sees is older than a parameter allows, and says so", async () => {
      const told = peer.told.length;
      const heard = user.told.length;
      assert.equal((await ask({ run: { skill: "reach", kind: "tool", positionM: [0.5, 0.1, 0.2] } }))["accepted"], true);
      // A busy machine may hold first for want of fresh pictures; with them the guard speaks.
      const isRefused = ({ what, agent, reason }: Told): boolean =>
        what === "agent-state" && agent === "holding" && /guard|refused/i.test(String(reason));
      await until(
        () => user.told.slice(heard).some(isRefused),
        () => `the agent holding because a guard refuses; it told of ${inWords(states(heard))}`,
      );
      assert.equal((await ask({ trigger: "stop" }))["success"], true);
      await untilAgent("stopped");
      assert.deepEqual(
        peer.told.slice(told).filter(({ what }) => what === "goal"),
        [],
      );
      assert.equal((await ask({ set: ["max_observation_age_ms", 2000] }))["success"], true);
      assert.equal((await ask({ trigger: "reset" }))["success"], true);
      await untilAgent("idle");
    });

    it("runs a skill to its end: accepted, feedback while it moves, a result", async () => {
      const result = user.next("result");
      const feedback = user.next("feedback");
      assert.equal((await ask({ run: { skill: "reach", kind: "tool", positionM: [0.5, 0.1, 0.2], timeoutS: 25 } }))["accepted"], true);
      assert.equal((await ask({ run: { skill: "reach", kind: "here" } }))["accepted"], false, "one at a time");
      assert.ok(Number((await feedback)["toolZ"]) > 0);
      const { status, outcome, decisions, reason } = await result;
      assert.ok(
        (status === "succeeded" && outcome === "succeeded") || (status === "aborted" && outcome === "failed"),
        `${status} ${outcome}`,
      );
      assert.ok(Number(decisions) > 0 && String(reason).length > 0);
      assert.ok(
        peer.told.some(({ what }) => what === "goal"),
        "the arm was sent something",
      );
      const { markers, feedback: heard } = await ask({ heard: true });
      assert.ok(Number(markers) > 0 && Number(heard) > 0);
      await untilAgent("idle");
    });

    it("is cancelled: the arm comes to rest, the goal is canceled, the agent is idle again", async () => {
      const feedback = user.next("feedback");
      const result = user.next("result");
      await ask({ run: { skill: "reach", kind: "tool", positionM: [0.4, -0.2, 0.3] } });
      await feedback;
      assert.equal((await ask({ cancel: true }))["goals"], 1);
      const { status, outcome } = await result;
      assert.deepEqual([status, outcome], ["canceled", "stopped"]);
      await untilAgent("idle");
    });

    it("is held and resumed by services while a task runs, and tells it all in state and diagnostics", async () => {
      const result = user.next("result");
      const feedback = user.next("feedback");
      await ask({ run: { skill: "reach", kind: "tool", positionM: [0.6, 0.2, 0.3] } });
      await feedback;
      assert.equal((await ask({ trigger: "hold" }))["success"], true);
      await untilAgent("holding");
      assert.equal((await ask({ trigger: "resume" }))["success"], true);
      await untilAgent("running");
      assert.equal((await ask({ trigger: "stop" }))["success"], true);
      assert.equal((await result)["outcome"], "stopped");
      await untilAgent("stopped");
      assert.equal((await ask({ trigger: "start" }))["success"], false);
      assert.equal((await ask({ trigger: "reset" }))["success"], true);
      await untilAgent("idle");
      const { diagnostics } = (await ask({ heard: true })) as unknown as {
        diagnostics: readonly { name: string; values: Record<string, string> }[];
      };
      assert.deepEqual(
        diagnostics.map(({ name }) => name),
        ["agent", "decisions", "arm"].map((part) => `left/foresight: ${part}`),
      );
      assert.equal(diagnostics[0]?.values["lifecycle"], "active");
    });

    it("is deactivated and cleaned up, and ends when it is shut down", async () => {
      assert.equal((await ask({ change: "deactivate" }))["success"], true);
      assert.match(String((await ask({ trigger: "start" }))["message"]), /inactive/);
      assert.equal((await within(ask({ change: "cleanup" }), "cleaning up"))["success"], true);
      assert.equal((await ask({ lifecycle: true }))["label"], "unconfigured");
      assert.equal((await ask({ change: "shutdown" }))["success"], true);
      const { code, err } = await within(agent.result, "the end of the process");
      assert.notEqual(code, null, `ended by a signal: ${err}`);
    });
  });
