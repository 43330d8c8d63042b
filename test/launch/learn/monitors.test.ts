/** Thresholds, alarms and areas under ROC of monitors, on episodes that are known by heart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { alarms, areas, insisted, type Monitor, monitorsOf, type Surprised, type Surprises } from "../../../launch/learn/monitors.ts";

/** A decision of which one part is so many times what is usual; what is usual is 1, 0.1 and 0.01. What knows nothing of it is the same in each. */
const decision = (times: Partial<Record<"seen" | "felt" | "doubt", number>> = {}): Surprised => {
  const [seen, felt, doubt] = [1 * (times.seen ?? 1), 0.1 * (times.felt ?? 1), 0.01 * (times.doubt ?? 1)];
  return { seen, felt, doubt, error: Math.sqrt((60 * seen ** 2 + 3 * felt ** 2) / 63), unchanged: 2, chance: 0.5 };
};
const calm: Surprises = Array.from({ length: 40 }, () => decision());
const usual = Array.from({ length: 10 }, () => calm);
const { all, spec } = monitorsOf(usual, 0.01);
const [chance, noChange, error, ensemble, combined] = all as [Monitor, Monitor, Monitor, Monitor, Monitor];

test("what is usual of each part is told by every second held-out episode, and the threshold by the others", () => {
  const louder = usual.map((episode, i) => (i % 2 === 0 ? episode.map(() => decision({ felt: 3 })) : episode));
  assert.ok(Math.abs(monitorsOf(louder, 0.01).spec.usual!.felt - 0.3) < 1e-12);
  assert.equal(spec.n, 200);
  assert.equal(spec.quantile, 1);
});

test("a threshold is infinite where there are too few decisions for so small a share", () => {
  assert.equal(monitorsOf(usual, 0.001).spec.quantile, Number.POSITIVE_INFINITY);
});

test("what is felt to be wrong is told by the combined monitor, where the error of the whole latent drowns it", () => {
  const blocked = [calm.map(() => decision({ felt: 3 }))];
  assert.equal(alarms("", blocked, combined).held, 1);
  assert.ok(Math.abs(error.score(decision({ felt: 3 })) / error.score(decision()) - 1) < 0.01);
  assert.equal(alarms("", blocked, ensemble).surprised, 0);
});

test("one decision above the threshold slows an episode down, three in a row hold it", () => {
  const once = [[...calm.slice(0, 5), decision({ doubt: 2 }), ...calm.slice(0, 5)]];
  const { slowed, held, surprised, noticedAfter } = alarms("", once, combined);
  assert.deepEqual([slowed, held, surprised, noticedAfter], [1, 0, 1, 5]);
  assert.equal(alarms("", [new Array<Surprised>(3).fill(decision({ doubt: 2 }))], combined).held, 1);
});

test("no alarm has no first decision", () => {
  assert.equal(alarms("", usual, combined).noticedAfter, null);
});

test("a hold insists: one peak is nothing, the least of three in a row counts", () => {
  assert.equal(insisted([1, 9, 1, 1]), 1);
  assert.equal(insisted([1, 3, 2, 4, 1]), 2);
});

test("an area of 1 is of episodes that all exceed the usual ones, for a peak in the slower one alone", () => {
  const peak = [[...calm.slice(0, 5), decision({ seen: 5 }), ...calm.slice(0, 5)]];
  assert.deepEqual(areas(peak, usual, combined), { slower: 1, hold: 0.5 });
  assert.deepEqual(areas(usual, usual, combined), { slower: 0.5, hold: 0.5 });
});

test("beside what a model tells stands what is told by chance, and by who expects that nothing changes", () => {
  const wrong = [calm.map(() => decision({ seen: 5 }))];
  assert.deepEqual(
    all.map(({ name }) => name),
    ["chance", "no change expected", "prediction error", "ensemble", "combined"],
  );
  for (const knowsNothing of [chance, noChange]) assert.deepEqual(areas(wrong, usual, knowsNothing), { slower: 0.5, hold: 0.5 });
  assert.deepEqual(areas([calm.map(() => ({ ...decision(), unchanged: 3 }))], usual, noChange), { slower: 1, hold: 1 });
});
