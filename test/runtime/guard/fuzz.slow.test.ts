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
