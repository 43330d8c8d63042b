import assert from "node:assert/strict";
import test from "node:test";
import type { Guard, Verdict } from "../../../runtime/core/guarding.ts";
import type { Segment } from "../../../runtime/core/motion.ts";
import { chain } from "../../../runtime/guard/chain.ts";
import { standardGuards } from "../../../runtime/guard/standard-guards.ts";
import { options, segmentTo, situationAtRest } from "./fixtures.ts";

const wide = segmentTo([1, 0, 0]);
const narrow = segmentTo([0.1, 0, 0]);
const situation = situationAtRest();

/** A guard that notes what it was shown. */
function spy(name: string, answer: (segment: Segment) => Verdict): Guard & { readonly seen: Segment[] } {
  const seen: Segment[] = [];
  return {
    name,
    seen,
    check: (segment) => {
      seen.push(segment);
      return answer(segment);
    },
  };
}
const passing = (name: string) => spy(name, (segment) => ({ kind: "pass", segment }));
const narrowing = (name: string) =>
  spy(name, (segment) => (segment === narrow ? { kind: "pass", segment } : { kind: "clip", why: ["too wide"], segment: narrow }));

test("a chain in which all guards pass gives the same segment", () => {
  assert.deepEqual(chain([passing("a"), passing("b")]).check(wide, situation), { kind: "pass", segment: wide });
});

test("a clipped segment is shown to the later guards, and to the earlier ones again", () => {
  const before = passing("before");
  const clipper = narrowing("clipper");
  const after = passing("after");
  const verdict = chain([before, clipper, after]).check(wide, situation);
  assert.deepEqual(verdict, { kind: "clip", why: ["clipper: too wide"], segment: narrow });
  assert.deepEqual(before.seen, [wide, narrow]);
  assert.deepEqual(clipper.seen, [wide, narrow]);
  assert.deepEqual(after.seen, [narrow]);
});

test("an earlier guard that objects to the clipped segment makes it a stop with both reasons", () => {
  const before = spy("before", (segment) => (segment === narrow ? { kind: "stop", why: ["too narrow"] } : { kind: "pass", segment }));
  assert.deepEqual(chain([before, narrowing("clipper")]).check(wide, situation), {
    kind: "stop",
    why: ["clipper: too wide", "before, after the clip: too narrow"],
  });
});

test("a guard that objects to its own clip makes it a stop", () => {
  const restless = spy("restless", () => ({ kind: "clip", why: ["never content"], segment: segmentTo([0.2, 0, 0]) }));
  assert.equal(chain([restless]).check(wide, situation).kind, "stop");
});

test("a stop ends the chain and keeps the reasons before it", () => {
  const last = passing("last");
  const verdict = chain([narrowing("clipper"), spy("stopper", () => ({ kind: "stop", why: ["no"] })), last]).check(wide, situation);
  assert.deepEqual(verdict, { kind: "stop", why: ["clipper: too wide", "stopper: no"] });
  assert.equal(last.seen.length, 0);
});

test("a guard that throws, or gives no verdict, is a stop that says so", () => {
  const broken: Guard = {
    name: "broken",
    check: () => {
      throw new Error("singular matrix");
    },
  };
  assert.deepEqual(chain([broken]).check(wide, situation), {
    kind: "stop",
    why: ['broken: failed with "singular matrix"; this is a bug in the guard'],
  });
  const mute: Guard = { name: "mute", check: () => ({ kind: "maybe" }) as unknown as Verdict };
  assert.deepEqual(chain([mute]).check(wide, situation), {
    kind: "stop",
    why: ['mute: answered with an unknown verdict {"kind":"maybe"}'],
  });
});

test("a guard that passes another segment than it was shown cannot swap it", () => {
  const swapper = spy("swapper", () => ({ kind: "pass", segment: narrow }));
  assert.deepEqual(chain([swapper]).check(wide, situation), { kind: "pass", segment: wide });
});

test("the standard guards pass a small step, clip a large one and stop one decided on old news", () => {
  const guard = standardGuards(options);
  assert.deepEqual(guard.check(narrow, situation), { kind: "pass", segment: narrow });
  assert.equal(guard.check(wide, situation).kind, "clip");
  const stale = { ...situation, planMadeNs: situation.nowNs - 1_000_000_000n };
  assert.deepEqual(guard.check(narrow, stale), { kind: "stop", why: ["freshness: plan made 1000.0 ms ago, at most 200 ms"] });
});
