import assert from "node:assert/strict";
import { test } from "node:test";
import { createPageOrders } from "../../../launch/run/page-orders.ts";
import type { Frame } from "../../../runtime/core/sensing.ts";
import type { Saved } from "../../../runtime/record/recorder-protocol.ts";

const front: Frame = { camera: "front", widthPx: 1, heightPx: 1, rgb: new Uint8Array(3), stampNs: 1n, receivedNs: 1n };
const camera = { name: "front", widthPx: 1, heightPx: 1, fovYRad: 1, positionM: [1, 0, 1], targetM: [0, 0, 0] } as const;

function stage({
  ends = "when-told" as const as "when-told" | "with-task",
  frames = [front],
  assigned = null as string | null,
  saved = { file: null, said: "no space is left" } as Saved,
} = {}) {
  const asked: unknown[] = [];
  const answering = <Answer>(what: unknown, answer: Answer): Answer => {
    asked.push(what);
    return answer;
  };
  const orders = createPageOrders({
    desk: {
      command: (who, command) => answering([who, command], null),
      assign: (who, task) => answering([who, task], assigned),
      urgent: (who, name) => answering([who, name], name === "park" ? null : "there is park"),
      giveGoal: (who, given) => answering([who, given], null),
      limitSpeed: (who, share) => void asked.push([who, share]),
      record: async (who, wish) => answering([who, wish], wish === "stop" ? "nothing is being recorded" : null),
      limitTool: (who, limits) => void asked.push([who, limits]),
    },
    facts: {
      ends,
      cameras: [camera],
      goals: [
        { skill: "push", kind: "object" },
        { skill: "push", kind: "image" },
      ],
    },
    workspace: { minM: [0.3, -0.3, 0.02], maxM: [0.7, 0.3, 0.4], tableZM: 0, tableClearanceM: 0.01 },
    frames: () => frames,
    jog: null,
    recorder: { saveLast: async () => saved },
    onLimits: (limits) => asked.push(limits),
    onDone: (what, refused) => asked.push([what, refused]),
  });
  return { orders, asked };
}
const place = { kind: "object", positionM: [0.5, 0.1, 0.025] } as const;

test("a place becomes the next task of the skill that takes it, and is told", () => {
  const { orders, asked } = stage();
  assert.equal(orders.goal?.(place), null);
  assert.deepEqual(asked, [
    ["page", { skill: "push", goal: place }],
    ["goal: object at 0.5, 0.1, 0.025 m", null],
  ]);
});

test("the picture of now is given with the task that wants it", () => {
  const { orders, asked } = stage();
  assert.equal(orders.goal?.({ kind: "image", source: "now" }), null);
  assert.deepEqual(asked[0], ["page", { skill: "push", goal: { kind: "image", source: "simulator" } }]);
  assert.deepEqual(asked[1], ["page", [front]]);
});

test("what cannot be is refused in a sentence, and the desk is not asked", () => {
  const refused = (goal: Parameters<NonNullable<ReturnType<typeof stage>["orders"]["goal"]>>[0], options?: Parameters<typeof stage>[0]) => {
    const { orders, asked } = stage(options);
    const why = String(orders.goal?.(goal));
    assert.equal(asked.length, 1, "only told of");
    return why;
  };
  assert.match(refused(place, { ends: "with-task" }), /ends with its task.*dashboard\.lifecycle:=ready/);
  assert.match(refused({ kind: "object", positionM: [0.95, 0, 0.025] }), /object x 0\.95 m is outside the workspace \[0\.3, 0\.7\] m/);
  assert.match(refused({ kind: "tool", positionM: [0, 0, 0] }), /no skill .* "tool"/);
  assert.match(refused({ kind: "image", source: "now" }, { frames: [] }), /camera "front" has not delivered/);
});

test("what the desk refuses is passed on, and no picture is given then", () => {
  const { orders, asked } = stage({ assigned: "a task is running; stop it first" });
  assert.equal(orders.goal?.({ kind: "image", source: "now" }), "a task is running; stop it first");
  assert.equal(asked.length, 2);
});

test("an urgent task is called by its name at the desk, and is told with what the desk said", () => {
  const { orders, asked } = stage();
  assert.equal(orders.urgent?.("park"), null);
  assert.equal(orders.urgent?.("fly"), "there is park");
  assert.deepEqual(asked, [
    ["page", "park"],
    ["urgent: park", null],
    ["page", "fly"],
    ["urgent: fly", "there is park"],
  ]);
});

test("a limit goes to the desk, and everybody is told all that was limited so far", () => {
  const { orders, asked } = stage();
  assert.equal(orders.limit?.({ speedShare: 0.5 }), null);
  assert.equal(orders.limit?.({ maxToolSpeedMPerS: 0.2, payloadKg: 1 }), null);
  assert.deepEqual(asked, [
    ["page", 0.5],
    ["page", {}],
    { speedShare: 0.5 },
    ["limits: 50 % of every motion", null],
    ["page", { maxToolSpeedMPerS: 0.2, payloadKg: 1 }],
    { speedShare: 0.5, maxToolSpeedMPerS: 0.2, payloadKg: 1 },
    ["limits: 50 % of every motion, tool at most 0.2 m/s, 1 kg at the tool", null],
  ]);
});

test("a recording is started and ended at the desk, and what the desk says of it is told", async () => {
  const { orders, asked } = stage();
  assert.equal(await orders.record?.("start"), null);
  assert.equal(await orders.record?.("stop"), "nothing is being recorded");
  assert.deepEqual(asked, [
    ["page", "start"],
    ["record: start", null],
    ["page", "stop"],
    ["record: stop", "nothing is being recorded"],
  ]);
});

test("newest seconds that could not be saved are not said to be saved", async () => {
  const failing = stage();
  assert.equal(await failing.orders.save?.(), "no space is left");
  assert.deepEqual(failing.asked, [["save", "no space is left"]]);
  const saving = stage({ saved: { file: "last.mcap", said: "saved the last 3.0 s in last.mcap" } });
  assert.equal(await saving.orders.save?.(), null);
  assert.deepEqual(saving.asked, [["save: saved the last 3.0 s in last.mcap", null]]);
});
