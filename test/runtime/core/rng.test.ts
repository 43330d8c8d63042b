/** Chance that goes on from where it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";

test("the state of a generator, between two normals too, is all that decides what follows", () => {
  for (const drawn of [0, 1, 2, 7]) {
    const rng = createRng(3);
    for (let i = 0; i < drawn; i++) rng.normal();
    const state = JSON.parse(JSON.stringify(rng.state()));
    const follows = [rng.normal(), rng.uniform(), rng.normal(), rng.between(2, 3)];
    const other = createRng(99);
    other.normal();
    other.restore(state);
    assert.deepEqual([other.normal(), other.uniform(), other.normal(), other.between(2, 3)], follows, `after ${drawn}`);
  }
});

test("asking for the state changes nothing", () => {
  const [asked, left] = [createRng(5), createRng(5)];
  asked.state();
  assert.equal(asked.normal(), left.normal());
});
