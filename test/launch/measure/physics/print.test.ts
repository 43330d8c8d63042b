/** The table of a report on physics, from figures that are known by heart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { printPhysics } from "../../../../launch/measure/physics/print.ts";
import { scorePairs, type WatchedPair } from "../../../../launch/measure/physics/score.ts";

const told: WatchedPair = { possible: [1], impossible: [2] };
const missed: WatchedPair = { possible: [2], impossible: [1] };
const report = {
  ...{ model: "m", modelHash: "0", seed: 1000, windowDecisions: 6, films: 3 },
  rows: [
    {
      ...{ property: "permanence", what: "it vanishes" },
      scores: {
        model: scorePairs([told, told]),
        copy: scorePairs([told, missed]),
        "untrained twin 1": scorePairs([missed, missed]),
        "untrained twin 2": scorePairs([told, missed]),
      },
    },
    { property: "contact", what: "it moves with nobody near", scores: {} },
  ],
};

test("an event is a line, whoever watched a column, and the twins share one that goes from the least to the most", () => {
  const [head, line] = printPhysics(report).split("\n");
  assert.match(head!, /property +event +pairs +model +copy +untrained twins/);
  assert.match(line!, /it vanishes +2 +100 % \(34 % to 100 %\), 1\.00 +50 % \(9 % to 91 %\), 0\.50 +0 % to 50 %, 0\.00 to 0\.50/);
});

test("an event that found no occasion says so, and no figure is made up for it", () => {
  assert.match(printPhysics(report).split("\n")[2]!.trimEnd(), /it moves with nobody near +0 +no pair +no pair$/);
});
