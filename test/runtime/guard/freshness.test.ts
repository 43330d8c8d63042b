import assert from "node:assert/strict";
import test from "node:test";
import { freshness } from "../../../runtime/guard/freshness.ts";
import { nowNs, options, segmentTo, situationAtRest, vector } from "./fixtures.ts";

const guard = freshness(options.freshness);
const segment = segmentTo([0.1, 0, 0]);
const agoNs = (ms: number): bigint => nowNs - BigInt(Math.round(ms * 1e6));
const check = (changes: object) => guard.check(segment, situationAtRest(vector(0, 0, 0), changes));

test("ages at their bounds pass", () => {
  const verdict = check({ observationReceivedNs: agoNs(200), observationStampNs: agoNs(250), planMadeNs: agoNs(200) });
  assert.deepEqual(verdict, { kind: "pass", segment });
});

test("an observation is too old by receipt or by its source stamp, a plan by when it was made", () => {
  assert.deepEqual(check({ observationReceivedNs: agoNs(200.1) }), {
    kind: "stop",
    why: ["observation received 200.1 ms ago, at most 200 ms"],
  });
  assert.deepEqual(check({ observationStampNs: agoNs(251) }), { kind: "stop", why: ["observation taken 251.0 ms ago, at most 250 ms"] });
  assert.deepEqual(check({ planMadeNs: agoNs(300) }), { kind: "stop", why: ["plan made 300.0 ms ago, at most 200 ms"] });
});

test("a stamp in the future passes within its bound and stops beyond it", () => {
  assert.equal(check({ observationStampNs: agoNs(-5) }).kind, "pass");
  assert.deepEqual(check({ observationStampNs: agoNs(-6) }), {
    kind: "stop",
    why: ["observation taken 6.0 ms in the future, at most 5 ms; check the clocks"],
  });
});

test("every stale part is a reason", () => {
  const verdict = check({ observationReceivedNs: agoNs(900), observationStampNs: agoNs(900), planMadeNs: agoNs(900) });
  assert.ok(verdict.kind === "stop");
  assert.equal(verdict.why.length, 3);
});

test("a bound that is not a number lets nothing through", () => {
  const broken = freshness({ ...options.freshness, planAgeMsMax: Number.NaN });
  assert.equal(broken.check(segment, situationAtRest()).kind, "stop");
});
