import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSizeChoice, sampleSizes } from "../../../runtime/plan/size-choice.ts";

const budget = { iterations: 1, horizon: 1, deadlineMs: 1 };

describe("sizes of a plan", () => {
  it("are the budget and its halves, as long as they carry a search", () => {
    assert.deepEqual(sampleSizes({ ...budget, samples: 200 }), [200, 100, 50]);
    assert.deepEqual(sampleSizes({ ...budget, samples: 40 }), [40, 20]);
    assert.deepEqual(sampleSizes({ ...budget, samples: 8 }), [8], "the budget itself always");
  });

  it("slow down together: a time measured on one is known of all", () => {
    const choice = createSizeChoice([40, 20, 10], 45);
    assert.equal(choice.choose(), 0);
    choice.measured(0, 80);
    assert.equal(choice.choose(), 1, "20 ms become 40 ms");
    choice.measured(1, 100);
    assert.equal(choice.choose(), 2, "nothing meets the deadline");
  });

  it("are trusted again only after several fast plans", () => {
    const choice = createSizeChoice([40, 20, 10], 45);
    choice.measured(0, 400);
    choice.measured(2, 10);
    assert.equal(choice.choose(), 2);
    for (let plan = 0; plan < 30; plan++) choice.measured(2, 10);
    assert.equal(choice.choose(), 0);
  });
});
