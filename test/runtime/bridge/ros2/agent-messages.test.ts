/** What the agent tells ROS and is told by it: diagnostics, markers, goals of the task action, parameters. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Standing, toDiagnostics } from "../../../../runtime/bridge/ros2/diagnostics.ts";
import { toMarkers } from "../../../../runtime/bridge/ros2/markers.ts";
import type { ImageMsg } from "../../../../runtime/bridge/ros2/messages.ts";
import { judgeChanges, type NumberParameter } from "../../../../runtime/bridge/ros2/parameters.ts";
import { type RunSkillGoalMsg, readSkillGoal } from "../../../../runtime/bridge/ros2/skill-goal.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import type { CameraSpec } from "../../../../runtime/core/sensing.ts";
import type { Tick } from "../../../../runtime/core/tick.ts";

const header = { stamp: { sec: 1, nanosec: 2 }, frame_id: "base" };
const decision = {
  index: 7,
  toolM: [0.5, 0, 0.2],
  imaginedToolM: Float32Array.of(0.5, 0.125, 0.25, 0.5, 0.25, 0.25),
  verdict: "clip",
  why: ["joint 2: too fast"],
} as unknown as Tick["decision"];
const timing = { encodeMs: 1, planMs: 12.34, guardMs: 0.1, decisionMs: 15.5, observationAgeMs: 31 };

describe("diagnostics", () => {
  const standing: Standing = {
    node: "/left/foresight",
    robot: "panda",
    agent: "running",
    task: "running",
    reason: "The task is running.",
    lifecycle: "active",
    fault: null,
    faultCount: 0,
    tick: { decision, timing },
    decisionCount: 8,
    warnings: [],
    speedShare: 0.5,
  };

  it("are ok while all is well, under the node's name", () => {
    const statuses = toDiagnostics(standing);
    assert.deepEqual(
      statuses.map(({ name, level, hardware_id }) => [name, level, hardware_id]),
      ["agent", "decisions", "arm"].map((part) => [`left/foresight: ${part}`, 0, "panda"]),
    );
    const values = Object.fromEntries(statuses[1]!.values.map(({ key, value }) => [key, value]));
    assert.deepEqual(values, {
      count: "8",
      "speed share": "0.50",
      verdict: "clip; joint 2: too fast",
      "plan [ms]": "12.3",
      "whole decision [ms]": "15.5",
      "observation age [ms]": "31",
    });
  });

  it("warn while holding, are in error when faulted, and carry the code and words of the last fault", () => {
    const error = new AgentError("bridge.timeout", "/clock: stands still");
    const [held] = toDiagnostics({ ...standing, agent: "holding", fault: { error, ageS: 1.25 }, faultCount: 3 });
    assert.equal(held?.level, 1);
    const values = Object.fromEntries(held!.values.map(({ key, value }) => [key, value]));
    assert.deepEqual(
      [values["last fault"], values["last fault says"], values["last fault age [s]"], values["faults"]],
      ["bridge.timeout", "/clock: stands still", "1.3", "3"],
    );
    assert.equal(toDiagnostics({ ...standing, agent: "faulted" })[0]?.level, 2);
  });

  it("warn of what the arm's own node warns of", () => {
    const arm = toDiagnostics({ ...standing, warnings: ["first", 'topic "joint_states": a publisher does not fit'] })[2];
    assert.deepEqual([arm?.level, arm?.message], [1, 'topic "joint_states": a publisher does not fit']);
  });
});

describe("markers", () => {
  interface Marked {
    readonly action: number;
    readonly points?: readonly object[];
    readonly text?: string;
    readonly pose: { readonly position: object };
    readonly lifetime: { readonly sec: number };
  }
  const of = (goalM: readonly [number, number, number] | null) =>
    toMarkers({ header, tick: { decision }, goalM }).markers as readonly Marked[];

  it("draw the imagined path from the tool on, the verdict, and the goal where it is a place", () => {
    const [path, verdict, goal] = of([0.4, 0.1, 0.3]);
    assert.deepEqual(path?.points, [
      { x: 0.5, y: 0, z: 0.2 },
      { x: 0.5, y: 0.125, z: 0.25 },
      { x: 0.5, y: 0.25, z: 0.25 },
    ]);
    assert.equal(verdict?.text, "clip: joint 2: too fast");
    assert.deepEqual(goal?.pose.position, { x: 0.4, y: 0.1, z: 0.3 });
    for (const marker of [path, verdict, goal]) assert.ok(marker!.lifetime.sec > 0);
  });

  it("take the goal away where it is a picture", () => {
    assert.equal(of(null)[2]?.action, 2);
  });
});

describe("a goal of the task action", () => {
  const cameras: readonly CameraSpec[] = [{ name: "front", widthPx: 2, heightPx: 2, fovYRad: 1, positionM: [1, 0, 1], targetM: [0, 0, 0] }];
  const message = (changes: Partial<RunSkillGoalMsg>): RunSkillGoalMsg => ({
    skill: "reach",
    goal_kind: "tool",
    position_m: { x: 0.5, y: 0.1, z: 0.2 },
    images: [],
    timeout_s: 0,
    ...changes,
  });
  const whyNot = (changes: Partial<RunSkillGoalMsg>): string => {
    const reading = readSkillGoal(message(changes), cameras);
    return reading.kind === "refused" ? reading.why : "";
  };
  const image: ImageMsg = {
    header,
    height: 2,
    width: 2,
    encoding: "bgr8",
    is_bigendian: 0,
    step: 6,
    data: Uint8Array.from({ length: 12 }, (_, i) => i),
  };

  it("may be a place, in as much time as the skill has", () => {
    assert.deepEqual(readSkillGoal(message({}), cameras), {
      kind: "goal",
      skill: "reach",
      goal: { kind: "tool", positionM: [0.5, 0.1, 0.2] },
      timeoutS: null,
    });
  });

  it("may be a picture of each camera, whatever its order of colours", () => {
    const reading = readSkillGoal(message({ goal_kind: "image", images: [image], timeout_s: 9 }), cameras);
    assert.ok(reading.kind === "goal" && reading.goal.kind === "image");
    assert.deepEqual([...reading.goal.frames[0]!.rgb], [2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9]);
    assert.equal(reading.timeoutS, 9);
  });

  it("may be the launch file's, or to stay", () => {
    for (const [kind, goal] of [
      ["", { kind: "launch" }],
      ["here", { kind: "here" }],
    ] as const) {
      const reading = readSkillGoal(message({ goal_kind: kind }), cameras);
      assert.deepEqual(reading.kind === "goal" && reading.goal, goal);
    }
  });

  it("is refused with the reason when it is none", () => {
    assert.match(whyNot({ goal_kind: "joints" }), /goal_kind "joints" must be tool, object, image, here or empty/);
    assert.match(whyNot({ position_m: { x: Number.NaN, y: 0, z: 0 } }), /must be three numbers/);
    assert.match(whyNot({ timeout_s: Number.NaN }), /timeout_s is NaN/);
    assert.match(whyNot({ timeout_s: -1 }), /timeout_s is -1/);
    assert.match(whyNot({ goal_kind: "image" }), /0 images, must be one for each of front/);
    assert.match(whyNot({ goal_kind: "image", images: [{ ...image, encoding: "yuv999" }] }), /camera "front": encoding "yuv999"/);
  });
});

describe("parameters", () => {
  const setup = () => {
    const set: number[] = [];
    const share: NumberParameter = {
      name: "share",
      description: "",
      min: 0.05,
      max: 1,
      initial: 1,
      set(value) {
        if (value === 0.5) return "not now";
        set.push(value);
        return null;
      },
    };
    return { set, change: (name: string, value: unknown) => judgeChanges([share], [{ name, value }]) };
  };

  it("take effect when they are in range", () => {
    const { set, change } = setup();
    assert.deepEqual(change("share", 0.3), { successful: true, reason: "" });
    assert.deepEqual(set, [0.3]);
  });

  it("are refused with name, value and range, and nothing takes effect", () => {
    const { set, change } = setup();
    for (const value of [0, 1.5, Number.NaN, "0.3", true])
      assert.deepEqual(change("share", value), {
        successful: false,
        reason: `share: ${String(value)} is outside [0.05, 1]; give a number within`,
      });
    assert.deepEqual(set, []);
  });

  it("are refused with the reason when they cannot take effect, and others are the node's own business", () => {
    const { change } = setup();
    assert.deepEqual(change("share", 0.5), { successful: false, reason: "share: not now" });
    assert.deepEqual(change("use_sim_time", true), { successful: true, reason: "" });
  });
});
