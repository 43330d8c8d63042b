import assert from "node:assert/strict";
import { test } from "node:test";
import { BOUNDS, beyond, within } from "../../../runtime/core/bounds.ts";

test("what is beyond reason is told with value, bound, unit and why; millimetres and degrees with what was meant", () => {
  assert.equal(beyond(0.4, BOUNDS.placeM), null);
  assert.equal(beyond(400, BOUNDS.placeM), "400 m is above, at most 10 m: that is out of reach of any arm; in millimetres? write 0.4");
  assert.equal(beyond(-90, BOUNDS.jointRad), "-90 rad is below, at least -20 rad: no joint turns that far; in degrees? write -1.571");
  assert.equal(
    beyond(200, BOUNDS.periodS),
    "200 s is above, at most 5 s: an arm is not decided for in that rhythm; in milliseconds? write 0.2",
  );
  assert.equal(beyond(1e9, BOUNDS.placeM), "1000000000 m is above, at most 10 m: that is out of reach of any arm");
  assert.equal(beyond(Number.NaN, BOUNDS.placeM), "NaN is no number of m");
});

test("a schema says the same", () => {
  const said = within(BOUNDS.placeM).safeParse(400).error?.issues[0]?.message;
  assert.equal(said, beyond(400, BOUNDS.placeM));
  assert.equal(within(BOUNDS.placeM).safeParse(Number.POSITIVE_INFINITY).success, false);
});
