import assert from "node:assert/strict";
import test from "node:test";
import { chain } from "../../../runtime/guard/chain.ts";
import { finite } from "../../../runtime/guard/finite.ts";
import { freshness } from "../../../runtime/guard/freshness.ts";
import { jointLimits } from "../../../runtime/guard/joint-limits.ts";
import { standardGuards } from "../../../runtime/guard/standard-guards.ts";
import { wellFormed } from "../../../runtime/guard/well-formed.ts";
import { workspace } from "../../../runtime/guard/workspace.ts";
import { grippingSpec } from "../../helpers/kinematic-arm.ts";
import { options } from "./fixtures.ts";
import { fuzzGuards } from "./fuzz.ts";

test("20 000 fuzzed actions, states and segments never give a command outside the limits and never throw", (t) => {
  const report = fuzzGuards(standardGuards(options), 1, 20_000);
  t.diagnostic(JSON.stringify(report));
  assert.deepEqual(report.violations, []);
  assert.equal(report.pass + report.clip + report.stop, 20_000);
  assert.ok(report.pass > 1_000 && report.clip > 4_000 && report.stop > 4_000, "every verdict is exercised");
});

test("of 20 000 fuzzed segments that tell a gripper something none tells it what it cannot do, and the fuzzer finds guards that do not look", () => {
  const { gripper } = grippingSpec;
  const report = fuzzGuards(standardGuards({ ...options, gripper }), 2, 20_000, gripper);
  assert.deepEqual(report.violations, []);
  assert.ok(report.pass > 500 && report.clip > 2_000 && report.stop > 4_000, JSON.stringify(report));
  const { joints, freshness: ages, workspace: box } = options;
  const blind = chain([freshness(ages), wellFormed(joints.length), finite, jointLimits(joints), workspace(box)]);
  assert.match(fuzzGuards(blind, 2, 2_000, gripper).violations.join(), /tells the gripper/);
});

test("the fuzzer finds a chain without the joint limits", () => {
  const report = fuzzGuards(chain([wellFormed(3), finite]), 1, 1_000);
  assert.ok(report.violations.length > 0);
});

test("the fuzzer finds a chain that does not look at the segment's shape", () => {
  assert.throws(() => fuzzGuards({ name: "none", check: (segment) => ({ kind: "pass", segment }) }, 1, 1_000));
});
