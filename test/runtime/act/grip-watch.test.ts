/** Fingers that do not what they were told are noticed once they have had their time, and told of once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createGripWatch } from "../../../runtime/act/grip-watch.ts";
import { NS_PER_MS } from "../../../runtime/core/clock.ts";
import type { GripperCommand } from "../../../runtime/core/motion.ts";

const spec = { openingMinM: 0, openingMaxM: 0.08 };
/** The 0.8 s that the whole way takes, and 0.7 s. */
const DUE_MS = 1500;
const told = (openingM: number, speedMPerS = 0.1): GripperCommand => ({ openingM, speedMPerS, forceN: 20 });

/** What is found of fingers that stand so far apart so long after they were told. */
function found(openingM: number, command: GripperCommand | undefined, ms = DUE_MS): string | null {
  const watch = createGripWatch(spec);
  watch.check({ openingM: 0.04 }, command, 0n);
  watch.check({ openingM }, command, BigInt(ms - 600) * NS_PER_MS);
  return watch.check({ openingM }, command, BigInt(ms) * NS_PER_MS)?.message ?? null;
}

test("fingers that open no further are found, with where they stand, where they should, and what to do", () => {
  assert.equal(
    found(0.043, told(0.08)),
    "gripper: its fingers are 43.0 mm apart 1500 ms after they were told 80.0 mm, at most 5 mm off; look what holds them, then reset and start",
  );
  assert.equal(found(0.043, told(0.08), DUE_MS - 1), null, "they have their time");
  assert.equal(found(0.076, told(0.08)), null, "near enough");
});

test("fingers that stay wide open are found; those that stop on the way may hold something", () => {
  assert.match(found(0.08, told(0)) ?? "", /80\.0 mm apart .* told 0\.0 mm.*look whether they are driven/);
  assert.equal(found(0.05, told(0)), null);
  assert.equal(found(0, told(0)), null);
});

test("fingers that are slow but go on are left alone until they stand still", () => {
  const watch = createGripWatch(spec);
  const at = (ms: number, openingM: number) => watch.check({ openingM }, told(0.08), BigInt(ms) * NS_PER_MS);
  for (let ms = 0; ms <= 3000; ms += 100) assert.equal(at(ms, 0.01 + ms * 1e-5), null, `after ${ms} ms`);
  for (let ms = 3100; ms < 3400; ms += 100) assert.equal(at(ms, 0.04), null);
  assert.ok(at(3500, 0.04));
});

test("nothing is asked of fingers that hold, or that were told nothing", () => {
  assert.equal(found(0.02, told(0.08, 0)), null);
  assert.equal(found(0.02, undefined), null);
});

test("it is told once, and again only after they were told something else", () => {
  const watch = createGripWatch(spec);
  const at = (ms: number, openingM: number, command: GripperCommand) => watch.check({ openingM }, command, BigInt(ms) * NS_PER_MS);
  at(0, 0.02, told(0.08));
  assert.ok(at(3000, 0.02, told(0.08)));
  assert.equal(at(3100, 0.02, told(0.08)), null);
  at(3200, 0.02, told(0));
  at(3300, 0.02, told(0.08));
  assert.equal(at(4700, 0.02, told(0.08)), null, "its time begins anew");
  assert.ok(at(4900, 0.02, told(0.08)));
});
