/** When events find an occasion, and where they put things, without any world. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { physicsEvents } from "../../../../launch/measure/physics/catalogue.ts";
import { PAST_DECISIONS, type Setting } from "../../../../launch/measure/physics/event.ts";
import { drifts } from "../../../../launch/measure/physics/events/drifts.ts";
import { passedThrough } from "../../../../launch/measure/physics/events/passed-through.ts";
import { rises } from "../../../../launch/measure/physics/events/rises.ts";
import { sinks } from "../../../../launch/measure/physics/events/sinks.ts";
import { teleports } from "../../../../launch/measure/physics/events/teleports.ts";
import { untouched } from "../../../../launch/measure/physics/events/untouched.ts";
import { vanishes } from "../../../../launch/measure/physics/events/vanishes.ts";
import { defaultScene } from "../../../../runtime/core/scene.ts";
import type { WorldState } from "../../../../runtime/core/trial.ts";

const WINDOW = 4;
const at = (x: number): WorldState => ({ toolM: [x - 0.1, 0, 0.03], objects: { cube: { positionM: [x, 0, 0.025], yawRad: 0.3 } } });
/** Still for so many decisions, then pushed by 2 cm a decision. */
const pushedFrom = (decision: number): readonly WorldState[] =>
  Array.from({ length: 20 }, (_, i) => at(0.45 + 0.02 * Math.max(0, i - decision + 1)));
const setting: Setting = { scene: defaultScene, thing: "cube", double: "double", otherColour: "other-colour", truth: at(0.5) };

test("every event leaves a film the past that it shares with its pair, and ends with its window", () => {
  for (const { what, occasion } of physicsEvents)
    for (const film of [pushedFrom(3), pushedFrom(9), pushedFrom(30), pushedFrom(9).slice(0, 7)]) {
      const first = occasion(film, WINDOW, "cube");
      assert.ok(first === null || (first >= PAST_DECISIONS && first + WINDOW <= film.length), `${what}: ${first}`);
    }
});

test("a thing drifts only where nobody would have moved it meanwhile", () => {
  assert.equal(drifts.occasion(pushedFrom(30), WINDOW, "cube"), PAST_DECISIONS);
  assert.equal(drifts.occasion(pushedFrom(8), WINDOW, "cube"), null);
});

test("a hand goes through a thing where it would have pushed it", () => {
  assert.equal(passedThrough.occasion(pushedFrom(12), WINDOW, "cube"), 12);
  assert.equal(passedThrough.occasion(pushedFrom(30), WINDOW, "cube"), null);
});

test("nothing is moved in the control that is untouched", () => {
  assert.deepEqual(untouched.begin(setting)(0.2), []);
});

test("what is put somewhere is put there once, and left to physics", () => {
  const happening = vanishes.begin(setting);
  assert.deepEqual(
    happening(0.004).map(({ kind, thing }) => [kind, thing]),
    [["put", "cube"]],
  );
  assert.deepEqual(happening(0.008), []);
});

test("a thing is elsewhere on the table, 12 cm away, inside the work area", () => {
  const [move] = teleports.begin(setting)(0.004);
  const [x, y, z] = move!.pose.positionM;
  assert.ok(Math.abs(Math.hypot(x - 0.5, y) - 0.12) < 1e-9 && Math.abs(z - 0.025) < 1e-9);
  const { xM, yM } = defaultScene.area;
  assert.ok(x >= xM[0] && x <= xM[1] && y >= yM[0] && y <= yM[1]);
});

test("what sinks goes down 1 cm a decision, what rises goes up 2 cm a decision and stays at 8 cm; both touch nothing", () => {
  const [down] = sinks.begin(setting)(0.2);
  assert.ok(Math.abs(down!.pose.positionM[2] - 0.015) < 1e-9);
  const heights = [0.2, 0.4, 2].map((elapsedS) => rises.begin(setting)(elapsedS)[0]!.pose.positionM[2]);
  for (const [i, heightM] of [0.045, 0.065, 0.105].entries()) assert.ok(Math.abs(heights[i]! - heightM) < 1e-9);
  assert.equal(down!.kind, "haunted");
});
