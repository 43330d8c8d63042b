import assert from "node:assert/strict";
import { test } from "node:test";
import { createGripWatch } from "../../../runtime/dashboard/grip.ts";

const felt = (watch: ReturnType<typeof createGripWatch>, ...readings: readonly (readonly [openingM: number, effortN?: number])[]) =>
  readings.map(([openingM, effortN]) => watch.felt({ openingM, ...(effortN === undefined ? {} : { effortN }) }).isHolding);

test("fingers that rest further open than they were told hold something; while they close they do not yet", () => {
  const watch = createGripWatch(0);
  watch.told({ openingM: 0, speedMPerS: 0.1, forceN: 20 });
  assert.deepEqual(felt(watch, [0.08], [0.06], [0.0495], [0.0494]), [false, false, false, true]);
});

test("fingers that press hold something, whoever told them", () => {
  assert.deepEqual(felt(createGripWatch(0), [0.05, 15], [0.05, 15]), [false, true]);
});

test("closed fingers and open ones hold nothing", () => {
  const watch = createGripWatch(0);
  watch.told({ openingM: 0, speedMPerS: 0.1, forceN: 20 });
  assert.deepEqual(felt(watch, [0.001, 20], [0.001, 20]), [false, false], "closed on nothing");
  watch.told({ openingM: 0.08, speedMPerS: 0.1, forceN: 20 });
  assert.deepEqual(felt(watch, [0.08, 0.1], [0.08, 0.1]), [false, false]);
});

test("an effort that is no number is shown as none, as the page knows no null", () => {
  const shown = createGripWatch(0).felt({ openingM: 0.02, effortN: Number.NaN });
  assert.deepEqual(JSON.parse(JSON.stringify(shown)), { openingM: 0.02, isHolding: false });
});
