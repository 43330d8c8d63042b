import assert from "node:assert/strict";
import test from "node:test";
import { standardGuards } from "../../../runtime/guard/standard-guards.ts";
import { options } from "./fixtures.ts";
import { fuzzGuards } from "./fuzz.ts";

const caseCount = 1_000_000;

test("a million fuzzed actions, states and segments never give a command outside the limits and never throw", (t) => {
  const report = fuzzGuards(standardGuards(options), 20_260, caseCount);
  t.diagnostic(JSON.stringify(report));
  assert.deepEqual(report.violations, []);
  assert.equal(report.pass + report.clip + report.stop, caseCount);
  console.log(
    `${report.cases} cases: ${report.pass} passed, ${report.clip} clipped, ${report.stop} stopped, ${report.streamed} commands streamed`,
  );
});

test("100 000 fuzzed actions, states and segments never give a command outside the limits, never throw, and exercise every verdict", (t) => {
  const report = fuzzGuards(standardGuards(options), 1, 100_000);
  t.diagnostic(JSON.stringify(report));
  assert.deepEqual(report.violations, []);
  assert.equal(report.pass + report.clip + report.stop, 100_000);
  assert.ok(report.pass > 5_000 && report.clip > 20_000 && report.stop > 20_000, "every verdict is exercised");
});
