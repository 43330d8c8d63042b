/** The figures of a fleet for people. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FleetRow, printBenchFleet } from "../../../../launch/measure/bench/fleet.ts";

const machine = { cpu: "a processor", cores: 2, node: "v20", loadAverage: 0 };
const row = (arms: number): FleetRow => ({
  arms,
  cores: 0.1 + 0.25 * arms,
  memoryMiB: 500 * arms,
  ownCores: 0.015,
  decisionsPerS: 5,
  faults: arms === 2 ? ["east: plan.late"] : [],
});

test("every row is printed, and what each further arm costs", () => {
  const text = printBenchFleet({
    bench: "fleet",
    machine,
    seconds: 20,
    rows: [row(1), row(2)],
    perExtraArm: { cores: 0.25, memoryMiB: 500 },
  });
  assert.match(text, /^ +1 +0\.35 +500 +0\.015 +5\.00 +0$/m);
  assert.match(text, /^ +2 +0\.60 +1000 +0\.015 +5\.00 +1$/m);
  assert.match(text, /^with 2 arms, east: plan\.late$/m);
  assert.match(text, /each further arm: 0\.25 cores, 500 MiB$/);
});
